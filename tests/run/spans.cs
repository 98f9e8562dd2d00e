//@ exit = 0
// Covers: Span<T>, ReadOnlySpan<T>, Memory<T>, stackalloc and ref structs — slicing, bounds, searching, interior pointers into the heap.
using System;
using System.Buffers;
using System.Linq;

ref struct Reader
{
    private ReadOnlySpan<char> rest;
    public Reader(ReadOnlySpan<char> text) => rest = text;
    public bool Next(out ReadOnlySpan<char> word)
    {
        rest = rest.TrimStart();
        int end = rest.IndexOf(' ');
        word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        return !word.IsEmpty;
    }
}

class Program
{
    static int Sum(ReadOnlySpan<int> values) { int total = 0; foreach (int v in values) total += v; return total; }

    static Span<int> Grow(int[] source) { var copy = new int[source.Length * 2]; source.CopyTo(copy, source.Length); return copy.AsSpan(1); }

    static void Main()
    {
        Span<int> stack = stackalloc int[8];
        for (int i = 0; i < stack.Length; i++) stack[i] = i * i;
        Console.WriteLine($"{Sum(stack)} {Sum(stack[2..5])} {Sum(stack.Slice(6))} {stack[^1]} {stack.IsEmpty} {stack[8..].IsEmpty}");
        stack.Reverse();
        stack[..3].Fill(-1);
        stack[5..].Clear();
        Console.WriteLine(string.Join(",", stack.ToArray()));
        try { _ = stack[Math.Abs(-8)]; } catch (IndexOutOfRangeException) { Console.WriteLine("span bounds"); }
        try { stack.Slice(3, 6).Clear(); } catch (ArgumentOutOfRangeException) { Console.WriteLine("slice bounds"); }
        try { stack.CopyTo(new int[3]); } catch (ArgumentException e) { Console.WriteLine(e.ParamName); }
        try { new Span<object>(new string[1]).Clear(); } catch (ArrayTypeMismatchException) { Console.WriteLine("span variance"); }

        // An interior pointer alone must keep a moved array alive and follow it.
        Span<int> tail = Grow(new[] { 1, 2, 3 });
        for (int i = 0; i < 2000; i++) _ = new byte[100];
        GC.Collect();
        Console.WriteLine(string.Join(",", tail.ToArray()));

        var reader = new Reader("  parse these   words ".AsSpan());
        while (reader.Next(out var word)) Console.Write($"[{word}]");
        Console.WriteLine();
        ReadOnlySpan<char> text = "key=value;flag";
        Console.WriteLine($"{text.IndexOf('=')} {text.IndexOfAny(';', '=')} {text.LastIndexOf('a')} {text.StartsWith("key")} {text.Contains('z')} {text.Count('e')} {int.Parse("x42y".AsSpan(1, 2))}");
        Span<byte> bytes = new byte[100];
        bytes[63] = 1;
        bytes[64] = 2;
        Console.WriteLine($"{bytes.IndexOf((byte)1)} {bytes.IndexOf((byte)2)} {bytes.IndexOfAnyExcept((byte)0)} {bytes.LastIndexOfAnyExcept((byte)0)} {bytes.SequenceCompareTo(new byte[] { 0, 1 })} {bytes[..10].SequenceEqual(new byte[10])}");
        SearchValues<char> vowels = SearchValues.Create("aeiou");
        Console.WriteLine($"{"rhythm and blues".AsSpan().IndexOfAny(vowels)} {"xyz".AsSpan().ContainsAny(vowels)}");

        Memory<int> memory = new[] { 5, 3, 4, 1, 2 };
        memory[1..].Span.Sort();
        Console.WriteLine($"{string.Join(",", memory.ToArray())} {memory.Length} {memory.Span.BinarySearch(3) >= 0}");
        int[] rented = ArrayPool<int>.Shared.Rent(100);
        Console.WriteLine(rented.Length >= 100);
        ArrayPool<int>.Shared.Return(rented);
        Span<string> names = new string[] { "c", "a", "b" };
        names.Sort(string.CompareOrdinal);
        Console.WriteLine(string.Concat(names.ToArray()));
        int n = 20;
        Span<char> dynamic = n < 100 ? stackalloc char[n] : new char[n];
        dynamic.Fill('=');
        Console.WriteLine(dynamic.ToString());
    }
}

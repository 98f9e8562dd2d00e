//@ exit = 0
// Covers: StringBuilder — chunks, append of every kind, insert, remove, replace, indexing, capacity, interpolation.
using System;
using System.Text;

class Program
{
    static void Main()
    {
        var sb = new StringBuilder("start");
        sb.Append(' ').Append(42).Append(' ').Append(2.5).Append(true).Append('x', 3).Append("abcdef", 2, 2).Append((object?)null).Append(new[] { '[', ']' }).Append(1.10m).Append(-7L);
        sb.AppendLine().AppendLine("line").AppendFormat("{0:X}-{1,4}|", 255, "r").Append($"{sb.Length} {"in",5}").AppendJoin(", ", 1, 2, 3);
        Console.WriteLine(sb);
        Console.WriteLine($"{sb.Length} {sb[0]} {sb[^1]}");
        sb.Insert(0, "<<").Insert(2, 9).Replace("start", "S").Replace('x', 'y').Remove(0, 2);
        sb[0] = '#';
        Console.WriteLine(sb.ToString(0, 20));

        var big = new StringBuilder();
        for (int i = 0; i < 10000; i++) big.Append(i).Append(',');
        big.Insert(5000, "INSERTED");
        string text = big.ToString();
        Console.WriteLine($"{text.Length} {text.IndexOf("INSERTED")} {text.GetHashCode() == big.ToString().GetHashCode()} {big[48888]}");
        big.Remove(5000, 8).Replace("9,", "nine;", 0, 100);
        Console.WriteLine($"{big.Length} {big.ToString(0, 40)}");
        int chunks = 0, chars = 0;
        foreach (ReadOnlyMemory<char> chunk in big.GetChunks()) { chunks++; chars += chunk.Length; }
        Console.WriteLine($"{chunks > 1} {chars == big.Length}");
        big.Length = 5;
        Console.WriteLine($"{big} {big.Capacity >= 5} {big.Equals(new StringBuilder(big.ToString()))}");
        big.Length = 7;
        Console.WriteLine($"{(int)big[6]} {big.Clear().Length}");
        try { new StringBuilder(1, 5).Append("too long"); } catch (ArgumentOutOfRangeException) { Console.WriteLine("max capacity"); }
        try { Console.WriteLine(sb[sb.Length]); } catch (IndexOutOfRangeException) { Console.WriteLine("index"); }
        Span<char> span = stackalloc char[4];
        sb.CopyTo(0, span, 4);
        Console.WriteLine(span.ToString());
        var reversed = new StringBuilder();
        foreach (char c in "stressed") reversed.Insert(0, c);
        Console.WriteLine(reversed);
        Console.WriteLine(new StringBuilder().AppendJoin('|', new[] { "a", "b" }).Append("x".AsSpan()).Append(new StringBuilder("sb")).Append(Rune.GetRuneAt("😀", 0)).ToString());
    }
}

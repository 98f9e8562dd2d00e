//@ exit = 0
// Covers: ECMA-335 II.9 — instantiations over value types: own code and statics, layout, constrained calls without boxing, nullable.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

struct Small : IComparable<Small>, IEquatable<Small>
{
    public byte B;
    public int CompareTo(Small o) => B - o.B;
    public bool Equals(Small o) => B == o.B;
    public override int GetHashCode() => 77;
    public override string ToString() => $"s{B}";
}
struct Wide<T> { public T A, B, C; public override string ToString() => $"({A},{B},{C})"; }
interface ITick { void Tick(); }
struct Ticker : ITick { public int N; public void Tick() => N++; }
class Stack2<T>
{
    private T[] items = new T[1];
    private int count;
    public static int Pushes;
    public void Push(T item) { if (count == items.Length) Array.Resize(ref items, count * 2); items[count++] = item; Pushes++; }
    public T Pop() => items[--count];
    public ref T Peek() => ref items[count - 1];
}
class Cell<T> where T : struct { public T? Maybe; public T OrDefault => Maybe ?? default; }

class Program
{
    static T MaxOf<T>(params T[] items) where T : IComparable<T> { T best = items[0]; foreach (T i in items) if (i.CompareTo(best) > 0) best = i; return best; }
    static void TickTwice<T>(ref T t) where T : ITick { t.Tick(); t.Tick(); }
    static bool IsNull<T>(T value) => value == null;
    static string Kind<T>(T value) => value switch { int i => "int " + i, string s => "string " + s, Small => "small", null => "null", _ => typeof(T).Name };
    static int Size<T>() => Unsafe.SizeOf<T>();
    static U Convert<T, U>(T value) => (U)(object)value!;
    static Wide<T> Triple<T>(T v) => new() { A = v, B = v, C = v };

    static void Main()
    {
        Console.WriteLine($"{MaxOf(3, 9, 2)} {MaxOf(2.5, -1)} {MaxOf("a", "c", "b")} {MaxOf(new Small { B = 1 }, new Small { B = 200 })} {MaxOf('x')}");
        var ticker = new Ticker();
        TickTwice(ref ticker);
        ITick boxed = ticker;
        TickTwice(ref boxed);
        Console.WriteLine($"{ticker.N} {((Ticker)boxed).N}");
        var ints = new Stack2<int>();
        for (int i = 0; i < 10; i++) ints.Push(i * i);
        ints.Peek() += 1000;
        var wides = new Stack2<Wide<string>>();
        for (int i = 0; i < 5; i++) wides.Push(Triple("w" + i));
        wides.Peek().B = "changed";
        Console.WriteLine($"{ints.Pop()} {ints.Pop()} {wides.Pop()} {wides.Pop()} {Stack2<int>.Pushes} {Stack2<Wide<string>>.Pushes} {Stack2<byte>.Pushes}");
        Console.WriteLine($"{IsNull(0)} {IsNull<int?>(null)} {IsNull<int?>(0)} {IsNull<string?>(null)} {IsNull(new Small())}");
        Console.WriteLine($"{Kind(1)} {Kind("x")} {Kind(new Small())} {Kind<object>(5)} {Kind<int?>(null)} {Kind<int?>(7)} {Kind(1.5)} {Kind<string?>(null)}");
        Console.WriteLine($"{Size<Wide<byte>>()} {Size<Wide<long>>()} {Size<Wide<Wide<short>>>()} {Size<Wide<string>>()} {Size<KeyValuePair<byte, long>>()}");
        Console.WriteLine($"{Convert<int, object>(5)} {Convert<object, int>(6)} {Convert<DayOfWeek, int>(DayOfWeek.Friday)}");
        try { Convert<int, long>(5); } catch (InvalidCastException) { Console.WriteLine("no widening in a cast"); }
        Console.WriteLine($"{new Cell<int> { Maybe = 5 }.OrDefault} {new Cell<Small>().OrDefault} {new Cell<DateTime>().Maybe.HasValue}");
        var d = new Dictionary<Small, Wide<int>> { [new Small { B = 1 }] = Triple(1), [new Small { B = 2 }] = Triple(2) };
        Console.WriteLine($"{d[new Small { B = 2 }]} {d.ContainsKey(new Small { B = 3 })} {d.Count}");
        var set = new HashSet<(int, string)> { (1, "a"), (1, "a"), (2, "a") };
        Console.WriteLine($"{set.Count} {set.Contains((2, "a"))} {Comparer<Small>.Default.Compare(new Small { B = 5 }, new Small { B = 3 })}");
        Console.WriteLine($"{Triple((short)7)} {Triple(Triple('q'))}");
    }
}

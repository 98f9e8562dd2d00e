//@ exit = 0
//@ targets = ["linux-arm64"]
// Covers: ECMA-335 I.8.2.1 — value types: copies, boxing copies, defensive copies of readonly fields, constrained calls, equality.
using System;

interface ICounter { int Next(); }

struct Counter : ICounter
{
    public int Value;
    public int Next() => ++Value;
    public override string ToString() => $"#{Value}";
}

struct Nested { public Counter Inner; public string Name; public Guid Id; }
struct Empty { }
readonly struct Point(double x, double y)
{
    public double X { get; } = x;
    public double Y { get; } = y;
    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);
    public static bool operator ==(Point a, Point b) => a.Equals(b);
    public static bool operator !=(Point a, Point b) => !(a == b);
    public override bool Equals(object? o) => o is Point p && p.X == X && p.Y == Y;
    public override int GetHashCode() => HashCode.Combine(X, Y);
}

struct NoConstructor { public int A; public NoConstructor() => A = 9; }
struct Big { public long A, B, C, D, E; public static Big Make(long n) => new() { A = n, B = n + 1, C = n + 2, D = n + 3, E = n + 4 }; public long Sum() => A + B + C + D + E; }

class Program
{
    static readonly Counter Fixed = new();
    static Counter mutable;

    static int Twice<T>(T counter) where T : ICounter { counter.Next(); return counter.Next(); }
    static int TwiceRef<T>(ref T counter) where T : ICounter { counter.Next(); return counter.Next(); }
    static Big Pass(Big b, Big c) { b.A += c.E; return b; }

    static void Main()
    {
        Counter a = new(), b = a;
        a.Next();
        Console.WriteLine($"{a} {b} {Fixed.Next()} {Fixed.Next()} {mutable.Next()} {mutable.Next()}");
        ICounter boxed = a;
        boxed.Next();
        object again = boxed;
        Console.WriteLine($"{a} {boxed} {((ICounter)again).Next()} {((Counter)again).Value} {a.Value}");
        Console.WriteLine($"{Twice(a)} {a} {TwiceRef(ref a)} {a} {Twice(boxed)} {boxed}");

        Nested n = new() { Name = "n", Inner = { Value = 3 } };
        Nested m = n;
        m.Inner.Next();
        m.Name += "!";
        Console.WriteLine($"{n.Inner} {n.Name} {m.Inner} {m.Name} {n.Id} {default(Nested).Name == null}");
        Console.WriteLine($"{n.Equals(n)} {n.Equals(m)} {new Empty().Equals(new Empty())} {new Point(1, 2) == new Point(1, 2)} {new Point(1, 2).Equals((object)5)}");
        Point p = new Point(1, 2) + new Point(0.5, -2);
        Console.WriteLine($"{p.X} {p.Y} {new NoConstructor().A} {default(NoConstructor).A} {(new NoConstructor[1])[0].A}");
        Console.WriteLine($"{Big.Make(1).Sum()} {Pass(Big.Make(1), Big.Make(10)).A} {new Counter { Value = 5 }.GetHashCode() == new Counter { Value = 5 }.GetHashCode()}");

        var array = new Counter[2];
        array[0].Next();
        foreach (var c in array) c.Next();
        Console.WriteLine($"{array[0]} {array[1]}");
        Func<int> bound = a.Next;
        bound();
        Console.WriteLine($"{bound()} {a}");
        object o = 5;
        try { Console.WriteLine((long)o); } catch (InvalidCastException) { Console.WriteLine("unbox needs the exact type"); }
        Console.WriteLine($"{(DayOfWeek)(object)DayOfWeek.Monday} {(int)o} {o is int i && i == 5} {o is long} {o.GetType()}");
        object day = DayOfWeek.Tuesday;
        Console.WriteLine((int)day);
    }
}

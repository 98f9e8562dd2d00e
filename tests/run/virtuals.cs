//@ exit = 0
// Covers: ECMA-335 II.10.3, III.4.2 — virtual slots: override, new, abstract, sealed, base calls, calls in constructors, null receivers.
using System;

abstract class Shape
{
    protected Shape() => Console.Write($"<{Describe()}>");
    public abstract double Area { get; }
    public virtual string Describe() => GetType().Name;
    public string Report() => $"{Describe()}={Area:F2}";
    public override string ToString() => "shape:" + Describe();
}
class Circle : Shape
{
    private readonly double radius = 1;
    public Circle(double r) => radius = r;
    public override double Area => Math.PI * radius * radius;
    public override string Describe() => $"circle({radius})";
}
class Square : Shape { public double Side = 2; public override double Area => Side * Side; public sealed override string Describe() => "square+" + base.Describe(); }
class Tile : Square { public new string Describe() => "hidden"; public virtual string Extra() => "tile"; }
sealed class Marble : Tile { public override string Extra() => "marble/" + base.Extra(); public override double Area => base.Area * 10; }

class Hider { public virtual int M() => 1; public virtual int N(int x) => x; public virtual int N(long x) => -1; }
class Hides : Hider { public new virtual int M() => 2; public override int N(int x) => x * 2; }
class Overrides : Hides { public override int M() => 3; }

class Program
{
    static int NonVirtual(Hider h) => h.M();
    static Shape? Nothing() => null;

    static void Main()
    {
        Shape[] shapes = { new Circle(2), new Square(), new Tile(), new Marble() };
        Console.WriteLine();
        foreach (Shape s in shapes) Console.WriteLine(s.Report() + " " + s);
        Console.WriteLine($"{((Tile)shapes[2]).Describe()} {((Tile)shapes[3]).Extra()} {shapes[2].Describe()}");
        Overrides o = new();
        Console.WriteLine($"{o.M()} {((Hides)o).M()} {((Hider)o).M()} {NonVirtual(new Hides())} {o.N(5)} {o.N(5L)} {((Hider)o).N(6)}");
        try { Nothing()!.Report(); } catch (NullReferenceException) { Console.WriteLine("null receiver of a direct call"); }
        try { _ = Nothing()!.Area; } catch (NullReferenceException) { Console.WriteLine("null receiver of a virtual call"); }
        object plain = new object();
        Console.WriteLine($"{plain} {plain.Equals(plain)} {plain.Equals(new object())} {plain.GetHashCode() == plain.GetHashCode()} {new Program()}");
        object[] things = { 1, 'c', "s", 2.5m, new int[0], shapes[0], DayOfWeek.Sunday, (1, 2) };
        foreach (object thing in things) Console.Write($"{thing.GetType().Name}:{thing} ");
        Console.WriteLine();
        Func<string> report = shapes[3].Describe;
        Console.WriteLine($"{report()} {((Func<string>)shapes[0].Report)()}");
        Console.WriteLine($"{shapes[3] is Square} {shapes[0] is Square} {shapes[1] as Tile == null} {shapes[3].GetType() == typeof(Marble)} {typeof(Marble).BaseType}");
    }
}

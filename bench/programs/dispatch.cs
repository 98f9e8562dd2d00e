// Virtual, interface, delegate and generic virtual calls with receivers that change.
using System;
using System.Collections.Generic;

interface IShape { double Area(); int Sides { get; } }
abstract class Shape : IShape { public abstract double Area(); public virtual int Sides => 0; public virtual T Map<T>(T value) => value; }
sealed class Circle(double r) : Shape { public override double Area() => r * r * 3; }
class Square(double s) : Shape { public override double Area() => s * s; public override int Sides => 4; public override T Map<T>(T value) => value; }
sealed class Tile(double s) : Square(s) { public override int Sides => 5; }
sealed class Triangle(double b, double h) : Shape { public override double Area() => b * h / 2; public override int Sides => 3; }

class Program
{
    static void Main()
    {
        var shapes = new Shape[1000];
        for (int i = 0; i < shapes.Length; i++)
            shapes[i] = (i * 7919 % 1000 % 4) switch { 0 => new Circle(i), 1 => new Square(i), 2 => new Tile(i), _ => new Triangle(i, 2) };
        IShape[] faces = Array.ConvertAll(shapes, s => (IShape)s);
        double area = 0;
        long sides = 0;
        for (int round = 0; round < 90_000; round++)
            for (int i = 0; i < shapes.Length; i++) { area += shapes[i].Area(); sides += faces[i].Sides; }
        Console.WriteLine($"{area:E6} {sides}");

        Func<int, int>[] functions = { x => x + 1, x => x ^ 5, x => x * 3, new Counter().Add };
        int value = 0;
        for (int i = 0; i < 120_000_000; i++) value = functions[i & 3](value);
        long mapped = 0;
        for (int i = 0; i < 6_000_000; i++) mapped += shapes[i % 1000].Map(i) + shapes[i % 1000].Map("abc").Length;
        IEnumerable<int> sequence = new List<int> { 1, 2, 3, 4, 5 };
        int sum = 0;
        for (int i = 0; i < 2_000_000; i++) foreach (int n in sequence) sum += n;
        Console.WriteLine($"{value} {mapped} {sum}");
    }

    sealed class Counter { int total; public int Add(int x) => total += x & 7; }
}

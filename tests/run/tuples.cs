//@ exit = 0
// Covers: value tuples — equality, ordering, deconstruction, nesting beyond seven elements, swapping, as keys and in generics.
using System;
using System.Collections.Generic;
using System.Linq;

class Program
{
    static (int Min, int Max, double Mean) Stats(params int[] xs) => (xs.Min(), xs.Max(), xs.Average());
    static (T, U) Flip<T, U>((U, T) pair) => (pair.Item2, pair.Item1);
    static (string, (int, int)[]) Shape() => ("grid", new[] { (1, 2), (3, 4) });

    static void Main()
    {
        var s = Stats(3, 1, 4, 1, 5);
        Console.WriteLine($"{s} {s.Min} {s.Mean:F2} {s == (1, 5, 2.8)} {s.Equals((1, 5, 2.8))} {s.GetHashCode() == (1, 5, 2.8).GetHashCode()}");
        var (min, _, mean) = s;
        Console.WriteLine($"{min} {mean} {Flip(("a", 1))} {Flip<object, int>((1, "b"))}");
        var big = (1, 2, 3, 4, 5, 6, 7, 8, 9, "ten");
        Console.WriteLine($"{big} {big.Item10} {big.Rest} {big == (1, 2, 3, 4, 5, 6, 7, 8, 9, "ten")} {((System.Runtime.CompilerServices.ITuple)big).Length}");
        int a = 1, b = 2, c = 3;
        (a, b, c) = (c, a, b);
        int[] array = { 10, 20 };
        (array[0], array[1]) = (array[1], array[0]);
        int index = 0;
        (array[index++], index) = (index + 5, index + 100);
        Console.WriteLine($"{a}{b}{c} {array[0]} {array[1]} {index}");
        var list = new List<(int N, string S)> { (2, "b"), (1, "z"), (2, "a") };
        list.Sort();
        Console.WriteLine($"{string.Join(" ", list)} {list.Max()} {list.Contains((1, "z"))} {(1, "a").CompareTo((1, "b"))}");
        var grid = new Dictionary<(int X, int Y), string> { [(0, 0)] = "o", [(1, -1)] = "p" };
        Console.WriteLine($"{grid[(1, -1)]} {grid.TryGetValue((5, 5), out _)}");
        foreach (var ((x, y), value) in grid.OrderBy(g => g.Key.X).Select(g => (g.Key, g.Value))) Console.Write($"{x},{y}={value} ");
        var (name, cells) = Shape();
        Console.WriteLine($"{name} {cells[1].Item2} {(1, (string?)null)} {("x", default(object))}");
        (long, double) widened = (1, 2f);
        (object, int)? maybe = (widened, 5);
        Console.WriteLine($"{widened} {maybe} {maybe?.Item2} {((1, 2), 3).Item1.Item2} {(1, 2) == (1L, 2.0)}");
        foreach (var (item, i) in "abc".Select((ch, i) => (ch, i))) Console.Write($"{i}{item}");
        Console.WriteLine(Tuple.Create(1, "ref").Equals(new Tuple<int, string>(1, "ref")));
    }
}

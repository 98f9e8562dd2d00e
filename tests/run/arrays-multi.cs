//@ exit = 0
// Covers: ECMA-335 II.14.2 — multi-dimensional arrays: Get, Set, Address, bounds of each dimension, lower bounds, initialisers.
using System;

struct Cell { public int X, Y; public object? Tag; }

class Program
{
    static void Increment(ref int slot) => slot++;

    static void Main()
    {
        int[,] m = { { 1, 2, 3 }, { 4, 5, 6 } };
        Console.WriteLine($"{m.Length} {m.Rank} {m.GetLength(0)} {m.GetLength(1)} {m[1, 2]} {m.GetType()}");
        Increment(ref m[0, 1]);
        m[1, 0] *= 10;
        foreach (int v in m) Console.Write(v + " ");
        Console.WriteLine();
        foreach (var (i, j) in new[] { (2, 0), (0, 3), (-1, 0), (0, -1) })
            try { Console.WriteLine(m[i, j]); } catch (IndexOutOfRangeException) { Console.WriteLine($"[{i},{j}] out of range"); }

        var cube = new long[2, 3, 4];
        for (int i = 0; i < 2; i++) for (int j = 0; j < 3; j++) for (int k = 0; k < 4; k++) cube[i, j, k] = i * 100 + j * 10 + k;
        long sum = 0;
        foreach (long v in cube) sum += v;
        Console.WriteLine($"{sum} {cube[1, 2, 3]} {cube.Length}");

        var cells = new Cell[2, 2];
        cells[1, 1].X = 5;
        cells[1, 1].Tag = "tag";
        ref Cell cell = ref cells[1, 1];
        cell.Y = cell.X * 2;
        Console.WriteLine($"{cells[1, 1].X} {cells[1, 1].Y} {cells[1, 1].Tag} {cells[0, 1].Tag == null}");

        var strings = new string[2, 2];
        strings[0, 0] = "x";
        object[,] objects = strings;
        try { objects[0, 1] = 5; } catch (ArrayTypeMismatchException) { Console.WriteLine("store check"); }
        objects[1, 1] = "y";
        Console.WriteLine(strings[1, 1]);

        Array based = Array.CreateInstance(typeof(int), new[] { 2, 2 }, new[] { 5, -1 });
        based.SetValue(42, 6, 0);
        Console.WriteLine($"{based.GetValue(6, 0)} {based.GetLowerBound(0)} {based.GetUpperBound(1)} {((int[,])based)[5, -1]}");
        try { based.GetValue(0, 0); } catch (IndexOutOfRangeException) { Console.WriteLine("lower bound"); }
        Array copy = (Array)m.Clone();
        Array.Clear(m);
        Console.WriteLine($"{m[1, 2]} {copy.GetValue(1, 2)}");
        var square = new double[3, 3];
        for (int i = 0; i < 3; i++) square[i, i] = i + 0.5;
        Console.WriteLine($"{square[2, 2]} {square[0, 2]} {new int[0, 5].Length}");
    }
}

//@ exit = 0
// Covers: System.Array — Sort (stable results for total orders), BinarySearch, Copy with overlap, Resize, Reverse, Fill, Find.
using System;
using System.Collections.Generic;
using System.Linq;

class Program
{
    static string Show<T>(IEnumerable<T> items) => string.Join(",", items);

    static void Main()
    {
        int[] data = new int[200];
        uint seed = 12345;
        for (int i = 0; i < data.Length; i++) { seed = seed * 1664525 + 1013904223; data[i] = (int)(seed >> 20) - 2048; }
        int[] sorted = (int[])data.Clone();
        Array.Sort(sorted);
        bool ordered = true;
        for (int i = 1; i < sorted.Length; i++) ordered &= sorted[i - 1] <= sorted[i];
        Console.WriteLine($"{ordered} {sorted[0]} {sorted[^1]} {sorted.Sum() == data.Sum()} {Array.BinarySearch(sorted, sorted[77]) >= 0} {Array.BinarySearch(sorted, 99999)}");
        Array.Sort(sorted, (a, b) => b.CompareTo(a));
        Console.WriteLine($"{Show(sorted.Take(3))} {Show(sorted.TakeLast(3))}");

        string[] names = { "delta", "Alpha", "charlie", "bravo" };
        int[] keys = { 4, 1, 3, 2 };
        Array.Sort(keys, names);
        Console.WriteLine($"{Show(names)} {Show(keys)}");
        Array.Sort(names, 1, 3, StringComparer.OrdinalIgnoreCase);
        Array.Reverse(names);
        Console.WriteLine(Show(names));
        double[] floats = { 2, double.NaN, -1, double.NegativeInfinity, 0 };
        Array.Sort(floats);
        Console.WriteLine(Show(floats));

        int[] overlap = Enumerable.Range(0, 10).ToArray();
        Array.Copy(overlap, 0, overlap, 3, 5);
        Console.WriteLine(Show(overlap));
        overlap = Enumerable.Range(0, 10).ToArray();
        Array.Copy(overlap, 3, overlap, 0, 5);
        Console.WriteLine(Show(overlap));
        object[] boxed = new object[3];
        Array.Copy(new[] { 1, 2, 3 }, boxed, 3);
        int[] unboxed = new int[3];
        Array.Copy(boxed, unboxed, 3);
        long[] widened = new long[3];
        Array.Copy(unboxed, widened, 3);
        Console.WriteLine($"{Show(boxed)} {Show(unboxed)} {Show(widened)}");
        try { Array.Copy(new object[] { "no" }, unboxed, 1); } catch (InvalidCastException) { Console.WriteLine("cannot unbox"); }
        try { Array.Copy(overlap, 5, unboxed, 0, 5); } catch (ArgumentException e) { Console.WriteLine(e.GetType().Name); }
        Buffer.BlockCopy(new int[] { 0x01020304 }, 0, widened, 1, 3);
        Console.WriteLine($"{widened[0]:X}");

        Array.Resize(ref overlap, 4);
        Array.Fill(overlap, 7, 1, 2);
        Console.WriteLine($"{Show(overlap)} {Array.IndexOf(overlap, 7)} {Array.LastIndexOf(overlap, 7)} {Array.Exists(overlap, x => x > 9)} {Array.Find(names, n => n.Length == 5)} {Array.TrueForAll(overlap, x => x < 99)}");
        Console.WriteLine($"{Show(Array.ConvertAll(overlap, x => x / 2.0))} {Show(Array.FindAll(data, x => x > 2030))} {Array.FindIndex(data, x => x < 0)}");
        var many = Enumerable.Range(0, 5000).Select(i => (Key: i * 7919 % 5003, Text: $"k{i}")).ToArray();
        Array.Sort(many, (a, b) => a.Key.CompareTo(b.Key));
        Console.WriteLine($"{many[0].Text} {many[2500].Text} {many[4999].Text}");
        Array.Clear(many, 0, 10);
        Console.WriteLine(many[5].Text == null);
    }
}

// Sorting: integers, doubles, strings by ordinal, structs with a comparison delegate, and List.Sort.
using System;
using System.Collections.Generic;

class Program
{
    struct Item { public int Key; public double Weight; }

    static void Main()
    {
        uint seed = 7;
        int Next() { seed = seed * 1664525 + 1013904223; return (int)(seed >> 4); }
        var ints = new int[3_000_000];
        for (int i = 0; i < ints.Length; i++) ints[i] = Next();
        Array.Sort(ints);
        var doubles = new double[1_000_000];
        for (int i = 0; i < doubles.Length; i++) doubles[i] = Next() / 1000.0;
        Array.Sort(doubles);
        var items = new Item[700_000];
        for (int i = 0; i < items.Length; i++) items[i] = new Item { Key = Next() % 100_000, Weight = i };
        Array.Sort(items, (a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : a.Weight.CompareTo(b.Weight));
        var strings = new List<string>();
        for (int i = 0; i < 150_000; i++) strings.Add("s" + Next() % 1_000_000);
        strings.Sort(string.CompareOrdinal);
        Console.WriteLine($"{ints[0]} {ints[1_500_000]} {doubles[500_000]} {items[350_000].Key} {items[350_000].Weight} {strings[0]} {strings[75_000]}");
    }
}

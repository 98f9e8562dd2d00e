// Hash tables with integer, string and struct keys.
using System;
using System.Collections.Generic;

class Program
{
    readonly record struct Point(int X, int Y);

    static void Main()
    {
        uint seed = 1;
        int Next() { seed = seed * 1664525 + 1013904223; return (int)(seed >> 8); }
        var ints = new Dictionary<int, int>();
        for (int i = 0; i < 4_000_000; i++) { int k = Next() % 300_000; ints.TryGetValue(k, out int v); ints[k] = v + 1; }
        long sum = 0;
        foreach (var pair in ints) sum += (long)pair.Key * pair.Value;
        Console.WriteLine($"{ints.Count} {sum}");

        var names = new string[50_000];
        for (int i = 0; i < names.Length; i++) names[i] = "key-" + i * 7919 % 50_021;
        var words = new Dictionary<string, int>();
        for (int round = 0; round < 40; round++) foreach (string name in names) words[name] = words.GetValueOrDefault(name) + round;
        Console.WriteLine($"{words.Count} {words["key-7919"]}");

        var points = new Dictionary<Point, int>();
        for (int i = 0; i < 1_500_000; i++) { var p = new Point(Next() % 400, Next() % 400); points[p] = points.TryGetValue(p, out int n) ? n + 1 : 1; }
        var set = new HashSet<long>();
        for (int i = 0; i < 1_000_000; i++) if (!set.Add((long)Next() * 4096)) set.Remove((long)Next() * 4096);
        Console.WriteLine($"{points.Count} {points[new Point(3, 7)]} {set.Count}");
    }
}

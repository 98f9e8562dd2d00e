//@ exit = 0
// Covers: Dictionary<K,V> — collisions, growth, removal and reuse, comparers, enumeration order after adds, value and reference keys.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;

class Bad(int id) { public int Id => id; public override int GetHashCode() => 1; public override bool Equals(object? o) => o is Bad b && b.Id == id; public override string ToString() => "bad" + id; }
class Modulo(int m) : IEqualityComparer<int> { public bool Equals(int a, int b) => a % m == b % m; public int GetHashCode(int x) => x % m; }
enum Color { Red, Green, Blue }

class Program
{
    static void Main()
    {
        var ages = new Dictionary<string, int> { ["ann"] = 30, ["bob"] = 25 };
        ages["ann"]++;
        ages.Add("cid", 40);
        Console.WriteLine($"{ages.Count} {ages["ann"]} {ages.TryGetValue("dan", out int d)} {d} {ages.ContainsValue(25)} {ages.GetValueOrDefault("x", -1)} {ages.TryAdd("bob", 1)}");
        Console.WriteLine(string.Join(" ", ages.Select(p => $"{p.Key}={p.Value}")) + " " + string.Join(",", ages.Keys) + " " + ages.Values.Sum());
        try { ages.Add("ann", 0); } catch (ArgumentException e) { Console.WriteLine(e.Message); }
        try { _ = ages["zoe"]; } catch (KeyNotFoundException e) { Console.WriteLine(e.Message); }
        try { ages[null!] = 1; } catch (ArgumentNullException e) { Console.WriteLine(e.ParamName); }
        Console.WriteLine($"{ages.Remove("bob", out int removed)} {removed} {ages.Remove("bob")} {ages.Count}");
        ages["new"] = 1;
        Console.WriteLine(string.Join(",", ages.Keys));

        var big = new Dictionary<int, string>();
        for (int i = 0; i < 5000; i++) big[i * 17] = "v" + i;
        for (int i = 0; i < 5000; i += 2) big.Remove(i * 17);
        int hits = 0;
        for (int i = 0; i < 85000; i++) if (big.ContainsKey(i)) hits++;
        Console.WriteLine($"{big.Count} {hits} {big[17]} {big.Values.Count(v => v.EndsWith('9'))}");

        var collisions = Enumerable.Range(0, 50).ToDictionary(i => new Bad(i), i => i * i);
        Console.WriteLine($"{collisions[new Bad(49)]} {collisions.Remove(new Bad(10))} {collisions.ContainsKey(new Bad(10))} {collisions.Count}");
        var modulo = new Dictionary<int, string>(new Modulo(10)) { [3] = "three" };
        modulo[13] = "thirteen";
        Console.WriteLine($"{modulo.Count} {modulo[23]} {string.Join(",", modulo.Keys)}");
        var colors = new Dictionary<Color, List<string>>();
        foreach (var (c, s) in new[] { (Color.Red, "a"), (Color.Blue, "b"), (Color.Red, "c") })
        {
            if (!colors.TryGetValue(c, out var bucket)) colors[c] = bucket = new();
            bucket.Add(s);
        }
        Console.WriteLine(string.Join(";", colors.Select(p => p.Key + ":" + string.Join("", p.Value))));
        ref int slot = ref CollectionsMarshal.GetValueRefOrAddDefault(ages, "ref", out bool existed);
        slot += 5;
        Console.WriteLine($"{existed} {ages["ref"]}");
        var objects = new Dictionary<object, int> { [1] = 1, ["1"] = 2, [1L] = 3, [(1, 1)] = 4, [Color.Red] = 5 };
        Console.WriteLine($"{objects[1]} {objects["1"]} {objects[1L]} {objects[(1, 1)]} {objects.ContainsKey(1u)}");
        foreach (string key in ages.Keys.ToList()) ages[key] = 0;
        try { foreach (var p in ages) ages[p.Key + "!"] = 1; } catch (InvalidOperationException) { Console.WriteLine("modified"); }
        var copy = new Dictionary<string, int>(ages, StringComparer.OrdinalIgnoreCase);
        Console.WriteLine($"{copy.ContainsKey("ANN")} {ages.ContainsKey("ANN")} {new Dictionary<long, byte>(1000).EnsureCapacity(0) >= 1000}");
        copy.Clear();
        Console.WriteLine($"{copy.Count} {new Dictionary<double, int> { [double.NaN] = 1, [0.0] = 2 }[double.NaN]}");
    }
}

//@ exit = 0
//@ targets = ["linux-arm64"]
// Covers: LINQ to objects — filtering, projection, partitioning, quantifiers, aggregation, set operations, conversion, errors.
using System;
using System.Collections.Generic;
using System.Linq;

class Program
{
    static string Show<T>(IEnumerable<T> items) => string.Join(",", items);
    static IEnumerable<int> Counted(List<int> log, int n) { for (int i = 1; i <= n; i++) { log.Add(i); yield return i; } }

    static void Main()
    {
        int[] n = { 5, 3, 8, 1, 9, 2, 8 };
        string[] words = { "pear", "fig", "apple", "kiwi", "banana", "fig" };
        Console.WriteLine($"{Show(n.Where(x => x > 2).Select(x => x * x))} | {Show(n.Where((x, i) => i % 2 == 0))} | {Show(words.Select((w, i) => i + w[..1]))}");
        Console.WriteLine($"{Show(n.Skip(2).Take(3))} | {Show(n.TakeWhile(x => x != 1))} | {Show(n.SkipWhile(x => x != 1))} | {Show(n.TakeLast(2))} | {Show(n.SkipLast(5))} | {Show(n.Take(2..^2))}");
        Console.WriteLine($"{n.Any(x => x > 8)} {n.All(x => x > 0)} {n.Contains(9)} {n.Count(x => x == 8)} {n.First(x => x > 5)} {n.Last()} {n.FirstOrDefault(x => x > 100, -1)} {n.ElementAt(2)} {n.ElementAt(^1)} {words.Single(w => w.Length == 6)}");
        Console.WriteLine($"{n.Sum()} {n.Min()} {n.Max()} {n.Average():F3} {n.Aggregate((a, b) => a * 10 + b)} {words.Aggregate("", (s, w) => s + w[0])} {words.MinBy(w => w.Length)} {words.MaxBy(w => w[^1])} {words.Sum(w => w.Length)}");
        Console.WriteLine($"{Show(n.Distinct())} | {Show(n.Union(new[] { 1, 100 }))} | {Show(n.Intersect(new[] { 8, 5, 77 }))} | {Show(n.Except(new[] { 8, 5 }))} | {Show(words.DistinctBy(w => w.Length))} | {Show(n.Concat(n.Take(1)).Append(0).Prepend(-1))}");
        Console.WriteLine($"{Show(n.Order())} | {Show(n.OrderDescending())} | {Show(words.OrderBy(w => w.Length).ThenByDescending(w => w, StringComparer.Ordinal))} | {Show(n.Reverse())}");
        Console.WriteLine($"{Show(n.Zip(words, (a, b) => a + b))} | {Show(n.Zip(words).Select(p => p.First + p.Second.Length))} | {Show(n.Chunk(3).Select(c => c.Sum()))} | {n.SequenceEqual(n.ToList())}");
        Console.WriteLine($"{Show(Enumerable.Range(3, 4))} | {Show(Enumerable.Repeat('x', 3))} | {Enumerable.Empty<int>().Count()} | {Show(Enumerable.Empty<int>().DefaultIfEmpty(7))} | {Show(new object[] { 1, "a", 2, 2.5 }.OfType<int>())} | {Show(new object[] { "p", "q" }.Cast<string>())}");
        var lookup = words.ToLookup(w => w.Length, w => w.ToUpperInvariant());
        Console.WriteLine($"{lookup.Count} {Show(lookup[4])} {Show(lookup[99])} {Show(words.CountBy(w => w.Length).Select(p => $"{p.Key}:{p.Value}"))} {Show(words.Index().Select(t => t.Index))}");
        foreach (var (name, action) in new (string, Func<int>)[] { ("First", () => new int[0].First()), ("Single", () => n.Single()), ("Max", () => new List<int>().Max()), ("ElementAt", () => n.ElementAt(50)) })
            try { Console.WriteLine(action()); } catch (Exception e) { Console.WriteLine($"{name}: {e.Message}"); }
        Console.WriteLine($"{new int?[] { 1, null, 3 }.Sum()} {new int?[0].Max() == null} {new double[] { 1, double.NaN }.Min()} {new[] { "b", null, "a" }.Max()} {new decimal[] { 1.5m, 2.5m }.Average()}");

        var log = new List<int>();
        var query = Counted(log, 100).Where(x => x % 2 == 0).Select(x => x * 10);
        Console.WriteLine($"{log.Count} {query.First()} {log.Count} {Show(query.Take(2))} {log.Count} {query.ElementAt(3)} {log.Count}");
        try { checked { n.Select(x => x * int.MaxValue).Sum(); } } catch (OverflowException) { Console.WriteLine("overflow"); }
        Console.WriteLine($"{n.TryGetNonEnumeratedCount(out int count)} {count} {Show(n.ToList().Select(x => x + 1).Skip(1).ToArray())} {Show(from x in n where x > 4 let y = x * 2 orderby y select y - 1)}");
    }
}

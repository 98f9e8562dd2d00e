//@ exit = 0
// Covers: LINQ — grouping, joins, flattening, nested and correlated queries, stable multi-key ordering, custom comparers.
using System;
using System.Collections.Generic;
using System.Linq;

record Customer(int Id, string Name, string City);
record Order(int Id, int Customer, decimal Total, string[] Items);

class Program
{
    static readonly Customer[] customers = { new(1, "Ann", "Oslo"), new(2, "Bob", "Rome"), new(3, "Cid", "Oslo"), new(4, "Dee", "Bern") };
    static readonly Order[] orders =
    {
        new(10, 1, 25m, new[] { "pen", "ink" }), new(11, 2, 5.5m, new[] { "cup" }), new(12, 1, 100m, new[] { "desk" }),
        new(13, 3, 25m, new[] { "pen", "cup", "ink" }), new(14, 9, 1m, Array.Empty<string>()),
    };

    static void Main()
    {
        var byCity = from c in customers group c.Name by c.City into g orderby g.Count() descending, g.Key select $"{g.Key}({string.Join("+", g)})";
        Console.WriteLine(string.Join(" ", byCity));
        var joined = from c in customers join o in orders on c.Id equals o.Customer where o.Total > 10 select (c.Name, o.Total);
        Console.WriteLine(string.Join(" ", joined));
        var left = from c in customers join o in orders on c.Id equals o.Customer into os from o in os.DefaultIfEmpty() select $"{c.Name}:{o?.Id.ToString() ?? "none"}";
        Console.WriteLine(string.Join(" ", left));
        Console.WriteLine(string.Join(" ", customers.GroupJoin(orders, c => c.Id, o => o.Customer, (c, os) => $"{c.Name}={os.Sum(o => o.Total)}")));
        var items = orders.SelectMany(o => o.Items, (o, i) => (o.Id, Item: i)).GroupBy(x => x.Item, x => x.Id, (k, ids) => $"{k}[{string.Join("/", ids)}]");
        Console.WriteLine(string.Join(" ", items));
        Console.WriteLine(string.Join(" ", orders.OrderBy(o => o.Total).ThenByDescending(o => o.Items.Length).ThenBy(o => o.Id).Select(o => o.Id)));
        var top = customers.Select(c => new { c.Name, Best = orders.Where(o => o.Customer == c.Id).MaxBy(o => o.Total) }).Where(x => x.Best != null).Select(x => $"{x.Name}>{x.Best!.Id}");
        Console.WriteLine(string.Join(" ", top));
        var pythagorean = from a in Enumerable.Range(1, 30) from b in Enumerable.Range(a, 31 - a) let c = Math.Sqrt(a * a + b * b) where c <= 30 && c == (int)c select $"{a},{b},{(int)c}";
        Console.WriteLine($"{pythagorean.Count()} {pythagorean.Last()}");
        var grouped = "the quick brown the lazy the dog quick".Split(' ').GroupBy(w => w).ToDictionary(g => g.Key, g => g.Count());
        Console.WriteLine(string.Join(" ", grouped.OrderByDescending(p => p.Value).ThenBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Key + p.Value)));
        var multi = orders.GroupBy(o => (Cheap: o.Total < 20, Many: o.Items.Length > 1)).Select(g => $"{g.Key}:{g.Count()}");
        Console.WriteLine(string.Join(" ", multi));
        var ignore = new[] { "A", "b", "a", "B", "c" }.GroupBy(x => x, StringComparer.OrdinalIgnoreCase).Select(g => g.Key + g.Count());
        Console.WriteLine(string.Join(" ", ignore));
        var sieve = Enumerable.Range(2, 200).Where(n => Enumerable.Range(2, (int)Math.Sqrt(n) - 1).All(d => n % d != 0));
        Console.WriteLine($"{sieve.Count()} {sieve.Sum()} {string.Join(",", sieve.TakeLast(3))}");
        // Deferred: the source changes between two runs of the same query.
        var source = new List<int> { 1, 2, 3 };
        var doubled = source.Select(x => x * 2);
        int before = doubled.Sum();
        source.Add(10);
        Console.WriteLine($"{before} {doubled.Sum()}");
        IOrderedEnumerable<string> ordered = new[] { "bb", "a", "ccc", "dd" }.OrderBy(s => s.Length);
        Console.WriteLine($"{string.Join(",", ordered.CreateOrderedEnumerable(s => s[0], null, true))} {ordered.First()} {ordered.ElementAt(1)}");
        IQueryableFree(new[] { 1, 2, 3 }.AsEnumerable());
    }

    static void IQueryableFree<T>(IEnumerable<T> xs) => Console.WriteLine(string.Join(";", xs.SelectMany(x => xs, (x, y) => $"{x}{y}").Chunk(3).Select(c => string.Join(",", c))));
}

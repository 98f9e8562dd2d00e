// LINQ chains over arrays and lists: closures, iterators, grouping, ordering.
using System;
using System.Linq;

class Program
{
    record Order(int Id, int Customer, double Total);

    static void Main()
    {
        int[] numbers = Enumerable.Range(0, 1_000_000).Select(i => (int)(i * 2654435761L % 1_000_003)).ToArray();
        long total = 0;
        for (int round = 0; round < 12; round++)
        {
            int cut = round * 1000;
            total += numbers.Where(n => n % 3 == 0).Select(n => n / 2).Where(n => n > cut).Sum(n => (long)n);
            total += numbers.Skip(round).Take(500_000).Aggregate(0L, (a, n) => a * 31 + n) & 0xFFFF;
            total += numbers.Zip(numbers.Skip(1), (a, b) => a < b ? 1 : 0).Count(x => x == 1);
        }
        Console.WriteLine(total);
        Order[] orders = numbers.Take(300_000).Select((n, i) => new Order(i, n % 5000, n * 0.01)).ToArray();
        var best = orders.GroupBy(o => o.Customer).Select(g => (g.Key, Sum: g.Sum(o => o.Total), Count: g.Count())).OrderByDescending(x => x.Sum).ThenBy(x => x.Key).Take(3);
        Console.WriteLine(string.Join(" ", best.Select(b => $"{b.Key}:{b.Sum:F2}/{b.Count}")));
        var joined = orders.Join(orders.Where(o => o.Id % 100 == 0), o => o.Customer, o => o.Customer, (a, b) => a.Total - b.Total).Where(d => d > 0).Count();
        var distinct = orders.Select(o => o.Customer / 3).Distinct().Order().Select(c => c.ToString()).Aggregate(0, (h, s) => h * 31 + s.Length);
        Console.WriteLine($"{joined} {distinct} {orders.OrderBy(o => o.Total).ElementAt(1234).Id} {orders.ToDictionary(o => o.Id).Count}");
    }
}

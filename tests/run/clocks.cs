//@ exit = 0
// Covers: Random (seeded and not), Stopwatch, UtcNow, Environment.TickCount, Guid.NewGuid — properties, not values, where values differ.
using System;
using System.Diagnostics;
using System.Linq;

class Program
{
    static void Main()
    {
        var seeded = new Random(42);
        Console.WriteLine(string.Join(" ", Enumerable.Range(0, 8).Select(_ => seeded.Next(1000))));
        Console.WriteLine($"{seeded.NextDouble():R} {seeded.Next()} {seeded.Next(-5, 5)} {seeded.NextInt64(1L << 40)} {seeded.NextSingle():R}");
        byte[] bytes = new byte[8];
        seeded.NextBytes(bytes);
        int[] deck = Enumerable.Range(0, 10).ToArray();
        seeded.Shuffle(deck);
        Console.WriteLine($"{Convert.ToHexString(bytes)} {string.Join(",", deck)} {string.Concat(seeded.GetItems("abc".ToCharArray(), 6))}");

        var random = new Random();
        var values = Enumerable.Range(0, 2000).Select(_ => random.NextDouble()).ToArray();
        Console.WriteLine($"{values.All(v => v is >= 0 and < 1)} {values.Average() is > 0.4 and < 0.6} {values.Distinct().Count() > 1990} {Random.Shared.Next(3) is >= 0 and < 3}");
        Console.WriteLine($"{new Random().NextInt64() != new Random().NextInt64()} {Guid.NewGuid() != Guid.NewGuid()} {Guid.NewGuid().ToString().Length} {Guid.NewGuid().Version}");

        var watch = Stopwatch.StartNew();
        DateTime start = DateTime.UtcNow;
        long ticks = Environment.TickCount64;
        double sink = 0;
        while (watch.ElapsedMilliseconds < 20) sink += Math.Sqrt(sink + 1);
        watch.Stop();
        DateTime end = DateTime.UtcNow;
        long elapsed = watch.ElapsedTicks;
        Console.WriteLine($"{watch.Elapsed.TotalMilliseconds is >= 20 and < 5000} {(end - start).TotalMilliseconds is > 10 and < 5000} {Environment.TickCount64 - ticks is >= 0 and < 5000} {watch.ElapsedTicks == elapsed} {watch.IsRunning}");
        Console.WriteLine($"{start.Kind} {start.Year is >= 2024 and < 2200} {Stopwatch.IsHighResolution} {Stopwatch.Frequency} {Stopwatch.GetElapsedTime(0, Stopwatch.Frequency)}");
        watch.Reset();
        Console.WriteLine($"{watch.Elapsed} {TimeProvider.System.GetUtcNow() >= end} {sink > 0}");
    }
}

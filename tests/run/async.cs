//@ exit = 0
// Covers: async methods, iterators and streams, tasks, threads, locks, channels, timers, cancellation and what is caught where.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Channels;

class Program
{
    static async Task<int> Fib(int n) { if (n < 2) { await Task.Yield(); return n; } return await Fib(n - 1) + await Fib(n - 2); }
    static async IAsyncEnumerable<int> Gen(int n) { for (int i = 0; i < n; i++) { await Task.Delay(1); yield return i * i; } }
    static async ValueTask<string> VT(bool s) { if (s) return "sync"; await Task.Delay(1); return "async"; }
    static async Task Throw(string m) { await Task.Yield(); throw new InvalidOperationException(m); }
    static async Task<string> Nested() { try { try { await Throw("a"); return "no"; } finally { await Task.Yield(); Console.WriteLine("fin"); } } catch (InvalidOperationException e) when (e.Message == "a") { await Task.Yield(); return "caught " + e.Message; } }
    static async Task Main()
    {
        Console.WriteLine(await Fib(10));
        await foreach (int x in Gen(5)) Console.Write(x + " ");
        Console.WriteLine();
        Console.WriteLine(await VT(true) + " " + await VT(false));
        Console.WriteLine(await Nested());
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => i * 2)));
        Console.WriteLine(all.Sum());
        try { await Task.WhenAll(Throw("1"), Throw("1")); } catch (InvalidOperationException e) { Console.WriteLine(e.Message); }
        Task t = Task.WhenAll(Throw("1"), Throw("2"));
        try { t.Wait(); } catch (AggregateException e) { Console.WriteLine(e.InnerExceptions.Count + " " + string.Join(",", e.InnerExceptions.Select(x => x.Message).Order())); }
        var cts = new CancellationTokenSource(20);
        try { await Task.Delay(10000, cts.Token); } catch (OperationCanceledException e) { Console.WriteLine(e.GetType().Name); }
        var ch = Channel.CreateBounded<int>(2);
        var prod = Task.Run(async () => { for (int i = 0; i < 10; i++) await ch.Writer.WriteAsync(i); ch.Writer.Complete(); });
        int sum = 0; await foreach (int v in ch.Reader.ReadAllAsync()) sum += v;
        Console.WriteLine(sum);
        object gate = new(); int count = 0;
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() => { for (int i = 0; i < 1000; i++) lock (gate) count++; })).ToArray();
        foreach (var th in threads) th.Start(); foreach (var th in threads) th.Join();
        Console.WriteLine(count);
        int total = 0; Parallel.For(0, 100, i => Interlocked.Add(ref total, i)); Console.WriteLine(total);
        Console.WriteLine(Enumerable.Range(0, 1000).AsParallel().Where(x => x % 3 == 0).Sum());
        var sem = new SemaphoreSlim(2); int max = 0, cur = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i => { await sem.WaitAsync(); int c = Interlocked.Increment(ref cur); lock (gate) max = Math.Max(max, c); await Task.Delay(2); Interlocked.Decrement(ref cur); sem.Release(); }));
        Console.WriteLine(max <= 2);
        var al = new AsyncLocal<int> { Value = 5 }; await Task.Run(() => { Console.WriteLine(al.Value); al.Value = 6; }); Console.WriteLine(al.Value);
        var tcs = new TaskCompletionSource<int>(); _ = Task.Run(() => tcs.SetResult(9)); Console.WriteLine(await tcs.Task);
        var lazy = new Lazy<int>(() => { Console.WriteLine("init"); return 3; }); Console.WriteLine(lazy.Value + lazy.Value);
        using var timer = new Timer(_ => { }, null, 0, 1); await Task.Delay(5);
        Console.WriteLine(await Task.Run(() => TS.V) + " " + TS.V++ + " " + TS.V);
        var rw = new ReaderWriterLockSlim(); rw.EnterWriteLock(); rw.ExitWriteLock();
        var mre = new ManualResetEventSlim(); _ = Task.Run(() => mre.Set()); mre.Wait(); Console.WriteLine("set");
        var b = new System.Collections.Concurrent.BlockingCollection<int>(); _ = Task.Run(() => { for (int i = 0; i < 5; i++) b.Add(i); b.CompleteAdding(); }); Console.WriteLine(b.GetConsumingEnumerable().Sum());
        try { await Task.Run(() => throw new ArgumentException("bad")); } catch (ArgumentException e) { Console.WriteLine(e.Message); }
        Console.WriteLine(string.Join(",", (await Task.WhenAll(Task.FromResult(1), VTask())).OrderBy(x => x)));
    }
    static async Task<int> VTask() { await Task.CompletedTask.ConfigureAwait(false); return 2; }
}
static class TS { [ThreadStatic] public static int V; }

//@ exit = 0
//@ stress-every = 200
// Covers: threads that share collections, monitors, events and the pool while collections happen; loops that wait for another thread by reading
// a volatile variable, without a call that gives way (ECMA-335 I.12.6.7).
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
var bag = new ConcurrentBag<string>(); var dict = new ConcurrentDictionary<int, List<string>>();
var threads = Enumerable.Range(0, 8).Select(n => new Thread(() => { var r = new Random(n); for (int i = 0; i < 4000; i++) { var l = dict.GetOrAdd(r.Next(100), _ => new List<string>()); lock (l) { l.Add(i.ToString()); if (l.Count > 50) l.Clear(); } if (i % 20 == 0) bag.Add(new string('x', r.Next(100))); try { if (i % 500 == 0) throw new InvalidOperationException(i.ToString()); } catch (InvalidOperationException e) { if (e.Message != i.ToString()) Console.WriteLine("bad"); } } })).ToArray();
foreach (var t in threads) t.Start(); foreach (var t in threads) t.Join(); Console.WriteLine(bag.Count);
long total = 0; Parallel.For(0, 50, i => { long s = 0; for (int j = 0; j < 1000; j++) s += new int[j % 10 + 1].Length; Interlocked.Add(ref total, s); }); Console.WriteLine(total);
var tasks = Enumerable.Range(0, 200).Select(async i => { await Task.Delay(i % 7); var b = new byte[1000 * (i % 10)]; await Task.Yield(); return b.Length; }); Console.WriteLine((await Task.WhenAll(tasks)).Sum());
var big = new List<byte[]>(); for (int i = 0; i < 50; i++) { big.Add(new byte[5_000_000]); if (big.Count > 5) big.RemoveAt(0); } Console.WriteLine(big.Count); Console.WriteLine(GC.CollectionCount(0) > 0);
var mre = new ManualResetEventSlim(); var cd = new CountdownEvent(3); for (int i = 0; i < 3; i++) ThreadPool.QueueUserWorkItem(_ => { mre.Wait(); cd.Signal(); }); mre.Set(); cd.Wait(); Console.WriteLine("done");
object m = new(); bool go = false; var waiter = new Thread(() => { lock (m) { while (!go) Monitor.Wait(m); Console.WriteLine("woken"); } }); waiter.Start(); Thread.Sleep(20); lock (m) { go = true; Monitor.PulseAll(m); } waiter.Join();
var tl = new ThreadLocal<Counter>(() => new Counter(), true); Parallel.For(0, 50, i => tl.Value!.N++); Console.WriteLine(tl.Values.Sum(v => v.N));
SpinOnVolatile();
SpinOnInterlocked();
static void SpinOnVolatile() { bool stop = false; var t = new Thread(() => { while (!Volatile.Read(ref stop)) { } }); t.IsBackground = true; t.Start(); Thread.Sleep(20); Volatile.Write(ref stop, true); Console.WriteLine(t.Join(20000)); }
static void SpinOnInterlocked() { int turn = 0; var t = new Thread(() => { while (Interlocked.CompareExchange(ref turn, 2, 1) != 1) { } }); t.IsBackground = true; t.Start(); Thread.Sleep(20); Interlocked.Exchange(ref turn, 1); Console.WriteLine(t.Join(20000) + " " + turn); }
class Counter { public int N; }

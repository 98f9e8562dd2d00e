//@ exit = 134
// Covers: ECMA-335 I.8.9.6.7 — finalizers run on a background thread of their own, waited for or not; objects that register again; a finalizer
// that collects and waits; an exception that leaves one ends the program.
using System;
using System.Runtime.CompilerServices;
using System.Threading;
class F { public static int N; public static int Id; public static bool Back; ~F() { Interlocked.Increment(ref N); Id = Environment.CurrentManagedThreadId; Back = Thread.CurrentThread.IsBackground; } }
class R { public static int N; ~R() { if (Interlocked.Increment(ref N) < 3) GC.ReRegisterForFinalize(this); } }
class Bad { ~Bad() => throw new InvalidOperationException("in a finalizer"); }
class W { ~W() { GC.WaitForPendingFinalizers(); GC.Collect(); } }
class P {
    [MethodImpl(MethodImplOptions.NoInlining)] static void Make(int n) { for (int i = 0; i < n; i++) new F(); new R(); new W(); }
    [MethodImpl(MethodImplOptions.NoInlining)] static void MakeBad() { new Bad(); }
    [MethodImpl(MethodImplOptions.NoInlining)] static void Scrub(int n) { Span<long> s = stackalloc long[64]; s.Fill(n); if (n > 0) Scrub(n - 1); }
    static void Main(string[] a) {
        Make(20000); Scrub(20);
        GC.Collect(); GC.WaitForPendingFinalizers();
        Console.WriteLine($"{F.N} {F.Id != Environment.CurrentManagedThreadId} {F.Back}");
        GC.Collect(); GC.WaitForPendingFinalizers(); GC.Collect(); GC.WaitForPendingFinalizers();
        Console.WriteLine(R.N);
        // Without anybody waiting.
        int before = F.N;
        for (int i = 0; i < 200 && F.N == before; i++) { Make(100); byte[][] garbage = new byte[100][]; for (int j = 0; j < 100; j++) garbage[j] = new byte[10000]; }
        SpinWait.SpinUntil(() => F.N > before, 5000);
        Console.WriteLine(F.N > before);
        MakeBad(); Scrub(20); GC.Collect(); GC.WaitForPendingFinalizers();
        Thread.Sleep(5000);
    }
}

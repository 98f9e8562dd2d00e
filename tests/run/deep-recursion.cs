//@ exit = 0
// Covers: recursion that leaves something to do behind the call uses the stack at any optimisation: sums, products, bits, through a loop and
// through two methods; EnsureSufficientExecutionStack and its Try tell of the end, on the main thread and on small ones.
using System;
using System.Runtime.CompilerServices;
using System.Threading;

static class Program
{
    static int Sum(int n) { if (n == 0) return 0; RuntimeHelpers.EnsureSufficientExecutionStack(); return 1 + Sum(n - 1); }
    static long Product(int n) { if (n == 0) return 1; RuntimeHelpers.EnsureSufficientExecutionStack(); return 3 * Product(n - 1); }
    static uint Bits(uint n) { if (n == 0) return 0; RuntimeHelpers.EnsureSufficientExecutionStack(); return Bits(n - 1) | n; }
    static int Text(int n, string s) { if (n == 0) return s.Length; RuntimeHelpers.EnsureSufficientExecutionStack(); return 1 + Text(n - 1, s + ""); }
    static int Even(int n) { RuntimeHelpers.EnsureSufficientExecutionStack(); return n == 0 ? 0 : 1 + Odd(n - 1); }
    static int Odd(int n) { RuntimeHelpers.EnsureSufficientExecutionStack(); return n == 0 ? 0 : 1 + Even(n - 1); }
    static int Tree(int n) { RuntimeHelpers.EnsureSufficientExecutionStack(); int sum = 1; for (int i = 1; i <= 2 && n > 0; i++) sum += Tree(n - i); return sum; }
    static int Tried(int n) => n == 0 || !RuntimeHelpers.TryEnsureSufficientExecutionStack() ? 0 : 1 + Tried(n - 1);
    class Node { public Node? Next; public int Count => Next == null ? 1 : Next.Count + 1; }

    static string Try<T>(Func<T> f)
    {
        try { return f()!.ToString()!; } catch (InsufficientExecutionStackException e) { return e.GetType().Name; }
    }

    static void All(string where)
    {
        const int Deep = 20_000_000;
        Console.WriteLine($"{where}: {Try(() => Sum(Deep))} {Try(() => Product(Deep))} {Try(() => Bits(Deep))} {Try(() => Text(Deep, ""))} {Try(() => Even(Deep))} {Try(() => Tree(Deep))} {Tried(Deep) is > 100 and < Deep}");
        Console.WriteLine($"{where}: {Sum(100)} {Product(10)} {Bits(100)} {Text(50, "abc")} {Even(77)} {Tree(10)} {Tried(30)}");
    }

    static void Main()
    {
        All("main");
        foreach (int size in new[] { 1 << 20, 256 << 10 })
        {
            var t = new Thread(() => All("thread"), size);
            t.Start();
            t.Join();
        }
        Node? list = null;
        for (int i = 0; i < 1000; i++) list = new Node { Next = list };
        Console.WriteLine(list!.Count);
    }
}

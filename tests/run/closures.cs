//@ exit = 0
// Covers: lambdas — captured locals, parameters and this; capture per iteration; nested and recursive closures; local functions; statics.
using System;
using System.Collections.Generic;

class Counter
{
    private int count;
    public Func<int> Next() => () => ++count;
    public Func<int, Action> Adders(int scale) => n => { int step = n * scale; void Go() { count += step; scale++; } return Go; };
    public int Count => count;
}

class Program
{
    static Func<int> Twin(out Action<int> set) { int value = 1; set = v => value = v; return () => value; }
    static IEnumerable<Func<int>> PerIteration()
    {
        for (int i = 0; i < 3; i++) { int copy = i; yield return () => i * 10 + copy; }
    }
    static int Fib(int n)
    {
        var memo = new Dictionary<int, int>();
        int Go(int k) => k < 2 ? k : memo.TryGetValue(k, out int v) ? v : memo[k] = Go(k - 1) + Go(k - 2);
        return Go(n);
    }
    static T Apply<T>(Func<T, T> f, T x, int n) { T Loop(T v, int k) => k == 0 ? v : Loop(f(v), k - 1); return Loop(x, n); }

    static void Main()
    {
        var counter = new Counter();
        Func<int> next = counter.Next();
        next();
        Action add = counter.Adders(10)(2);
        add();
        add();
        Console.WriteLine($"{next()} {counter.Count}");
        Func<int> get = Twin(out Action<int> set);
        set(5);
        Console.WriteLine(get());

        var actions = new List<Action>();
        for (int i = 0; i < 3; i++) actions.Add(() => Console.Write(i + " "));
        foreach (string s in new[] { "a", "b" }) actions.Add(() => Console.Write(s + " "));
        int j = 0;
        while (j < 2) { int k = j++; actions.Add(() => Console.Write($"{k}{j} ")); }
        foreach (Action action in actions) action();
        Console.WriteLine();
        foreach (var f in PerIteration()) Console.Write(f() + " ");
        Console.WriteLine();

        Func<int, int> factorial = null!;
        factorial = n => n <= 1 ? 1 : n * factorial(n - 1);
        Console.WriteLine($"{factorial(10)} {Fib(40)} {Apply(x => x * 2, 1, 10)} {Apply(s => s + "x", "", 3)}");
        int outer = 1;
        Action nested = () => { int inner = outer; Action deepest = () => { outer += inner; inner *= 2; }; deepest(); deepest(); };
        nested();
        nested();
        Console.WriteLine(outer);
        static int Static(int x) => x + 1;
        Func<int, int> cached1 = static x => x + 1, composed = x => Static(cached1(x));
        Console.WriteLine($"{composed(1)} {cached1.Target != null}");
        var point = (X: 1, Y: 2);
        Action move = () => { point.X += 10; point = (point.Y, point.X); };
        move();
        Console.WriteLine(point);
        var optional = (int x, int y = 7) => x * y;
        Console.WriteLine($"{optional(3)} {optional(3, 2)}");
    }
}

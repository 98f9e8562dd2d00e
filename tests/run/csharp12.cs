//@ exit = 0
// Covers: C# 12 — collection expressions and spreads, primary constructors, alias any type, ref readonly, default lambda parameters, nameof.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Point = (int X, int Y);
using Numbers = int[];

[CollectionBuilder(typeof(Bag), nameof(Bag.Create))]
class Bag<T>(T[] items) : IEnumerable<T>
{
    public int Count => items.Length;
    public IEnumerator<T> GetEnumerator() => items.AsEnumerable().GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
static class Bag { public static Bag<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray()); }

class Account(string owner, decimal balance = 0)
{
    public string Owner { get; } = owner.Trim();
    public decimal Balance => balance;
    public void Deposit(decimal amount) => balance += amount > 0 ? amount : throw new ArgumentException("positive only", nameof(amount));
}
class Savings(string owner, decimal rate) : Account(owner, 100) { public decimal Interest() => Balance * rate; }
struct Pair(int a, int b) { public readonly int Sum => a + b; public void Swap() => (a, b) = (b, a); public override readonly string ToString() => $"{a}:{b}"; }

class Program
{
    static int Total(params int[] xs) => xs.Sum();
    static int Read(ref readonly int x) => x + 1;
    static string Where([CallerMemberName] string name = "", [CallerLineNumber] int line = 0, [CallerArgumentExpression(nameof(line))] string e = "") => $"{name}:{line > 0}:{e}";
    static int SpanSum(ReadOnlySpan<int> s) { int t = 0; foreach (int i in s) t += i; return t; }

    static void Main()
    {
        int[] a = [1, 2, 3];
        List<int> list = [0, .. a, 4, .. a.Select(x => x * 10)];
        Span<int> span = [.. list, 99];
        Bag<string> bag = ["x", .. new[] { "y", "z" }];
        ImmutableArray<int> immutable = [.. a];
        HashSet<int> set = [1, 1, 2];
        IEnumerable<string> sequence = ["p", "q"];
        int[][] grid = [[1], [2, 3], []];
        Console.WriteLine($"{string.Join(",", list)} {span.Length} {span[^1]} {bag.Count} {string.Concat(bag)} {immutable.Length} {set.Count} {string.Concat(sequence)} {grid.Sum(g => g.Length)} {SpanSum([5, 6, 7])} {Total([])}");
        var account = new Account("  Ann ");
        account.Deposit(12.5m);
        try { account.Deposit(-1); } catch (ArgumentException e) { Console.WriteLine($"{e.ParamName}"); }
        var pair = new Pair(1, 2);
        pair.Swap();
        Console.WriteLine($"{account.Owner} {account.Balance} {new Savings("s", 0.05m).Interest()} {pair} {pair.Sum} {default(Pair)}");
        Point p = (3, 4);
        Numbers n = [p.X, p.Y];
        int value = 41;
        var scale = (int x, int by = 10) => x * by;
        Console.WriteLine($"{p.X * p.Y} {n.Length} {Read(in value)} {scale(2)} {scale(2, 3)} {Where()} {nameof(Dictionary<int, int>.Keys)} {nameof(p.X)}");
        Console.WriteLine($"""
            raw {value} "{p}"
              {string.Join('-', n)}
            """);
        ReadOnlySpan<byte> data = "utf8"u8;
        nint native = data.Length;
        Console.WriteLine($"{native} {typeof(Point)} {(args: 1, b: 2).b} {list is [0, 1, .., 30]}");
    }
}

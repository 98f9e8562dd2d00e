//@ exit = 0
// Covers: iterator methods — laziness, state, finally on early exit and on exceptions, nested and recursive iterators, enumerator reuse.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

class Tree(int value, Tree? left = null, Tree? right = null) : IEnumerable<int>
{
    public IEnumerator<int> GetEnumerator()
    {
        if (left != null) foreach (int v in left) yield return v;
        yield return value;
        if (right != null) foreach (int v in right) yield return v;
    }
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

struct Down { private int n; public Down(int start) => n = start; public int Current => n; public bool MoveNext() => n-- > 0; public Down GetEnumerator() => this; }

class Program
{
    static IEnumerable<int> Noisy(int n)
    {
        Console.Write("[start]");
        try
        {
            for (int i = 0; i < n; i++)
            {
                if (i == 3) throw new InvalidOperationException("at 3");
                yield return i;
            }
            Console.Write("[end]");
        }
        finally { Console.Write("[finally]"); }
    }

    static IEnumerable<string> Nested()
    {
        try
        {
            try { yield return "a"; } finally { Console.Write("<inner>"); }
            yield return "b";
        }
        finally { Console.Write("<outer>"); }
        yield break;
    }

    static IEnumerable<long> Fibonacci() { long a = 0, b = 1; while (true) { yield return a; (a, b) = (b, a + b); } }
    static IEnumerable<T> Interleave<T>(IEnumerable<T> a, IEnumerable<T> b)
    {
        using var x = a.GetEnumerator();
        using var y = b.GetEnumerator();
        bool more;
        do
        {
            more = false;
            if (x.MoveNext()) { yield return x.Current; more = true; }
            if (y.MoveNext()) { yield return y.Current; more = true; }
        } while (more);
    }
    static IEnumerable<int> Checked(int n) { ArgumentOutOfRangeException.ThrowIfNegative(n); return Go(); IEnumerable<int> Go() { while (n-- > 0) yield return n; } }
    static IEnumerable<IEnumerable<T>> Permutations<T>(T[] items)
    {
        if (items.Length == 0) { yield return Array.Empty<T>(); yield break; }
        for (int i = 0; i < items.Length; i++)
            foreach (var rest in Permutations(items.Where((_, k) => k != i).ToArray()))
                yield return rest.Prepend(items[i]);
    }

    static void Main()
    {
        IEnumerable<int> lazy = Noisy(2);
        Console.Write("created ");
        foreach (int i in lazy) Console.Write(i);
        Console.WriteLine();
        foreach (int i in Noisy(3)) { Console.Write(i); if (i == 1) break; }
        Console.WriteLine();
        try { foreach (int i in Noisy(9)) Console.Write(i); } catch (InvalidOperationException e) { Console.WriteLine(e.Message); }
        foreach (string s in Nested()) { Console.Write(s); if (s == "a") continue; break; }
        Console.WriteLine();
        IEnumerator<string> abandoned = Nested().GetEnumerator();
        abandoned.MoveNext();
        abandoned.Dispose();
        Console.WriteLine($" {abandoned.MoveNext()}");
        Console.WriteLine(string.Join(" ", Fibonacci().Skip(40).Take(5)));
        Console.WriteLine(string.Join("", new Tree(4, new Tree(2, new Tree(1), new Tree(3)), new Tree(6, new Tree(5)))));
        Console.WriteLine(string.Join("", Interleave("abc", "12345")));
        try { Checked(-1); } catch (ArgumentOutOfRangeException e) { Console.WriteLine(e.ParamName); }
        Console.WriteLine(string.Join(",", Checked(3)) + " " + string.Join(" ", Permutations(new[] { 'a', 'b', 'c' }).Select(p => string.Concat(p))));
        foreach (int n in new Down(3)) Console.Write(n);
        Console.WriteLine($" {lazy.Count()} {ReferenceEquals(lazy.GetEnumerator(), lazy.GetEnumerator())}");
    }
}

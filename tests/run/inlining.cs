//@ exit = 0
// Covers: ADR 0012 — inlined code in its callers: generic contexts of every kind, arguments and results as wide as they are declared, null checks, locals
// that are new each time, protected regions, constructors, exceptions.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

class Box<T>
{
    public T Item;
    public static int Made;
    public Box(T item) { Item = item; Made++; }
    public Type Kind() => typeof(T);
    public Box<T> Again() => new Box<T>(Item);
    public static Box<T> Of(T item) => new Box<T>(item);
    public T[] Array(int n) => new T[n];
    public bool Is(object o) => o is T;
    public U Map<U>(Func<T, U> f) => f(Item);
    public Dictionary<U, T> By<U>(U key) => new Dictionary<U, T> { [key] = Item };
}

struct Pair<T>
{
    public T A, B;
    public Pair(T a, T b) { A = a; B = b; }
    public Pair<T> Swapped() => new Pair<T>(B, A);
    public Type Kind() => typeof(T);
    public readonly override string ToString() => A + "," + B;
}

static class Generic
{
    public static Type Kind<T>() => typeof(T);
    public static T[] One<T>(T x) => new[] { x };
    public static string Both<A, B>(A a, B b) => Kind<B>().Name + One(a).GetType().Name + new Pair<B>(b, b).Kind().Name;
    public static Box<T> Boxed<T>(T x) => Box<T>.Of(x).Again();
    public static string Twice<T>(T x) => Both(x, One(x));
}

class Node
{
    public int Value;
    public Node Next;
    public int Get() => Value;
    public Node Skip() => Next;
}

static class Small
{
    public static int Widened(byte b) => b;
    public static sbyte Narrowed(int n) => (sbyte)n;
    public static short Short(int n) => (short)n;
    public static bool Odd(int n) => (n & 1) != 0;
    public static int Fresh(int n)
    {
        int sum = 0;
        Node last = null;
        for (int i = 0; i < n; i++)
        {
            sum += i + (last == null ? 100 : 0);
            last = new Node();
        }
        return sum;
    }
    public static int Written(int n) { n *= 2; n += 1; return n; }
    public static int ByRef(ref int n) => n++;
    public static int Address(int n) { ref int r = ref n; r++; return n; }
    public static int Check(int n) => n < 0 ? throw new ArgumentOutOfRangeException(nameof(n)) : n;
    public static void Fail(string s) => throw new InvalidOperationException(s);
    public static int Pick(bool b, int x, int y) => b ? x : y;
}

class Program
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Guarded(int n)
    {
        try
        {
            return Small.Check(n);
        }
        catch (ArgumentOutOfRangeException e) when (Small.Odd(e.ParamName.Length))
        {
            return -1;
        }
        finally
        {
            Console.Write("finally ");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Null(Node n, bool next)
    {
        try
        {
            return (next ? n.Skip().Get() : n.Get()).ToString();
        }
        catch (NullReferenceException)
        {
            return "null";
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Shared<T>(T x)
    {
        Box<T> box = Generic.Boxed(x);
        return box.Kind().Name + " " + box.Array(2).GetType().Name + " " + box.Is("s") + " "
            + box.Map(y => Generic.One(y).GetType().Name) + " " + box.By(new Pair<T>(x, x)).GetType().GetGenericArguments()[0].Name + " "
            + Generic.Both(x, box) + " " + Generic.Twice(x) + " " + new Pair<T>(x, x).Swapped().Kind().Name + " " + Box<T>.Made;
    }

    // Before the comparison is inlined nothing in the inner block can throw: its handler is not in the program that is analysed.
    static void UnreachedHandler(string[] names)
    {
        (string, ulong) pair = ("first", 3);
        Func<string> later = () => pair.Item1;
        if (names[0] == ((object)new nuint[] { 1, 2 })?.GetType().Name)
        {
            try { string item = pair.Item1; }
            catch (InvalidCastException e) { Console.WriteLine("a text that is only here " + e.Message); throw; }
            finally { Console.WriteLine("finally"); }
        }
        Console.WriteLine(later());
    }

    static void Main()
    {
        UnreachedHandler(new[] { "UIntPtr[]" });
        Console.WriteLine(Shared("s"));
        Console.WriteLine(Shared(5));
        Console.WriteLine(Shared(new object[0]));
        Console.WriteLine(Shared(new Pair<string>("a", "b")));
        Console.WriteLine(new Pair<string>("a", "b").Swapped());
        int n = 511;
        Console.WriteLine(Small.Widened((byte)n) + " " + Small.Narrowed(n) + " " + Small.Narrowed(200) + " " + Small.Short(70000) + " " + Small.Odd(n));
        for (int i = 0; i < 3; i++)
            Console.Write(Small.Fresh(i) + " " + Small.Written(i) + " " + Small.Address(i) + "; ");
        Console.WriteLine();
        Console.WriteLine(Small.ByRef(ref n) + " " + n + " " + Small.Pick(true, 1, 2) + Small.Pick(n > 600, 1, 2));
        Console.WriteLine(Guarded(3));
        Console.WriteLine(Guarded(-3));
        Console.WriteLine(Null(null, false) + Null(new Node(), true) + Null(new Node { Next = new Node { Value = 9 } }, true));
        try
        {
            Small.Fail("never comes back");
            Console.WriteLine("unreachable");
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine(e.Message);
        }
        List<Pair<string>> list = new() { new("x", "y"), new("z", "w") };
        foreach (Pair<string> p in list)
            Console.Write(p.Swapped() + " ");
        Console.WriteLine(list[1].B);
    }
}

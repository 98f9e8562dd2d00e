//@ exit = 0
// Covers: ECMA-335 II.9, III.4.2 — generic virtual methods whose receivers are instantiations of many types, over many types: more pairs than are compiled
// one by one. What is made at run time is the type that code names, with its statics, base, interfaces, defaults and constraints.
using System;
using System.Collections.Generic;
using System.Linq;

class A; class B; class C; class D; class E; class F; class I; class J;
enum Color { Red, Green }
record Point(int X, string Name);
record Both<T, U>(T First, U Second);

abstract class Source<T>
{
    public abstract Source<U> Map<U>(Func<T, U> f);
    public virtual string Describe<U>() => $"{typeof(T).Name}>{typeof(U).Name}";
    public abstract IEnumerable<T> Items { get; }
}
class Leaf<T>(params T[] items) : Source<T>
{
    public override Source<U> Map<U>(Func<T, U> f) => new Mapped<T, U>(this, f);
    public override IEnumerable<T> Items => items;
}
class Mapped<T, U>(Source<T> from, Func<T, U> f) : Source<U>, IComparable<Mapped<T, U>>
{
    public static int Made;
    [ThreadStatic] public static int OfThread;
    public override Source<V> Map<V>(Func<U, V> g) => new Mapped<T, V>(from, t => g(f(t)));
    public override string Describe<V>() => $"{typeof(T).Name}>{typeof(U).Name}>{typeof(V).Name}";
    public override IEnumerable<U> Items { get { Made++; OfThread += 2; foreach (T t in from.Items) yield return f(t); } }
    public int CompareTo(Mapped<T, U> other) => Made - OfThread;
}
interface IMaker { T Make<T>() where T : class, new(); string Both<T, U>(T t) => typeof(T).Name + typeof(U).Name + (t is U); }
class Maker : IMaker { public T Make<T>() where T : class, new() => new T(); }
class Other : IMaker { public T Make<T>() where T : class, new() => default; string IMaker.Both<T, U>(T t) => new Dictionary<T, U>().GetType() == typeof(Dictionary<T, U>) ? "other " + new List<U[]>().GetType().GenericTypeArguments[0].Name : "?"; }

static class Program
{
    static int failures, pairs;
    static void Check(bool ok, string what) { if (!ok) { failures++; Console.WriteLine(what); } }

    static void Pair<T, U>(IMaker[] makers, T t, U u)
    {
        pairs++;
        Source<U> mapped = new Leaf<T>(t, t).Map(_ => u);
        var again = mapped.Map(x => new Both<T, U>(t, x)).Map(p => p.Second).Map(x => new Both<U, T>(x, t));
        Check(mapped is Mapped<T, U> && again is Mapped<T, Both<U, T>>, "type");
        Check(again.Items.Count() == 2 && Mapped<T, Both<U, T>>.Made == 1 && Mapped<T, Both<U, T>>.OfThread == 2, "statics " + again.GetType());
        Check(((IComparable<Mapped<T, Both<U, T>>>)again).CompareTo(null) == -1, "interface");
        Check(again.Describe<T>() == $"{typeof(T).Name}>{typeof(Both<U, T>).Name}>{typeof(T).Name}", again.Describe<T>());
        Check(new Leaf<U>().Describe<T[]>() == $"{typeof(U).Name}>{typeof(T).Name}[]", "array");
        string both = string.Join("|", makers.Select(m => m.Both<T, U>(t)));
        Check(both == $"{typeof(T).Name}{typeof(U).Name}{typeof(T) == typeof(U)}|other {typeof(U).Name}[]", both);
        var query = new List<T> { t }.Select(x => u).Select(x => t).Where(x => x != null).Select(x => new { x, u }).Select(x => x.u).ToList();
        Check(query.Count == 1 && query.GetType() == typeof(List<U>), "query");
        Check(Enumerable.Repeat(t, 3).Select((x, i) => u).Skip(1).Select(x => new Both<T, U>(t, x)).ToArray().Length == 2, "skip");
    }
    static void With<T>(IMaker[] makers, T t)
    {
        Pair(makers, t, new A()); Pair(makers, t, new B()); Pair(makers, t, new C()); Pair(makers, t, new D()); Pair(makers, t, new E());
        Pair(makers, t, "text"); Pair(makers, t, new Point(1, "p")); Pair(makers, t, new int[2]); Pair(makers, t, Color.Green);
    }
    static void Made<T>(IMaker[] makers) where T : class, new()
    {
        Check(makers[0].Make<T>() is T made && made.GetType() == typeof(T) && makers[1].Make<T>() == null, "make");
    }
    static void Kinds<T>(IMaker[] makers)
    {
        Made<List<T>>(makers); Made<Stack<T>>(makers); Made<Queue<T>>(makers); Made<HashSet<T>>(makers);
    }
    static void Main()
    {
        IMaker[] makers = { new Maker(), new Other() };
        With(makers, new A()); With(makers, new B()); With(makers, new C()); With(makers, new D()); With(makers, new F());
        With(makers, "text"); With(makers, new Point(2, "q")); With(makers, 1L);
        Made<A>(makers); Made<B>(makers); Made<C>(makers); Made<List<A>>(makers); Made<Dictionary<B, int>>(makers); Made<I>(makers); Made<J>(makers);
        Kinds<A>(makers); Kinds<B>(makers); Kinds<C>(makers); Kinds<D>(makers); Kinds<E>(makers); Kinds<F>(makers); Kinds<string>(makers); Kinds<Color>(makers); Kinds<int[]>(makers);
        Console.WriteLine($"{pairs} pairs, {failures} failures");
    }
}

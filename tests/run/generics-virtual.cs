//@ exit = 0
// Covers: ECMA-335 II.9, III.4.2 — generic virtual methods on classes and interfaces, over references and values, through delegates.
using System;
using System.Collections.Generic;

abstract class Visitor
{
    public abstract string Visit<T>(T value);
    public virtual string Pair<T, U>(T t, U u) => $"base<{typeof(T).Name},{typeof(U).Name}>";
}
class Namer : Visitor
{
    public override string Visit<T>(T value) => $"{typeof(T).Name}:{value}";
}
class Lister : Namer
{
    public override string Visit<T>(T value) => $"[{new List<T> { value, value }.Count}x{base.Visit(value)}]";
    public override string Pair<T, U>(T t, U u) => base.Pair(u, t) + $"/{default(T)}|{default(U)}";
}
class OfType<K> : Visitor { public override string Visit<T>(T value) => $"{typeof(K).Name}<-{typeof(T).Name} {value is K}"; }

interface IFactory { T Create<T>() where T : new(); IEnumerable<T> Repeat<T>(T value, int count); }
class Factory : IFactory
{
    public int Calls;
    public T Create<T>() where T : new() { Calls++; return new T(); }
    public IEnumerable<T> Repeat<T>(T value, int count) { for (int i = 0; i < count; i++) yield return value; }
}
struct ValueFactory : IFactory { public T Create<T>() where T : new() => new(); public IEnumerable<T> Repeat<T>(T v, int n) => new T[n]; }
class Item { public override string ToString() => "item"; }

class Program
{
    static string All(Visitor v) => string.Join(" ", v.Visit(1), v.Visit("s"), v.Visit(new Item()), v.Visit((1, "t")), v.Visit<object>(5), v.Visit(new[] { 1 }.Length));
    static string Generic<T>(Visitor v, T value) => v.Visit(value) + v.Visit(new List<T> { value }.Count) + v.Visit(new[] { value });
    static T Via<F, T>(F factory) where F : IFactory where T : new() => factory.Create<T>();

    static void Main()
    {
        foreach (Visitor v in new Visitor[] { new Namer(), new Lister(), new OfType<string>(), new OfType<int>() }) Console.WriteLine(All(v));
        Console.WriteLine(new Lister().Pair(1, "x") + " " + new Namer().Pair("a", new Item()));
        Console.WriteLine(Generic(new Lister(), "z") + " " + Generic(new Namer(), new Item()));
        IFactory f = new Factory();
        Console.WriteLine($"{f.Create<Item>()} {f.Create<int>()} {f.Create<List<string>>().Count} {string.Join(",", f.Repeat("r", 3))} {string.Join(",", f.Repeat(2.5, 2))} {((Factory)f).Calls}");
        Console.WriteLine($"{Via<IFactory, Item>(f)} {Via<Factory, DateTime>(new Factory()).Ticks} {Via<ValueFactory, Item>(default)} {string.Join(",", ((IFactory)default(ValueFactory)).Repeat(1, 2))}");
        Visitor lister = new Lister();
        Func<int, string> bound = lister.Visit;
        Func<string, string> text = lister.Visit;
        Func<Item> create = f.Create<Item>;
        Console.WriteLine($"{bound(7)} {text("d")} {create()}");
    }
}

//@ exit = 0
// Covers: generic code over types that it may not name itself: private nested classes and structs, their fields and methods through
// constraints, boxes, arrays, delegates, iterators and closures. Who names the argument was asked, the generic code is not (ECMA-335 II.9.2).
using System;
using System.Collections.Generic;
using System.Linq;

static class Show
{
    public static string All<T>(IEnumerable<T> items) => string.Join(",", items.Select(i => i.ToString()));
    public static T[] Array<T>(T a, T b) { T[] made = new T[2]; made[0] = a; made[1] = b; return made; }
    public static object Boxed<T>(T value) => value;
    public static T Unboxed<T>(object value) => (T)value;
    public static bool Is<T>(object value) => value is T;
    public static string Call<T>(T value) where T : IName => value.Name() + value.ToString();
    public static T New<T>() where T : new() => new T();
    public static IEnumerable<T> Twice<T>(T value) { yield return value; yield return value; }
    public static Func<T> Later<T>(T value) => () => value;
    public static string Compare<T>(T a, T b) => EqualityComparer<T>.Default.Equals(a, b) + " " + typeof(T).Name + " " + default(T);
}

class Store<T>
{
    public static int Count;
    readonly List<T> items = new();
    T last;
    public void Add(T item) { items.Add(item); last = item; Count++; }
    public override string ToString() => Show.All(items) + ";" + last + ";" + Count;
}

interface IName { string Name(); }

class Outer
{
    private struct Value : IName
    {
        public int Number;
        public string Name() => "value" + Number;
        public override string ToString() => "V" + Number;
    }

    private class Reference : IName
    {
        public string Name() => "reference";
        public override string ToString() => "R";
    }

    private enum Kind { First, Second }

    public static void Run()
    {
        Value v = new() { Number = 3 }, w = new() { Number = 4 };
        Console.WriteLine(Show.All(Show.Array(v, w)) + " " + Show.All(Show.Array(Kind.First, Kind.Second)));
        Console.WriteLine(Show.Unboxed<Value>(Show.Boxed(v)) + " " + Show.Is<Value>(v) + Show.Is<Reference>(v) + Show.Is<Kind>(Kind.First));
        Console.WriteLine(Show.Call(v) + " " + Show.Call(new Reference()));
        Console.WriteLine(Show.New<Value>() + " " + Show.New<Reference>() + " " + Show.New<Kind>());
        Console.WriteLine(Show.All(Show.Twice(w)) + " " + Show.Later(v)() + " " + Show.Later(Kind.Second)());
        Console.WriteLine(Show.Compare(v, v) + " " + Show.Compare(Kind.First, Kind.Second));
        var values = new Store<Value>();
        values.Add(v);
        values.Add(w);
        var kinds = new Store<(Kind, Value)>();
        kinds.Add((Kind.Second, v));
        Console.WriteLine(values + " " + kinds + " " + Store<Kind>.Count);
    }
}

static class Program
{
    static void Main() => Outer.Run();
}

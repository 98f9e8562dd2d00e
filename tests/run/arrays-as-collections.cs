//@ exit = 0
// Covers: ECMA-335 I.8.9.1, II.14.2 — vectors through their generic interfaces: exact, covariant, of integers of one size, in shared code, by
// reflection, through delegates, over types that are made at run time.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

interface INamed { string Name { get; } }
class Animal : INamed { public virtual string Name => "animal"; public override string ToString() => Name; }
class Cat : Animal { public override string Name => "cat"; }
class Lonely { public override string ToString() => "lonely"; }
class Alone { public override string ToString() => "alone"; }
class OnlyMade { public override string ToString() => "made"; }
struct Pair<A, B> { public A First; public B Second; public override string ToString() => $"<{First},{Second}>"; }
enum Small : byte { Zero, One, Two }
enum Normal { Zero, One, Two }

class Reader<T>
{
    public string All(object o)
    {
        string text = "";
        if (o is IEnumerable<T> all) foreach (T item in all) text += item + " ";
        if (o is ICollection<T> some) text += some.Count + (some.IsReadOnly ? "r " : "w ");
        if (o is IReadOnlyList<T> list && list.Count > 0) text += list[list.Count - 1] + " ";
        if (o is IList<T> writable && writable.Count > 0) { T first = writable[0]; writable[0] = first; text += writable.IndexOf(first) + " " + writable.Contains(first); }
        return text == "" ? "nothing" : text;
    }
    public string Pairs(object o) { string text = ""; if (o is IEnumerable<Pair<T, T>> all) foreach (Pair<T, T> p in all) text += p; return text + (o is IList<Pair<T, T>> l ? l.Count : -1); }
    public T[] Make(T a, T b) => new[] { a, b };
    public string Copied(T[] values) { var copy = new T[values.Length + 1]; ((ICollection<T>)values).CopyTo(copy, 1); return string.Join("|", copy); }
}

class Program
{
    static void Try(string what, Action action)
    {
        try { action(); Console.WriteLine(what + ": fine"); }
        catch (Exception e) { Console.WriteLine(what + ": " + e.GetType().Name); }
    }

    static string Shared<T>(IEnumerable<T> all) { string text = typeof(T).Name + ":"; foreach (T t in all) text += " " + t; return text; }
    static int Count<T>(object o) => o is IReadOnlyCollection<T> c ? c.Count : -1;

    static object New(int kind) => kind == 0 ? new Alone() : new object();

    // Before anything else is made at run time.
    static void First()
    {
        Array made = Array.CreateInstance(New(0).GetType(), 2);
        made.SetValue(new Alone(), 0);
        Console.WriteLine(made is IEnumerable<Alone>);
        foreach (Alone a in (IEnumerable<Alone>)made) Console.Write((a?.ToString() ?? "none") + " ");
        Console.WriteLine(((IReadOnlyList<object>)made)[0] + " " + ((ICollection<Alone>)made).Count + " " + (made is IList<Lonely>));
    }

    static void Exact()
    {
        Console.WriteLine(Shared(new[] { "a", "b" }) + Shared(new[] { 1, 2 }) + Shared(new[] { new Cat() }) + Shared(new int?[] { 1, null }));
        Console.WriteLine(Shared(new[] { new Pair<string, int> { First = "x", Second = 1 } }) + Shared(new[] { new KeyValuePair<int, Cat>(1, new Cat()) }));
        Console.WriteLine(Count<string>(new string[3]) + " " + Count<int>(new string[3]) + " " + Count<Lonely>(new Lonely[2]) + " " + Count<Cat>(new Animal[2]));
        IList<Animal> animals = new Animal[] { new Cat(), null };
        Console.WriteLine(animals.IndexOf(null) + " " + animals.Contains(animals[0]) + " " + animals.IndexOf(new Cat()));
        Try("add", () => animals.Add(null));
        Try("insert", () => animals.Insert(0, null));
        Try("remove", () => animals.Remove(null));
        Try("remove at", () => animals.RemoveAt(0));
        Try("clear", () => animals.Clear());
        Try("out of range", () => animals[2] = null);
        Console.WriteLine(animals[0]?.Name ?? "cleared");
    }

    static void Covariant()
    {
        object strings = new[] { "p", "q" };
        Console.WriteLine(new Reader<object>().All(strings) + "; " + new Reader<string>().All(strings) + "; " + new Reader<IComparable>().All(strings));
        Console.WriteLine(new Reader<IEnumerable<char>>().All(strings) + "; " + new Reader<IComparable<string>>().All(strings) + "; " + new Reader<int>().All(strings));
        object cats = new[] { new Cat(), new Cat() };
        Console.WriteLine(new Reader<INamed>().All(cats) + "; " + new Reader<Animal>().All(cats) + "; " + new Reader<Lonely>().All(cats));
        IList<object> objects = (IList<object>)cats;
        Try("store a cat", () => objects[0] = new Cat());
        Try("store a string", () => objects[0] = "no cat");
        Console.WriteLine(((IEnumerable<object>)cats).GetEnumerator().GetType() == ((IEnumerable<object>)new object[1]).GetEnumerator().GetType());
        object functions = new Func<string>[] { () => "f" };
        foreach (Func<object> f in (IEnumerable<Func<object>>)functions) Console.WriteLine(f());
        object lists = new[] { new List<string> { "in" } };
        foreach (IEnumerable<object> list in (IEnumerable<IEnumerable<object>>)lists) Console.WriteLine(string.Join(",", list));
        foreach (INamed n in (INamed[])cats) Console.Write(n.Name + " ");
        Console.WriteLine(((ICollection<Animal>)cats).Count);
    }

    static void Nested()
    {
        object jagged = new[] { new[] { 1, 2 }, new[] { 3 } };
        Console.WriteLine(string.Join(";", ((IEnumerable<IList<int>>)jagged).Select(l => l.Count)) + " " + Count<Array>(jagged) + " " + Count<IEnumerable>(jagged));
        foreach (IEnumerable<uint> e in (IEnumerable<IEnumerable<uint>>)jagged) Console.Write(e.Sum(x => x) + " ");
        object texts = new[] { new[] { "deep" } };
        Console.WriteLine(Shared((IEnumerable<IReadOnlyList<object>>)texts) + Count<object[]>(texts) + Count<IList<string>>(texts) + Count<IList<int>>(texts));
    }

    static void Integers()
    {
        object ints = new[] { -1, 1 };
        Console.WriteLine(new Reader<uint>().All(ints) + "; " + new Reader<Normal>().All(ints) + "; " + new Reader<int>().All(ints) + "; " + new Reader<long>().All(ints));
        object enums = new[] { Small.Two };
        Console.WriteLine(new Reader<byte>().All(enums) + "; " + new Reader<sbyte>().All(enums) + "; " + new Reader<bool>().All(enums));
    }

    static void Delegates()
    {
        IList<string> list = new[] { "one", "two" };
        Func<string, int> index = list.IndexOf;
        Func<IEnumerator<string>> enumerate = list.GetEnumerator;
        using IEnumerator<string> e = enumerate();
        e.MoveNext();
        Console.WriteLine(index("two") + e.Current + ((IReadOnlyCollection<object>)list).Count);
        Func<object, bool> contains = ((ICollection<object>)list).Contains;
        Console.WriteLine(contains("one") + " " + contains(1));
    }

    static void Reflected()
    {
        object cats = new[] { new Cat() };
        Console.WriteLine(typeof(ICollection<Cat>).GetProperty("Count").GetValue(cats) + " " + typeof(IReadOnlyList<INamed>).GetProperty("Item").GetValue(cats, new object[] { 0 }));
        Console.WriteLine(string.Join(" ", cats.GetType().GetInterfaces().Select(i => i.Name + (i.IsGenericType ? i.GetGenericArguments()[0].Name : "")).Order()));
        Console.WriteLine(typeof(IEnumerable<object>).IsAssignableFrom(cats.GetType()) + " " + typeof(IList<Lonely>).IsAssignableFrom(cats.GetType()) + " " + typeof(IList<Lonely>).IsAssignableFrom(typeof(Lonely[])));
    }

    static void Made()
    {
        foreach (Type t in new[] { typeof(Lonely), typeof(OnlyMade), typeof(string), typeof(Cat) })
        {
            object reader = Activator.CreateInstance(typeof(Reader<>).MakeGenericType(t));
            object item = t == typeof(string) ? "text" : Activator.CreateInstance(t);
            Array made = Array.CreateInstance(t, 2);
            made.SetValue(item, 0); made.SetValue(item, 1);
            Type type = reader.GetType();
            Console.WriteLine(type.GetMethod("All").Invoke(reader, new object[] { made }) + "; " + type.GetMethod("All").Invoke(reader, new object[] { new Lonely[1] { new() } }));
            Console.WriteLine(type.GetMethod("Copied").Invoke(reader, new object[] { type.GetMethod("Make").Invoke(reader, new object[] { item, null }) }));
            Console.WriteLine(type.GetMethod("Pairs").Invoke(reader, new object[] { new Pair<Cat, Cat>[1] }) + "; " + new Reader<object>().All(made));
        }
        Type lists = typeof(List<>).MakeGenericType(typeof(OnlyMade));
        var list = (IList)Activator.CreateInstance(lists, Array.CreateInstance(typeof(OnlyMade), 3));
        Console.WriteLine(list.Count + " " + ((IEnumerable<object>)Array.CreateInstance(typeof(OnlyMade), 2)).Count() + " " + list.GetType().GetMethod("ToArray").Invoke(list, null));
    }

    static void Main()
    {
        First();
        Exact();
        Covariant();
        Nested();
        Integers();
        Delegates();
        Reflected();
        Made();
    }
}

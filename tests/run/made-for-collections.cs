//@ exit = 0
//@ stress-every = 20
// Covers: ADR 0015 — generic virtual calls through generic interfaces on types that are made at run time; what libraries make of a collection's type:
// over it and its values, over what it enumerates.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

interface IFormatter<T>
{
    string Write<W>(W writer, T value);
    string Both<A, B>(A a, B b, T value) => "default " + typeof(A).Name + typeof(B).Name + typeof(T).Name;
}

class ListFormatter<T> : IFormatter<List<T>>
{
    public string Write<W>(W writer, List<T> value) => $"{typeof(T).Name} {typeof(W).Name} {value.Count} {writer}";
}

class SetFormatter<T> : IFormatter<HashSet<T>>, IFormatter<T[]>
{
    string IFormatter<HashSet<T>>.Write<W>(W writer, HashSet<T> value) => "set of " + typeof(T).Name + " by " + typeof(W).Name;
    string IFormatter<T[]>.Write<W>(W writer, T[] value) => "array of " + typeof(T).Name + " by " + new Func<string>(() => typeof(W).Name)();
    string IFormatter<T[]>.Both<A, B>(A a, B b, T[] value) => "own " + a + b + value.Length;
}

interface IVisitor<out T> { string Visit<W>(W with); }
class Visitor<T> : IVisitor<List<T>> { public string Visit<W>(W with) => typeof(T).Name + " visited by " + with; }

abstract class Step<T> { public abstract string Run<W>(W with, T value); }
class Last<T> : Step<IEnumerable<T>> { public override string Run<W>(W with, IEnumerable<T> value) => typeof(T).Name + value.Count() + with; }

class Table<TCollection, TValue>
{
    readonly int count;
    public Table(object rows) => count = ((ICollection)rows).Count;
    public override string ToString() => typeof(TCollection).Name + " of " + typeof(TValue).Name + " " + count + " " + default(TValue);
}

/// What a parameter's struct enumerates is another parameter: only over `__Canon` do they meet.
abstract class Sequence<TElement, TState, TEnumerator, TCollection> : IFormatter<TCollection>
    where TCollection : IEnumerable<TElement> where TEnumerator : IEnumerator<TElement>
{
    public string Write<W>(W writer, TCollection value)
    {
        string text = writer + ":";
        var all = Start(value);
        try { while (all.MoveNext()) text += all.Current; }
        finally { all.Dispose(); }
        return text + (Finish(Create()) != null);
    }

    protected abstract TEnumerator Start(TCollection value);
    protected abstract TState Create();
    protected abstract TCollection Finish(TState state);
}

sealed class SetSequence<T> : Sequence<T, HashSet<T>, HashSet<T>.Enumerator, HashSet<T>>
{
    protected override HashSet<T>.Enumerator Start(HashSet<T> value) => value.GetEnumerator();
    protected override HashSet<T> Create() => new();
    protected override HashSet<T> Finish(HashSet<T> state) => state;
}

abstract class Simple<T, TCollection> : Sequence<T, List<T>, IEnumerator<T>, TCollection> where TCollection : IEnumerable<T>
{
    protected sealed override IEnumerator<T> Start(TCollection value) => value.GetEnumerator();
    protected override List<T> Create() => new();
}

sealed class LinkedSequence<T> : Simple<T, LinkedList<T>> { protected override LinkedList<T> Finish(List<T> state) => new(state); }

static class Tracker
{
    public static string Track<T>(IEnumerable<T> all) => typeof(T).Name + " " + string.Join(";", all.Select(x => x.ToString()));
}

enum Kind { None, Some }

class Data
{
    public Dictionary<string, int> Counts { get; set; } = new() { ["a"] = 1 };
    public Dictionary<int, Kind> Kinds { get; set; } = new() { [3] = Kind.Some };
    public SortedDictionary<string, string> Names { get; set; } = new() { ["k"] = "v" };
    public List<double> Numbers { get; set; } = new() { 1.5 };
}

static class Program
{
    static object Make(Type definition, params Type[] arguments) => Activator.CreateInstance(definition.MakeGenericType(arguments));

    static string Serialize<T>(object formatter, T value) => ((IFormatter<T>)formatter).Write(7, value) + "|" + ((IFormatter<T>)formatter).Write("w", value);

    static void Main()
    {
        Type text = typeof(Program).Assembly.GetType("Pro" + "gram") == null ? typeof(int) : typeof(string), version = typeof(Version), uri = typeof(Uri);
        Console.WriteLine(Serialize(Make(typeof(ListFormatter<>), text), new List<string> { "x" }));
        Console.WriteLine(Serialize(Make(typeof(ListFormatter<>), version), new List<Version>()));
        Console.WriteLine(Serialize(Make(typeof(ListFormatter<>), typeof(List<string>)), new List<List<string>>()));
        Console.WriteLine(Serialize(Make(typeof(SetFormatter<>), text), new HashSet<string>()));
        Console.WriteLine(Serialize(Make(typeof(SetFormatter<>), uri), new Uri[2]));
        var formatter = (IFormatter<Uri[]>)Make(typeof(SetFormatter<>), uri);
        Console.WriteLine(formatter.Both(1, "b", new Uri[3]) + " " + formatter.Both(new object(), 2.5, Array.Empty<Uri>()).Length);
        Console.WriteLine(((IFormatter<List<Uri>>)Make(typeof(ListFormatter<>), uri)).Both("a", 1, null));
        Console.WriteLine(((IVisitor<IEnumerable<Uri>>)Make(typeof(Visitor<>), uri)).Visit('c') + ((IVisitor<object>)Make(typeof(Visitor<>), version)).Visit("t"));
        Console.WriteLine(((Step<IEnumerable<Uri>>)Make(typeof(Last<>), uri)).Run("r", new Uri[1]) + ((Step<IEnumerable<Version>>)Make(typeof(Last<>), version)).Run(1L, new Version[4]));

        Console.WriteLine(Serialize(Make(typeof(SetSequence<>), text), new HashSet<string> { "a", "b" }));
        Console.WriteLine(Serialize(Make(typeof(LinkedSequence<>), text), new LinkedList<string>(new[] { "x" })));

        var data = new Data();
        var track = typeof(Tracker).GetMethod("Track");
        foreach (var property in typeof(Data).GetProperties().OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            var collection = property.PropertyType;
            var value = property.GetValue(data);
            Console.WriteLine(Activator.CreateInstance(typeof(Table<,>).MakeGenericType(collection, collection.GetGenericArguments().Last()), value));
            var enumerable = collection.GetInterfaces().First(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>));
            Console.WriteLine(track.MakeGenericMethod(enumerable.GetGenericArguments()).Invoke(null, new[] { value }));
        }
    }
}

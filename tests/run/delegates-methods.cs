//@ exit = 0
// Covers: delegates asked for their methods: of generic types and methods, of structures, of the class library, and made again for other types.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

interface ISink<T> { }

class Texts : ISink<string> { }

struct Mark { }

static class Sinks
{
    internal static void Put<TItem, TKey>(this string name, ISink<TItem> sink, TKey key) where TItem : class where TKey : IEquatable<TKey> =>
        Console.WriteLine($"put {typeof(TItem)} {typeof(TKey)} {name} {key}");

    internal static void One<T>(T value) => Console.WriteLine($"one {typeof(T)}");

    internal static string Named<T>() => typeof(T).Name;

    internal static void Plain(int i) => Console.WriteLine(i);

    // Delegates over parameters of the code that makes them.
    internal static MethodInfo Over<T>() => new Func<T, T>(Same).Method;

    private static T Same<T>(T value) => value;
}

class Box<T>
{
    public void Instance(T value) => Console.WriteLine($"instance {typeof(T)}");

    public static void Static(T value) => Console.WriteLine($"static {typeof(T)}");

    public virtual void Virtual(T value) => Console.WriteLine($"virtual {typeof(T)}");

    public void Method<TOther>(TOther value) => Console.WriteLine($"{typeof(T)} {typeof(TOther)}");
}

class Derived : Box<string>
{
    public override void Virtual(string value) => Console.WriteLine("derived");
}

interface IAct { void Act(); }

struct Actor : IAct
{
    public int Times;

    public void Act() => Times++;

    public override string ToString() => "actor";
}

static class Program
{
    // What libraries keep to make others of.
    private static class Known
    {
        internal static readonly MethodInfo Put = new Action<string, ISink<object>, int>(Sinks.Put<object, int>).Method.GetGenericMethodDefinition();
        internal static readonly MethodInfo One = new Action<object>(Sinks.One<object>).Method.GetGenericMethodDefinition();
        internal static readonly MethodInfo Select = new Func<IEnumerable<object>, Func<object, object>, IEnumerable<object>>(Enumerable.Select).Method.GetGenericMethodDefinition();
        internal static readonly MethodInfo Count = ((Func<IEnumerable<int>, int>)Enumerable.Count<int>).GetMethodInfo();
    }

    private static void Show(string name, Func<object> what)
    {
        try { Console.WriteLine($"{name}: {what()}"); }
        catch (Exception e) { Console.WriteLine($"{name}: {e.GetType().Name} {e.Message}"); }
    }

    private static string Whole(Delegate d) => $"{d.Method.DeclaringType} {d.Method}";

    private static void Main()
    {
        Show("put", () => Known.Put);
        Show("put again", () => Known.Put.MakeGenericMethod(typeof(string), typeof(string)).Invoke(null, ["q", new Texts(), "z"]));
        Show("one again", () => Known.One.MakeGenericMethod(typeof(Texts)).Invoke(null, [new Texts()]));
        Show("select", () => Known.Select);
        Show("select again", () => string.Join(" ", (IEnumerable<string>)Known.Select.MakeGenericMethod(typeof(string), typeof(string)).Invoke(null, [new[] { "a", "b" }, (Func<string, string>)(x => x + x)])));
        Show("count", () => Known.Count + " " + Known.Count.Invoke(null, [new[] { 1, 2, 3 }]));

        Show("values", () => Whole(Sinks.Named<int>) + Whole(Sinks.Named<Mark>));
        Show("plain", () => Whole((Action<int>)Sinks.Plain));
        Show("extension", () => Whole(new Action<ISink<string>, string>("s".Put)));
        Show("over parameters", () => Sinks.Over<string>().Name + Sinks.Over<int>().ReturnType);

        Show("instances", () => Whole(new Action<string>(new Box<string>().Instance)) + Whole(new Action<Texts>(new Box<Texts>().Instance)) + Whole(new Action<int>(new Box<int>().Instance)));
        Show("statics", () => Whole(new Action<string>(Box<string>.Static)) + Whole(new Action<int>(Box<int>.Static)));
        Show("virtuals", () => Whole(new Action<string>(new Derived().Virtual)) + Whole(new Action<Texts>(new Box<Texts>().Virtual)));
        Show("methods", () => Whole(new Action<int>(new Box<string>().Method<int>)) + Whole(new Action<Texts>(new Box<string>().Method<Texts>)));

        IAct act = new Actor();
        Show("structures", () => Whole(new Action(new Actor().Act)) + Whole(new Action(act.Act)) + Whole(new Func<string>(new Actor().ToString)));
        int k = 3;
        int Local(int a) => a * k;
        Show("lambdas", () => new Func<int, int>(x => x + k).Method.ReturnType + " " + new Func<int, int>(Local).Method.GetParameters()[0]);
        Show("lists", () => Delegate.Combine(new Action(act.Act), new Action(() => { })).Method.ReturnType);
        Show("made", () => typeof(Sinks).GetMethod("Plain", BindingFlags.Static | BindingFlags.NonPublic).CreateDelegate<Action<int>>().Method.Name);
        Show("library", () => Whole(new Func<string, bool>("abc".Contains)) + Whole(new Action<string>(Console.WriteLine)) + Whole(new Action<int>(new List<int>().Add)));
        Show("equal", () => new Action<object>(Sinks.One).Method == new Action<object>(Sinks.One<object>).Method);
    }
}

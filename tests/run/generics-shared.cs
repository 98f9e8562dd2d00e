//@ exit = 0
//@ targets = ["linux-arm64", "linux-arm64+gc-stress"]
// Covers: ECMA-335 II.9 — code shared over reference types: dictionaries for typeof, new, casts, statics, arrays, nested instantiations.
using System;
using System.Collections.Generic;

class Box<T>
{
    public static int Created;
    public static readonly string Kind = typeof(T).Name;
    public T? Value;
    public Box() { Created++; }
    public T[] Many(int n) => new T[n];
    public bool Holds(object o) => o is T;
    public T Cast(object o) => (T)o;
    public List<T> Wrap() => new() { Value! };
    public Box<Box<T>> Nest() => new() { Value = this };
    public class Inner<U> { public string Names() => $"{typeof(T).Name}/{typeof(U).Name}/{typeof(Dictionary<T, U>).GetGenericArguments().Length}"; }
    public Inner<U> In<U>() => new();
    public static T? Default() => default;
}
class Derived<T> : Box<List<T>> { public Type Of() => typeof(T[]); public string Base() => Kind; }
class A { public override string ToString() => "A!"; }
class B : A { }

class Program
{
    static string Name<T>() => typeof(T).ToString();
    static T Make<T>() where T : new() => new T();
    static object Deep<T>(int depth) => depth == 0 ? typeof(T) : Deep<List<T>>(depth - 1);
    static string Chain<T, U>(T t, U u) => Name<KeyValuePair<T, U>>() + Name<U[]>();
    static bool Same<T>(T a, T b) => EqualityComparer<T>.Default.Equals(a, b);
    static Func<object, bool> Tester<T>() => o => o is T;

    static void Main()
    {
        var s = new Box<string> { Value = "v" };
        var a = new Box<A> { Value = new B() };
        _ = new Box<A>();
        Console.WriteLine($"{Box<string>.Created} {Box<A>.Created} {Box<B>.Created} {Box<string>.Kind} {Box<B>.Kind} {Box<int>.Kind}");
        Console.WriteLine($"{s.Many(2).GetType()} {a.Many(0).GetType()} {s.Holds("x")} {a.Holds("x")} {a.Holds(new B())} {s.Wrap()[0]}");
        try { a.Cast("wrong"); } catch (InvalidCastException e) { Console.WriteLine(e.Message); }
        Console.WriteLine($"{s.Nest().Nest().GetType()} {s.In<A>().Names()} {new Box<int>.Inner<string>().Names()}");
        Console.WriteLine($"{new Derived<A>().Of()} {new Derived<string>().Base()} {Box<A>.Default() == null} {Box<int>.Default()}");
        Console.WriteLine($"{Name<A>()} {Name<List<string>>()} {Name<(A, int)>()} {Name<Box<A>.Inner<B>>()}");
        Console.WriteLine($"{Make<A>()} {Make<B>().GetType()} {Make<Box<B>>().GetType()} {Make<int>()} {Make<DateTime>().Year}");
        Console.WriteLine($"{Deep<A>(3)} {Chain("x", new A())} {Chain(1, "y")}");
        Console.WriteLine($"{Same("a" + 1, "a1")} {Same<object>(1, 1)} {Same<A?>(null, null)} {Same(new A(), new A())} {Same(2.5, 2.5)}");
        Console.WriteLine($"{Tester<string>()("x")} {Tester<A>()(new B())} {Tester<B>()(new A())} {Tester<IComparable>()(1)} {Tester<int>()(1L)}");
        object list = Activator.CreateInstance(typeof(Box<A>))!;
        Console.WriteLine($"{list is Box<A>} {list is Box<B>} {Box<A>.Created} {list.GetType() == typeof(Box<A>)}");
        var table = new Dictionary<Type, string> { [typeof(Box<>)] = "open", [typeof(Box<A>)] = "closed" };
        Console.WriteLine(table[typeof(Box<A>).GetGenericTypeDefinition()] + " " + table[a.GetType()]);
    }
}

//@ exit = 0
// Covers: a class constructor that throws — TypeInitializationException, the same one again, inner exception, types that stay usable.
using System;

class Bad
{
    public static int Tries;
    public static readonly int Value = Compute();
    static Bad() { }
    static int Compute() { Counter.N++; throw new InvalidOperationException("boom " + Counter.N); }
    public static void Method() { }
    public int Instance = 1;
}
class Counter { public static int N; }
class BadGeneric<T> { public static T? V = Make(); static BadGeneric() { } static T? Make() => typeof(T) == typeof(int) ? throw new FormatException(typeof(T).Name) : default; }
class Outer { public static int V = Bad.Value + 1; static Outer() { } }
class Child : Bad { public static int Own = 3; }

class Program
{
    static void Try(string name, Action action)
    {
        try { action(); Console.WriteLine($"{name}: ok"); }
        catch (TypeInitializationException e) { Console.WriteLine($"{name}: {e.Message} <- {e.InnerException!.GetType().Name}: {e.InnerException.Message} ({e.TypeName})"); }
    }

    static void Main()
    {
        Try("field", () => Console.WriteLine(Bad.Value));
        Try("again", () => Console.WriteLine(Bad.Value));
        Try("method", () => Bad.Method());
        Try("new", () => new Bad());
        Try("static write", () => Bad.Tries = 1);
        Console.WriteLine(Counter.N);
        Try("generic int", () => Console.WriteLine(BadGeneric<int>.V));
        Try("generic long", () => Console.WriteLine(BadGeneric<long>.V));
        Try("generic string", () => Console.WriteLine(BadGeneric<string>.V == null));
        Try("outer", () => Console.WriteLine(Outer.V));
        Try("child", () => Console.WriteLine(Child.Own));
        Exception? first = null, second = null;
        try { _ = Bad.Value; } catch (Exception e) { first = e; }
        try { _ = Bad.Value; } catch (Exception e) { second = e; }
        Console.WriteLine(ReferenceEquals(first, second));
    }
}

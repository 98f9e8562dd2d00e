//@ exit = 0
// Covers: default interface methods — overriding in derived interfaces, the most specific one, private, static and generic members, structs.
using System;

interface ILogger
{
    string Prefix => "log";
    void Log(string text) => Write($"{Prefix}: {text}");
    private void Write(string text) { Count++; Console.WriteLine(text); }
    static int Count;
    static ILogger Create() => new Plain();
    string Convert<T>(T value) => $"{typeof(T).Name}({value})";
}
interface IFancy : ILogger { string ILogger.Prefix => "fancy"; string Decorate() => "*" + Prefix + "*"; }
interface IOther : ILogger { string ILogger.Convert<T>(T value) => $"other {value}"; }
class Plain : ILogger { }
class Custom : ILogger { public string Prefix => "custom"; }
class Fancy : IFancy { }
class Merged : IFancy, IOther { string ILogger.Prefix => "merged"; }
class FancyChild : Fancy, ILogger { public void Log(string text) => Console.WriteLine("child " + text); }
struct Struct : ILogger { public int N; public string Prefix => $"struct{N++}"; }

interface IBox<T> { T Value { get; } string Show() => $"<{Value}:{typeof(T).Name}>"; }
class Box<T>(T value) : IBox<T> { public T Value => value; }
class TwoBoxes : IBox<int>, IBox<string> { int IBox<int>.Value => 1; string IBox<string>.Value => "s"; }

class Program
{
    static void Use<T>(T logger) where T : ILogger { logger.Log("generic"); Console.WriteLine(logger.Convert(1.5)); }

    static void Main()
    {
        foreach (ILogger l in new ILogger[] { ILogger.Create(), new Custom(), new Fancy(), new Merged(), new FancyChild(), new Struct() })
        {
            l.Log(l.GetType().Name);
            Console.WriteLine(l.Convert("x"));
        }
        Console.WriteLine($"{((IFancy)new Fancy()).Decorate()} {((IFancy)new Merged()).Decorate()} {ILogger.Count}");
        Use(new Fancy());
        Use(new Struct());
        Console.WriteLine(((IBox<int>)new Box<int>(5)).Show() + ((IBox<string>)new Box<string>("q")).Show() + ((IBox<object>)new Box<object>(1)).Show());
        var two = new TwoBoxes();
        Console.WriteLine(((IBox<int>)two).Show() + ((IBox<string>)two).Show());
    }
}

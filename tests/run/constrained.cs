//@ exit = 0
// Covers: ECMA-335 III.2.1 and II.10.5.3.1 — constrained calls in shared code change the struct itself, also for generic methods and variant instantiations; precise class constructors of value types run before their instance methods.
using System;
using System.Collections.Generic;
using System.Threading;

interface IVisitor<out R> { R Visit<T>(T x); R Plain(int n); }
struct Counter<Q> : IVisitor<Q> where Q : class { public int Count; public Q Visit<T>(T x) { Count++; return (Count + typeof(T).Name) as Q; } public Q Plain(int n) { Count += n; return Count.ToString() as Q; } }
struct Closed : IVisitor<string>, IVisitor<object> { public int Count; public string Visit<T>(T x) => "s" + ++Count; object IVisitor<object>.Visit<T>(T x) => "o" + (Count += 10); public string Plain(int n) => "p" + (Count += n); object IVisitor<object>.Plain(int n) => "q" + (Count -= n); }
interface IMixed { string Name => "default"; int Next(); }
struct Mixed : IMixed { public int N; public int Next() => ++N; }

struct Precise { public static List<string> Log = new(); public static int X = Note("field"); static Precise() { Note("cctor"); } public int I; static int Note(string s) { Log.Add(s); Console.Write(s + " "); return 1; } public void M() => Console.WriteLine("M" + I); public int P => I + 1; }
struct Lazy { public static int X = Note(); static int Note() { Console.Write("never "); return 1; } public int I; public void M() => Console.WriteLine("lazy" + I); }

class Outer { public class Inner { static Inner() => throw new FormatException("f"); public static int X; } public class Gen<T> { public static int Y = int.Parse("x"); } }
class Slow { public static int X; static Slow() { Program.Started.Set(); Thread.Sleep(2300); X = 5; } }
class LeftCctor { public static int X; static LeftCctor() { Thread.Sleep(30); X = RightCctor.X + 1; } }
class RightCctor { public static int X; static RightCctor() { Thread.Sleep(30); X = LeftCctor.X + 1; } }

class Program
{
    public static readonly ManualResetEventSlim Started = new();
    static string Shared<W, Q>(ref W w) where W : IVisitor<Q> => w.Visit(1) + "," + w.Plain(10) + "," + w.Visit("q") + "," + w.Visit<object>(w);
    static string Use<W>(ref W w) where W : IMixed => w.Name + w.Next() + w.Next();

    static void Main()
    {
        var a = new Counter<string>(); Console.WriteLine(Shared<Counter<string>, string>(ref a) + " " + a.Count);
        var b = new Counter<object>(); Console.WriteLine(Shared<Counter<object>, object>(ref b) + " " + b.Count);
        var c = new Closed(); Console.WriteLine(Shared<Closed, string>(ref c) + " " + c.Count + " " + Shared<Closed, object>(ref c) + " " + c.Count);
        var m = new Mixed(); Console.WriteLine(Use(ref m) + m.N);

        Precise p = default; p.I = 3; Console.WriteLine("assigned"); p.M(); Console.WriteLine(p.P + Precise.Log.Count);
        Lazy l = default; l.I = 4; l.M();

        try { Outer.Inner.X++; } catch (TypeInitializationException e) { Console.WriteLine(e.TypeName + ": " + e.Message); }
        try { Outer.Gen<string>.Y++; } catch (TypeInitializationException e) { Console.WriteLine(e.TypeName + ": " + e.Message); }

        // A class constructor that takes long is waited for, and two that wait for each other are not.
        var slow = new Thread(() => _ = Slow.X); slow.Start(); Started.Wait(); Console.WriteLine(Slow.X); slow.Join();
        var left = new Thread(() => _ = LeftCctor.X); var right = new Thread(() => _ = RightCctor.X);
        left.Start(); right.Start(); left.Join(); right.Join(); Console.WriteLine(LeftCctor.X + RightCctor.X is 3 or 2);
    }
}

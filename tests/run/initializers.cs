//@ exit = 0
// Covers: ECMA-335 II.10.5.3, C# 9 module initialisers — what runs before Main and in which order; class constructors of interfaces, which default
// methods, static methods, static virtuals and fields trigger, per instantiation; what becomes of their failure.
using System;
using System.Runtime.CompilerServices;

static class Log { public static T Note<T>(string s, T v) { Console.WriteLine(s); return v; } }

static class First
{
    public static int Value = Log.Note("First.Value", 1);
    [ModuleInitializer] internal static void Run() { Console.WriteLine("first " + Value + " " + Second.Set); Program.Seen++; }
}
static class Second
{
    public static bool Set;
    [ModuleInitializer] internal static void Run() { Console.WriteLine("second " + First.Value); Set = true; Program.Seen++; }
    [ModuleInitializer] internal static void Again() => Console.WriteLine("again " + Set);
}

interface IPrecise { static IPrecise() => Console.WriteLine("IPrecise()"); string Name() => "precise"; void Own(); }
class Precise : IPrecise { public void Own() => Console.WriteLine("own"); }
struct PreciseStruct : IPrecise { public void Own() => Console.WriteLine("own struct"); }

interface ILazy { static int Field = Log.Note("ILazy.Field", 5); string Name() => "lazy"; string Read() => "lazy " + Field; }
class Lazy : ILazy { }

interface IGeneric<T> { static readonly string Of = typeof(T).Name; static IGeneric() => Console.WriteLine("IGeneric<" + typeof(T).Name + ">"); string Name() => Of; static string Plain() => "plain " + Of; }
class Generic<T> : IGeneric<T> { }

interface IMade<T> where T : IMade<T> { static IMade() => Console.WriteLine("IMade"); static abstract int Make(); static virtual int Twice() => 2 * T.Make(); }
class Made : IMade<Made> { static Made() => Console.WriteLine("Made()"); public static int Make() => 21; }

interface IFails { static IFails() => throw new InvalidOperationException("no"); string Name() => "never"; }
class Fails : IFails { }

interface IBase { static IBase() => Console.WriteLine("IBase()"); string Say() => "base"; }
interface IDerived : IBase { static IDerived() => Console.WriteLine("IDerived()"); string IBase.Say() => "derived"; }
class Derived : IDerived { }

class Program
{
    public static int Seen;
    static readonly int early = Log.Note("Program.early", 7);
    static Program() => Console.WriteLine("Program()");

    [MethodImpl(MethodImplOptions.NoInlining)] static int Twice<T>() where T : IMade<T> => T.Twice();

    static void Main()
    {
        Console.WriteLine("main " + Seen + " " + early);

        IPrecise precise = new Precise();
        Console.WriteLine("made");
        precise.Own();
        Console.WriteLine(precise.Name());
        IPrecise boxed = new PreciseStruct();
        boxed.Own();
        Console.WriteLine(boxed.Name());

        ILazy lazy = new Lazy();
        Console.WriteLine(lazy.Name());
        Console.WriteLine(lazy.Read());

        Console.WriteLine(((IGeneric<int>)new Generic<int>()).Name());
        Console.WriteLine(((IGeneric<string>)new Generic<string>()).Name());
        Console.WriteLine(IGeneric<object>.Plain());
        Console.WriteLine(((IGeneric<object>)new Generic<object>()).Name());

        Console.WriteLine(Twice<Made>());
        Console.WriteLine(((IBase)new Derived()).Say());

        for (int i = 0; i < 2; i++)
        {
            try { Console.WriteLine(((IFails)new Fails()).Name()); }
            catch (TypeInitializationException e) { Console.WriteLine(e.Message + " " + e.InnerException!.Message); }
        }
    }
}

//@ exit = 0
// Covers: ECMA-335 I.8.9.5, II.10.5.3 — class constructors: precise and beforefieldinit, order, cycles, generics, base classes, nested access.
using System;
using System.Runtime.CompilerServices;

static class Log { public static T Note<T>(string s, T v) { Console.Write(s + " "); return v; } }
class A { public static int X = Log.Note("A.X", 1); static A() { Console.Write("A() "); } public static void Touch() { } public int Field; public const int Constant = 5; }
class B : A { public static int Y = Log.Note("B.Y", X + 1); static B() { Console.Write("B() "); } }
class CycleOne { public static int V = Log.Note("one", CycleTwo.V + 1); static CycleOne() { } }
class CycleTwo { public static int V = Log.Note("two", CycleOne.V + 10); static CycleTwo() { } }
class Gen<T> { public static readonly string Name = Log.Note($"Gen<{typeof(T).Name}>", typeof(T).Name); static Gen() { } public static int Count; public static void Touch() { } }
struct S { public static int V = Log.Note("S.V", 3); static S() { Console.Write("S() "); } public int F; public S(int f) => F = f; public readonly int Get() => F; }
class InstanceFirst { static readonly InstanceFirst One = new(); static int counter = Log.Note("counter", 5); public int Seen = counter; public static int SeenByFirst => One.Seen; static InstanceFirst() { } }
class Lazy { static Lazy() { Console.Write("Lazy() "); } public static int Method() => 1; public Lazy() { Console.Write("new Lazy "); } }
interface IStatic { static int V = Log.Note("IStatic.V", 9); static IStatic() { } }
class Implements : IStatic { }
class Deferred { static Deferred() { Console.Write("Deferred() "); } public static int V = 1; }

class Program
{
    static int early = Log.Note("Program.early", 0);
    static Program() { Console.Write("Program() "); }
    [MethodImpl(MethodImplOptions.NoInlining)] static int Branch(bool b) => b ? Deferred.V : -1;

    static void Main()
    {
        Console.WriteLine("main");
        Console.WriteLine(A.Constant);
        Console.WriteLine(B.Y);
        Console.WriteLine($"{CycleOne.V} {CycleTwo.V}");
        Gen<int>.Touch();
        Gen<string>.Count++;
        Gen<object>.Count += 2;
        Console.WriteLine($"{Gen<string>.Count} {Gen<object>.Count} {Gen<Version>.Count}");
        Console.WriteLine(new S().F);
        Console.WriteLine(new S(4).Get());
        Console.WriteLine(InstanceFirst.SeenByFirst);
        _ = new Lazy();
        Console.WriteLine(Lazy.Method());
        _ = new Implements();
        Console.WriteLine("implements");
        Console.WriteLine(IStatic.V);
        Console.WriteLine(Branch(false));
        Console.WriteLine(Branch(true));
        RuntimeHelpers.RunClassConstructor(typeof(Gen<char>).TypeHandle);
        Console.WriteLine(early);
    }
}

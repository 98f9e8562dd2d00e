//@ exit = 0
// Covers: ECMA-335 II.10.1.2 — a class has a sequential or explicit layout only where its base has one or is Object; else the loader refuses it,
// and whatever derives from it. What has a layout may lend it to a class without.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

class Plain { public int X; public object O; }
class Empty { }
[StructLayout(LayoutKind.Auto)] class AutoOf<T> { public T Value; }
[StructLayout(LayoutKind.Sequential)] class Sequential { public int X; }
[StructLayout(LayoutKind.Sequential)] class SequentialOf<T> { public T Value; }
[StructLayout(LayoutKind.Explicit)] class Explicit { [FieldOffset(0)] public int X; }

[StructLayout(LayoutKind.Sequential)] class SequentialPlain : Plain { public int Y; }
[StructLayout(LayoutKind.Sequential)] class SequentialEmpty : Empty { public int Y; }
[StructLayout(LayoutKind.Sequential)] class SequentialAuto : AutoOf<int> { }
[StructLayout(LayoutKind.Sequential)] class SequentialBoth : Sequential { public int Y = 1; }
[StructLayout(LayoutKind.Sequential)] class SequentialGeneric : SequentialOf<int> { public int Y = 2; }
[StructLayout(LayoutKind.Sequential)] class SequentialExplicit : Explicit { public int Y = 3; }
[StructLayout(LayoutKind.Explicit)] class ExplicitPlain : Plain { [FieldOffset(0)] public int Y; }
[StructLayout(LayoutKind.Explicit)] class ExplicitSequential : Sequential { [FieldOffset(0)] public int Y = 4; }
[StructLayout(LayoutKind.Explicit)] class ExplicitList : List<int> { [FieldOffset(0)] public int Y; }
[StructLayout(LayoutKind.Sequential)] class SequentialException : Exception { public int Y; }
[StructLayout(LayoutKind.Sequential)] class Open<T> : AutoOf<T> { public int Y; }
class BelowSequential : Sequential { public object Y = "5"; }
class BelowExplicit : Explicit { public object Y = "6"; }
class BelowRefused : SequentialPlain { public object Y = "7"; }

static class Program
{
    static void Try(string name, Func<object> make)
    {
        try
        {
            object made = make();
            Console.WriteLine($"{name}: {made.GetType().Name}");
        }
        catch (TypeLoadException e)
        {
            Console.WriteLine($"{name}: {e.Message.Replace(typeof(Program).Assembly.FullName, "this")}");
        }
    }

    static void Main()
    {
        Try("sequential, base plain", () => new SequentialPlain());
        Try("sequential, base empty", () => new SequentialEmpty());
        Try("sequential, base auto", () => new SequentialAuto());
        Try("sequential, base sequential", () => new SequentialBoth().Y);
        Try("sequential, base generic", () => new SequentialGeneric().Y);
        Try("sequential, base explicit", () => new SequentialExplicit().Y);
        Try("explicit, base plain", () => new ExplicitPlain());
        Try("explicit, base sequential", () => new ExplicitSequential().Y);
        Try("explicit, base list", () => new ExplicitList());
        Try("sequential, base exception", () => new SequentialException());
        Try("open over a value", () => new Open<int>());
        Try("open over an object", () => new Open<string>());
        Try("auto, base sequential", () => new BelowSequential().Y);
        Try("auto, base explicit", () => new BelowExplicit().Y);
        Try("auto, base refused", () => new BelowRefused().Y);
    }
}

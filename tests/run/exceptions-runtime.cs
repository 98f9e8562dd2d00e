//@ exit = 0
//@ targets = ["linux-arm64"]
// Covers: ECMA-335 III.1.7.5 — exceptions the runtime raises itself: null, bounds, divide, cast, overflow, array store, memory; messages and types.
using System;
using System.Collections.Generic;

class Node { public Node? Next; public int Value; public long[] Data = new long[600]; public virtual void V() { } }
struct Large { public long A, B, C, D; }
class Holder { public Large L; public string? S; }

class Program
{
    static T Opaque<T>(T value) => value;
    static void Try(string name, Action action)
    {
        try { action(); Console.WriteLine($"{name}: nothing"); }
        catch (Exception e) { Console.WriteLine($"{name}: {e.GetType().FullName}: {e.Message}"); }
    }

    static void Main()
    {
        Node? none = Opaque<Node?>(null);
        Holder? noHolder = Opaque<Holder?>(null);
        int[]? noArray = Opaque<int[]?>(null);
        Try("load field", () => Console.WriteLine(none!.Value));
        Try("store field", () => none!.Value = 1);
        Try("store reference", () => none!.Next = new Node());
        Try("struct field", () => Console.WriteLine(noHolder!.L.D));
        Try("copy struct", () => { Large l = noHolder!.L; Console.WriteLine(l.A); });
        Try("address of field", () => { ref string? s = ref noHolder!.S; Console.WriteLine(s); });
        Try("virtual call", () => none!.V());
        Try("array length", () => Console.WriteLine(noArray!.Length));
        Try("array element", () => noArray![3] = 1);
        Try("chained", () => Console.WriteLine(new Node().Next!.Next!.Value));
        Try("throw null", () => throw Opaque<Exception?>(null)!);
        Try("unbox null", () => Console.WriteLine((int)Opaque<object?>(null)!));
        Try("null delegate", () => Opaque<Action?>(null)!());
        Try("lock null", () => { lock (Opaque<object?>(null)!) { } });
        Try("foreach null", () => { foreach (int i in noArray!) Console.WriteLine(i); });
        Try("nullable", () => Console.WriteLine(Opaque<int?>(null)!.Value));
        Try("divide", () => Console.WriteLine(5 / Opaque(0)));
        Try("modulo", () => Console.WriteLine(5L % Opaque(0L)));
        Try("min/-1", () => Console.WriteLine(Opaque(long.MinValue) / Opaque(-1L)));
        Try("checked", () => Console.WriteLine(checked(Opaque(int.MaxValue) + 1)));
        Try("bounds", () => Console.WriteLine((new int[3])[Opaque(3)]));
        Try("string bounds", () => Console.WriteLine("abc"[Opaque(-1)]));
        Try("cast", () => Console.WriteLine((string)Opaque<object>(5)));
        Try("cast generic", () => Console.WriteLine((List<int>)Opaque<object>(new List<string>())));
        Try("cast interface", () => Console.WriteLine((IDisposable)Opaque<object>("s")));
        Try("unbox", () => Console.WriteLine((long)Opaque<object>(5)));
        Try("array store", () => Opaque<object[]>(new string[1])[0] = new object());
        Try("negative size", () => Console.WriteLine(new byte[Opaque(-5)].Length));
        Try("list index", () => Console.WriteLine(new List<int>()[0]));
        Try("missing key", () => Console.WriteLine(new Dictionary<string, int>()["k"]));
        Try("modified", () => { var l = new List<int> { 1, 2 }; foreach (int i in l) l.Add(i); });
        Try("empty stack", () => new Stack<int>().Pop());
        Try("parse", () => int.Parse("x1"));
        Try("argument", () => ArgumentNullException.ThrowIfNull(none, "none"));
        Try("range", () => throw new ArgumentOutOfRangeException("index", 7, "too big"));
        Try("disposed", () => ObjectDisposedException.ThrowIf(true, typeof(Node)));
        Try("not implemented", () => throw new NotImplementedException());
    }
}

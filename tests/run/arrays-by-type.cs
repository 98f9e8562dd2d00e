//@ exit = 0
// Covers: System.Array — Initialize, and arrays made by the type of their elements, with ranks and bounds.
#nullable disable
using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;

struct WithCtor { public int X; public string S; public WithCtor() { X = 5; S = "five"; } }
struct Plain { public int X; }
struct Pair<T> { public T First; public int Second; public Pair() { First = default; Second = 7; } }
class Node { public int V = 3; }
struct Mixed { public int A; public string B; public Node C; }

unsafe class Program
{
    static void Try(string name, Func<object> f)
    {
        object r;
        try { r = f() ?? "null"; } catch (Exception e) { r = (e is TargetInvocationException ? "inner " : "") + (e.InnerException ?? e).GetType().Name; }
        Console.WriteLine($"{name}: {r}");
    }

    static int Main()
    {
        // Array.Initialize runs the constructor of every element, where the struct has one.
        Try("init", () => { var a = new WithCtor[3]; a.Initialize(); return a[0].X + a[2].S; });
        Try("init md", () => { var a = new WithCtor[2, 2]; a.Initialize(); return a[1, 1].X + a[0, 0].S; });
        Try("init plain", () => { var a = new Plain[2]; a[1].X = 9; a.Initialize(); return a[1].X; });
        Try("init generic", () => { var a = new Pair<string>[2]; a.Initialize(); return a[1].Second; });
        Try("init object", () => { var a = new Node[2]; a.Initialize(); return a[0] == null; });
        Try("init int", () => { var a = new int[2]; a[0] = 4; a.Initialize(); return a[0]; });

        // Arrays by type, with bounds.
        Try("bounds 1", () => { var a = Array.CreateInstance(typeof(int), new[] { 3 }, new[] { 5 }); a.SetValue(7, 6); return a.GetType() + " " + a.GetValue(6) + " " + a.GetLowerBound(0) + " " + a.GetUpperBound(0); });
        Try("bounds 1-0", () => { var a = Array.CreateInstance(typeof(int), new[] { 3 }, new[] { 0 }); return a.GetType() + " " + (a is int[]); });
        Try("bounds 2", () => { var a = Array.CreateInstance(typeof(string), new[] { 2, 3 }, new[] { -1, 10 }); a.SetValue("x", -1, 12); return a.GetType() + " " + a.GetValue(-1, 12) + " " + a.GetValue(0, 10) + " " + a.Length + " " + a.Rank + " " + (a is string[,]); });
        Try("bounds 3", () => { var a = Array.CreateInstance(typeof(Mixed), 2, 2, 2); var m = new Mixed { A = 1, B = "b", C = new Node() }; a.SetValue(m, 1, 1, 1); GC.Collect(); var n = (Mixed)a.GetValue(1, 1, 1); return a.GetType() + " " + n.A + n.B + n.C.V; });
        Try("bounds out", () => { var a = Array.CreateInstance(typeof(int), new[] { 3 }, new[] { 5 }); return a.GetValue(0); });
        Try("bounds over", () => Array.CreateInstance(typeof(int), new[] { 3 }, new[] { int.MaxValue }));
        Try("bounds neg", () => Array.CreateInstance(typeof(int), new[] { -3 }, new[] { 0 }));
        Try("bounds count", () => Array.CreateInstance(typeof(int), new[] { 3 }, new[] { 0, 0 }));
        Try("bounds none", () => Array.CreateInstance(typeof(int), new int[0]));
        Try("of void", () => Array.CreateInstance(typeof(void), 1));
        Try("of ptr", () => Array.CreateInstance(typeof(int*), 2).GetType());
        Try("of open", () => Array.CreateInstance(typeof(List<>), 2));
        Try("of span", () => Array.CreateInstance(typeof(Span<int>), 2));
        Try("of byref", () => Array.CreateInstance(typeof(int).MakeByRefType(), 2));
        Try("of null", () => Array.CreateInstance(null, 2));
        Try("from type", () => Array.CreateInstanceFromArrayType(typeof(int[]), 3).Length);
        Try("from type 2", () => Array.CreateInstanceFromArrayType(typeof(int[,]), new[] { 3, 2 }, new[] { 1, 1 }).GetLowerBound(1));
        Try("of struct", () => { var a = Array.CreateInstance(typeof(Mixed), 2); a.SetValue(new Mixed { B = "q" }, 1); GC.Collect(); return ((Mixed)a.GetValue(1)).B + a.GetType() + (a is IList) + ((IList)a).Count; });
        Try("of nullable", () => { var a = Array.CreateInstance(typeof(int?), 2); a.SetValue(4, 1); return a.GetValue(1) + " " + (a.GetValue(0) == null) + a.GetType().Name; });
        Try("of node", () => { var a = Array.CreateInstance(typeof(Node), 2); a.SetValue(new Node(), 1); foreach (object o in a) if (o != null) return ((Node)o).V + " " + (a is IEnumerable<Node>) + (a is IList<object>) + (a is Node[]); return null; });
        Try("md clone", () => { var a = Array.CreateInstance(typeof(long), new[] { 2, 2 }, new[] { 1, 1 }); a.SetValue(8L, 2, 2); var b = (Array)a.Clone(); return b.GetValue(2, 2) + " " + b.GetLowerBound(0) + (b.GetType() == a.GetType()); });
        Try("md foreach", () => { var a = Array.CreateInstance(typeof(byte), new[] { 2, 2 }, new[] { 3, 4 }); a.SetValue((byte)1, 3, 4); a.SetValue((byte)2, 4, 5); string s = ""; foreach (byte b in a) s += b; return s; });
        Try("md copy", () => { var a = Array.CreateInstance(typeof(int), new[] { 4 }, new[] { 1 }); var b = new int[] { 1, 2, 3, 4 }; Array.Copy(b, 0, a, 1, 4); return a.GetValue(4); });
        Try("md clear", () => { var a = Array.CreateInstance(typeof(int), new[] { 2 }, new[] { 1 }); a.SetValue(1, 1); Array.Clear(a); return a.GetValue(1); });
        return 0;
    }
}

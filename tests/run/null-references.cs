//@ exit = 0
//@ targets = ["linux-arm64"]
// Covers: ECMA-335 III.3.42, III.3.62, III.4.10, III.4.29 — accesses through null pointers, null byrefs and null objects are NullReferenceException wherever
// they are: in a protected region or in a function of their own, in loops, by copies of blocks, by atomics, in shared generics, on other threads.
using System;
using System.Runtime.CompilerServices;
using System.Threading;

unsafe class Program
{
    struct Big { public long A, B, C; }
    struct WithObject { public object Object; public int Number; }
    struct Huge { public fixed byte Data[400]; }
    class Node { public int Number; public Node Next; public string Name = "n"; public int Get() => Number; public virtual int Virtual() => 1; }

    const MethodImplOptions Own = MethodImplOptions.NoInlining;
    [MethodImpl(Own)] static T* Null<T>() where T : unmanaged => null;
    [MethodImpl(Own)] static ref T NullRef<T>() => ref Unsafe.NullRef<T>();
    [MethodImpl(Own)] static void Write(int* p) { *p = 1; }
    [MethodImpl(Own)] static int Read(int* p) => *p;
    [MethodImpl(Own)] static void Unused(int* p) { _ = *p; }
    [MethodImpl(Own)] static void CopyTo(ref WithObject r, WithObject v) { r = v; }
    [MethodImpl(Own)] static void Copy(byte* to, byte* from, uint n) => Unsafe.CopyBlock(to, from, n);
    [MethodImpl(Own)] static void Clear(byte* to, uint n) => Unsafe.InitBlock(to, 0, n);
    [MethodImpl(Own)] static int Sum(Node n) { int s = 0; for (; ; n = n.Next) s += n.Number; }
    [MethodImpl(Own)] static T Shared<T>(ref T place, T value) { T old = place; place = value; return old; }
    [MethodImpl(Own)] static int Length(int[] a) => a.Length;
    // No bytes of the stack have no address.
    [MethodImpl(Own)] static int OnStack(int n) { byte* p = stackalloc byte[n]; *p = 1; return p[n - 1]; }
    [MethodImpl(Own)] static int Element(int[] a, int i) => a[i];
    [MethodImpl(Own)] static long Registers(int n, long* p, double d)
    {
        long a = n * 3, b = n + 7, c = n ^ 5, e = n << 2, f = n - 9;
        double x = d * 2, y = d + 1;
        for (int i = 0; i < n; i++) { a += b; b ^= c; c += e; e -= f; x += y; }
        if (n > 3) Console.Write("call ");
        return a + b + c + e + f + (long)(x + y) + p[1];
    }

    static bool Collects() { GC.Collect(); return true; }
    [MethodImpl(Own)] static int InRegion(int* p) { int x = 5; try { x = 6; x = *p; return x; } catch (NullReferenceException) { return x + 100; } finally { x++; } }
    [MethodImpl(Own)] static int InFiltered(ref int p) { try { p = 3; return 0; } catch (NullReferenceException) when (Collects()) { return 1; } }
    [MethodImpl(Own)] static int OfObject(Node n) { try { return n.Number; } catch (NullReferenceException) { return -1; } }
    [MethodImpl(Own)] static string Nested(Node n, int* p)
    {
        string text = "";
        try { try { text += n.Name; Write(p); } finally { text += " finally"; } } catch (NullReferenceException) { text += " caught"; }
        try { text += n.Next.Name; } catch (NullReferenceException) { text += " again"; }
        return text;
    }

    static void Try(string name, Action action)
    {
        long whole = name.Length * 17, other = name.Length + 1000;
        double half = name.Length / 2.0;
        try { action(); Console.WriteLine(name + ": nothing"); }
        catch (NullReferenceException e) { Console.WriteLine($"{name}: {whole} {other} {half} {e.Message}"); }
    }

    static void Pointers()
    {
        Try("write", () => Write(null));
        Try("read", () => Read(null));
        Try("unused", () => Unused(null));
        Try("near null", () => Read((int*)4000));
        Try("constant", () => { int* p = null; *p = 1; });
        Try("field", () => Console.Write(Null<Big>()->C));
        Try("address of a field", () => Console.WriteLine((long)&Null<Big>()->C));
        Try("huge", () => { Huge h = *Null<Huge>(); Console.Write(h.Data[7]); });
        Try("volatile", () => Volatile.Read(ref *Null<int>()));
        Try("registers", () => Registers(2, null, 2.5));
        Try("registers and call", () => Registers(9, null, 2.5));
        Try("copy", () => Copy(null, (byte*)100, 5000));
        Try("copy nothing", () => Copy(null, null, 0));
        Try("clear", () => Clear(null, 3000));
        Try("clear a span", () => new Span<byte>(null, 300).Clear());
        Try("copy to a span", () => new byte[700].AsSpan().CopyTo(new Span<byte>(null, 700)));
    }

    static void References()
    {
        Try("write", () => NullRef<int>() = 5);
        Try("read", () => Console.Write(NullRef<int>()));
        Try("structure", () => CopyTo(ref NullRef<WithObject>(), new WithObject { Object = "x" }));
        Try("object", () => NullRef<object>() = "x");
        Try("null object", () => NullRef<object>() = null);
        Try("read object", () => Console.Write(NullRef<object>() == null));
        Try("field", () => NullRef<WithObject>().Object = "y");
        Try("shared", () => Shared(ref NullRef<string>(), "x"));
        Try("shared value", () => Shared(ref NullRef<Big>(), default));
        Try("compare and exchange", () => Interlocked.CompareExchange(ref NullRef<int>(), 1, 0));
        Try("add", () => Interlocked.Add(ref NullRef<long>(), 4));
    }

    static void Objects()
    {
        Try("field", () => Sum(new Node { Number = 2, Next = new Node() }));
        Try("length", () => Length(null));
        Try("element", () => Element(null, 5));
        Try("method", () => Console.Write(((Node)null).Get()));
        Try("virtual", () => Console.Write(((Node)null).Virtual()));
        Console.WriteLine(InRegion(null) + " " + InFiltered(ref NullRef<int>()) + " " + OfObject(null));
        Console.WriteLine(Nested(new Node(), null) + "; " + Nested(null, null));
    }

    static void Frames(Exception e)
    {
        foreach (string line in e.StackTrace.Split('\n'))
            Console.WriteLine(line.Split(" in ")[0]);
    }

    static void Main()
    {
        Pointers();
        References();
        Objects();
        string kept = new string('k', 3);
        object[] many = new object[5];
        for (int i = 0; i < 300; i++)
        {
            many[i % 5] = new int[i % 50];
            try
            {
                if (i % 3 == 0) Write(null);
                else if (i % 3 == 1) Sum(null);
                else NullRef<object>() = kept;
            }
            catch (NullReferenceException) { kept = kept.Substring(1) + (char)('a' + i % 26); }
        }
        Console.WriteLine(kept);
        Console.WriteLine(OnStack(1) + OnStack(100));
        Try("no bytes", () => OnStack(0));
        Try("no bytes of a span", () => Console.WriteLine(((Span<int>)stackalloc int[kept.Length - 3]).Length));
        var thread = new Thread(() => { Try("thread", () => Write(null)); Try("object on a thread", () => Length(null)); });
        thread.Start();
        thread.Join();
        try { Write(null); } catch (NullReferenceException e) { Frames(e); }
        try { Registers(1, null, 1); } catch (NullReferenceException e) { Frames(e); }
    }
}

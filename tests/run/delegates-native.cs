//@ exit = 0
// Covers: Marshal.GetFunctionPointerForDelegate and GetDelegateForFunctionPointer — there and back, over static, instance, closed and combined
// delegates, calls from native code, what the types are refused for, and the same through [DllImport].
#nullable disable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

delegate int Compare(nint a, nint b);
delegate int Other(nint a, nint b);
delegate double Mixed(byte a, short b, double c, Pair d, ref int e, long f, float g, ushort h, Pair i);
delegate Pair Make(int a, int b);
delegate Big MakeBig(long a, Big b);
delegate bool Flag(bool on, ref bool both);
delegate string Text(string text);
[UnmanagedFunctionPointer(CallingConvention.Cdecl, CharSet = CharSet.Unicode)] delegate string WideText(string text, char c);
delegate nint Names(string a, out string b, ref string c);
delegate Compare Chooser(Compare first, Compare second);
[UnmanagedFunctionPointer(CallingConvention.Cdecl, SetLastError = true)] delegate int Open(string path, int flags);
delegate void Nothing();
delegate T Generic<T>(T value);
delegate void Objects(object o, List<int> list);
delegate int Never(int x);
record struct Pair(int A, int B);
record struct Big(long A, long B, long C);

static class Native
{
    [DllImport("libc", EntryPoint = "qsort")] internal static extern void Sort(int[] items, nint count, nint size, Compare compare);
    [DllImport("libc", EntryPoint = "qsort")] internal static extern void SortBy(int[] items, nint count, nint size, nint compare);
    [DllImport("libc", EntryPoint = "bsearch")] internal static extern nint Search(ref int key, int[] items, nint count, nint size, Compare compare);
    [DllImport("libc", EntryPoint = "abs")] internal static extern int Abs(int x);
}

class Holder
{
    public int Sign = 1, Calls;
    public int Order(nint a, nint b) { Calls++; return Sign * Marshal.ReadInt32(a).CompareTo(Marshal.ReadInt32(b)); }
}

unsafe class Program
{
    static void Try(string name, Func<object> f)
    {
        object r;
        try { r = f() ?? "null"; } catch (Exception e) { r = e.GetType().Name + (e is ArgumentException a ? " " + a.ParamName : ""); }
        Console.WriteLine($"{name}: {r}");
    }

    static int Descending(nint a, nint b) => Marshal.ReadInt32(b).CompareTo(Marshal.ReadInt32(a));
    static double Mix(byte a, short b, double c, Pair d, ref int e, long f, float g, ushort h, Pair i) { e += 1; return a + b + c + d.A + d.B + e + f + g + h + i.A * i.B; }
    static bool Flip(bool on, ref bool both) { both &= on; return !on; }
    static nint Name(string a, out string b, ref string c) { b = a + "!"; c = c?.ToUpperInvariant(); return (nint)(a?.Length ?? -1); }
    [UnmanagedCallersOnly] static int Plain(int x) => x + 1000;

    static string Items(int[] v) => string.Join(",", v);
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Distinct(int n)
    {
        var all = Enumerable.Range(0, n).Select(i => (Compare)((a, b) => i)).ToList();
        int distinct = all.Select(c => Marshal.GetFunctionPointerForDelegate(c)).Distinct().Count();
        GC.KeepAlive(all);
        return distinct;
    }

    static int Main()
    {
        Compare lambda = (a, b) => (int)(a - b);
        nint p = Marshal.GetFunctionPointerForDelegate(lambda);
        Try("not null", () => p != 0);
        Try("once", () => p == Marshal.GetFunctionPointerForDelegate((Delegate)lambda));
        Try("back", () => ReferenceEquals(lambda, Marshal.GetDelegateForFunctionPointer<Compare>(p)));
        Try("back by type", () => ReferenceEquals(lambda, Marshal.GetDelegateForFunctionPointer(p, typeof(Compare))));
        Try("as another", () => Marshal.GetDelegateForFunctionPointer<Other>(p)(7, 3));
        Try("called", () => ((delegate* unmanaged<nint, nint, int>)p)(9, 4));
        Compare twin = lambda.Target == null ? new Compare(lambda) : (Compare)Delegate.CreateDelegate(typeof(Compare), lambda.Target, lambda.Method);
        Try("equal delegates", () => lambda.Equals(twin) + " " + (Marshal.GetFunctionPointerForDelegate(twin) == p));

        var items = new[] { 5, 3, 9, 1, 7 };
        var holder = new Holder();
        Native.Sort(items, 5, 4, holder.Order);
        Console.WriteLine(Items(items) + " " + (holder.Calls > 0));
        holder.Sign = -1;
        Compare order = holder.Order;
        Native.SortBy(items, 5, 4, Marshal.GetFunctionPointerForDelegate(order));
        Console.WriteLine(Items(items));
        Native.Sort(items, 5, 4, (a, b) => { GC.Collect(); return Marshal.ReadInt32(a) - Marshal.ReadInt32(b); });
        Console.WriteLine(Items(items));
        Native.Sort(items, 5, 4, Descending);
        Console.WriteLine(Items(items));
        int key = 7;
        Try("search", () => Marshal.ReadInt32(Native.Search(ref key, items, 5, 4, Descending)));
        int seen = 0;
        Compare both = (a, b) => { seen++; return 0; };
        both += Descending;
        Native.Sort(items, 5, 4, both);
        Console.WriteLine(Items(items) + " " + (seen > 0) + " " + ReferenceEquals(both, Marshal.GetDelegateForFunctionPointer<Compare>(Marshal.GetFunctionPointerForDelegate(both))));

        Mixed mixed = Mix;
        int e = 5;
        var m = (delegate* unmanaged<byte, short, double, Pair, int*, long, float, ushort, Pair, double>)Marshal.GetFunctionPointerForDelegate(mixed);
        Console.WriteLine(m(250, -7, 0.5, new Pair(10, 20), &e, 1L << 40, 0.25f, 65535, new Pair(3, 4)) + " " + e);
        Make make = (a, b) => new Pair(b, a);
        Console.WriteLine(((delegate* unmanaged<int, int, Pair>)Marshal.GetFunctionPointerForDelegate(make))(1, 2));
        MakeBig big = (a, b) => new Big(b.C + a, b.B + a, b.A + a);
        Console.WriteLine(((delegate* unmanaged<long, Big, Big>)Marshal.GetFunctionPointerForDelegate(big))(100, new Big(1, 2, 3)));
        Flag flag = Flip;
        int truth = 7;
        Console.WriteLine(((delegate* unmanaged<int, int*, int>)Marshal.GetFunctionPointerForDelegate(flag))(0, &truth) + " " + truth);
        var flags = Marshal.GetDelegateForFunctionPointer<Flag>(Marshal.GetFunctionPointerForDelegate(flag));
        bool with = true;
        Console.WriteLine(flags(true, ref with) + " " + with);

        Text text = s => s == null ? null : s + "/" + s.Length;
        nint given = Marshal.StringToCoTaskMemUTF8("héllo");
        nint got = ((delegate* unmanaged<nint, nint>)Marshal.GetFunctionPointerForDelegate(text))(given);
        Console.WriteLine(Marshal.PtrToStringUTF8(got) + " " + ((delegate* unmanaged<nint, nint>)Marshal.GetFunctionPointerForDelegate(text))(0));
        Marshal.FreeCoTaskMem(got);
        WideText wide = (s, c) => s + c;
        nint w = Marshal.StringToCoTaskMemUni("wide");
        got = ((delegate* unmanaged<nint, ushort, nint>)Marshal.GetFunctionPointerForDelegate(wide))(w, '→');
        Console.WriteLine(Marshal.PtrToStringUni(got));
        Names names = Name;
        nint b2 = 0, c2 = Marshal.StringToCoTaskMemUTF8("lower");
        Console.WriteLine(((delegate* unmanaged<nint, nint*, nint*, nint>)Marshal.GetFunctionPointerForDelegate(names))(given, &b2, &c2) + " " + Marshal.PtrToStringUTF8(b2) + " " + Marshal.PtrToStringUTF8(c2));

        // Delegates that are passed through native code are themselves again.
        Chooser chooser = (first, second) => first ?? second;
        var choose = (delegate* unmanaged<nint, nint, nint>)Marshal.GetFunctionPointerForDelegate(chooser);
        Console.WriteLine((choose(p, 0) == p) + " " + (choose(0, p) == p) + " " + choose(0, 0));

        // Over functions of native code: equality, kinds of calls, errors.
        nint lib = NativeLibrary.Load("libc.so.6"), abs = NativeLibrary.GetExport(lib, "abs");
        var f = Marshal.GetDelegateForFunctionPointer<Never>(abs);
        var g = (Never)Marshal.GetDelegateForFunctionPointer(abs, typeof(Never));
        Console.WriteLine(f(-5) + " " + g(6) + " " + f.Equals(g) + " " + (Marshal.GetFunctionPointerForDelegate(f) == abs) + " " + (f.GetInvocationList().Length) + " " + (f + g)(-8));
        var open = Marshal.GetDelegateForFunctionPointer<Open>(NativeLibrary.GetExport(lib, "open"));
        Console.WriteLine(open("/no/such/file", 0) + " " + Marshal.GetLastPInvokeError());
        var plain = Marshal.GetDelegateForFunctionPointer<Never>((nint)(delegate* unmanaged<int, int>)&Plain);
        Console.WriteLine(plain(1));
        var length = Marshal.GetDelegateForFunctionPointer<Names2>(NativeLibrary.GetExport(lib, "strlen"));
        Console.WriteLine(length("four"));

        Try("null delegate", () => Marshal.GetFunctionPointerForDelegate((Compare)null));
        Try("null pointer", () => Marshal.GetDelegateForFunctionPointer<Compare>(0));
        Try("no delegate", () => Marshal.GetDelegateForFunctionPointer(p, typeof(string)));
        Try("generic delegate", () => Marshal.GetFunctionPointerForDelegate<Func<int>>(() => 1));
        Try("own generic delegate", () => Marshal.GetFunctionPointerForDelegate<Generic<int>>(x => x));
        Try("to generic", () => Marshal.GetDelegateForFunctionPointer<Func<int>>(p));
        Try("nothing", () => { Nothing n = () => Console.Write("nothing "); ((delegate* unmanaged<void>)Marshal.GetFunctionPointerForDelegate(n))(); return "done"; });

        // Thunks of delegates that are gone are used again.
        int distinct = 0;
        for (int round = 0; round < 5; round++)
        {
            distinct += Distinct(200);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Console.WriteLine(distinct);
        GC.KeepAlive(lambda);
        return 0;
    }
}
delegate nint Names2(string text);

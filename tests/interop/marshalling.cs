using System;
using System.Runtime.InteropServices;
using System.Text;

static unsafe class Program
{
    const string Lib = "marshalling";
    [StructLayout(LayoutKind.Sequential)]
    struct Mixed
    {
        public bool On;
        public string? Name;
        public char C;
        public short N;
        [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 6)] public string Tail;
        [MarshalAs(UnmanagedType.ByValArray, SizeConst = 3)] public int[]? V;
        public override string ToString() => $"{On} {Name} {(int)C} {N} {Tail} {string.Join(",", V ?? [])}";
    }
    [StructLayout(LayoutKind.Sequential)]
    class MixedClass
    {
        public bool On;
        public string? Name;
        public char C;
        public short N;
        [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 6)] public string? Tail;
        [MarshalAs(UnmanagedType.ByValArray, SizeConst = 3)] public int[]? V;
    }
    [StructLayout(LayoutKind.Sequential)] class Base { public int A; public byte B; }
    [StructLayout(LayoutKind.Sequential)] class Derived : Base { public double D; }
    delegate int Visit(string name, int n, [MarshalAs(UnmanagedType.U1)] ref bool flag);
    delegate string? Say(string? text);

    [DllImport(Lib)] static extern int describe(ref Mixed m, byte* buffer, int size);
    [DllImport(Lib, EntryPoint = "describe")] static extern int describe_in([In] ref Mixed m, byte* buffer, int size);
    [DllImport(Lib, EntryPoint = "describe")] static extern int describe_class(MixedClass? m, byte* buffer, int size);
    [DllImport(Lib, EntryPoint = "describe")] static extern int describe_both([In, Out] MixedClass m, byte* buffer, int size);
    [DllImport(Lib)] static extern void fill(out Mixed m);
    [DllImport(Lib, EntryPoint = "fill")] static extern void fill_class([Out] MixedClass m);
    [DllImport(Lib)] static extern long sum(Derived d);
    [DllImport(Lib)] static extern int each(Visit visit);
    [DllImport(Lib)] static extern int say(Say say, byte* buffer, int size);
    [DllImport(Lib)] static extern Visit? same(Visit? visit);
    [DllImport(Lib)] static extern void bools(ref bool a, [MarshalAs(UnmanagedType.U1)] out bool b, [MarshalAs(UnmanagedType.I2)] short c);
    [DllImport(Lib)] static extern void chars(ref char a, [MarshalAs(UnmanagedType.U2)] ref char b);
    [DllImport(Lib)] static extern void texts(ref string? a, out string b);
    [DllImport(Lib)] static extern char letter(char c);
    [DllImport(Lib, CharSet = CharSet.Unicode)] static extern char wide(char c);
    [DllImport(Lib)] static extern int length16([MarshalAs(UnmanagedType.LPWStr)] string? s);
    [DllImport(Lib)] [return: MarshalAs(UnmanagedType.I1)] static extern bool truth([MarshalAs(UnmanagedType.I1)] bool b, [MarshalAs(UnmanagedType.U1)] bool c);

    delegate int Describe(byte* buffer, int size);
    static string Text(Describe call)
    {
        byte* buffer = stackalloc byte[200];
        return Encoding.UTF8.GetString(buffer, call(buffer, 200));
    }

    static void Main()
    {
        var m = new Mixed { On = true, Name = "nämé", C = 'c', N = 12, Tail = "too long", V = [1, 2, 3] };
        Console.WriteLine(Text((b, n) => describe_in(ref m, b, n)) + " -> " + m);
        Console.WriteLine(Text((b, n) => describe(ref m, b, n)) + " -> " + m);
        Console.WriteLine(Text((b, n) => describe(ref m, b, n)) + " -> " + m);
        m = default;
        Console.WriteLine(Text((b, n) => describe(ref m, b, n)) + " -> " + m);
        fill(out m);
        Console.WriteLine(m);
        var c = new MixedClass { On = true, Name = "class", C = 'k', N = 3, V = [4, 5, 6] };
        Console.WriteLine(Text((b, n) => describe_class(c, b, n)) + $" -> {c.On} {c.Tail} {c.N}");
        Console.WriteLine(Text((b, n) => describe_both(c, b, n)) + $" -> {c.On} {c.Tail} {c.N} {c.V![1]}");
        Console.WriteLine(Text((b, n) => describe_class(null, b, n)));
        fill_class(c);
        Console.WriteLine($"{c.On} {c.Name} {c.C} {c.N} {c.Tail} {c.V![2]}");
        var d = new Derived { A = 1, B = 2, D = 3.75 };
        Console.WriteLine(sum(d) + $" {d.A} {d.B} {d.D}");

        Visit visit = (string name, int n, ref bool flag) => { GC.Collect(); flag = !flag; return (name?.Length ?? -1) + n; };
        Console.WriteLine(each(visit));
        Console.WriteLine(Text((b, n) => say(t => t?.ToUpperInvariant(), b, n)));
        Console.WriteLine(ReferenceEquals(same(visit), visit) + " " + (same(null) == null));
        bool x = true;
        bools(ref x, out bool y, 9);
        Console.WriteLine($"{x} {y}");
        bools(ref x, out y, 0);
        Console.WriteLine($"{x} {y}");
        char e = 'a', f = 'ー';
        chars(ref e, ref f);
        Console.WriteLine($"{e} {(int)f}");
        string? given = "given";
        texts(ref given, out string made);
        Console.WriteLine($"{given} {made}");
        given = null;
        texts(ref given, out made);
        Console.WriteLine($"{given == null} {made}");
        Console.WriteLine($"{letter('y')} {(int)letter('é')} {(int)wide('ー')} {length16("wörld")} {length16(null)} {truth(true, false)} {truth(false, false)}");
    }
}

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

unsafe
{
    Console.WriteLine(C.two(new() { a = 1, b = 2 }));
    Console.WriteLine(C.doubles(new() { a = 1.5, b = -2.25 }));
    Console.WriteLine(C.int_double(new() { a = 7, b = 9.75 }));
    Console.WriteLine(C.floats3(new() { a = 1, b = 2, c = 3 }));
    Console.WriteLine(C.mixed(new() { x = 0.5f, n = 10, d = 100 }));
    Console.WriteLine(C.small(new() { a = -1, b = 2, c = 3, d = -4 }));
    Console.WriteLine(C.bytes3(new() { a = 1, b = -2, c = 3 }));
    Console.WriteLine(C.three(new() { a = 1, b = 2, c = 3 }));
    var big = new Big { tag = 3 };
    for (int i = 0; i < 4; i++) big.m[i] = i * 1.5;
    big = C.big(big);
    Console.WriteLine($"{big.m[0]} {big.m[1]} {big.m[2]} {big.m[3]} {big.tag}");
    Console.WriteLine(C.float_union(new() { d = 1.25 }).d);
    Console.WriteLine(C.mixed_union(new() { i = 37 }).i);
    var v = new Vec4();
    for (int i = 0; i < 4; i++) v[i] = i + 0.5f;
    v = C.vec4(v);
    Console.WriteLine($"{v[0]} {v[1]} {v[2]} {v[3]}");
    Console.WriteLine(C.packed(new() { a = 3, b = 4 }));
    Console.WriteLine(C.spill(1, 2, 3, 4, 5, new() { a = 6, b = 7 }, 8, 9, new() { a = 10, b = 11, c = 12 }, 13, new() { a = 14, b = 15 }));
    Console.WriteLine(C.many(1, 2, 3, 4, 5, 6, 7, new() { a = 8, b = 9 }, 10, 11));
    // The same through pointers, under a handler: the call has a landing pad.
    var library = NativeLibrary.Load("libstructs.so");
    var two = (delegate* unmanaged<Two, Two>)NativeLibrary.GetExport(library, "two");
    var filled = (delegate* unmanaged[Cdecl]<int, Two, Big>)NativeLibrary.GetExport(library, "filled");
    try
    {
        Console.WriteLine(two(two(new() { a = 10, b = 20 })));
        var b = filled(5, new() { a = 3, b = 4 });
        Console.WriteLine($"{b.m[0]} {b.m[1]} {b.m[2]} {b.m[3]} {b.tag}");
    }
    catch (Exception e)
    {
        Console.WriteLine(e.Message);
    }
    try
    {
        NativeLibrary.GetExport(library, "absent");
    }
    catch (EntryPointNotFoundException)
    {
        Console.WriteLine(NativeLibrary.TryGetExport(library, "absent", out _));
    }
    NativeLibrary.Free(library);
}

record struct Two { public long a, b; }
record struct Doubles { public double a, b; }
record struct IntDouble { public long a; public double b; }
record struct Floats3 { public float a, b, c; }
record struct Mixed { public float x; public int n; public double d; }
record struct Small { public sbyte a; public short b; public int c; public sbyte d; }
record struct Bytes3 { public sbyte a, b, c; }
record struct Three { public long a, b, c; }
unsafe struct Big { public fixed double m[4]; public int tag; }
[StructLayout(LayoutKind.Explicit)] struct FloatUnion { [FieldOffset(0)] public float f; [FieldOffset(0)] public double d; }
[StructLayout(LayoutKind.Explicit)] struct MixedUnion { [FieldOffset(0)] public int i; [FieldOffset(0)] public double d; }
[InlineArray(4)] struct Vec4 { float first; }
[StructLayout(LayoutKind.Sequential, Pack = 1)] record struct Packed { public sbyte a; public long b; }

static partial class C
{
    const string Lib = "structs";
    [DllImport(Lib)] internal static extern Two two(Two v);
    [DllImport(Lib)] internal static extern Doubles doubles(Doubles v);
    [DllImport(Lib)] internal static extern IntDouble int_double(IntDouble v);
    [DllImport(Lib)] internal static extern Floats3 floats3(Floats3 v);
    [DllImport(Lib)] internal static extern Mixed mixed(Mixed v);
    [DllImport(Lib)] internal static extern Small small(Small v);
    [DllImport(Lib)] internal static extern Bytes3 bytes3(Bytes3 v);
    [DllImport(Lib)] internal static extern Three three(Three v);
    [DllImport(Lib)] internal static extern Big big(Big v);
    [DllImport(Lib)] internal static extern FloatUnion float_union(FloatUnion v);
    [DllImport(Lib)] internal static extern MixedUnion mixed_union(MixedUnion v);
    [DllImport(Lib)] internal static extern Vec4 vec4(Vec4 v);
    [DllImport(Lib)] internal static extern Packed packed(Packed v);
    [DllImport(Lib)] internal static extern long spill(long a, long b, long c, long d, long e, Two s, long f, long g, Three t, double x, Doubles y);
    [DllImport(Lib)] internal static extern double many(double a, double b, double c, double d, double e, double f, double g, Doubles p, double h, float i);
}

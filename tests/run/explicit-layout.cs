//@ exit = 0
// Covers: ECMA-335 II.10.7, II.22.8 — sizes of structures with references whatever `Size` says; references that overlap references, and types in which
// one overlaps anything else or is not aligned, which do not load.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[StructLayout(LayoutKind.Explicit, Size = 12)] struct Short { [FieldOffset(0)] public object O; }
[StructLayout(LayoutKind.Explicit, Size = 20)] struct Middle { [FieldOffset(8)] public object O; [FieldOffset(0)] public int I; }
[StructLayout(LayoutKind.Explicit, Size = 3)] struct TooShort { [FieldOffset(0)] public object O; }
[StructLayout(LayoutKind.Explicit, Size = 13)] struct Plain { [FieldOffset(0)] public int I; }
[StructLayout(LayoutKind.Explicit, Pack = 1)] struct Packed { [FieldOffset(0)] public object O; [FieldOffset(8)] public byte B; }
[StructLayout(LayoutKind.Sequential, Size = 20)] struct Sequential { public object O; }
[StructLayout(LayoutKind.Sequential, Pack = 1)] struct SequentialPacked { public byte B; public object O; public byte C; }
[StructLayout(LayoutKind.Explicit)] struct TwoObjects { [FieldOffset(0)] public object O; [FieldOffset(0)] public string S; }
[StructLayout(LayoutKind.Explicit)] struct Union { [FieldOffset(0)] public Action A; [FieldOffset(0)] public string[] B; [FieldOffset(8)] public int I; [FieldOffset(8)] public float F; }
[StructLayout(LayoutKind.Explicit, Size = 20)] class Class { [FieldOffset(0)] public object O; }

struct Inner { public object O; public int I; }
[StructLayout(LayoutKind.Explicit)] struct Number { [FieldOffset(0)] public object O; [FieldOffset(0)] public long I; }
[StructLayout(LayoutKind.Explicit)] struct Unaligned { [FieldOffset(4)] public object O; }
[StructLayout(LayoutKind.Explicit)] struct OverNumber { [FieldOffset(0)] public Inner A; [FieldOffset(8)] public object B; }
[StructLayout(LayoutKind.Explicit)] struct OverObject { [FieldOffset(0)] public Inner A; [FieldOffset(0)] public object B; }
[StructLayout(LayoutKind.Explicit)] struct OverPart { [FieldOffset(0)] public Inner A; [FieldOffset(8)] public int B; }
[StructLayout(LayoutKind.Explicit)] struct UnalignedInner { [FieldOffset(2)] public Inner A; }
[StructLayout(LayoutKind.Explicit)] struct Same { [FieldOffset(0)] public Inner A; [FieldOffset(0)] public Inner B; }
[StructLayout(LayoutKind.Explicit)] struct Shifted { [FieldOffset(0)] public Inner A; [FieldOffset(8)] public Inner B; }
[StructLayout(LayoutKind.Explicit)] class HalfOver { [FieldOffset(0)] public object O; [FieldOffset(4)] public int I; }
[StructLayout(LayoutKind.Explicit)] class UnalignedClass { [FieldOffset(1)] public object O; }
[StructLayout(LayoutKind.Explicit)] ref struct ByRefNumber { [FieldOffset(0)] public ref int R; [FieldOffset(0)] public long I; }
[StructLayout(LayoutKind.Explicit)] ref struct ByRefObject { [FieldOffset(0)] public ref int R; [FieldOffset(0)] public object O; }
[StructLayout(LayoutKind.Explicit)] ref struct SpanNumber { [FieldOffset(0)] public Span<int> R; [FieldOffset(0)] public int J; }
[StructLayout(LayoutKind.Explicit)] ref struct SpanLength { [FieldOffset(0)] public Span<int> R; [FieldOffset(8)] public int J; }
[StructLayout(LayoutKind.Explicit)] class Base { [FieldOffset(0)] public int A; }
[StructLayout(LayoutKind.Explicit)] class Derived : Base { [FieldOffset(0)] public object B; }

class Program
{
    static void Size<T>() => Console.WriteLine($"{typeof(T).Name} {Unsafe.SizeOf<T>()} {Unsafe.SizeOf<(byte, T)>()}");

    static void Try(string name, Action action)
    {
        try { action(); Console.WriteLine(name + ": loads"); }
        catch (TypeLoadException e) { Console.WriteLine(name + ": " + e.Message); }
    }

    static void Main()
    {
        Size<Short>(); Size<Middle>(); Size<TooShort>(); Size<Plain>(); Size<Packed>(); Size<Sequential>(); Size<SequentialPacked>(); Size<TwoObjects>(); Size<Union>();

        Short[] many = new Short[50];
        for (int i = 0; i < many.Length; i++) many[i].O = "s" + i;
        Class one = new Class { O = "one" };
        TwoObjects two = new TwoObjects { S = "two" };
        GC.Collect();
        object[] keep = new object[100];
        for (int i = 0; i < 1000; i++) keep[i % 100] = new byte[i];
        Console.WriteLine($"{many[7].O} {many[49].O} {one.O} {two.O}");

        Try("number", () => { var s = new Number(); s.O = "x"; });
        Try("unaligned", () => { var s = new Unaligned(); s.O = "x"; });
        Try("over a number", () => { var s = new OverNumber(); s.B = "x"; });
        Try("over an object", () => { var s = new OverObject(); s.B = "x"; });
        Try("over a part", () => { var s = new OverPart(); s.B = 1; });
        Try("unaligned inner", () => { var s = new UnalignedInner(); s.A.I = 1; });
        Try("same", () => { var s = new Same(); s.A.I = 1; });
        Try("shifted", () => { var s = new Shifted(); s.A.I = 1; });
        Try("half over", () => { var s = new HalfOver(); s.I = 1; });
        Try("unaligned class", () => { var s = new UnalignedClass(); s.O = 1; });
        Try("byref and number", () => { var s = new ByRefNumber(); s.I = 1; });
        Try("byref and object", () => { var s = new ByRefObject(); s.O = 1; });
        Try("span and number", () => { var s = new SpanNumber(); s.J = 1; });
        Try("span and length", () => { var s = new SpanLength(); s.J = 1; });
        Try("derived", () => { var s = new Derived(); s.B = 1; });
        Try("name", () => Console.Write(typeof(Number).Name));
        Try("box", () => { object o = default(Unaligned); Console.Write(o); });
        Try("array", () => Console.Write(new Number[3].Length));
    }
}

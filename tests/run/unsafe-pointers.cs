//@ exit = 0
//@ targets = ["linux-arm64"]
// Covers: unsafe code — pointers, pinning, function pointers (managed and unmanaged), stackalloc, P/Invoke of blittable signatures, callbacks.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

struct Vec { public int X, Y; public static int Dot(Vec a, Vec b) => a.X * b.X + a.Y * b.Y; }
unsafe struct Linked { public int Value; public Linked* Next; }
[StructLayout(LayoutKind.Sequential)] struct DivResult { public int Quot, Rem; }

unsafe class Program
{
    [DllImport("libc", EntryPoint = "abs")] static extern int Abs(int x);
    [DllImport("libc")] static extern nuint strlen(byte* s);
    [DllImport("libc")] static extern void qsort(void* data, nuint count, nuint size, delegate* unmanaged[Cdecl]<void*, void*, int> compare);
    [DllImport("libc")] static extern DivResult div(int a, int b);
    [DllImport("libc", EntryPoint = "ldexp")] static extern double Scale(double x, int exponent);
    [DllImport("libc")] static extern void* memset(void* p, int c, nuint n);
    [DllImport("libc", EntryPoint = "no_such_function_anywhere")] static extern void Missing();

    static int calls;
    [UnmanagedCallersOnly(CallConvs = new[] { typeof(CallConvCdecl) })]
    static int Descending(void* a, void* b) { calls++; return (*(int*)b).CompareTo(*(int*)a); }
    static int Twice(int x) => x * 2;
    static string Show<T>(T value) => $"{typeof(T).Name}={value}";

    static void Main()
    {
        int* stack = stackalloc int[5] { 5, 3, 9, 1, 7 };
        int* end = stack + 5;
        int sum = 0;
        for (int* p = stack; p < end; p++) sum += *p;
        Console.WriteLine($"{sum} {end - stack} {*(stack + 2)} {stack[3]} {sizeof(Vec)} {(nint)end - (nint)stack}");
        qsort(stack, 5, sizeof(int), &Descending);
        Console.WriteLine($"{stack[0]}{stack[1]}{stack[2]}{stack[3]}{stack[4]} {calls > 0}");

        byte[] text = "pinned\0rest"u8.ToArray();
        fixed (byte* p = text) { GC.Collect(); Console.WriteLine($"{strlen(p)} {Abs(-7)} {Scale(-2.5, 3)} {p[1]}"); memset(p + 1, 'x', 3); }
        Console.WriteLine(System.Text.Encoding.ASCII.GetString(text, 0, 6));
        DivResult d = div(17, 5);
        Console.WriteLine($"{d.Quot} {d.Rem}");
        fixed (char* c = "chars") Console.WriteLine($"{c[4]} {*c} {new string(c, 1, 3)}");
        fixed (int* nothing = Array.Empty<int>()) Console.WriteLine(nothing == null);
        string mutable = new string('a', 3);
        fixed (char* c = mutable) c[1] = 'b';
        Console.WriteLine(mutable);

        delegate*<int, int> twice = &Twice;
        delegate*<Vec, Vec, int> dot = &Vec.Dot;
        delegate*<string, string> show = &Show<string>;
        Console.WriteLine($"{twice(21)} {dot(new Vec { X = 1, Y = 2 }, new Vec { X = 3, Y = 4 })} {show("s")} {((delegate*<int, int>)(void*)twice)(4)}");
        Linked third = new() { Value = 3 }, second = new() { Value = 2, Next = &third }, first = new() { Value = 1, Next = &second };
        int total = 0;
        for (Linked* l = &first; l != null; l = l->Next) total = total * 10 + l->Value;
        Console.WriteLine(total);
        long bits = 0x1122334455667788;
        Console.WriteLine($"{*(byte*)&bits:X} {((short*)&bits)[1]:X} {*(double*)&bits:R}");
        void* memory = NativeMemory.Alloc(16);
        Unsafe.InitBlock(memory, 0xAB, 16);
        Unsafe.CopyBlock((byte*)memory + 8, &bits, 8);
        Console.WriteLine($"{((ulong*)memory)[0]:X} {((ulong*)memory)[1]:X} {Unsafe.Read<int>((byte*)memory + 8):X}");
        NativeMemory.Free(memory);
        try { Missing(); } catch (EntryPointNotFoundException e) { Console.WriteLine(e.GetType().Name); }
        var handle = GCHandle.Alloc(text, GCHandleType.Pinned);
        Console.WriteLine(*(byte*)handle.AddrOfPinnedObject());
        handle.Free();
        Name(typeof(delegate*<int, void>));
        Name(typeof(delegate*<void>));
        Name(typeof(delegate*<delegate*<int>, string[], Linked*, ref int, DateTime>));
        Console.WriteLine(typeof(delegate*<int, void>[]) + " " + typeof(delegate* unmanaged<int, long>) + " " + typeof(delegate*<int, void>*));
    }

    // Function pointers have a signature for a name.
    static void Name(Type t) => Console.WriteLine($"[{t}] [{t.Name}] [{t.FullName}] [{t.Namespace}] {t.IsFunctionPointer} {t.IsPointer} {t.HasElementType}");
}

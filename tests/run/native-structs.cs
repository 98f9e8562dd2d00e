//@ exit = 0
//@ targets = ["linux-arm64"]
// Covers: ECMA-335 II.15.5 — structures by value to and from C functions: floating-point aggregates, pairs of words, results in memory.
using System;
using System.Runtime.InteropServices;

struct Complex { public double Re, Im; public override string ToString() => $"({Re}, {Im})"; }
struct ComplexF { public float Re, Im; public override string ToString() => $"({Re}, {Im})"; }
struct LongDivision { public long Quotient, Remainder; }
struct Division { public int Quotient, Remainder; }
struct Address { public uint Bytes; }
struct MallocInfo { public nuint Arena, FreeChunks, Fast, Mapped, MappedBytes, Most, FastBytes, Used, Free, Releasable; }

static class C
{
    [DllImport("libm.so.6")] public static extern Complex conj(Complex z);
    [DllImport("libm.so.6")] public static extern Complex csqrt(Complex z);
    [DllImport("libm.so.6")] public static extern double cabs(Complex z);
    [DllImport("libm.so.6")] public static extern ComplexF conjf(ComplexF z);
    [DllImport("libm.so.6")] public static extern float cimagf(ComplexF z);
    [DllImport("libc.so.6")] public static extern LongDivision ldiv(long a, long b);
    [DllImport("libc.so.6")] public static extern Division div(int a, int b);
    [DllImport("libc.so.6")] public static extern nint inet_ntoa(Address address);
    [DllImport("libc.so.6")] public static extern MallocInfo mallinfo2();
}

class Program
{
    static void Main()
    {
        Console.WriteLine(C.conj(new Complex { Re = 1.5, Im = 2.25 }));
        Console.WriteLine(C.csqrt(new Complex { Re = 3, Im = 4 }));
        Console.WriteLine(C.cabs(new Complex { Re = 3, Im = -4 }));
        Console.WriteLine(C.conjf(new ComplexF { Re = 0.5f, Im = -8 }));
        Console.WriteLine(C.cimagf(new ComplexF { Re = 1, Im = 7 }));
        LongDivision l = C.ldiv(-1234567890123, 1000);
        Console.WriteLine($"{l.Quotient} {l.Remainder}");
        Division d = C.div(17, -5);
        Console.WriteLine($"{d.Quotient} {d.Remainder}");
        Console.WriteLine(Marshal.PtrToStringUTF8(C.inet_ntoa(new Address { Bytes = 0x0100007F })));
        nint block = Marshal.AllocHGlobal(5000);
        MallocInfo m = C.mallinfo2();
        Console.WriteLine($"{m.Used >= 5000} {m.Arena + m.MappedBytes >= m.Used}");
        Marshal.FreeHGlobal(block);
    }
}

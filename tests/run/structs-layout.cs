//@ exit = 0
// Covers: ECMA-335 II.10.1.2, II.10.7 — sequential, explicit and automatic layout; packing; overlapping fields; fixed buffers.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

struct Sequential { public byte A; public int B; public byte C; public long D; public short E; }
[StructLayout(LayoutKind.Sequential, Pack = 1)] struct Packed { public byte A; public int B; public byte C; public long D; public short E; }
[StructLayout(LayoutKind.Sequential, Size = 64)] struct Sized { public int A; }
[StructLayout(LayoutKind.Auto)] struct Auto { public byte A; public long B; public byte C; public int D; }
[StructLayout(LayoutKind.Explicit)]
struct Union
{
    [FieldOffset(0)] public float Float;
    [FieldOffset(0)] public uint Bits;
    [FieldOffset(0)] public byte Low;
    [FieldOffset(3)] public byte High;
    [FieldOffset(4)] public ushort Tail;
}
[StructLayout(LayoutKind.Explicit, Size = 24)]
struct Mixed { [FieldOffset(8)] public string? Text; [FieldOffset(16)] public int A; [FieldOffset(18)] public short Upper; }
struct WithReference { public byte A; public object? O; public byte B; public string? S; public int C; }
struct Generic<T> { public byte Tag; public T Value; }
unsafe struct Fixed { public int Count; public fixed byte Data[10]; public fixed long Longs[2]; }
struct Empty { }
class Base { public byte A; public long B; }
class Derived : Base { public byte C; public object? O; public int D; }

unsafe class Program
{
    static int Offset<T, F>(ref T whole, ref F field) => (int)Unsafe.ByteOffset(ref Unsafe.As<T, byte>(ref whole), ref Unsafe.As<F, byte>(ref field));

    static void Main()
    {
        Console.WriteLine($"{sizeof(Sequential)} {sizeof(Packed)} {sizeof(Sized)} {sizeof(Union)} {sizeof(Empty)} {sizeof(Fixed)} {Unsafe.SizeOf<Auto>()} {Unsafe.SizeOf<Mixed>()} {Unsafe.SizeOf<WithReference>()}");
        Console.WriteLine($"{sizeof(decimal)} {sizeof(Guid)} {sizeof(DateTime)} {sizeof(TimeSpan)} {sizeof(Int128)} {Unsafe.SizeOf<Generic<byte>>()} {Unsafe.SizeOf<Generic<long>>()} {Unsafe.SizeOf<Generic<string>>()} {Unsafe.SizeOf<(byte, int, byte)>()} {Unsafe.SizeOf<int?>()}");
        Sequential s = default;
        Packed p = default;
        Console.WriteLine($"{Offset(ref s, ref s.B)} {Offset(ref s, ref s.C)} {Offset(ref s, ref s.D)} {Offset(ref s, ref s.E)} / {Offset(ref p, ref p.B)} {Offset(ref p, ref p.C)} {Offset(ref p, ref p.D)} {Offset(ref p, ref p.E)}");

        Union u = default;
        u.Float = 1.0f;
        Console.WriteLine($"{u.Bits:X8} {u.Low} {u.High} {u.Tail}");
        u.High = 0xC0;
        u.Low = 1;
        Console.WriteLine($"{u.Float} {u.Bits:X8}");
        Mixed m = new() { Text = "kept", A = 0x11112222 };
        m.Upper = 0x3333;
        GC.Collect();
        Console.WriteLine($"{m.Text} {m.A:X}");

        Fixed f = default;
        for (int i = 0; i < 10; i++) f.Data[i] = (byte)(i * i);
        f.Longs[1] = -1;
        Fixed g = f;
        g.Data[9]++;
        Console.WriteLine($"{f.Data[9]} {g.Data[9]} {g.Longs[0]} {g.Longs[1]} {f.Count}");

        var w = new WithReference { A = 1, O = "o", B = 2, S = "s", C = 3 };
        var copy = w;
        w = default;
        Console.WriteLine($"{copy.A} {copy.O} {copy.B} {copy.S} {copy.C} {w.O == null}");
        var d = new Derived { A = 1, B = long.MaxValue, C = 3, O = "x", D = -4 };
        Console.WriteLine($"{d.A} {d.B} {d.C} {d.O} {d.D}");
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<Packed>(ref p));
        bytes[1] = 0x2A;
        Console.WriteLine($"{p.B} {bytes.Length} {MemoryMarshal.Read<int>(bytes[1..])} {MemoryMarshal.Cast<byte, ushort>(bytes)[1]}");
        Console.WriteLine($"{Unsafe.BitCast<float, int>(2f):X} {Marshal.SizeOf<Sequential>()} {Marshal.SizeOf<Union>()}");
    }
}

//@ exit = 0
// Covers: System.Runtime.InteropServices.Marshal — sizes, offsets and copies of structures without references, exceptions of error codes, memory of types.
#nullable disable
using System;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

struct Point { public int X, Y; }
[StructLayout(LayoutKind.Sequential, Pack = 1)] struct Packed { public byte A; public long B; public short C; }
[StructLayout(LayoutKind.Explicit, Size = 24)] struct Union { [FieldOffset(0)] public int I; [FieldOffset(0)] public float F; [FieldOffset(8)] public long L; }
struct Outer { public byte Tag; public Point P; public DayOfWeek Day; public nint Handle; }
[StructLayout(LayoutKind.Sequential, Size = 40)] struct Padded { public int A; }
[StructLayout(LayoutKind.Auto)] struct Auto { public byte A; public int B; }
unsafe struct Buffer { public fixed int Items[4]; public double* Pointer; }

unsafe class Program
{
    static void Try(string name, Func<object> f)
    {
        object r;
        try { r = f() ?? "null"; } catch (Exception e) { r = e.GetType().Name; }
        Console.WriteLine($"{name}: {r}");
    }

    static string Code(uint code)
    {
        var e = Marshal.GetExceptionForHR((int)code);
        return e == null ? "null" : e.GetType().Name + " " + e.HResult.ToString("x8");
    }

    static int Main()
    {
        Try("sizes", () => $"{Marshal.SizeOf<Point>()} {Marshal.SizeOf(typeof(Packed))} {Marshal.SizeOf(new Union())} {Marshal.SizeOf<Outer>()} {Marshal.SizeOf<Padded>()} {Marshal.SizeOf<Buffer>()}");
        Try("primitive sizes", () => $"{Marshal.SizeOf<int>()} {Marshal.SizeOf<double>()} {Marshal.SizeOf<nint>()} {Marshal.SizeOf<bool>()} {Marshal.SizeOf<char>()} {Marshal.SizeOf(typeof(byte))}");
        Try("auto", () => Marshal.SizeOf<Auto>());
        Try("generic", () => Marshal.SizeOf(typeof(ValueTuple<int>)));
        Try("null", () => Marshal.SizeOf((Type)null));
        Try("offsets", () => $"{Marshal.OffsetOf<Packed>("B")} {Marshal.OffsetOf<Union>("L")} {Marshal.OffsetOf(typeof(Outer), "Day")} {Marshal.OffsetOf<Outer>("P")} {Marshal.OffsetOf<Outer>("Handle")}");
        Try("no field", () => Marshal.OffsetOf<Point>("Z"));
        IntPtr memory = Marshal.AllocHGlobal(64);
        Try("there and back", () =>
        {
            Marshal.StructureToPtr(new Outer { Tag = 1, P = new Point { X = 2, Y = 3 }, Day = DayOfWeek.Friday, Handle = 9 }, memory, false);
            var o = Marshal.PtrToStructure<Outer>(memory);
            return $"{o.Tag} {o.P.X} {o.P.Y} {o.Day} {o.Handle} {Marshal.ReadInt32(memory, 4)}";
        });
        Try("boxed", () => { Marshal.StructureToPtr((object)new Point { X = 4, Y = 5 }, memory, true); return ((Point)Marshal.PtrToStructure(memory, typeof(Point))).Y; });
        Try("destroy", () => { Marshal.DestroyStructure<Point>(memory); return "done"; });
        Try("packed", () => { Marshal.StructureToPtr(new Packed { A = 1, B = 2, C = 3 }, memory, false); return Marshal.ReadInt64(memory + 1) + " " + Marshal.PtrToStructure<Packed>(memory).C; });
        Try("auto copy", () => { Marshal.StructureToPtr(new Auto(), memory, false); return null; });
        Try("null copy", () => { Marshal.StructureToPtr((object)null, memory, false); return null; });
        Try("null memory", () => Marshal.PtrToStructure(IntPtr.Zero, typeof(Point)));
        Marshal.FreeHGlobal(memory);
        Try("codes", () => string.Join(", ", Code(0x80004001), Code(0x80004002), Code(0x80004003), Code(0x80004005), Code(0x80070002), Code(0x80070005), Code(0x80070057), Code(0x8007000e)));
        Try("more codes", () => string.Join(", ", Code(0x80131502), Code(0x80131509), Code(0x80131515), Code(0x80131620), Code(0x8013153b), Code(0x80020012), Code(0), Code(1), Code(0x8000ffff)));
        Try("throw", () => { Marshal.ThrowExceptionForHR(unchecked((int)0x80070057)); return null; });
        Try("type memory", () => { byte* p = (byte*)RuntimeHelpers.AllocateTypeAssociatedMemory(typeof(Program), 16); int sum = 0; for (int i = 0; i < 16; i++) sum += p[i]; return sum; });
        Try("prepare", () => { RuntimeHelpers.PrepareMethod(typeof(Program).GetMethod("Code", BindingFlags.Static | BindingFlags.NonPublic).MethodHandle); return "done"; });
        return 0;
    }
}

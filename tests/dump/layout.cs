//@ stage = "layout"
//@ filter = "Shape"
// Covers: ECMA-335 II.10.7 — offsets and sizes of automatic, sequential, packed and explicit layouts; statics take no room.
using System.Runtime.InteropServices;

struct ShapeSequential { public byte A; public int B; public byte C; public long D; }
[StructLayout(LayoutKind.Sequential, Pack = 1)] struct ShapePacked { public byte A; public int B; public long C; }
[StructLayout(LayoutKind.Explicit, Size = 24)] struct ShapeExplicit { [FieldOffset(0)] public int A; [FieldOffset(0)] public float B; [FieldOffset(8)] public object? C; }
struct ShapeReferences { public byte A; public string? B; public ShapeSequential C; public object? D; }
class ShapeBase { public byte A; public long B; public object? C; static int count; static string? name; public static int Count => count + (name?.Length ?? 0); }
class ShapeDerived : ShapeBase { public byte D; public string? E; public ShapeReferences F; }

class Program
{
    static void Main() { }
}

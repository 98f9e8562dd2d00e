//@ exit = 0
// Covers: [InlineArray] — layout, element access through spans, copies, references kept alive, generic elements.
using System;
using System.Runtime.CompilerServices;

[InlineArray(4)] struct Four<T> { private T first; }
[InlineArray(10)] struct Ten { private int first; }
struct Holder { public int Before; public Four<string> Names; public int After; }

class Program
{
    static int Sum(ReadOnlySpan<int> values) { int total = 0; foreach (int v in values) total += v; return total; }
    static Four<string> Make(string prefix)
    {
        Four<string> f = default;
        for (int i = 0; i < 4; i++) f[i] = prefix + i;
        return f;
    }

    static void Main()
    {
        Ten ten = default;
        for (int i = 0; i < 10; i++) ten[i] = i * 3;
        Ten copy = ten;
        copy[9] = 1000;
        Console.WriteLine($"{Sum(ten)} {Sum(copy)} {Sum(ten[2..4])} {ten[^1]} {Unsafe.SizeOf<Ten>()} {Unsafe.SizeOf<Four<byte>>()} {Unsafe.SizeOf<Four<string>>()}");
        try { int bad = 10; Console.WriteLine(ten[bad]); } catch (IndexOutOfRangeException) { Console.WriteLine("bounds"); }

        var holder = new Holder { Before = 1, Names = Make("n"), After = 2 };
        var boxed = (object)holder;
        holder.Names[2] = "changed";
        for (int i = 0; i < 3000; i++) _ = new string('x', 50);
        GC.Collect();
        var unboxed = (Holder)boxed;
        Console.WriteLine($"{holder.Names[0]} {holder.Names[2]} {unboxed.Names[2]} {unboxed.Names[3]} {unboxed.Before} {unboxed.After}");
        Span<string> names = holder.Names;
        names.Reverse();
        foreach (string name in holder.Names) Console.Write(name + " ");
        Console.WriteLine();
        Four<(int, string)> pairs = default;
        pairs[1] = (1, "one");
        ref var slot = ref pairs[3];
        slot.Item2 = "three";
        Console.WriteLine($"{pairs[1]} {pairs[3]} {pairs[0].Item2 == null}");
        var array = new Four<string>[3];
        array[1] = Make("a");
        array[1][0] += "!";
        Console.WriteLine($"{array[1][0]} {array[1][3]} {array[0][0] == null}");
    }
}

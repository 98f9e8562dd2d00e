//@ exit = 0
// Covers: ECMA-335 III.4.20 — lengths that no array or string can have: which exception, and that the heap is as it was.
using System;

class P
{
    struct Wide { public long A, B, C, D, E, F, G, H; }

    static void Try(string what, Func<object> make)
    {
        try
        {
            object o = make();
            Console.WriteLine($"{what}: made {(o is Array a ? a.LongLength : ((string)o).Length)}");
        }
        catch (Exception e)
        {
            // .NET 9 and 10 have different texts for strings.
            Console.WriteLine($"{what}: {e.GetType().Name} {(e is OutOfMemoryException && !what.StartsWith("string") ? e.Message : "")}");
        }
    }

    static int n = int.MaxValue, zero = 0, minus = -1;
    static long beyond = 1L << 32, most = long.MaxValue;

    static void Main()
    {
        Try("negative", () => new byte[minus]);
        Try("negative, long", () => new byte[(long)minus]);
        Try("2^31-1", () => new byte[n]);
        Try("2^31-1 references", () => new object[n]);
        Try("2^31-1 wide structures", () => new Wide[n]);
        Try("one beyond the longest", () => new byte[0x7FFFFFC8]);
        Try("2^31", () => new byte[1L + n]);
        Try("2^32", () => new byte[beyond]);
        Try("2^32 references", () => new object[beyond]);
        Try("2^63-1", () => new Wide[most]);

        Try("pinned, negative", () => GC.AllocateArray<byte>(minus, pinned: true));
        Try("pinned, 2^31-1", () => GC.AllocateArray<byte>(n, pinned: true));
        Try("pinned, 2^31-1 longs", () => GC.AllocateArray<long>(n, pinned: true));
        Try("pinned, small", () => GC.AllocateArray<long>(3, pinned: true));
        Try("uninitialised, negative", () => GC.AllocateUninitializedArray<int>(minus));
        Try("uninitialised, 2^31-1", () => GC.AllocateUninitializedArray<int>(n));

        Try("two dimensions", () => new int[n, n]);
        Try("2^16 by 2^16", () => new byte[65536 + zero, 65536]);
        Try("two dimensions, one empty", () => new int[n, zero]);
        Try("the longest and empty", () => new int[0x7FFFFFC7 + zero, zero]);
        Try("two dimensions, the other empty", () => new int[zero, n]);
        Try("three dimensions, the last empty", () => new int[n, n, zero]);
        Try("three dimensions, the first empty", () => new int[zero, n, n]);
        Try("negative after empty", () => new int[zero, minus]);

        Try("bounds up to the last index", () => Array.CreateInstance(typeof(int), new[] { 1, 2 }, new[] { n, 0 }));
        Try("bounds beyond it", () => Array.CreateInstance(typeof(int), new[] { 2, 2 }, new[] { n, 0 }));
        Try("created, negative", () => Array.CreateInstance(typeof(int), minus));
        Try("created, 2^31-1", () => Array.CreateInstance(typeof(int), n));

        Try("string, negative", () => new string('x', minus));
        Try("string, 2^31-1", () => new string('x', n));
        Try("string, 2^30", () => new string('x', 1 << 30));
        Try("string of length zero", () => new string('x', zero));

        // The heap is as it was.
        GC.Collect();
        int[] after = new int[1000];
        after[999] = 1;
        Console.WriteLine(after[999] + after[0]);
    }
}

//@ exit = 0
//@ targets = ["linux-arm64", "linux-arm64+gc-stress"]
// Covers: the collector — object graphs survive moves, identity hashes stay, interior pointers, weak and dependent handles, finalizers, large objects.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

class Node { public Node? Left, Right; public int Value; public byte[] Pad = new byte[24]; }
struct Mixed { public int A; public string S; public object? O; public int B; }
class Final { public static int Count; public static Final? Revived; public bool Revive; ~Final() { Count++; if (Revive) { Revive = false; Revived = this; } } }

class Program
{
    static Node Build(int depth, ref int counter) => depth == 0 ? new Node { Value = counter++ } : new Node { Left = Build(depth - 1, ref counter), Right = Build(depth - 1, ref counter), Value = counter++ };
    static long Sum(Node? n) => n == null ? 0 : n.Value + Sum(n.Left) + Sum(n.Right);
    [MethodImpl(MethodImplOptions.NoInlining)] static WeakReference<object> Weak() => new(new object());
    [MethodImpl(MethodImplOptions.NoInlining)] static void MakeFinal(bool revive) => _ = new Final { Revive = revive };
    [MethodImpl(MethodImplOptions.NoInlining)] static void Scrub(int n) { Span<long> s = stackalloc long[64]; s.Fill(n); if (n > 0) Scrub(n - 1); }

    static void Main()
    {
        int counter = 0;
        Node tree = Build(12, ref counter);
        long before = Sum(tree);
        var hashes = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        for (Node? n = tree; n != null; n = n.Left) hashes[n] = RuntimeHelpers.GetHashCode(n);
        var keep = new List<object>();
        for (int i = 0; i < 20000; i++) { var garbage = new string('g', i % 100); if (i % 100 == 0) keep.Add(garbage); }
        GC.Collect();
        Console.WriteLine($"{Sum(tree) == before} {counter} {hashes.All(p => RuntimeHelpers.GetHashCode(p.Key) == p.Value)} {hashes.ContainsKey(tree.Left!)} {keep.Count} {keep.Cast<string>().Sum(s => s.Length)}");

        var mixed = new Mixed[100];
        for (int i = 0; i < 100; i++) mixed[i] = new Mixed { A = i, S = "s" + i, O = i % 2 == 0 ? (object)(long)i : null, B = -i };
        var boxed = mixed.Select(m => (object)m).ToArray();
        var big = new object[30000];
        for (int i = 0; i < big.Length; i++) big[i] = i % 3 == 0 ? boxed[i % 100] : i.ToString();
        GC.Collect(2, GCCollectionMode.Forced, true, true);
        Console.WriteLine($"{mixed.All(m => m.S == "s" + m.A && m.B == -m.A && (m.O == null || (long)m.O == m.A))} {((Mixed)boxed[42]).S} {big[29999]} {((Mixed)big[29997]).A}");

        WeakReference<object> weak = Weak();
        var strong = new object();
        var weakStrong = new WeakReference(strong);
        var table = new ConditionalWeakTable<object, string>();
        table.Add(strong, "attached");
        MakeFinal(false);
        MakeFinal(true);
        Scrub(20);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Console.WriteLine($"{weak.TryGetTarget(out _)} {weakStrong.IsAlive} {table.TryGetValue(strong, out string? value)} {value} {Final.Count} {Final.Revived != null}");
        Final.Revived = null;
        GC.KeepAlive(strong);

        GCHandle handle = GCHandle.Alloc("kept by a handle" + counter);
        byte[] large = new byte[1_000_000];
        large[999_999] = 7;
        ref byte last = ref large[999_999];
        for (int i = 0; i < 50; i++) { var l = new int[50_000]; l[i] = i; }
        GC.Collect();
        last++;
        Console.WriteLine($"{handle.Target} {large[^1]} {GC.GetGeneration(large) >= 0} {GC.CollectionCount(0) >= 3} {GC.GetTotalMemory(false) > 0}");
        handle.Free();
        Console.WriteLine(GC.MaxGeneration);
    }
}

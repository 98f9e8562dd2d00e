//@ exit = 0
// Covers: System.GC and GCSettings — counts by generation, generations of old, large and frozen objects, modes, regions without collections, pinning among many, tables of weak keys.
#nullable disable
using System;
using System.Collections.Generic;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

class Program
{
    static void Try(string name, Func<object> f)
    {
        object r;
        try { r = f() ?? "null"; } catch (Exception e) { r = e.GetType().Name; }
        Console.WriteLine($"{name}: {r}");
    }

    static string Counts(Action a)
    {
        int[] before = { GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2) };
        a();
        string s = "";
        for (int i = 0; i < 3; i++)
            s += GC.CollectionCount(i) > before[i] ? i.ToString() : "";
        return s;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Fill(List<byte[]> all, List<GCHandle> pins, List<IntPtr> places)
    {
        for (int i = 0; i < 4_000; i++)
        {
            var b = new byte[10];
            b[3] = (byte)i;
            if (i % 40 == 0)
            {
                pins.Add(GCHandle.Alloc(b, GCHandleType.Pinned));
                places.Add(pins[^1].AddrOfPinnedObject());
            }
            all.Add(b);
        }
    }

    static string Pins()
    {
        var all = new List<byte[]>();
        var pins = new List<GCHandle>();
        var places = new List<IntPtr>();
        Fill(all, pins, places);
        GC.Collect();
        Fill(all, pins, places);
        int wrong = 0;
        for (int i = 0; i < all.Count; i++)
            wrong += all[i][3] == (byte)(i % 4_000) ? 0 : 1;
        for (int i = 0; i < pins.Count; i++)
        {
            wrong += pins[i].AddrOfPinnedObject() == places[i] && Marshal.ReadByte(places[i] + 3) == (byte)(i % 100 * 40) ? 0 : 1;
            pins[i].Free();
        }
        return all.Count + " " + pins.Count + " " + wrong;
    }

    static string Large()
    {
        long sum = 0;
        for (int i = 0; i < 24; i++)
        {
            var a = new byte[4 << 20];
            sum += a[0] + a[1 << 20] + a[^1];
            a[0] = a[1 << 20] = a[^1] = 1;
            var s = new int[100 << 10];
            sum += s[5] + s[^1];
            s[5] = s[^1] = 1;
        }
        return sum.ToString();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Table(ConditionalWeakTable<object, object> table, object[] keep, int i)
    {
        var key = new object();
        table.Add(key, new int[10]);
        if (i % 3 == 0) table.Remove(key);
        if (i % 5 == 0) keep[i / 5] = key;
    }

    static string Tables()
    {
        var table = new ConditionalWeakTable<object, object>();
        var keep = new object[40];
        for (int i = 0; i < 200; i++) Table(table, keep, i);
        GC.Collect();
        int found = 0, pairs = 0;
        foreach (var k in keep) found += table.TryGetValue(k, out _) ? 1 : 0;
        foreach (var pair in table) pairs += Array.IndexOf(keep, pair.Key) >= 0 ? 1 : 0;
        return found + " " + pairs;
    }

    static string Dependent()
    {
        var key = new object();
        var d = new DependentHandle(key, "text" + key.GetHashCode());
        GC.Collect();
        var (target, dependent) = d.TargetAndDependent;
        string s = (target == key) + " " + ((string)dependent).Substring(0, 4);
        d.Target = null;
        GC.Collect();
        s += " " + (d.Dependent ?? "null");
        d.Dispose();
        return s + " " + d.IsAllocated;
    }

    static int Main()
    {
        Try("collect 0", () => Counts(() => GC.Collect(0)));
        Try("collect 1", () => Counts(() => GC.Collect(1)));
        Try("collect 2", () => Counts(() => GC.Collect(2)));
        Try("collect all", () => Counts(() => GC.Collect()));
        Try("collect mode", () => Counts(() => GC.Collect(2, GCCollectionMode.Forced, true, true)));
        Try("collect -1", () => { GC.Collect(-1); return null; });
        Try("count 3", () => GC.CollectionCount(3));
        Try("count -1", () => GC.CollectionCount(-1));
        Try("max", () => GC.MaxGeneration);
        Try("nothing asked", () => Counts(() => { for (int i = 0; i < 2_000; i++) GC.KeepAlive(new byte[i % 50]); }));
        Try("large ones", () => Counts(() => { for (int i = 0; i < 3; i++) GC.KeepAlive(new byte[100_000]); }));
        Try("seen", () => { int n = GC.CollectionCount(0); while (GC.CollectionCount(0) == n) GC.KeepAlive(new byte[100_000]); return true; });
        Try("seen of small ones", () => { int n = GC.CollectionCount(0); while (GC.CollectionCount(0) == n) GC.KeepAlive(new byte[4_000]); return true; });
        Try("older", () => { var o = new object(); int a = GC.GetGeneration(o); GC.Collect(); int b = GC.GetGeneration(o); GC.Collect(); int c = GC.GetGeneration(o); GC.KeepAlive(o); return (a, b, c); });
        Try("old", () => { var o = new object(); GC.Collect(); GC.Collect(); GC.Collect(); return GC.GetGeneration(o); });
        Try("large", () => GC.GetGeneration(new byte[200_000]));
        Try("literal", () => GC.GetGeneration("literal"));
        Try("weak", () => { var o = new object(); var w = new WeakReference(o); GC.Collect(); GC.Collect(); GC.Collect(); int g = GC.GetGeneration(w); GC.KeepAlive(o); return g; });
        Try("server", () => GCSettings.IsServerGC);
        Try("latency", () => { GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency; var m = GCSettings.LatencyMode; GCSettings.LatencyMode = GCLatencyMode.Interactive; return m + " " + GCSettings.LatencyMode; });
        Try("latency bad", () => { GCSettings.LatencyMode = (GCLatencyMode)17; return null; });
        Try("latency none", () => { GCSettings.LatencyMode = GCLatencyMode.NoGCRegion; return null; });
        Try("loh", () => { GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce; var m = GCSettings.LargeObjectHeapCompactionMode; GC.Collect(2, GCCollectionMode.Forced, true, true); return m + " " + GCSettings.LargeObjectHeapCompactionMode; });
        Try("loh bad", () => { GCSettings.LargeObjectHeapCompactionMode = 0; return null; });
        Try("region", () => GC.TryStartNoGCRegion(8_000_000));
        Try("region mode", () => GCSettings.LatencyMode);
        Try("region latency", () => { GCSettings.LatencyMode = GCLatencyMode.Batch; return null; });
        Try("region use", () => Counts(() => { for (int i = 0; i < 20_000; i++) GC.KeepAlive(new byte[100]); GC.KeepAlive(new byte[2_000_000]); }));
        Try("region end", () => { GC.EndNoGCRegion(); return GCSettings.LatencyMode; });
        Try("region over", () => { GC.EndNoGCRegion(); return null; });
        Try("region twice", () => { GC.TryStartNoGCRegion(1_000_000); return GC.TryStartNoGCRegion(1_000_000); });
        Try("region after", () => GCSettings.LatencyMode);
        Try("region exceeded", () => { GC.TryStartNoGCRegion(1_000_000); for (int i = 0; i < 400_000; i++) GC.KeepAlive(new byte[100]); GC.EndNoGCRegion(); return null; });
        Try("region induced", () => { GC.TryStartNoGCRegion(1_000_000); GC.Collect(); GC.EndNoGCRegion(); return null; });
        Try("region negative", () => GC.TryStartNoGCRegion(-1));
        Try("region huge", () => GC.TryStartNoGCRegion(long.MaxValue));
        Try("notification none", () => GC.WaitForFullGCComplete(1));
        Try("notification", () => { GC.RegisterForFullGCNotification(10, 10); return GC.WaitForFullGCComplete(0); });
        Try("notification cancelled", () => { GC.CancelFullGCNotification(); return GC.WaitForFullGCApproach(1); });
        Try("suppress null", () => { GC.SuppressFinalize(null); return null; });
        Try("pressure", () => { GC.AddMemoryPressure(1000); GC.RemoveMemoryPressure(1000); return "done"; });
        Try("pressure 0", () => { GC.AddMemoryPressure(0); return null; });
        Try("allocated", () => { long a = GC.GetAllocatedBytesForCurrentThread(), t = GC.GetTotalAllocatedBytes(true); GC.KeepAlive(new byte[100_000]); GC.KeepAlive(new byte[1000]); long da = GC.GetAllocatedBytesForCurrentThread() - a, dt = GC.GetTotalAllocatedBytes(true) - t; return (da >= 101_000 && da < 200_000) + " " + (dt >= 101_000); });
        Try("total", () => { var keep = new byte[10_000_000]; long with = GC.GetTotalMemory(true); GC.KeepAlive(keep); keep = null; return with > 10_000_000; });
        Try("info", () => { GC.Collect(); var i = GC.GetGCMemoryInfo(); return (i.Index > 0) + " " + (i.HeapSizeBytes > 0) + " " + (i.Generation <= GC.MaxGeneration) + " " + (i.TotalAvailableMemoryBytes > 0) + " " + (i.PauseDurations[0] > TimeSpan.Zero) + " " + (i.PauseTimePercentage >= 0); });
        Try("pause", () => GC.GetTotalPauseDuration() > TimeSpan.Zero);
        Try("pins", Pins);
        Try("large zero", Large);
        Try("tables", Tables);
        Try("dependent", Dependent);
        Try("pinned array", () => { var a = GC.AllocateArray<int>(10, true); a[3] = 5; unsafe { fixed (int* p = a) { GC.Collect(); fixed (int* q = a) return (p == q) + " " + q[3]; } } });
        Try("too long", () => new long[int.MaxValue].Length);
        Try("not alive", () => { var w = Weak(); GC.Collect(); GC.Collect(); return w.IsAlive; });
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference Weak() => new(new object());
}

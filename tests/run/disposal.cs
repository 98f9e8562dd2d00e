//@ exit = 0
// Covers: IDisposable, using declarations, Lazy<T>, IComparable and IEquatable contracts, yield of locks, simple state machines.
using System;
using System.Collections.Generic;
using System.Linq;

sealed class Res(string name, List<string> log) : IDisposable { public bool Disposed; public void Dispose() { if (Disposed) throw new ObjectDisposedException(name); Disposed = true; log.Add("-" + name); } public Res Open() { log.Add("+" + name); return this; } }
ref struct Scope { readonly List<string> log; public Scope(List<string> log) { this.log = log; log.Add("scope"); } public void Dispose() => log.Add("end"); }
struct StructRes : IDisposable { public List<string> Log; public void Dispose() => Log.Add("struct"); }
class Version2 : IComparable<Version2>, IEquatable<Version2>
{
    public int Major, Minor;
    public int CompareTo(Version2? o) => o is null ? 1 : (Major, Minor).CompareTo((o.Major, o.Minor));
    public bool Equals(Version2? o) => o is not null && CompareTo(o) == 0;
    public override bool Equals(object? o) => Equals(o as Version2);
    public override int GetHashCode() => HashCode.Combine(Major, Minor);
    public override string ToString() => $"{Major}.{Minor}";
}

class Program
{
    static int Early(List<string> log, bool leave)
    {
        using var a = new Res("a", log).Open();
        if (leave) return 1;
        using (var s = new Scope(log)) { using Res? none = null; log.Add("body"); }
        using var b = new Res("b", log).Open();
        return 2;
    }

    static void Main()
    {
        var log = new List<string>();
        Console.WriteLine($"{Early(log, true)} {string.Join(" ", log)}");
        log.Clear();
        Console.WriteLine($"{Early(log, false)} {string.Join(" ", log)}");
        log.Clear();
        using (new StructRes { Log = log }) log.Add("in");
        IDisposable boxed = new StructRes { Log = log };
        boxed.Dispose();
        try { using var r = new Res("x", log); r.Dispose(); } catch (ObjectDisposedException e) { log.Add(e.ObjectName); }
        Console.WriteLine(string.Join(" ", log));
        int made = 0;
        var lazy = new Lazy<string>(() => $"made {++made}", isThreadSafe: false);
        Console.WriteLine($"{lazy.IsValueCreated} {lazy.Value} {lazy.Value} {made} {lazy.IsValueCreated} {lazy}");
        var failing = new Lazy<int>(() => { made++; throw new InvalidOperationException("lazy"); });
        for (int i = 0; i < 2; i++) try { _ = failing.Value; } catch (InvalidOperationException e) { Console.WriteLine($"{e.Message} {made}"); }
        Version2[] vs = { new() { Major = 1, Minor = 10 }, new() { Major = 1, Minor = 9 }, new() { Major = 0, Minor = 99 } };
        Array.Sort(vs);
        Console.WriteLine($"{string.Join<Version2>(" ", vs)} {vs.Contains(new() { Major = 1, Minor = 9 })} {vs.ToHashSet().Count} {vs.Max()} {Array.IndexOf(vs, new Version2 { Major = 1, Minor = 10 })} {Comparer<Version2>.Default.Compare(null, vs[0])}");
        object gate = new();
        int inside = 0;
        lock (gate) { lock (gate) inside++; try { lock (gate) throw new Exception("in lock"); } catch (Exception e) { Console.WriteLine($"{e.Message} {System.Threading.Monitor.IsEntered(gate)} {inside}"); } }
        Console.WriteLine(System.Threading.Monitor.IsEntered(gate));
    }
}

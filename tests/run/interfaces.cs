//@ exit = 0
//@ targets = ["linux-arm64"]
// Covers: ECMA-335 II.12.2 — interface dispatch: explicit and implicit implementations, re-implementation, many interfaces, generics.
using System;
using System.Collections.Generic;

interface IA { string M(); }
interface IB { string M(); }
interface IC : IA, IB { string N() => "IC.N+" + ((IA)this).M(); }
class Both : IA, IB { public string M() => "implicit"; string IB.M() => "explicit B"; }
class Inherits : Both { public new string M() => "not the slot"; }
class Reimplements : Both, IA { public new string M() => "reimplemented"; }
class Diamond : IC { string IA.M() => "A"; string IB.M() => "B"; }
class BaseImpl { public string M() => "from base, non-virtual"; }
class Late : BaseImpl, IA { }
abstract class Half : IA { public abstract string M(); }
class Whole : Half { public override string M() => "whole"; }
struct Value : IA, IEquatable<Value> { public int N; public string M() => $"struct {++N}"; public bool Equals(Value v) => v.N == N; }

interface IShape { int Id { get; } event Action? Changed; int this[int i] { get; set; } }
class Store : IShape
{
    private readonly int[] data = new int[4];
    public int Id => 42;
    public event Action? Changed;
    public int this[int i] { get => data[i]; set { data[i] = value; Changed?.Invoke(); } }
}

interface IKey<T> { string Show(T value); }
class Multi : IKey<int>, IKey<string>, IKey<object>, IKey<List<int>>
{
    public string Show(int v) => "int " + v;
    public string Show(string v) => "string " + v;
    public string Show(object v) => "object";
    string IKey<List<int>>.Show(List<int> v) => "list " + v.Count;
}

// Enough implementers at one call site to defeat any one-entry cache.
class S0 : IA { public string M() => "0"; } class S1 : IA { public string M() => "1"; } class S2 : IA { public string M() => "2"; }
class S3 : IA { public string M() => "3"; } class S4 : IA { public string M() => "4"; } class S5 : IA { public string M() => "5"; }

class Program
{
    static void Main()
    {
        IA[] all = { new Both(), new Inherits(), new Reimplements(), new Diamond(), new Late(), new Whole(), new Value() };
        foreach (IA a in all) Console.WriteLine($"{a.GetType().Name}: {a.M()}{(a is IB b ? " / " + b.M() : "")}");
        Console.WriteLine($"{((IC)all[3]).N()} {all[6].M()} {((Value)all[6]).N}");
        string megamorphic = "";
        IA[] many = { new S0(), new S1(), new S2(), new S3(), new S4(), new S5() };
        for (int i = 0; i < 30; i++) megamorphic += many[i * 7 % 6].M();
        Console.WriteLine(megamorphic);

        var multi = new Multi();
        Console.WriteLine($"{((IKey<int>)multi).Show(1)} {((IKey<string>)multi).Show("s")} {((IKey<object>)multi).Show(multi)} {((IKey<List<int>>)multi).Show(new() { 1, 2 })}");
        IShape shape = new Store();
        int changes = 0;
        Action handler = () => changes++;
        shape.Changed += handler;
        shape[2] = 5;
        shape[2] *= 3;
        shape.Changed -= handler;
        shape[0] = 1;
        Console.WriteLine($"{shape.Id} {shape[2]} {changes}");
        object o = new Both();
        Console.WriteLine($"{o is IA} {o is IC} {o as IC == null} {new Value().Equals(default)} {o is IDisposable}");
        try { _ = (IC)o; } catch (InvalidCastException e) { Console.WriteLine(e.Message); }
        IA? none = null;
        try { none!.M(); } catch (NullReferenceException) { Console.WriteLine("null interface"); }
        IEnumerable<int> sequence = new[] { 1, 2, 3 };
        int sum = 0;
        foreach (int n in sequence) sum += n;
        Console.WriteLine($"{sum} {sequence is IList<int>} {sequence is IReadOnlyCollection<int>} {sequence is IEnumerable<long>}");
    }
}

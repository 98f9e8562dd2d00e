//@ exit = 0
// Covers: ECMA-335 I.8.9.6.7 — finalizers see what constructors and initialisers stored, even when nothing else reads it; order along the hierarchy; SuppressFinalize.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

class Resource
{
    public static readonly List<string> Log = new();
    readonly string name;
    readonly int[] numbers;
    public object? Tag { get; set; }
    public Resource(string name, int n) { this.name = name; numbers = new[] { n, n + 1 }; }
    ~Resource() { lock (Log) Log.Add($"{name}{(numbers == null ? "?" : numbers[0] + numbers[1])}{Tag}"); }
}
class Derived : Resource, IDisposable
{
    readonly string text;
    public Derived(string name) : base(name, 5) => text = name + "!";
    ~Derived() { lock (Log) Log.Add("derived " + text); }
    public void Dispose() => GC.SuppressFinalize(this);
}
class Generic<T> where T : new() { public T Value = new(); ~Generic() { lock (Resource.Log) Resource.Log.Add(typeof(T).Name + (Value == null)); } }

class Program
{
    [MethodImpl(MethodImplOptions.NoInlining)] static void Make() { _ = new Resource("a", 3) { Tag = "tag" }; _ = new Derived("b"); using (new Derived("never")) { } _ = new Generic<List<int>>(); }
    [MethodImpl(MethodImplOptions.NoInlining)] static void Scrub(int n) { Span<long> s = stackalloc long[64]; s.Fill(n); if (n > 0) Scrub(n - 1); }

    static void Main()
    {
        Make();
        Scrub(20);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Console.WriteLine(Resource.Log.IndexOf("derived b!") + 1 == Resource.Log.IndexOf("b11"));
        Resource.Log.Sort(string.CompareOrdinal);
        Console.WriteLine(string.Join(" | ", Resource.Log));
    }
}

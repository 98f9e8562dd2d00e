using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Threading.Tasks;

class OutOfFuel : Exception { }
class Thrown : Exception { public readonly int Value; public Thrown(int value) : base("thrown " + value) { Value = value; } }
class Deeper : Thrown { public Deeper(int value) : base(value ^ 1) { } }

struct Scoped : IDisposable
{
    readonly int value;
    public Scoped(int value) { this.value = value; K.P("enter", value); }
    public void Dispose() => K.P("leave", value);
}

// Its own equality: CoreCLR throws for that of ValueType, but only until it has seen the type.
[InlineArray(4)]
struct Four<T>
{
    T first;
    public static Four<T> Of(T a, T b) { Four<T> four = default; four[0] = a; four[2] = b; return four; }
    public override string ToString() { string text = ""; foreach (T item in this) text += "/" + K.S(item); return text; }
    public override bool Equals(object other) => other is Four<T> four && EqualityComparer<T>.Default.Equals(four[0], this[0]) && EqualityComparer<T>.Default.Equals(four[2], this[2]);
    public override int GetHashCode() => HashCode.Combine(this[0], this[3]);
}

interface IMaker<TSelf> where TSelf : IMaker<TSelf>
{
    static abstract TSelf Make(int n);
    static virtual string Tell(int n) => $"{typeof(TSelf).Name}{n}{K.S(TSelf.Make(n))}";
}

// Something with a reference into an array, as spans are.
ref struct Cursor<T>
{
    public ref T At;
    public Span<T> Rest;
    public Cursor(T[] array, int from) { At = ref array[from]; Rest = array.AsSpan(from); }
    public Cursor<T> Next() { Cursor<T> next = this; if (Rest.Length > 1) { next.Rest = Rest[1..]; next.At = ref next.Rest[0]; } return next; }
    public void Swap(ref T other) { T kept = other; other = At; At = kept; }
}

struct Layer<T> : IMaker<Layer<T>> where T : IMaker<T>
{
    public T Inner;
    public static Layer<T> Make(int n) => new Layer<T> { Inner = T.Make(n + 1) };
    public override string ToString() => "<" + K.S(Inner) + ">";
}

// What every generated program uses: it prints values in one form, and ends programs that run long.
static class K
{
    const int Lines = 120;
    static int fuel, lines, depth;
    static ulong hash;
    public static readonly object Gate = new();
    public static readonly System.Globalization.CultureInfo Culture = System.Globalization.CultureInfo.InvariantCulture;

    public static void Run(int number, Action program)
    {
        Console.WriteLine("#" + number);
        fuel = 6000; lines = 0; depth = 0; hash = 14695981039346656037;
        try { program(); }
        catch (Exception e) { P("unhandled", e.GetType().Name); }
        Console.WriteLine("=" + hash);
    }

    public static void Tick() { if (--fuel < 0) throw new OutOfFuel(); }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T Id<T>(T value) => value;
    public static T That<T>(T value) => value is null ? throw new NullReferenceException() : value;

    // Shows when a filter or a condition is asked.
    public static bool W(string label, bool answer) { P(label, answer); return answer; }

    public static async Task<T> Later<T>(T value) { await Task.Yield(); return value; }

    public static bool SameHash<T>(T value)
    {
        T copy = new[] { value }[0];
        return EqualityComparer<T>.Default.GetHashCode(value) == copy?.GetHashCode();
    }

    public static T Make<T>(int n) where T : IMaker<T> => T.Make(n);
    public static string Tell<T>(int n) where T : IMaker<T> => T.Tell(n);
    public static List<T> All<T>(int n) where T : IMaker<T> => Enumerable.Range(0, 3).Select(T.Make).ToList();
    // Types within types, as deep as asked.
    public static string Deep<T>(int n) where T : IMaker<T> => (n & 3) == 0 ? T.Tell(n) : Deep2<Layer<T>>(n & 3);
    static string Deep2<T>(int n) where T : IMaker<T> => n <= 1 ? T.Tell(n) : Deep3<Layer<T>>(n);
    static string Deep3<T>(int n) where T : IMaker<T> => T.Tell(n).Insert(0, S(T.Make(n)));

    public static ref T Box<T>(T value) => ref new T[] { value }[0];

    public static void P<T>(string label, T value)
    {
        string text = label + " " + S(value);
        foreach (char c in text) hash = (hash ^ c) * 1099511628211;
        if (lines++ < Lines) Console.WriteLine(text);
    }

    public static string S(object value)
    {
        if (++depth > 4) { depth--; return "..."; }
        try
        {
            switch (value)
            {
                case null: return "null";
                case string s: return "\"" + s + "\"";
                case char c: return "'" + (int)c;
                case Array a when a.Rank == 1: return a.GetType().Name + "{" + string.Join(",", a.Cast<object>().Take(6).Select(S)) + "}";
                case Array a: return a.GetType().Name + a.Length;
                case Exception e: return e.GetType().Name;
                case Delegate: return "delegate";
                case System.Collections.IDictionary d: return "map" + d.Count + "{" + string.Join(",", d.Keys.Cast<object>().Take(4).Select(k => S(k) + "=" + S(d[k]))) + "}";
                case System.Collections.IList l: return "list" + l.Count + "{" + string.Join(",", l.Cast<object>().Take(6).Select(S)) + "}";
                default: return value.GetType().Name + ":" + value;
            }
        }
        finally { depth--; }
    }

    public static int Sum(ReadOnlySpan<int> values) { int sum = 0; foreach (int v in values) sum = unchecked(sum * 31 + v); return sum; }
}

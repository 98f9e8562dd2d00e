//@ exit = 0
// Covers: ECMA-335 I.8.2.4 — Nullable<T>: boxing, unboxing, lifted operators, comparison, coalescing, patterns, generics.
using System;
using System.Collections.Generic;

struct Money(int v) { public int V = v; public static Money operator +(Money a, Money b) => new(a.V + b.V); public static bool operator <(Money a, Money b) => a.V < b.V; public static bool operator >(Money a, Money b) => a.V > b.V; public static implicit operator Money(int v) => new(v); public override string ToString() => $"${V}"; }

class Program
{
    static int? Parse(string s) => int.TryParse(s, out int n) ? n : null;
    static string Kind(object? o) => o?.GetType().Name ?? "null";
    static T? OrNull<T>(bool yes, T value) where T : struct => yes ? value : null;
    static bool IsNullable<T>() => default(T) is null && typeof(T).IsValueType;

    static void Main()
    {
        int? a = 5, none = null;
        Console.WriteLine($"{a} [{none}] {a.HasValue} {none.HasValue} {a.Value} {none.GetValueOrDefault(7)} {a ?? 1} {none ?? 1} {(a + none).HasValue} {a + 2} {a * a}");
        Console.WriteLine($"{a > 3} {none > 3} {none < 3} {none == null} {a != none} {none >= none} {none == none} {-none == null} {Nullable.Compare(none, a)}");
        bool? t = true, f = false, u = null;
        Console.WriteLine($"{t & u} [{f & u}] [{t | u}] [{f | u}] [{!u}] {u == true} {(u ?? false)}");
        object boxed = a, boxedNone = none!;
        Console.WriteLine($"{Kind(boxed)} {Kind(boxedNone)} {(int?)boxed} {(int?)boxedNone == null} {boxed is int} {boxed is int?} {boxedNone is int?} {boxed.Equals(5)}");
        try { _ = none!.Value; } catch (InvalidOperationException e) { Console.WriteLine(e.Message); }
        try { _ = (int)boxedNone; } catch (NullReferenceException) { Console.WriteLine("unbox null"); }
        try { _ = (int?)(object)5L; } catch (InvalidCastException) { Console.WriteLine("unbox long as int?"); }
        try { none!.GetType(); } catch (NullReferenceException) { Console.WriteLine("GetType of null"); }
        Console.WriteLine($"{a.GetType()} {none.ToString() == ""} {none.GetHashCode()} {a.Equals(5)} {none.Equals(null)} {Parse("12") + Parse("x") ?? -1}");
        Money? m = new Money(3), n = null;
        Console.WriteLine($"{m + 4} [{m + n}] {m < 4} {n < 4} {m?.V} {n?.V ?? -1} {(m ?? 9).V}");
        int? counter = 1;
        counter++;
        counter += none;
        Console.WriteLine($"{counter.HasValue} {OrNull(true, 'x')} {OrNull(false, 1.5) == null} {IsNullable<int?>()} {IsNullable<int>()} {IsNullable<string>()}");
        counter ??= 10;
        var list = new List<int?> { 3, null, 1 };
        list.Sort();
        var map = new Dictionary<int, DateTime?> { [1] = null, [2] = DateTime.UnixEpoch };
        Console.WriteLine($"{counter} {string.Join(",", list)} {list.Contains(null)} {list.IndexOf(3)} {map[1]?.Year ?? 0} {map[2]?.Year} {Nullable.GetUnderlyingType(typeof(int?))} {typeof(int?)}");
        Console.WriteLine($"{(a is { } v ? v * 2 : 0)} {(none is int w ? w : -2)} {a switch { null => "n", > 4 => "big", _ => "small" }} {EqualityComparer<int?>.Default.Equals(null, null)}");
        int?[] array = new int?[2];
        array[1] = 4;
        ref int? slot = ref array[0];
        slot = array[1] * 2;
        (int?, string?) tuple = (null, null);
        Console.WriteLine($"{array[0]} {tuple} {tuple.Item1.HasValue} {((int?)(long?)7L)} {(long?)a} {(double?)none == null}");
    }
}

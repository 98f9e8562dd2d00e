//@ exit = 0
// Covers: static abstract and virtual interface members — operators, generic math, defaults, through shared and exact code.
using System;
using System.Collections.Generic;
using System.Numerics;

interface IMonoid<T> where T : IMonoid<T>
{
    static abstract T Zero { get; }
    static abstract T operator +(T a, T b);
    static virtual string Name => "monoid of " + typeof(T).Name;
}
readonly record struct Sum(int N) : IMonoid<Sum> { public static Sum Zero => new(0); public static Sum operator +(Sum a, Sum b) => new(a.N + b.N); }
record Text(string S) : IMonoid<Text> { public static Text Zero => new(""); public static Text operator +(Text a, Text b) => new(a.S + b.S); public static string Name => "text!"; }
record Trail(string S) : IMonoid<Trail> { public static Trail Zero => new("."); public static Trail operator +(Trail a, Trail b) => new(b.S + a.S); }

interface IParse<T> where T : IParse<T> { static abstract bool TryMake(string s, out T result); }
class Word : IParse<Word> { public string V = ""; public static bool TryMake(string s, out Word r) { r = new Word { V = s }; return s.Length > 2; } }
interface ICreate<out T> { static abstract T Create(); }
class Maker : ICreate<string> { public static string Create() => "made"; }

class Program
{
    static T Fold<T>(IEnumerable<T> items) where T : IMonoid<T> { T total = T.Zero; foreach (T item in items) total += item; return total; }
    static string NameOf<T>() where T : IMonoid<T> => T.Name;
    static T Average<T>(params T[] items) where T : INumber<T> { T sum = T.Zero; foreach (T i in items) sum += i; return sum / T.CreateChecked(items.Length); }
    static T Power<T>(T b, int e) where T : IMultiplyOperators<T, T, T>, IMultiplicativeIdentity<T, T> { T r = T.MultiplicativeIdentity; while (e-- > 0) r *= b; return r; }
    static string Many<T>(params string[] inputs) where T : class, IParse<T> { int ok = 0; foreach (string i in inputs) if (T.TryMake(i, out _)) ok++; return $"{typeof(T).Name} {ok}"; }
    static T ParseAs<T>(string s) where T : ISpanParsable<T> => T.Parse(s, System.Globalization.CultureInfo.InvariantCulture);
    static U Make<T, U>() where T : ICreate<U> => T.Create();
    static bool Less<T>(T a, T b) where T : IComparisonOperators<T, T, bool> => a < b;
    static int Bits<T>(T v) where T : IBinaryInteger<T> => int.CreateChecked(T.PopCount(v)) * 100 + v.GetByteCount();
    static Func<T, T, T> Adder<T>() where T : IMonoid<T> => (a, b) => a + b;

    static void Main()
    {
        Console.WriteLine($"{Fold(new[] { new Sum(1), new Sum(2), new Sum(39) })} {Fold(new[] { new Text("a"), new Text("b") })} {Fold(new List<Trail> { new("x"), new("y") })}");
        Console.WriteLine($"{NameOf<Sum>()} {NameOf<Text>()} {NameOf<Trail>()}");
        Console.WriteLine($"{Average(1, 2, 4)} {Average(1.0, 2.0, 4.0):F4} {Average(1m, 2m)} {Average<BigInteger>(10, 20)} {Average((Half)1, (Half)2)}");
        Console.WriteLine($"{Power(2, 10)} {Power(1.5, 3)} {Power(new BigInteger(7), 30)} {Power(new Complex(0, 1), 2)}");
        Console.WriteLine($"{Many<Word>("a", "abc", "abcd")} {Make<Maker, string>()} {ParseAs<int>("42") + ParseAs<double>("0.5")} {ParseAs<DateOnly>("2024-02-29").DayOfYear}");
        Console.WriteLine($"{Less(1, 2)} {Less(2.0, double.NaN)} {Less(1.5m, -2m)} {Bits((byte)255)} {Bits(-1L)} {Bits((Int128)7)}");
        Console.WriteLine($"{Adder<Sum>()(new(1), new(2)).N} {Adder<Text>()(new("l"), new("r")).S}");
        try { Average<byte>(200, 100); Console.WriteLine("wraps"); Average<int>(); } catch (DivideByZeroException) { Console.WriteLine("divide"); }
    }
}

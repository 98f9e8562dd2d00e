//@ exit = 0
// Covers: user-defined operators and conversions — arithmetic, comparison, true/false, shifts, checked variants, implicit chains, indexers, ranges.
using System;
using System.Collections.Generic;
using System.Linq;

readonly struct Fraction : IComparable<Fraction>
{
    public readonly int N, D;
    public Fraction(int n, int d) { if (d == 0) throw new DivideByZeroException("fraction"); int g = Gcd(Math.Abs(n), Math.Abs(d)); if (d < 0) g = -g; N = n / g; D = d / g; }
    static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
    public static Fraction operator +(Fraction a, Fraction b) => new(a.N * b.D + b.N * a.D, a.D * b.D);
    public static Fraction operator -(Fraction a) => new(-a.N, a.D);
    public static Fraction operator -(Fraction a, Fraction b) => a + -b;
    public static Fraction operator *(Fraction a, Fraction b) => new(a.N * b.N, a.D * b.D);
    public static Fraction operator checked *(Fraction a, Fraction b) => new(checked(a.N * b.N), checked(a.D * b.D));
    public static Fraction operator ++(Fraction a) => a + 1;
    public static bool operator <(Fraction a, Fraction b) => a.CompareTo(b) < 0;
    public static bool operator >(Fraction a, Fraction b) => b < a;
    public static bool operator true(Fraction a) => a.N != 0;
    public static bool operator false(Fraction a) => a.N == 0;
    public static Fraction operator &(Fraction a, Fraction b) => a ? b : a;
    public static Fraction operator >>(Fraction a, int n) => new(a.N, a.D << n);
    public static implicit operator Fraction(int n) => new(n, 1);
    public static explicit operator double(Fraction f) => (double)f.N / f.D;
    public static explicit operator int(Fraction f) => f.N / f.D;
    public int CompareTo(Fraction o) => (N * o.D).CompareTo(o.N * D);
    public override string ToString() => D == 1 ? $"{N}" : $"{N}/{D}";
}

class Matrix
{
    private readonly double[,] m = new double[2, 2];
    public double this[int r, int c] { get => m[r, c]; set => m[r, c] = value; }
    public string this[string key] => key + m.Length;
    public static Matrix operator *(Matrix a, Matrix b) { var r = new Matrix(); for (int i = 0; i < 2; i++) for (int j = 0; j < 2; j++) r[i, j] = a[i, 0] * b[0, j] + a[i, 1] * b[1, j]; return r; }
}

class Window { public int Length => 10; public int this[int i] => i * i; public string Slice(int start, int length) => $"[{start}+{length}]"; }
class Meters(double v) { public double V => v; public static implicit operator Meters(double v) => new(v); public static implicit operator string(Meters m) => m.V + "m"; }

class Program
{
    static void Main()
    {
        Fraction h = new(1, 2), t = new(-2, -6);
        Console.WriteLine($"{h + t} {h - t} {h * t} {h * 4} {-h} {h < t} {h > t} {(double)t:F4} {(int)new Fraction(7, 2)} {h >> 2}");
        Fraction x = h;
        Fraction old = x++;
        x += 2;
        Console.WriteLine($"{old} {x} {(h ? "yes" : "no")} {(h && new Fraction(0, 1) ? "yes" : "no")} {new[] { h, t, 3 }.Max()}");
        var big = new Fraction(int.MaxValue, 1);
        try { _ = checked(big * 2); } catch (OverflowException) { Console.WriteLine("checked operator"); }
        Console.WriteLine(unchecked(big * 2));
        try { _ = new Fraction(1, 0); } catch (DivideByZeroException e) { Console.WriteLine(e.Message); }
        var fib = new Matrix { [0, 0] = 1, [0, 1] = 1, [1, 0] = 1 };
        Matrix power = fib;
        for (int i = 0; i < 29; i++) power *= fib;
        power[1, 1] += 0.5;
        Console.WriteLine($"{power[0, 0]} {power[1, 1]} {power["len"]}");
        var w = new Window();
        Console.WriteLine($"{w[^1]} {w[2..5]} {w[..^3]} {w[^4..]} {"hello"[1..^1]} {new List<int> { 1, 2, 3 }[^2]}");
        Meters m = 2.5;
        string s = m;
        Index end = ^2;
        Range r = 1..end;
        Console.WriteLine($"{s} {end} {r} {r.GetOffsetAndLength(10)} {Enumerable.Range(0, 10).ToArray()[r].Length}");
    }
}

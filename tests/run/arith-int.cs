//@ exit = 0
// Covers: ECMA-335 III.3 — integer add, sub, mul, div, rem, neg and conversions between all widths, wrapping.
using System;

class Program
{
    static int Zero() => 0;
    static T Opaque<T>(T value) => value;

    static void Main()
    {
        int max = Opaque(int.MaxValue), min = Opaque(int.MinValue);
        Console.WriteLine($"{max + 1} {min - 1} {max * 2} {min * min} {-min}");
        Console.WriteLine($"{7 / Opaque(-2)} {7 % Opaque(-2)} {-7 / Opaque(2)} {-7 % Opaque(2)}");
        uint u = Opaque(uint.MaxValue);
        Console.WriteLine($"{u + 1} {u / 10} {u % 10} {(int)u} {(long)u} {u * u}");
        long lmax = Opaque(long.MaxValue), lmin = Opaque(long.MinValue);
        Console.WriteLine($"{lmax + 1} {lmin - 1} {lmax * 3} {lmin / 10} {lmin % 10}");
        ulong ul = Opaque(ulong.MaxValue);
        Console.WriteLine($"{ul / 3} {ul % 7} {ul * ul} {(double)ul:R} {(float)ul:R}");

        // Narrowing keeps the low bits, widening follows the signedness of the source.
        int wide = Opaque(0x2345_F0F0);
        Console.WriteLine($"{(byte)wide} {(sbyte)wide} {(short)wide} {(ushort)wide} {(char)0x41}");
        sbyte sb = Opaque((sbyte)-1);
        Console.WriteLine($"{(byte)sb} {(ushort)sb} {(uint)sb} {(ulong)sb} {(int)(byte)sb}");
        byte b = Opaque((byte)200);
        b += 100;
        Console.WriteLine(b);
        short s = Opaque(short.MaxValue);
        s++;
        Console.WriteLine(s);
        nint native = (nint)Opaque(-5);
        nuint unsignedNative = (nuint)Opaque(5u);
        Console.WriteLine($"{native * 3} {unsignedNative - 6 == nuint.MaxValue} {native / 2} {native % 3}");

        Console.WriteLine($"{Math.DivRem(-17, 5)} {Math.Abs(-17)} {Math.Sign(-3L)} {Math.Clamp(15, 0, 10)}");
        Console.WriteLine($"{Math.BigMul(int.MaxValue, int.MaxValue)} {Math.BigMul(ulong.MaxValue, ulong.MaxValue, out ulong low)} {low}");

        try { Console.WriteLine(1 / Zero()); } catch (DivideByZeroException e) { Console.WriteLine(e.Message); }
        try { Console.WriteLine(1L % Zero()); } catch (DivideByZeroException) { Console.WriteLine("rem by zero"); }
        try { Console.WriteLine(min / Opaque(-1)); } catch (OverflowException e) { Console.WriteLine(e.GetType().Name); }
        try { Console.WriteLine(lmin % Opaque(-1L)); } catch (OverflowException e) { Console.WriteLine(e.GetType().Name); }
        try { Console.WriteLine(1u / (uint)Zero()); } catch (DivideByZeroException) { Console.WriteLine("unsigned"); }
    }
}

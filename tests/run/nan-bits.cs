//@ exit = 0
// Covers: ECMA-335 III.1.5, I.12.1.3 — NaNs have the bits that the processor gives them, constant or not, at every level of optimisation; ckfinite's class.
using System;
using System.Runtime.CompilerServices;

class Program
{
    const MethodImplOptions Own = MethodImplOptions.NoInlining;
    static string Bits(double d) => BitConverter.DoubleToInt64Bits(d).ToString("x");
    static string Bits(float f) => BitConverter.SingleToInt32Bits(f).ToString("x");
    [MethodImpl(Own)] static double Divide(double x, double y) => x / y;
    [MethodImpl(Own)] static double ByZero(double x) => x / 0.0;
    [MethodImpl(Own)] static double ByMinusOne(double x) => x / -1.0;
    [MethodImpl(Own)] static float ByMinusOne(float x) => x / -1.0f;
    [MethodImpl(Own)] static float TimesMinusOne(float x) => x * -1.0f;
    [MethodImpl(Own)] static double MinusOneTimes(double x) => -1.0 * x;
    [MethodImpl(Own)] static double FromMinusZero(double x) => -0.0 - x;
    [MethodImpl(Own)] static double Negate(double x) => -x;
    [MethodImpl(Own)] static double Remainder(double x, double y) => x % y;
    [MethodImpl(Own)] static double Root(double x) => Math.Sqrt(x);
    [MethodImpl(Own)] static double Sum(double x, double y) => x + y;

    static void Main()
    {
        double payload = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0123), other = BitConverter.Int64BitsToDouble(unchecked((long)0xFFF8_0000_0000_0456));
        foreach (double d in new[] { double.NaN, payload, other, 0.0, -0.0, 3.0 })
        {
            Console.WriteLine($"{Bits(ByZero(d))} {Bits(Divide(d, 0.0))} {Bits(ByMinusOne(d))} {Bits(MinusOneTimes(d))} {Bits(Negate(d))}");
            Console.WriteLine($"{Bits(FromMinusZero(d))} {Bits(Remainder(d, 0.0))} {Bits(Root(-d))} {Bits(Sum(d, 1.0))} {Bits((float)d)}");
        }
        foreach (float f in new[] { float.NaN, -float.NaN, 0f, 2f })
            Console.WriteLine($"{Bits(ByMinusOne(f))} {Bits(TimesMinusOne(f))} {Bits((double)f)}");
        double zero = 0, infinity = double.PositiveInfinity;
        Console.WriteLine($"{Bits(zero / zero)} {Bits(0.0 / zero)} {Bits(infinity * zero)} {Bits(infinity - infinity)} {Bits(double.NaN)} {Bits(zero / zero + 1)}");
        float small = 0, large = float.NegativeInfinity;
        Console.WriteLine($"{Bits(small / small)} {Bits(large * small)} {Bits(large - large)} {Bits(float.NaN)}");
        Console.WriteLine($"{double.IsNegative(zero / zero)} {Math.CopySign(1, infinity - infinity)}");
    }
}

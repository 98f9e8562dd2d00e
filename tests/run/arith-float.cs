//@ exit = 0
//@ targets = ["linux-arm64"]
// Covers: ECMA-335 III.1.1.1 and IEEE 754 — float and double arithmetic, NaN comparisons, rounding and the Math functions.
using System;

class Program
{
    static T Opaque<T>(T value) => value;

    static void Main()
    {
        double zero = Opaque(0.0), nan = Opaque(double.NaN), inf = Opaque(double.PositiveInfinity);
        Console.WriteLine($"{1 / zero} {-1 / zero} {zero / zero} {inf - inf} {inf * zero}");
        Console.WriteLine($"{nan == nan} {nan != nan} {nan < 1} {nan > 1} {!(nan < 1)} {nan.Equals(nan)} {nan.CompareTo(1)}");
        Console.WriteLine($"{zero == -zero} {1 / -zero} {double.IsNegative(-zero)} {-zero}");
        Console.WriteLine($"{5.5 % Opaque(2.0)} {-5.5 % Opaque(2.0)} {5.5 % inf} {5.5 % zero}");
        Console.WriteLine($"{Opaque(0.1) + Opaque(0.2)} {Opaque(0.1f) + Opaque(0.2f)} {(double)Opaque(0.1f)}");
        Console.WriteLine($"{(float)Opaque(1e40)} {(float)Opaque(1e-50)} {(double)float.Epsilon}");

        // Branches on unordered comparisons: every form must see NaN as "not".
        int taken = 0;
        if (nan < 0) taken |= 1;
        if (!(nan >= 0)) taken |= 2;
        if (nan == 0) taken |= 4;
        if (nan != 0) taken |= 8;
        while (nan > 0) taken |= 16;
        Console.WriteLine(taken);

        Console.WriteLine($"{Math.Round(2.5)} {Math.Round(3.5)} {Math.Round(-2.5)} {Math.Round(2.5, MidpointRounding.AwayFromZero)} {Math.Round(1.2345, 3)}");
        Console.WriteLine($"{Math.Floor(-1.5)} {Math.Ceiling(-1.5)} {Math.Truncate(-1.9)} {Math.Sqrt(2)} {Math.Cbrt(27)}");
        Console.WriteLine($"{Math.Max(nan, 1)} {Math.Min(-zero, zero)} {Math.MaxMagnitude(-3, 2)} {Math.CopySign(3, -zero)}");
        Console.WriteLine($"{Math.Pow(2, 0.5):F12} {Math.Exp(1):F12} {Math.Log(10):F12} {Math.Log2(8)} {Math.Log10(1000)}");
        Console.WriteLine($"{Math.Sin(1):F12} {Math.Cos(1):F12} {Math.Tan(1):F12} {Math.Atan2(1, -1):F12} {Math.Sinh(1):F10}");
        Console.WriteLine($"{Math.FusedMultiplyAdd(1e16, 1, 1)} {Math.BitDecrement(1.0)} {Math.ScaleB(1.5, 4)} {Math.ILogB(1000)} {Math.IEEERemainder(5, 3)}");
        Console.WriteLine($"{MathF.Sqrt(2f)} {MathF.Round(0.5f)} {float.MaxValue} {double.MinValue} {double.Epsilon}");
        Console.WriteLine($"{BitConverter.DoubleToInt64Bits(-zero):X} {BitConverter.SingleToUInt32Bits(1.5f):X} {BitConverter.Int64BitsToDouble(0x7FF0000000000000)}");
        Console.WriteLine($"{(Half)1.1} {(double)(Half)65504} {Half.MaxValue} {(float)(Half)1e-8f}");

        double sum = 0;
        for (int i = 1; i <= 1000; i++) sum += 1.0 / i;
        Console.WriteLine(sum);
    }
}

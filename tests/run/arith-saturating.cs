//@ exit = 0
// Covers: ECMA-335 III.3.27 with .NET 9's rule — unchecked conversions from floating point saturate and map NaN to zero.
using System;

class Program
{
    static T Opaque<T>(T value) => value;

    static void Main()
    {
        double[] values = { 0.0, -0.0, 1.5, -1.5, 255.9, 256, -1, 65535.5, 65536, 2147483647.5, 2147483648, -2147483648.9, -2147483649,
            4294967295.5, 4294967296, 9.2233720368547758e18, -9.3e18, 1.8446744073709552e19, 1e30, -1e30,
            double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue };
        foreach (double value in values)
        {
            double d = Opaque(value);
            float f = (float)d;
            unchecked
            {
                Console.WriteLine($"{d:R}: {(int)d} {(uint)d} {(long)d} {(ulong)d} {(nint)d} {(nuint)d}");
                Console.WriteLine($"  float {f:R}: {(int)f} {(uint)f} {(long)f} {(ulong)f}");
                Console.WriteLine($"  decimal-free: {(int)(char)(ushort)Math.Clamp(Math.Truncate(double.IsNaN(d) ? 0 : d), 0, 65535)}");
            }
        }
        Console.WriteLine($"{int.CreateSaturating(1e12)} {byte.CreateSaturating(-3)} {sbyte.CreateSaturating(300)} {uint.CreateTruncating(-1L)}");
        try { Console.WriteLine(short.CreateChecked(40000)); } catch (OverflowException) { Console.WriteLine("checked"); }
    }
}

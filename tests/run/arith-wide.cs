//@ exit = 0
// Covers: Int128, UInt128, BigInteger and decimal — multi-word arithmetic written in C# over the primitive types.
using System;
using System.Numerics;

class Program
{
    static void Main()
    {
        Int128 a = Int128.MaxValue;
        UInt128 b = UInt128.MaxValue;
        Console.WriteLine($"{a} {b} {Int128.MinValue}");
        Console.WriteLine($"{a / 1000000007} {a % 1000000007} {(Int128)(-17) / 5} {(Int128)(-17) % 5}");
        Console.WriteLine($"{a >> 100} {b << 120:X} {Int128.MinValue >> 3} {Int128.MinValue >>> 3}");
        Console.WriteLine($"{unchecked(a + 1)} {b * 3 == unchecked(b - 2)} {UInt128.LeadingZeroCount(b >> 77)}");
        try { checked { a++; } } catch (OverflowException) { Console.WriteLine("128 overflow"); }
        Console.WriteLine(UInt128.Parse("123456789012345678901234567890") * 10);

        BigInteger factorial = BigInteger.One;
        for (int i = 2; i <= 60; i++) factorial *= i;
        Console.WriteLine(factorial);
        Console.WriteLine($"{factorial % 1000003} {BigInteger.Pow(3, 200) / BigInteger.Pow(7, 50)}");
        Console.WriteLine($"{BigInteger.GreatestCommonDivisor(factorial, BigInteger.Pow(2, 80))} {BigInteger.ModPow(3, 1000, 1000007)}");
        Console.WriteLine($"{BigInteger.Parse("-340282366920938463463374607431768211456") >> 64} {(-factorial).Sign} {factorial.GetBitLength()}");
        Console.WriteLine($"{BigInteger.Pow(2, 100):X} {new BigInteger(-1):X} {(BigInteger)1e20}");

        decimal d = 0.1m + 0.2m;
        Console.WriteLine($"{d} {d == 0.3m} {1.10m} {1.10m + 2.900m} {10m / 3}");
        Console.WriteLine($"{decimal.MaxValue} {decimal.Round(2.345m, 2)} {decimal.Round(2.355m, 2)} {decimal.Truncate(-2.9m)} {decimal.Floor(-2.1m)}");
        Console.WriteLine($"{7.5m % 2m} {-7.5m % 2m} {(int)7.9m} {(double)1.25m} {(decimal)0.1} {(decimal)1e-5f}");
        Console.WriteLine($"{decimal.Multiply(1.0000000000000000000000000001m, 3m)} {1m / 7m}");
        try { _ = decimal.MaxValue + d * 10; } catch (OverflowException e) { Console.WriteLine(e.Message); }
        try { _ = 1m / (d - d); } catch (DivideByZeroException) { Console.WriteLine("decimal zero"); }
        Console.WriteLine(string.Join(",", decimal.GetBits(-1.5m)));
        Complex c = Complex.Pow(new Complex(1, 1), 2);
        Console.WriteLine($"{c.Real:F6} {c.Imaginary:F6} {new Complex(3, 4).Magnitude}");
    }
}

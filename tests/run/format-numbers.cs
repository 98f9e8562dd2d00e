//@ exit = 0
// Covers: number formatting, invariant — standard and custom formats of every primitive, shortest round-trip floating point, extremes.
using System;
using System.Globalization;

class Program
{
    static void Main()
    {
        foreach (string f in new[] { "D", "D8", "N", "N0", "X", "x8", "C", "F1", "E2", "G", "G3", "P0", "R", "B", "000", "#,##0.00", "0.0;(0.0);zero", "0%", "0.##E+00" })
        {
            string Format(IFormattable v) { try { return v.ToString(f, CultureInfo.InvariantCulture); } catch (FormatException) { return "invalid"; } }
            Console.WriteLine($"{f}: {Format(1234)} {Format(-5)} {Format(0L)} {Format((byte)200)} {Format(ulong.MaxValue)} {Format(1234.5678)} {Format(-0.5f)} {Format(1234.565m)}");
        }
        double[] doubles = { 0, -0.0, 1, 0.1, 1.0 / 3, 2.0 / 3, 1e15, 1e16, 123456789012345680, 1e-4, 1e-5, 1.7976931348623157e308, 5e-324, 4.35, 0.3, 100, 1e21, 9007199254740993, Math.PI, double.NaN, double.NegativeInfinity };
        foreach (double d in doubles) Console.WriteLine($"{d} {d:R} {d:G17} {d:F3} {d:E} {(float)d} {d:N2} {d:0.###}");
        Console.WriteLine($"{float.MaxValue} {float.Epsilon} {16777217f} {0.1f} {1.1f * 1.1f} {3.4e-10f} {1e10f}");
        Console.WriteLine($"{int.MinValue} {long.MinValue} {ulong.MaxValue} {sbyte.MinValue} {char.MaxValue:X} {int.MinValue:X} {-1L:x} {int.MinValue:N0} {(short)-1:X}");
        Console.WriteLine($"{decimal.MinValue} {0.000m} {1e-28m} {123.4500m} {123.4500m:G} {-1234567.891m:N} {0.5m:P}");
        Console.WriteLine($"{2.5:F0} {3.5:F0} {0.125:F2} {1.005:F2} {0.5:N0} {1e100:F0}");
        Console.WriteLine(1234567.891.ToString("N", CultureInfo.CurrentCulture) + " " + 42.ToString() + " " + (-42).ToString("D5") + " " + 255.ToString("b16") + " " + 0.1.ToString("G20"));
        var custom = new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = ".", NegativeSign = "~", CurrencySymbol = "kr", NumberGroupSizes = new[] { 2, 3 } };
        Console.WriteLine($"{(-1234567.5).ToString("N2", custom)} {5.5.ToString(custom)} {12m.ToString("C", custom)}");
        Span<char> buffer = stackalloc char[8];
        Console.WriteLine($"{12345.TryFormat(buffer, out int written)} {written} {buffer[..written]} {123456789.TryFormat(buffer, out _)}");
        Span<byte> utf8 = stackalloc byte[16];
        Console.WriteLine($"{3.25.TryFormat(utf8, out written)} {written} {System.Text.Encoding.UTF8.GetString(utf8[..written])}");
    }
}

//@ exit = 0
// Covers: parsing, invariant — integers, floating point (correct rounding), decimal, booleans, styles, failures; Convert.
using System;
using System.Globalization;

class Program
{
    static void Main()
    {
        foreach (string s in new[] { "0", "-1", " 42 ", "+7", "2147483647", "2147483648", "-2147483648", "1,000", "0x10", "", "1.0", "1e3", "٣" })
            Console.Write($"{(int.TryParse(s, out int i) ? i.ToString() : "no")} {(uint.TryParse(s, out uint u) ? u.ToString() : "no")} {(byte.TryParse(s, out byte b) ? b.ToString() : "no")} {(long.TryParse(s, NumberStyles.Any, CultureInfo.InvariantCulture, out long l) ? l.ToString() : "no")}; ");
        Console.WriteLine();
        foreach (string s in new[] { "0", "-0", "1.5", "1e308", "1e309", "-1e-400", "4.9e-324", "2.2250738585072011e-308", "0.1", ".5", "5.", "NaN", "-Infinity", "∞", "1_0", "9007199254740993", "1.7976931348623158e308", "123456789.123456789e-5", "x" })
            Console.Write($"{s}={(double.TryParse(s, CultureInfo.InvariantCulture, out double d) ? d.ToString("R") : "no")}/{(float.TryParse(s, CultureInfo.InvariantCulture, out float f) ? f.ToString("R") : "no")} ");
        Console.WriteLine();
        foreach (string s in new[] { "1.10", "-79228162514264337593543950335", "79228162514264337593543950336", "0.00000000000000000000000000001", "1e5", "(5)", "$3" })
            Console.Write($"{(decimal.TryParse(s, NumberStyles.Any, CultureInfo.InvariantCulture, out decimal m) ? m.ToString() : "no")} ");
        Console.WriteLine();
        Console.WriteLine($"{int.Parse("ff", NumberStyles.HexNumber)} {int.Parse("FFFFFFFF", NumberStyles.HexNumber)} {int.Parse("101", NumberStyles.BinaryNumber)} {int.Parse("(42)", NumberStyles.AllowParentheses)} {int.Parse("1,234", NumberStyles.AllowThousands)} {long.Parse("12".AsSpan())}");
        Console.WriteLine($"{bool.Parse("TRUE")} {bool.TryParse(" false ", out bool no)} {no} {bool.TryParse("1", out _)} {char.Parse("x")} {Half.Parse("1.5")}");
        foreach (Action a in new Action[] { () => int.Parse("12a"), () => int.Parse("99999999999"), () => byte.Parse("-1"), () => int.Parse(null!), () => double.Parse("--1"), () => decimal.Parse("1e30"), () => bool.Parse("yes"), () => Enum.Parse<DayOfWeek>("Noday"), () => Guid.Parse("x"), () => DateTime.Parse("32/13/2020") })
            try { a(); Console.WriteLine("fine"); } catch (Exception e) { Console.WriteLine($"{e.GetType().Name}: {e.Message}"); }
        Console.WriteLine($"{Convert.ToInt32("2a", 16)} {Convert.ToInt32("-7")} {Convert.ToInt32(2.5)} {Convert.ToInt32(3.5)} {Convert.ToByte('A')} {Convert.ToBoolean("True")} {Convert.ToString(255, 2)} {Convert.ToString(-1, 8)} {Convert.ToDouble("1.25")} {Convert.ToInt64(true)} {Convert.ToDecimal(0.1f)}");
        Console.WriteLine($"{Convert.ChangeType("12", typeof(long))} {Convert.ToBase64String(new byte[] { 0, 255, 16, 32 })} {Convert.ToHexString(Convert.FromBase64String("3q2+7w=="))} {Convert.ToHexString(Convert.FromHexString("00ff"))}");
        Console.WriteLine($"{int.TryParse("7"u8, out int fromUtf8)} {fromUtf8} {Version.Parse("1.2.3.4").Revision} {TimeSpan.Parse("1.02:03:04.5").TotalSeconds} {Guid.Parse("{00000001-0002-0003-0405-060708090a0b}"):N} {System.Net.IPAddress.Parse("10.1.2.3")}");
    }
}

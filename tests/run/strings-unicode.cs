//@ exit = 0
// Covers: UTF-16 and UTF-8 — surrogates, runes, encodings, invalid input, char classification.
using System;
using System.Text;

class Program
{
    static void Main()
    {
        string s = "aé漢😀\u0301";
        Console.WriteLine($"{s.Length} {s}");
        foreach (Rune rune in s.EnumerateRunes()) Console.Write($"U+{rune.Value:X4}/{rune.Utf8SequenceLength}/{Rune.GetUnicodeCategory(rune)} ");
        Console.WriteLine();
        byte[] utf8 = Encoding.UTF8.GetBytes(s);
        Console.WriteLine($"{Convert.ToHexString(utf8)} {Encoding.UTF8.GetString(utf8) == s} {Encoding.UTF8.GetByteCount(s)} {Encoding.UTF8.GetCharCount(utf8)}");
        Console.WriteLine(Convert.ToHexString(Encoding.Unicode.GetBytes("A😀")) + " " + Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes("A")) + " " + Convert.ToHexString(Encoding.UTF32.GetBytes("😀")));
        Console.WriteLine(Encoding.ASCII.GetString(Encoding.ASCII.GetBytes("naïve")) + " " + Convert.ToHexString(Encoding.Latin1.GetBytes("naïve")));

        // Invalid input becomes U+FFFD, or an exception where the encoding says so.
        Console.WriteLine(Encoding.UTF8.GetString(new byte[] { 0x41, 0xFF, 0xC3, 0x42, 0xE2, 0x82 }).Replace('\uFFFD', '?'));
        Console.WriteLine(Convert.ToHexString(Encoding.UTF8.GetBytes("x\uD800y")));
        try { new UTF8Encoding(false, true).GetString(new byte[] { 0xC0, 0x80 }); } catch (DecoderFallbackException) { Console.WriteLine("strict"); }

        Console.WriteLine($"{char.IsLetter('漢')} {char.IsDigit('٣')} {char.IsAsciiDigit('٣')} {char.IsWhiteSpace('\u00A0')} {char.IsUpper('É')} {char.IsPunctuation('!')} {char.IsSurrogate(s[3])} {char.IsControl('\u0007')} {char.GetNumericValue('½')}");
        Console.WriteLine($"{char.ConvertToUtf32(s, 3):X} {char.ConvertFromUtf32(0x1F600)} {Rune.IsValid(0xD800)} {Rune.TryCreate('\uDC00', out _)}");
        ReadOnlySpan<byte> literal = "grüß"u8;
        Console.WriteLine($"{literal.Length} {Encoding.UTF8.GetString(literal[..2])} {Encoding.UTF8.GetPreamble().Length}");
        Decoder decoder = Encoding.UTF8.GetDecoder();
        var chars = new char[4];
        int total = 0;
        foreach (byte b in utf8) { int got = decoder.GetChars(new[] { b }, 0, 1, chars, 0); total += got; Console.Write(got); }
        Console.WriteLine(" " + total);
        string long8 = new StringBuilder().Insert(0, "ascii and é ", 40).ToString();
        Console.WriteLine(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(long8)) == long8);
    }
}

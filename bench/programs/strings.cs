// Strings: building, splitting, searching, replacing, formatting, parsing, UTF-8.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

class Program
{
    static void Main()
    {
        var sb = new StringBuilder();
        for (int i = 0; i < 1_200_000; i++) sb.Append(i).Append(i % 7 == 0 ? "; " : ", ").Append((i * 0.25).ToString("F2", CultureInfo.InvariantCulture)).Append('\n');
        string text = sb.ToString();
        string[] lines = text.Split('\n');
        long total = 0;
        double sum = 0;
        foreach (string line in lines)
        {
            int comma = line.IndexOfAny(separators);
            if (comma < 0) continue;
            total += int.Parse(line.AsSpan(0, comma));
            sum += double.Parse(line.AsSpan(comma + 2), CultureInfo.InvariantCulture);
        }
        Console.WriteLine($"{text.Length} {lines.Length} {total} {sum:F2}");
        int found = 0;
        for (int at = text.IndexOf("77", StringComparison.Ordinal); at >= 0; at = text.IndexOf("77", at + 1, StringComparison.Ordinal)) found++;
        string replaced = text.Replace("00", "zero").ToUpperInvariant();
        byte[] utf8 = Encoding.UTF8.GetBytes(replaced);
        string back = Encoding.UTF8.GetString(utf8);
        Console.WriteLine($"{found} {replaced.Length} {utf8.Length} {back == replaced}");
        var seen = new HashSet<string>();
        for (int i = 0; i < 900_000; i++) seen.Add($"item {i % 5000}: {i % 13:X4}");
        string joined = string.Join("|", seen);
        int words = 0;
        foreach (Range _ in joined.AsSpan().Split(' ')) words++;
        Console.WriteLine($"{seen.Count} {joined.Length} {words}");
    }

    static readonly char[] separators = { ',', ';' };
}

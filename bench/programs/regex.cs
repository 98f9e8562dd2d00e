// Regular expressions, interpreted: matching, capturing, replacing over generated text.
using System;
using System.Text;
using System.Text.RegularExpressions;

class Program
{
    static void Main()
    {
        var sb = new StringBuilder();
        for (int i = 0; i < 60_000; i++)
            sb.Append("user").Append(i * 37 % 1000).Append("@host").Append(i % 50).Append(".example.com GET /path/").Append(i).Append("?q=").Append(i * i % 9973).Append(" 2024-0").Append(i % 9 + 1).Append("-1").Append(i % 10).Append(" status=").Append(i % 5 == 0 ? "ok" : "fail").Append('\n');
        string text = sb.ToString();
        int emails = Regex.Count(text, @"[\w.]+@[\w.]+\.com");
        int failed = Regex.Count(text, @"^user\d+.*status=fail$", RegexOptions.Multiline);
        long query = 0;
        foreach (Match m in Regex.Matches(text, @"\?q=(\d+)\s+(?<year>\d{4})-(\d\d)-(\d\d)")) query += int.Parse(m.Groups[1].ValueSpan) + m.Groups["year"].Length;
        string replaced = Regex.Replace(text, @"(\d{4})-(\d\d)-(\d\d)", "$3/$2/$1");
        int alternatives = Regex.Count(text, "host(?:1|2|3)\\d\\b|path/\\d*99\\b|FAIL", RegexOptions.IgnoreCase);
        int backtracking = Regex.Count(text, @"(\w)(\w)\2\1");
        Console.WriteLine($"{text.Length} {emails} {failed} {query} {replaced.Length} {alternatives} {backtracking}");
    }
}

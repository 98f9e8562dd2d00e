//@ exit = 0
// Covers: System.Text.RegularExpressions interpreted — groups, alternation, laziness, lookaround, backreferences, replace, split, options, errors.
using System;
using System.Linq;
using System.Text.RegularExpressions;

class Program
{
    static string Show(string input, string pattern, RegexOptions options = RegexOptions.None)
        => string.Join(" ", Regex.Matches(input, pattern, options).Select(m => $"{m.Index}:{m.Value}"));

    static void Main()
    {
        Console.WriteLine(Show("a1 b22 c333", @"\d+") + " | " + Show("aaa", "a*?") + " | " + Show("aaa", "a{2}") + " | " + Show("foo.bar", @"\w+$"));
        Match m = Regex.Match("2024-02-29T10:20", @"(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)(?:T(\d+):(\d+))?");
        Console.WriteLine($"{m.Success} {m.Groups["y"].Value} {m.Groups["d"].Index} {m.Groups[1].Value} {m.Groups.Count} {string.Join(",", m.Groups.Keys)}");
        Console.WriteLine(Show("abab abc", @"\b(ab)\1\b") + " | " + Show("price $5 cost 7", @"(?<=\$)\d") + " | " + Show("foobar foobaz", "foo(?!bar)...") + " | " + Show("\"a\" \"b\"", "\"(.*?)\""));
        Console.WriteLine(Show("Hello\nworld\nHELLO", "^hello$", RegexOptions.Multiline | RegexOptions.IgnoreCase) + " | " + Show("a\nb", "a.b", RegexOptions.Singleline) + " | " + Show("a b", "a   b # comment", RegexOptions.IgnorePatternWhitespace) + "|" + Show("abc", "b", RegexOptions.RightToLeft));
        Console.WriteLine(Regex.Replace("John Smith", @"(\w+) (\w+)", "$2, $1") + " " + Regex.Replace("a1b2", @"\d", x => (int.Parse(x.Value) * 10).ToString()) + " " + Regex.Replace("aaa", "a", "b", RegexOptions.None, TimeSpan.FromSeconds(5)) + " " + new Regex("a").Replace("aaaa", "b", 2) + " " + Regex.Replace("x", "x", "$$&$&$`|$'"));
        Console.WriteLine(string.Join("|", Regex.Split("a, b;c ,d", @"\s*[,;]\s*")) + " " + string.Join("|", Regex.Split("a1b2c", @"(\d)")) + " " + Regex.Escape("a.b*c") + " " + Regex.Unescape(@"\t\x41").Trim());
        Console.WriteLine($"{Regex.IsMatch("user@example.com", @"^[\w.+-]+@[\w-]+\.[\w.]+$")} {Regex.IsMatch("nope", @"^\d")} {Regex.Count("banana", "an")} {Regex.IsMatch("İ", "i", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)}");
        Console.WriteLine(Show("αβγ ABC 123 _", @"\p{Lu}+|\p{Nd}+") + " | " + Show("a-b_c", @"[a-c-[b]]") + " | " + Show("x²", @"\w+") + " | " + Show("tab\there", @"\s"));
        Match captures = Regex.Match("one two three", @"(?:(\w+)\s*)+");
        Console.WriteLine(string.Join(",", captures.Groups[1].Captures.Select(c => c.Value)));
        Console.WriteLine(Regex.Match("((a)(b(c)))", @"^(?:[^()]|(?<open>\()|(?<-open>\)))+(?(open)(?!))$").Success + " " + Regex.Match("((a)", @"^(?:[^()]|(?<open>\()|(?<-open>\)))+(?(open)(?!))$").Success);
        Console.WriteLine(Show("aaaa", "(?>a+)a") + "none " + Show("abc", "(?i)B") + " " + Show("foofoo", "(foo|f)+?o") + " " + Show("caat", "ca{1,2}t|dog"));
        try { _ = new Regex("(unclosed"); } catch (RegexParseException e) { Console.WriteLine($"{e.Error} {e.Offset}"); }
        try { Regex.IsMatch(new string('a', 40) + "!", "^(a+)+$", RegexOptions.None, TimeSpan.FromMilliseconds(50)); Console.WriteLine("fast"); } catch (RegexMatchTimeoutException) { Console.WriteLine("timeout"); }
        var nonBacktracking = new Regex("^(a+)+$", RegexOptions.NonBacktracking);
        Console.WriteLine($"{nonBacktracking.IsMatch(new string('a', 40) + "!")} {nonBacktracking.IsMatch(new string('a', 40))}");
        foreach (ValueMatch v in Regex.EnumerateMatches("a1b22", @"\d+")) Console.Write($"{v.Index}+{v.Length} ");
        for (Match n = Regex.Match("k1=v1;k2=v2", @"(\w+)=(\w+)"); n.Success; n = n.NextMatch()) Console.Write(n.Result("$2<-$1 "));
        Console.WriteLine();
    }
}

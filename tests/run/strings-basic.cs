//@ exit = 0
// Covers: System.String — literals, concatenation, slicing, searching, splitting, joining, interning and immutability.
using System;

class Program
{
    static string? Null() => null;

    static void Main()
    {
        string s = "The quick brown fox";
        Console.WriteLine($"{s.Length} {s[4]} {s[^1]} {s[4..9]} {s.Substring(10, 5)} {s.IndexOf("brown")} {s.LastIndexOf('o')} {s.IndexOf('z')}");
        Console.WriteLine(s.ToUpperInvariant() + "|" + s.ToLowerInvariant() + "|" + s.Replace("quick", "slow") + "|" + s.Replace('o', '0'));
        Console.WriteLine(string.Join(";", s.Split(' ')) + "|" + string.Join(",", "a,,b, c ,".Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        Console.WriteLine("[" + "  pad ".Trim() + "][" + "  pad ".TrimStart() + "][" + "xxpadxx".Trim('x') + "][" + "7".PadLeft(3, '0') + "][" + "ab".PadRight(4) + "]");
        Console.WriteLine($"{s.StartsWith("The")} {s.EndsWith("cat")} {s.Contains("own")} {s.Insert(3, "!")} {s.Remove(3, 6)}");
        Console.WriteLine("a" + null + 'b' + 1 + 2.5 + true + Null() + "c" + (object?)null + -0.0);
        Console.WriteLine(string.Concat("x", "y", "z") + string.Concat(new object?[] { 1, null, "q" }) + new string('-', 5) + new string(new[] { 'o', 'k' }, 1, 1));

        string built = string.Concat("hel", "lo".ToString());
        string part = s.Substring(0, 0);
        Console.WriteLine($"{built == "hello"} {ReferenceEquals(built, "hello")} {ReferenceEquals(string.Intern(built), "hello")} {ReferenceEquals(part, string.Empty)}");
        Console.WriteLine($"{string.IsNullOrEmpty(Null())} {string.IsNullOrWhiteSpace(" \t\n")} {Null() == null} {Null()?.Length ?? -1}");
        Console.WriteLine(string.Join(" ", "abc".ToCharArray()) + " " + string.Join('|', 1, "two", 3.0) + " " + string.Join(", ", new[] { "only" }) + string.Join(",", Array.Empty<string>()));
        Console.WriteLine($"{"b".CompareTo("a")} {string.CompareOrdinal("a", "B") > 0} {"abc".GetHashCode() == string.Concat("a", "bc").GetHashCode()}");
        Console.WriteLine("""
            raw "quoted" \n
              indented
            """);
        Console.WriteLine("tab\there \u0041 \x42 \U0001F600 \\ \" @" + @"C:\dir ""q""");
        Console.WriteLine("aXbXc".LastIndexOf("X", 2) + " " + "aaa".IndexOfAny(new[] { 'b', 'a' }, 1) + " " + "x=1;y=2".AsSpan().IndexOf(';'));
        try { _ = s[100]; } catch (IndexOutOfRangeException e) { Console.WriteLine(e.Message); }
        try { _ = s.Substring(5, 100); } catch (ArgumentOutOfRangeException e) { Console.WriteLine(e.ParamName); }
        try { _ = Null()!.Length; } catch (NullReferenceException e) { Console.WriteLine(e.Message); }
        int vowels = 0;
        foreach (char c in s) if ("aeiou".Contains(c)) vowels++;
        Console.WriteLine(vowels);
        string repeated = "";
        for (int i = 0; i < 200; i++) repeated += (char)('a' + i % 26);
        Console.WriteLine($"{repeated.Length} {repeated[199]} {repeated.IndexOf("xyza")}");
    }
}

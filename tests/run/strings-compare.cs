//@ exit = 0
// Covers: string comparison — ordinal, ignoring case, invariant culture (globalization-invariant mode), hashing and comparers.
using System;
using System.Collections.Generic;
using System.Globalization;

class Program
{
    static void Main()
    {
        Console.WriteLine($"{string.Equals("Kiln", "KILN", StringComparison.OrdinalIgnoreCase)} {string.Equals("é", "É", StringComparison.OrdinalIgnoreCase)} {"ß".Equals("SS", StringComparison.OrdinalIgnoreCase)}");
        Console.WriteLine($"{Math.Sign(string.Compare("a", "B", StringComparison.Ordinal))} {Math.Sign(string.Compare("a", "B", StringComparison.OrdinalIgnoreCase))} {Math.Sign(string.Compare("a", null))} {string.Compare(null, null)}");
        Console.WriteLine($"{"Hello".StartsWith("hE", StringComparison.OrdinalIgnoreCase)} {"Hello".EndsWith("LO", StringComparison.OrdinalIgnoreCase)} {"Hello".IndexOf("L", StringComparison.OrdinalIgnoreCase)} {"Hello".Contains("ELL", StringComparison.OrdinalIgnoreCase)}");
        Console.WriteLine($"{"İstanbul".ToLowerInvariant().Length} {"straße".ToUpperInvariant()} {char.ToUpperInvariant('ÿ')} {char.ToLowerInvariant('Σ')}");
        Console.WriteLine(CultureInfo.CurrentCulture.Name == "" ? "invariant" : CultureInfo.CurrentCulture.Name);

        string[] words = { "banana", "Apple", "cherry", "apple", "Banana", "10", "9", "_x", "" };
        foreach (var comparer in new[] { StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture })
        {
            var sorted = (string[])words.Clone();
            // A stable order for equal keys: ties are broken by the original position.
            var keys = new int[sorted.Length];
            for (int i = 0; i < keys.Length; i++) keys[i] = i;
            Array.Sort(keys, (x, y) => comparer.Compare(words[x], words[y]) is var c && c != 0 ? c : x - y);
            Console.WriteLine(string.Join(",", Array.ConvertAll(keys, k => words[k])));
        }

        var byName = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["Key"] = 1 };
        byName["KEY"] = 2;
        Console.WriteLine($"{byName.Count} {byName["key"]} {byName.ContainsKey("kEy")}");
        Console.WriteLine($"{StringComparer.OrdinalIgnoreCase.GetHashCode("abc") == StringComparer.OrdinalIgnoreCase.GetHashCode("ABC")} {StringComparer.Ordinal.Equals("a", "A")}");
        var set = new SortedSet<string>(StringComparer.OrdinalIgnoreCase) { "b", "A", "B", "c" };
        Console.WriteLine(string.Join(" ", set));
        Console.WriteLine($"{"a\0b" == "a\0b"} {"a\0b" == "a"} {"a\0b".Length} {string.CompareOrdinal("a\0b", "a\0c")}");
        Console.WriteLine($"{"abc".AsSpan().SequenceEqual("abc")} {"abc".AsSpan().CompareTo("abd", StringComparison.Ordinal)} {"ABC".AsSpan().Equals("abc", StringComparison.OrdinalIgnoreCase)}");
        Console.WriteLine($"{string.Compare("abcdef", 2, "xxcdxx", 2, 2)} {"x".Equals(null)} {"x".Equals((object)"x")} {((object)"x").Equals("X")}");
    }
}

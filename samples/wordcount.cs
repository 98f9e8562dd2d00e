// Counts the words of a text on standard input: Console.In, Regex, Dictionary, LINQ.
//   kiln run samples/wordcount.cs < README.md
using System.Text.RegularExpressions;

var counts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
while (Console.ReadLine() is { } line)
    foreach (Match word in Regex.Matches(line, @"\p{L}+"))
        counts[word.Value] = counts.GetValueOrDefault(word.Value) + 1;

foreach (var (word, count) in counts.OrderByDescending(p => p.Value).ThenBy(p => p.Key, StringComparer.Ordinal).Take(10))
    Console.WriteLine($"{count,5} {word.ToLowerInvariant()}");

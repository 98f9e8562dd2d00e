//@ exit = 0
// Covers: Guid, HashCode stability within a run, Convert, Uri, Version, Index of text helpers, checksums and cryptographic hashes in managed code.
using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

class Program
{
    static uint Crc(ReadOnlySpan<byte> data) { uint c = ~0u; foreach (byte b in data) { c ^= b; for (int k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1; } return ~c; }
    static ulong Fnv(string s) { ulong h = 14695981039346656037; foreach (byte b in Encoding.UTF8.GetBytes(s)) h = (h ^ b) * 1099511628211; return h; }

    static void Main()
    {
        var g = new Guid("00112233-4455-6677-8899-aabbccddeeff");
        Console.WriteLine($"{g} {g:N} {g:B} {g:X} {Convert.ToHexString(g.ToByteArray())} {g.CompareTo(Guid.Empty)} {g == Guid.ParseExact("00112233445566778899aabbccddeeff", "N")}");
        Console.WriteLine($"{Crc("123456789"u8):X8} {Fnv("kiln"):X16} {Convert.ToBase64String(Enumerable.Range(0, 50).Select(i => (byte)(i * 5)).ToArray())}");
        Console.WriteLine($"{HashCode.Combine(1, "a") == HashCode.Combine(1, "a")} {(1, 2).GetHashCode() == (1, 2).GetHashCode()} {1.5.GetHashCode()} {true.GetHashCode()} {'a'.GetHashCode()} {long.MaxValue.GetHashCode()} {5.GetHashCode()} {Guid.Empty.GetHashCode()}");
        var uri = new Uri("https://user@example.com:8443/a/b%20c/../d?x=1&y=%C3%A9#frag");
        Console.WriteLine($"{uri.Scheme} {uri.Host} {uri.Port} {uri.AbsolutePath} {uri.Query} {uri.Fragment} {uri.UserInfo} {new Uri(uri, "../z?q").AbsoluteUri} {Uri.EscapeDataString("a b/é&")} {Uri.UnescapeDataString("%41%20")} {Uri.IsWellFormedUriString("ht!tp", UriKind.Absolute)}");
        Console.WriteLine($"{new Version(1, 2) < new Version("1.10.0")} {new Version("1.2.3.4").ToString(3)} {Version.TryParse("1", out _)}");
        Span<byte> utf8 = stackalloc byte[32];
        Console.WriteLine($"{Utf8Formatter.TryFormat(-1234567, utf8, out int n)} {Encoding.UTF8.GetString(utf8[..n])} {Utf8Parser.TryParse("42rest"u8, out int parsed, out int used)} {parsed} {used} {Base64.EncodeToUtf8("ab"u8, utf8, out _, out n)} {n}");
        Console.WriteLine($"{WebUtility("<a & b>")} {string.Concat("snake_case_name".Split('_').Select(w => char.ToUpperInvariant(w[0]) + w[1..]))} {string.Create(5, 'a', (s, c) => { for (int i = 0; i < s.Length; i++) s[i] = (char)(c + i); })}");
        var sb = new StringBuilder();
        foreach (var (ch, count) in "aaabccd".GroupBy(c => c).Select(x => (x.Key, x.Count()))) sb.Append(ch).Append(count);
        Console.WriteLine(sb);
    }

    static string WebUtility(string s) => System.Net.WebUtility.HtmlEncode(s) + System.Net.WebUtility.HtmlDecode("&lt;&eacute;&#65;") + System.Net.WebUtility.UrlEncode(" ?");
}

//@ exit = 0
// Covers: System.IO.Path — combination, decomposition, normalisation and edge cases on Unix.
using System;
using System.IO;

class Program
{
    static void Main()
    {
        foreach (string p in new[] { "/usr/lib/file.tar.gz", "file", "dir/", "/", "", ".hidden", "a.b/c", "trailing.", "/a//b/./../c" })
            Console.WriteLine($"[{p}] dir={Path.GetDirectoryName(p) ?? "null"} name={Path.GetFileName(p)} ext={Path.GetExtension(p)} stem={Path.GetFileNameWithoutExtension(p)} rooted={Path.IsPathRooted(p)} root={Path.GetPathRoot(p)} hasExt={Path.HasExtension(p)}");
        Console.WriteLine($"{Path.Combine("a", "b", "c.txt")} {Path.Combine("a/", "b")} {Path.Combine("a", "/b")} {Path.Combine("", "x")} {Path.Join("a", "/b")} {Path.Join("a", "", "c")}");
        Console.WriteLine($"{Path.GetFullPath("/a/b/../c/./d")} {Path.GetFullPath("x/../y", "/base")} {Path.GetFullPath("../../..", "/a/b")} {Path.GetRelativePath("/a/b/c", "/a/d/e")} {Path.GetRelativePath("/a", "/a")}");
        Console.WriteLine($"{Path.ChangeExtension("f.txt", ".md")} {Path.ChangeExtension("f", "md")} {Path.ChangeExtension("f.txt", null)} {Path.TrimEndingDirectorySeparator("a/b/")} {Path.EndsInDirectorySeparator("a/")}");
        Console.WriteLine($"{Path.DirectorySeparatorChar} {Path.PathSeparator} {(int)Path.GetInvalidFileNameChars()[0]} {Path.GetInvalidFileNameChars().Length} {Path.GetRandomFileName().Length} {Path.IsPathFullyQualified("a/b")} {Path.Exists("/")}");
        Console.WriteLine($"{Path.GetFileName("/a/b/c.d".AsSpan())} {Path.GetTempPath().StartsWith('/')}");
        try { Path.Combine("a", null!); } catch (ArgumentNullException e) { Console.WriteLine(e.ParamName); }
        try { Path.GetFullPath("a\0b"); } catch (ArgumentException e) { Console.WriteLine(e.ParamName); }
        Console.WriteLine(Path.GetFullPath(".") == Environment.CurrentDirectory);
    }
}

//@ exit = 3
// Covers: large and interleaved output — nothing is lost when the program returns an exit code from Main.
using System;
using System.IO;
using System.Text;

class Program
{
    static int Main()
    {
        for (int i = 0; i < 3000; i++) Console.WriteLine($"{i}: {new string((char)('a' + i % 26), i % 50)}");
        Console.Out.Write("no newline at the end of this one; ");
        using (var writer = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = false })
        {
            for (int i = 0; i < 500; i++) { writer.Write(i); writer.Write(' '); }
            writer.WriteLine();
        }
        Console.WriteLine("☃ ünïcödé 😀");
        Console.Write("end");
        return 3;
    }
}

//@ exit = 0
//@ stdin = "first line\n  42  \n3.5 x\n\nunicode é漢\nlast without newline"
// Covers: Console.ReadLine, Read, In, redirection, Console.Error and Out set to other writers.
using System;
using System.IO;

class Program
{
    static void Main()
    {
        Console.WriteLine($"[{Console.ReadLine()}]");
        Console.WriteLine(int.Parse(Console.ReadLine()!) + 1);
        Console.WriteLine($"{(char)Console.Read()}{(char)Console.Read()}{(char)Console.In.Peek()} [{Console.ReadLine()}] [{Console.ReadLine()}]");
        Console.WriteLine(Console.ReadLine()!.Length);
        Console.WriteLine($"{Console.In.ReadToEnd()} {Console.ReadLine() == null} {Console.Read()}");
        Console.WriteLine($"{Console.IsInputRedirected} {Console.IsOutputRedirected} {Console.OutputEncoding.WebName}");
        Console.Error.WriteLine("on the error stream");
        TextWriter original = Console.Out;
        var captured = new StringWriter();
        Console.SetOut(captured);
        Console.Write("captured {0} {1:X}", 1, 255);
        Console.WriteLine('c');
        Console.SetOut(original);
        Console.WriteLine(captured.ToString().Trim() + "!");
        Console.SetIn(new StringReader("replaced\n"));
        Console.WriteLine(Console.ReadLine());
        Console.Write(new[] { 'a', 'b' });
        Console.Write(1); Console.Write(2L); Console.Write(3.5); Console.Write(4.5m); Console.Write(true); Console.Write((object?)null); Console.Write(5u);
        Console.WriteLine();
        Console.WriteLine((string?)null);
        Console.WriteLine("{0}|{1,-5}|{2:F1}", "a", "b", 2.25);
        using Stream raw = Console.OpenStandardOutput();
        raw.Write("raw bytes\n"u8);
    }
}

//@ exit = 134
// Covers: an unhandled exception — what was written stays written, finally blocks do not run, message on stderr, SIGABRT.
using System;

class Program
{
    static void Fail(int n) => throw new InvalidOperationException($"nobody catches {n}");

    static void Main()
    {
        Console.WriteLine("before");
        try { try { Fail(3); } catch (ArgumentException) { Console.WriteLine("wrong"); } }
        catch (Exception e) when (e.Message.Length == 0) { Console.WriteLine("wrong filter"); }
        Console.WriteLine("never");
    }
}

//@ exit = 42
// Covers: Environment.Exit from deep inside — finally blocks do not run, output is flushed, exit handlers run, the code's low byte counts.
using System;

class Program
{
    static void Deep(int n)
    {
        try { if (n == 0) Environment.Exit(256 + 42); Deep(n - 1); }
        finally { Console.WriteLine("never: finally"); }
    }

    static int Main()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.WriteLine("exit handler");
        Console.Write("going down; ");
        try { Deep(5); } catch (Exception) { Console.WriteLine("never: catch"); }
        return 1;
    }
}

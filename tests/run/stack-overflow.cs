//@ exit = 134
// Covers: unbounded recursion is reported as a stack overflow and ends the program; it cannot be caught.
using System;
using System.Runtime.CompilerServices;

class Program
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Recurse(int n) => n + Recurse(n + 1) + Recurse(n + 2);

    static void Main()
    {
        Console.WriteLine("down");
        try { Console.WriteLine(Recurse(0)); }
        catch (Exception) { Console.WriteLine("caught"); }
    }
}

//@ stage = "il"
//@ filter = "Program::Main"
// Covers: ECMA-335 III — a body as text: locals, branches, a protected region, tokens with names.
using System;

class Program
{
    static int Main(string[] args)
    {
        int total = 0;
        try
        {
            foreach (string arg in args)
                total += arg.Length;
        }
        catch (NullReferenceException)
        {
            total = -1;
        }
        return total;
    }
}

//@ exit = 134
// Covers: an unhandled exception of the program's own type, with an inner exception and an overridden Message.
using System;

class Custom : Exception
{
    public Custom(Exception inner) : base("base message", inner) { }
    public override string Message => "own " + base.Message;
}

class Program
{
    static void Main(string[] args)
    {
        Console.WriteLine("start " + args.Length);
        try { int.Parse("not a number"); }
        catch (FormatException e) { throw new Custom(e); }
    }
}

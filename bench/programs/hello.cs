// The start of a process: what a program costs that does almost nothing.
using System;

class Program
{
    static void Main() => Console.WriteLine("Hello, World!");
}

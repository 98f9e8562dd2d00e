//@ exit = 134
// Covers: a null dereference that nobody catches ends the program like any other exception.
using System;

class Node { public Node? Next; public string Name = "n"; }

class Program
{
    static void Main()
    {
        var node = new Node();
        Console.WriteLine(node.Name);
        Console.WriteLine(node.Next!.Name);
    }
}

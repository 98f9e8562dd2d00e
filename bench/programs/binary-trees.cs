// Allocation and collection: many short-lived trees beside one that stays.
using System;

sealed class Node
{
    readonly Node? left, right;
    Node(Node? l, Node? r) { left = l; right = r; }
    public static Node Build(int depth) => depth == 0 ? new Node(null, null) : new Node(Build(depth - 1), Build(depth - 1));
    public int Count() => left == null ? 1 : 1 + left.Count() + right!.Count();
}

class Program
{
    static void Main()
    {
        const int max = 18;
        Console.WriteLine($"stretch {Node.Build(max + 1).Count()}");
        Node kept = Node.Build(max);
        for (int depth = 4; depth <= max; depth += 4)
        {
            int trees = 1 << (max - depth + 4), check = 0;
            for (int i = 0; i < trees; i++) check += Node.Build(depth).Count();
            Console.WriteLine($"{trees} trees of depth {depth}: {check}");
        }
        Console.WriteLine($"kept {kept.Count()}");
    }
}

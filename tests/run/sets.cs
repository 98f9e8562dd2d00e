//@ exit = 0
// Covers: HashSet, SortedSet, SortedDictionary, SortedList, Queue, Stack, LinkedList, PriorityQueue, BitArray.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

class Program
{
    static string Show(IEnumerable items) => string.Join(",", items.Cast<object>());

    static void Main()
    {
        var a = new HashSet<int> { 1, 2, 3, 4 };
        var b = new HashSet<int> { 3, 4, 5 };
        Console.WriteLine($"{a.Add(4)} {a.Add(6)} {a.Contains(6)} {a.Overlaps(b)} {a.IsSubsetOf(b)} {a.IsSupersetOf(new[] { 1, 2 })} {b.SetEquals(new[] { 5, 4, 3, 3 })}");
        var union = new HashSet<int>(a); union.UnionWith(b);
        var inter = new HashSet<int>(a); inter.IntersectWith(b);
        var except = new HashSet<int>(a); except.ExceptWith(b);
        var sym = new HashSet<int>(a); sym.SymmetricExceptWith(b);
        Console.WriteLine($"{Show(union.Order())} {Show(inter.Order())} {Show(except.Order())} {Show(sym.Order())} {a.RemoveWhere(x => x > 3)} {a.Count}");
        var words = new HashSet<string>("the cat and the dog and the bird".Split(' '), StringComparer.Ordinal);
        Console.WriteLine($"{words.Count} {Show(words)} {words.TryGetValue("cat", out string? cat)} {cat}");

        var sorted = new SortedSet<int> { 5, 1, 9, 3, 7 };
        Console.WriteLine($"{Show(sorted)} {sorted.Min} {sorted.Max} {Show(sorted.GetViewBetween(2, 7))} {Show(sorted.Reverse())} {sorted.Remove(5)} {sorted.Count}");
        var tree = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < 100; i++) tree["k" + i * 37 % 100] = i;
        for (int i = 0; i < 90; i++) tree.Remove("k" + i);
        Console.WriteLine($"{Show(tree.Keys)} {tree["k95"]} {tree.First()}");
        var list = new SortedList<int, string> { [3] = "c", [1] = "a", [2] = "b" };
        Console.WriteLine($"{Show(list.Values)} {list.IndexOfKey(2)} {list.GetKeyAtIndex(0)}");

        var queue = new Queue<int>();
        for (int i = 0; i < 10; i++) { queue.Enqueue(i); if (i % 3 == 0) queue.Dequeue(); }
        Console.WriteLine($"{Show(queue)} {queue.Peek()} {queue.TryDequeue(out int first)} {first} {queue.Contains(9)}");
        var stack = new Stack<string>(new[] { "x", "y", "z" });
        Console.WriteLine($"{stack.Pop()} {stack.Peek()} {Show(stack)} {stack.TryPop(out _)} {stack.TryPop(out _)} {stack.TryPop(out _)}");
        var linked = new LinkedList<char>("bd");
        LinkedListNode<char> node = linked.Find('d')!;
        linked.AddBefore(node, 'c');
        linked.AddFirst('a');
        linked.AddLast('e');
        linked.Remove('d');
        Console.WriteLine($"{Show(linked)} {linked.First!.Next!.Value} {linked.Last!.Previous!.Value} {linked.Count}");
        var heap = new PriorityQueue<string, int>();
        foreach (var (s, p) in new[] { ("low", 9), ("high", 1), ("mid", 5), ("higher", 0), ("last", 99) }) heap.Enqueue(s, p);
        string order = "";
        while (heap.TryDequeue(out string? s, out int p)) order += $"{s}{p} ";
        Console.WriteLine(order);
        var bits = new BitArray(70) { [0] = true, [69] = true };
        bits.Not();
        Console.WriteLine($"{bits.Cast<bool>().Count(x => x)} {bits[69]} {bits.HasAnySet()}");
        Hashtable table = new() { ["k"] = 1, [2] = "v" };
        ArrayList array = new() { 3, "s", null };
        Console.WriteLine($"{table["k"]} {table[2]} {table["none"] == null} {array.Count} {array.IndexOf("s")}");
        var comparer = Comparer<string>.Create((x, y) => y.Length - x.Length);
        Console.WriteLine(Show(new SortedSet<string>(comparer) { "a", "bbb", "cc", "dd" }));
    }
}

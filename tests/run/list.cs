//@ exit = 0
// Covers: List<T> over references and values — growth, insertion, removal, ranges, sorting, searching, enumeration versions.
using System;
using System.Collections.Generic;
using System.Linq;

record struct Item(int Id, string Name);

class Program
{
    static string Show<T>(IEnumerable<T> items) => "[" + string.Join(",", items) + "]";

    static void Main()
    {
        var list = new List<int> { 5, 3, 8 };
        list.Add(1);
        list.AddRange(new[] { 9, 2 });
        list.Insert(0, 7);
        list.InsertRange(2, list.Take(2).ToList());
        Console.WriteLine($"{Show(list)} {list.Count} {list[2]} {list[^1]}");
        Console.WriteLine($"{list.Remove(7)} {list.Remove(100)} {list.RemoveAll(x => x % 2 == 0)} {Show(list)}");
        list.RemoveAt(0);
        list.RemoveRange(1, 2);
        Console.WriteLine($"{Show(list)} {list.IndexOf(9)} {list.Contains(3)} {list.Exists(x => x > 8)} {list.Find(x => x > 100)} {list.FindIndex(x => x == 9)}");
        for (int i = 0; i < 1000; i++) list.Add(i * 37 % 101);
        list.Sort();
        Console.WriteLine($"{list.Count} {list[0]} {list[500]} {list[^1]} {list.BinarySearch(50) >= 0} {~list.BinarySearch(1000)} {list.Capacity >= list.Count}");
        list.Reverse(0, 10);
        Console.WriteLine($"{Show(list.GetRange(0, 10))} {Show(list[..3])} {list.TrueForAll(x => x >= 0)}");

        var items = new List<Item> { new(2, "b"), new(1, "a"), new(3, null!) };
        items.Sort((x, y) => x.Id.CompareTo(y.Id));
        items.ForEach(i => Console.Write(i + " "));
        Console.WriteLine($"{items.Contains(new Item(1, "a"))} {items.IndexOf(new(2, "b"))}");
        var names = items.ConvertAll(i => i.Name);
        names.Sort();
        Console.WriteLine($"{Show(names)} {names.Contains(null!)} {names.LastIndexOf("b")}");
        Item[] array = items.ToArray();
        array[0].Name = "changed";
        Console.WriteLine(items[0].Name);
        try { _ = items[3]; } catch (ArgumentOutOfRangeException e) { Console.WriteLine(e.ParamName); }
        try { foreach (Item i in items) items.Remove(i); } catch (InvalidOperationException) { Console.WriteLine("modified"); }
        items.Clear();
        items.TrimExcess();
        Console.WriteLine($"{items.Count} {items.Capacity} {new List<int>(50).Capacity}");
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list)[0] = -1;
        Console.WriteLine($"{list[0]} {list.AsReadOnly().Count} {((IList<int>)list).IsReadOnly}");
        List<List<string>> nested = [["a", "b"], [], ["c"]];
        Console.WriteLine($"{string.Join("|", nested.Select(n => n.Count))} {nested.SelectMany(n => n).Last()}");
        System.Collections.IList untyped = new List<int> { 1 };
        untyped.Add(2);
        try { untyped.Add("no"); } catch (ArgumentException) { Console.WriteLine($"typed {untyped.Count}"); }
    }
}

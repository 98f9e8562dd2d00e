//@ exit = 0
// Covers: ECMA-335 I.8.9.1, III.4.8 — vectors: bounds checks, covariance and its store check, initialisers, zero length, ranges.
using System;

class Animal { public virtual string Name => "animal"; }
class Dog : Animal { public override string Name => "dog"; }
struct Pair { public int A; public string? B; }

class Program
{
    static T Opaque<T>(T value) => value;

    static void Main()
    {
        int[] numbers = { 3, 1, 4, 1, 5, 9, 2, 6 };
        Console.WriteLine($"{numbers.Length} {numbers[^1]} {string.Join(",", numbers[2..5])} {numbers.GetLowerBound(0)} {numbers.GetUpperBound(0)} {numbers.Rank}");
        Console.WriteLine($"{new int[0].Length} {(new string[2])[0] == null} {(new Pair[1])[0].A} {(new double[1])[0]} {(new bool[1])[0]}");
        foreach (int index in new[] { -1, 8, int.MinValue })
            try { Console.WriteLine(numbers[Opaque(index)]); } catch (IndexOutOfRangeException) { Console.WriteLine("out of range"); }
        try { _ = new int[Opaque(-1)]; } catch (OverflowException) { Console.WriteLine("negative length"); }

        Animal[] animals = new Dog[2];
        animals[0] = new Dog();
        try { animals[1] = new Animal(); } catch (ArrayTypeMismatchException e) { Console.WriteLine(e.Message); }
        Console.WriteLine($"{animals[0].Name} {animals[1] == null} {animals is Dog[]} {animals is object[]} {(object)animals is string[]}");
        try { ref Animal slot = ref animals[0]; Console.WriteLine(slot.Name); } catch (ArrayTypeMismatchException) { Console.WriteLine("address of covariant element"); }
        object[] objects = new object[] { 1, "two", null!, 4.0 };
        Console.WriteLine(string.Join("|", objects));
        // The CLI lets arrays of same-sized integers convert to each other.
        object unsigned = new uint[] { uint.MaxValue };
        Console.WriteLine($"{unsigned is int[]} {((int[])unsigned)[0]} {(object)new byte[1] is sbyte[]} {(object)new DayOfWeek[1] is int[]}");

        var pairs = new Pair[3];
        pairs[1].A = 7;
        pairs[1].B = "seven";
        ref Pair second = ref pairs[1];
        second.A++;
        Pair copy = pairs[1];
        copy.A = 100;
        Console.WriteLine($"{pairs[1].A} {pairs[1].B} {copy.A}");

        long[] longs = { long.MinValue, -1, 0, 1 };
        byte[] bytes = { 0, 127, 128, 255 };
        sbyte[] signed = { -128, -1, 0, 127 };
        char[] chars = { 'a', '\uFFFF' };
        float[] floats = { 1.5f, float.NaN };
        ushort[] shorts = { ushort.MaxValue };
        Console.WriteLine($"{longs[0]} {bytes[3]} {signed[0]} {(int)chars[1]} {floats[1]} {shorts[0]} {bytes[2] + signed[1]}");
        string[][] jagged = { new[] { "a" }, new[] { "b", "c" }, Array.Empty<string>() };
        int total = 0;
        foreach (string[] row in jagged) total += row.Length;
        Console.WriteLine($"{total} {jagged[1][1]} {jagged.GetType()} {ReferenceEquals(jagged[2], Array.Empty<string>())}");
        int[]? none = null;
        try { Console.WriteLine(Opaque(none)!.Length); } catch (NullReferenceException) { Console.WriteLine("null array"); }
        System.Collections.Generic.IList<int> list = numbers;
        Console.WriteLine($"{list.Count} {list.IndexOf(9)} {list.Contains(7)} {list.IsReadOnly}");
        try { list.Add(1); } catch (NotSupportedException) { Console.WriteLine("fixed size"); }
    }
}

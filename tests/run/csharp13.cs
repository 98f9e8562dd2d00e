//@ csharp = 13
// Covers: C# 13 — params collections, ref structs as type arguments and with interfaces, partial properties, Lock, ref locals in iterators and
// async methods, overload priority, implicit index in initialisers, \e.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

static class Params
{
    public static int Sum(params ReadOnlySpan<int> values)
    {
        int sum = 0;
        foreach (int value in values)
            sum += value;
        return sum;
    }

    public static string Join(params IEnumerable<string> parts) => string.Join("+", parts);
    public static int Count<T>(params List<T> items) => items.Count;
    public static string Which(params int[] values) => $"array of {values.Length}";
    public static string Which(params ReadOnlySpan<int> values) => $"span of {values.Length}";
}

interface IShape
{
    int Area();
    string Describe() => "shape of " + Area();
}

ref struct Rectangle(Span<int> sides) : IShape
{
    private readonly Span<int> sides = sides;
    public int Area() => sides[0] * sides[1];
    public string Describe() => $"rectangle of {Area()}";
    public void Grow() => sides[0]++;
}

struct Square(int side) : IShape
{
    public readonly int Area() => side * side;
}

static class RefGenerics
{
    public static int AreaOf<T>(scoped T shape) where T : IShape, allows ref struct => shape.Area();
    public static string DescribeOf<T>(T shape) where T : IShape, allows ref struct => shape.Describe();
    public static R Apply<T, R>(T value, Func<T, R> f) where T : allows ref struct => f(value);
    public static bool HasNoReferences<T>() where T : allows ref struct => !RuntimeHelpers.IsReferenceOrContainsReferences<T>();
}

ref struct Cursor(ReadOnlySpan<char> text) : IDisposable
{
    private readonly ReadOnlySpan<char> text = text;
    private int at = -1;
    public readonly char Current => text[at];
    public bool MoveNext() => ++at < text.Length;
    public readonly Cursor GetEnumerator() => this;
    public readonly void Dispose() => Console.WriteLine("cursor ends at " + at);
}

partial class Settings
{
    private readonly Dictionary<string, int> values = new() { ["a"] = 1 };
    public partial int Level { get; set; }
    public partial int this[string key] { get; set; }
}

partial class Settings
{
    private int level;
    public partial int Level
    {
        get => level;
        set => level = Math.Clamp(value, 0, 10);
    }

    public partial int this[string key]
    {
        get => values.GetValueOrDefault(key, -1);
        set => values[key] = value;
    }
}

class Buffer4
{
    public int[] Items = new int[4];
}

static class Priorities
{
    [OverloadResolutionPriority(1)]
    public static string Take(ReadOnlySpan<char> text) => "span";
    public static string Take(string text) => "string";
}

static class Program
{
    private static readonly Lock gate = new();
    private static int counter;

    private static void Bump()
    {
        for (int i = 0; i < 1000; i++)
        {
            lock (gate)
                counter++;
        }
    }

    private static IEnumerable<int> Doubled(int[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            {
                ref int slot = ref values[i];
                slot *= 2;
                ReadOnlySpan<int> rest = values.AsSpan(i);
                slot += rest.Length;
            }
            yield return values[i];
        }
    }

    private static async Task<int> SumAsync(int[] values)
    {
        int sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            {
                Span<int> tail = values.AsSpan(i);
                ref int first = ref tail[0];
                sum += first;
            }
            await Task.Yield();
        }
        return sum;
    }

    private static void Main()
    {
        Console.WriteLine($"{Params.Sum()} {Params.Sum(1)} {Params.Sum(1, 2, 3)} {Params.Sum([4, 5])} {Params.Sum(new[] { 6, 7 })}");
        Console.WriteLine($"{Params.Join("a", "b")} {Params.Join(new List<string> { "c" })} {Params.Count(1, 2, 3)} {Params.Count<string>()}");
        Console.WriteLine($"{Params.Which(1, 2)} {Params.Which(new[] { 1 })}");

        Rectangle rectangle = new(stackalloc int[] { 3, 4 });
        Console.WriteLine($"{RefGenerics.AreaOf(rectangle)} {RefGenerics.DescribeOf(rectangle)}");
        rectangle.Grow();
        Console.WriteLine($"{RefGenerics.AreaOf(rectangle)} {RefGenerics.AreaOf(new Square(5))} {RefGenerics.DescribeOf(new Square(6))}");
        ReadOnlySpan<char> word = "hello";
        Console.WriteLine($"{RefGenerics.Apply(word, s => s.Length)} {RefGenerics.Apply(word[1..3], s => s.ToString())} {RefGenerics.Apply(3, i => i + 1)}");
        Console.WriteLine($"{RefGenerics.HasNoReferences<Span<int>>()} {RefGenerics.HasNoReferences<int>()} {RefGenerics.HasNoReferences<string>()}");
        foreach (char c in new Cursor("xyz"))
            Console.Write(c + ";");
        Console.WriteLine();

        Settings settings = new() { Level = 99 };
        settings["b"] = 7;
        Console.WriteLine($"{settings.Level} {settings["a"]} {settings["b"]} {settings["c"]}");

        Buffer4 buffer = new() { Items = { [^1] = 9, [0] = 1 } };
        Console.WriteLine(string.Join(",", buffer.Items));

        Thread[] threads = [new(Bump), new(Bump), new(Bump)];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Console.WriteLine($"{counter} {gate.IsHeldByCurrentThread}");
        using (gate.EnterScope())
            Console.WriteLine(gate.IsHeldByCurrentThread);

        Console.WriteLine(string.Join(",", Doubled([1, 2, 3])));
        Console.WriteLine(SumAsync([4, 5, 6]).GetAwaiter().GetResult());
        Console.WriteLine(Priorities.Take("text"));
        Console.WriteLine((int)"\e"[0]);
        Console.WriteLine(Enumerable.Range(0, 5).Index().Sum(p => p.Index * p.Item));
    }
}

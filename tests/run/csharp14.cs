//@ csharp = 14
// Covers: C# 14 — extension members, field, null-conditional assignment, unbound nameof, implicit span conversions, modifiers on untyped lambda
// parameters, partial constructors and events, user-defined compound assignment and instance increment.

using System;
using System.Collections.Generic;
using System.Linq;

static class Extensions
{
    extension(string text)
    {
        public bool IsUpper => text.All(char.IsUpper);
        public string Twice() => text + text;
        public static string Empty3 => "...";
        public static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));
    }

    extension<T>(IEnumerable<T> source)
    {
        public T Middle => source.ElementAt(source.Count() / 2);
        public IEnumerable<R> Map<R>(Func<T, R> f) => source.Select(f);
        public static IEnumerable<T> operator +(IEnumerable<T> left, IEnumerable<T> right) => left.Concat(right);
    }

    extension<TKey, TValue>(Dictionary<TKey, TValue> map) where TKey : notnull
    {
        public int Load => map.Count;
    }

    extension(ref Counter counter)
    {
        public void Reset() => counter.Value = 0;
    }

    extension(ReadOnlySpan<int> values)
    {
        public int Total()
        {
            int total = 0;
            foreach (int value in values)
                total += value;
            return total;
        }
    }
}

struct Counter
{
    public int Value;
}

class Person
{
    public string Name
    {
        get;
        set => field = value?.Trim() ?? throw new ArgumentNullException(nameof(value));
    } = "nobody";

    public int Age
    {
        get => field < 0 ? 0 : field;
        set;
    } = -1;

    public static int Made { get => field++; }

    public Person Friend { get; set; }
    public int[] Scores { get; } = new int[3];
    public event Action<int> Changed;
    public Action<int> Handler;
    public void Raise(int value) => Changed?.Invoke(value);
}

partial class Model
{
    public partial Model(int size);
    public partial event Action Loaded;
    public int Size { get; }
}

partial class Model
{
    private readonly List<Action> loaded = [];

    public partial Model(int size)
    {
        Size = size * 2;
    }

    public partial event Action Loaded
    {
        add => loaded.Add(value);
        remove => loaded.Remove(value);
    }

    public void Load() => loaded.ForEach(action => action());
}

class Big
{
    public int[] Digits = new int[2];
    public int Copies;
    public static Big operator +(Big left, int right) => new() { Digits = [left.Digits[0] + right, 0], Copies = left.Copies + 1 };
    public void operator +=(int right) => Digits[0] += right;
    public void operator checked -=(int right) => Digits[0] = checked(Digits[0] - right);
    public void operator -=(int right) => Digits[0] = unchecked(Digits[0] - right);
    public void operator ++() => Digits[1]++;
}

struct Point
{
    public int X, Y;
    public void operator *=(int by)
    {
        X *= by;
        Y *= by;
    }
}

interface IAccumulate<TSelf> where TSelf : IAccumulate<TSelf>
{
    void operator +=(int value);
}

struct Total : IAccumulate<Total>
{
    public int Sum;
    public void operator +=(int value) => Sum += value;
}

delegate bool TryGet<T>(string text, out T value);
delegate void Change(ref int value, in int by);

static class Program
{
    private static int evaluated;
    private static int Evaluate(int value)
    {
        evaluated++;
        return value;
    }

    private static string Kind(ReadOnlySpan<int> values) => $"span {values.Length}";
    private static string Kind(IEnumerable<int> values) => "sequence";

    private static T Add<T>(T target, int value) where T : IAccumulate<T>
    {
        target += value;
        return target;
    }

    private static void Main()
    {
        Console.WriteLine($"{"ABC".IsUpper} {"AbC".IsUpper} {"ab".Twice()} {string.Empty3} {string.Repeat("xy", 3)}");
        int[] numbers = [1, 2, 3, 4, 5];
        Console.WriteLine($"{numbers.Middle} {string.Join(",", numbers.Map(n => n * n))}");
        IEnumerable<int> more = new List<int> { 6, 7 };
        Console.WriteLine(string.Join(",", (IEnumerable<int>)numbers + more));
        Console.WriteLine($"{new Dictionary<string, int> { ["a"] = 1 }.Load} {Extensions.get_IsUpper("Q")}");
        Counter counter = new() { Value = 5 };
        counter.Reset();
        Console.WriteLine($"{counter.Value} {numbers.Total()} {numbers.AsSpan(1, 2).Total()}");

        Person person = new() { Name = "  Ada " };
        Console.WriteLine($"[{person.Name}] {person.Age} {Person.Made} {Person.Made}");
        try
        {
            person.Name = null;
        }
        catch (ArgumentNullException e)
        {
            Console.WriteLine(e.ParamName + " " + person.Name);
        }

        Person nobody = null;
        nobody?.Age = Evaluate(1);
        nobody?.Scores[Evaluate(0)] += Evaluate(2);
        person?.Age = Evaluate(3);
        person?.Scores[1] += Evaluate(4);
        person?.Friend?.Age = Evaluate(5);
        person.Friend = new Person();
        person?.Friend?.Age = Evaluate(6);
        person?.Changed += value => Console.WriteLine("changed to " + value);
        nobody?.Changed += value => Console.WriteLine("never");
        person?.Handler ??= value => Console.WriteLine("handled " + value);
        person.Raise(8);
        person.Handler(9);
        Console.WriteLine($"{person.Age} {person.Scores[1]} {person.Friend.Age} {evaluated}");

        Console.WriteLine($"{nameof(List<>)} {nameof(Dictionary<,>.Keys)} {nameof(IAccumulate<>)}");

        ReadOnlySpan<char> letters = "span of string";
        Span<int> span = numbers;
        ReadOnlySpan<object> objects = new[] { "a", "b" };
        Console.WriteLine($"{letters.Length} {span[4]} {objects.Length} {Kind(numbers)} {Kind(new List<int>())} {numbers.Contains(3)}");
        Console.WriteLine(numbers.SequenceEqual([1, 2, 3, 4, 5]) + " " + numbers.IndexOf(4));

        TryGet<int> parse = (text, out value) => int.TryParse(text, out value);
        Change change = (ref value, in by) => value += by;
        int changed = 40;
        change(ref changed, 2);
        Console.WriteLine($"{parse("12", out int parsed)} {parsed} {parse("x", out parsed)} {parsed} {changed}");

        Model model = new(21);
        Action hello = () => Console.WriteLine("loaded " + model.Size);
        model.Loaded += hello;
        model.Loaded += hello;
        model.Loaded -= hello;
        model.Load();

        Big big = new(), same = big;
        big += 5;
        big -= 2;
        big++;
        ++big;
        Console.WriteLine($"{ReferenceEquals(big, same)} {big.Digits[0]} {big.Digits[1]} {big.Copies}");
        Big sum = big + 1;
        Console.WriteLine($"{sum.Digits[0]} {sum.Copies}");
        try
        {
            checked
            {
                big.Digits[0] = int.MinValue;
                big -= 1;
            }
        }
        catch (OverflowException)
        {
            Console.WriteLine("overflow");
        }
        Point point = new() { X = 1, Y = 2 };
        point *= 3;
        Point[] points = [point];
        points[0] *= 2;
        Console.WriteLine($"{point.X},{point.Y} {points[0].X},{points[0].Y} {Add(new Total { Sum = 1 }, 4).Sum}");
    }
}

//@ exit = 0
// Covers: C# 1 to 11 — language features that the other programs do not use: anonymous methods, queries with every clause, extension members that
// the language looks for, custom awaiters and builders, caller information, partial and file-local types, patterns of `fixed`, jumps out of everything.
global using Text = System.String;

using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using static System.Math;
using static Shapes;
using Pair = System.Collections.Generic.KeyValuePair<string, int>;

static class Shapes
{
    public const double Unit = 2;
    public static double Square(double side) => side * side;
    public enum Corner { Round, Sharp }
}

partial class Split
{
    partial void Hook(ref int calls);
    public partial int Twice(int value);
    public int Calls() { int calls = 0; Hook(ref calls); return calls; }
    partial void Never(int value);
    public void CallsNothing() => Never(Program.Trace("not evaluated"));
}

partial class Split
{
    partial void Hook(ref int calls) => calls++;
    public partial int Twice(int value) => value * 2;
}

file class Local
{
    public override string ToString() => "file-local";
}

class Bag : IEnumerable
{
    public readonly List<string> Items = new();
    public IEnumerator GetEnumerator() => Items.GetEnumerator();
    public string this[string key] { set => Items.Add($"[{key}]={value}"); }
    public List<int> Nested { get; } = new();
}

static class Extensions
{
    // What collection initialisers, `foreach`, `await` and deconstruction look for may be extensions.
    public static void Add(this Bag bag, int number) => bag.Items.Add("int " + number);
    public static void Add(this Bag bag, string text, int times) => bag.Items.Add(text + "*" + times);
    public static IEnumerator<int> GetEnumerator(this int count) { for (int i = 0; i < count; i++) yield return i; }
    public static TaskAwaiter GetAwaiter(this TimeSpan span) => Task.Delay(span).GetAwaiter();
    public static void Deconstruct(this string text, out char first, out string rest) { first = text[0]; rest = text[1..]; }
    public static ref int First(this ref Point point) => ref point.X;
    public static string Of(this in Point point) => $"{point.X},{point.Y}";
}

struct Point { public int X, Y; public readonly int Sum => X + Y; public readonly override string ToString() => $"({X},{Y})"; }

// A pattern-based `fixed` and a disposable by-ref-like type.
ref struct Window
{
    readonly Span<int> span;
    public Window(Span<int> span) => this.span = span;
    public ref int GetPinnableReference() => ref span[0];
    public void Dispose() => Console.WriteLine("window closed");
}

class AsyncResource : IAsyncDisposable
{
    public async ValueTask DisposeAsync() { await Task.Yield(); Console.WriteLine("closed later"); }
}

// A task-like type with a builder of its own.
[AsyncMethodBuilder(typeof(EagerBuilder))]
class Eager { public int Value; public EagerAwaiter GetAwaiter() => new() { From = this }; }
class EagerAwaiter : INotifyCompletion { public Eager From; public bool IsCompleted => true; public int GetResult() => From.Value; public void OnCompleted(Action next) => next(); }
class EagerBuilder
{
    public static EagerBuilder Create() => new();
    public Eager Task { get; } = new();
    public void Start<T>(ref T machine) where T : IAsyncStateMachine => machine.MoveNext();
    public void SetStateMachine(IAsyncStateMachine machine) { }
    public void SetResult() => Task.Value++;
    public void SetException(Exception e) => Task.Value = -e.Message.Length;
    public void AwaitOnCompleted<A, T>(ref A awaiter, ref T machine) where A : INotifyCompletion where T : IAsyncStateMachine => machine.MoveNext();
    public void AwaitUnsafeOnCompleted<A, T>(ref A awaiter, ref T machine) where A : ICriticalNotifyCompletion where T : IAsyncStateMachine => machine.MoveNext();
}

class Base { private protected virtual string Name => "base"; public string Show() => Name; }
class Derived : Base { private protected override string Name => "derived of " + base.Name; }

[AttributeUsage(AttributeTargets.All)] class MarkAttribute : Attribute { }

static class Program
{
    public static int Trace(string text) { Console.WriteLine(text); return text.Length; }

    [Conditional("NEVER")] static void Hidden(int value) => Console.WriteLine("hidden " + value);

    static string Caller([CallerMemberName] string member = "", [CallerLineNumber] int line = 0, [CallerArgumentExpression(nameof(value))] string text = "", int value = 0) =>
        $"{member} {line > 0} <{text}>";

    static string Named(int a, int b = 2, params int[] rest) => $"{a} {b} [{string.Join(" ", rest)}]";

    static int Thrower(string text) => text?.Length ?? throw new ArgumentNullException(nameof(text));

    static async Eager Count() { await Task.CompletedTask; }
    static async Eager Fails() { await new ValueTask(); throw new InvalidOperationException("five!"); }

    [SkipLocalsInit] static unsafe int Scratch() { int* words = stackalloc int[4]; for (int i = 0; i < 4; i++) words[i] = i; return words[3]; }

    static ref int Larger(ref int a, ref int b) => ref a > b ? ref a : ref b;

    static unsafe int Size<T>() where T : unmanaged => sizeof(T);

    static void AnonymousMethods()
    {
        int factor = 3;
        Func<int, int> times = delegate (int x) { return x * factor; };
        Action<int, string> ignores = delegate { factor++; };
        ignores(1, "x");
        Comparison<Text> byLength = delegate (Text a, Text b) { return a.Length - b.Length; };
        Console.WriteLine($"{times(5)} {factor} {byLength("abc", "z")}");
        Func<int> still = static () => 4;
        var natural = [Mark] (int x, int y) => x + y;
        var group = Named;
        Console.WriteLine($"{still()} {natural(1, 2)} {natural.GetType().Name} {group(1, 2, new[] { 3 })}");
    }

    static void Queries()
    {
        string[] words = { "delta", "alpha", "charlie", "bravo", "echo", "able" };
        var anonymous = from w in words
                        let first = w[0]
                        where w.Length > 4
                        join other in words on w.Length equals other.Length into same
                        from s in same.DefaultIfEmpty()
                        orderby first descending, s
                        select new { first, s, Both = w + s };
        foreach (var x in anonymous.Take(4)) Console.WriteLine(x);
        var groups = from w in words group w.ToUpperInvariant() by w.Length into g where g.Count() > 1 orderby g.Key select (g.Key, g.First());
        Console.WriteLine(string.Join(" ", groups));
        var cast = from int n in new ArrayList { 3, 1, 2 } select n * n;
        Console.WriteLine(cast.Sum());
        var same1 = new { A = 1, B = "x" };
        Console.WriteLine(same1.Equals(new { A = 1, B = "x" }) + " " + (same1.GetType() == new { A = 2, B = "" }.GetType()));
    }

    static void Initialisers()
    {
        var bag = new Bag { 1, { "two", 2 } };
        var indexed = new Bag { ["k"] = "v", Nested = { 1, 2, 3 } };
        Console.WriteLine(string.Join("; ", bag.Items.Concat(indexed.Items)) + " " + indexed.Nested.Count);
        int[,] grid = { { 1, 2 }, { 3, 4 } };
        int[][] jagged = { new[] { 1 }, new int[2] };
        Console.WriteLine(grid[1, 0] + jagged[1].Length);
        foreach (int i in 3) Console.Write(i + " ");
        var (first, rest) = "kiln";
        (int a, (string b, _), Pair _) = (1, ("x", 2.0), new Pair("k", 3));
        Console.WriteLine($"{first} {rest} {a} {b}");
    }

    static void Arguments()
    {
        Console.WriteLine(Named(b: Trace("b"), a: Trace("aa")));
        Console.WriteLine(Named(1) + Named(1, 5, 6, 7) + Named(a: 1, b: 2, rest: new[] { 9 }));
        Console.WriteLine(Caller() + Caller(value: 1 + 2));
        Hidden(Trace("not evaluated"));
        new Split().CallsNothing();
        Console.WriteLine(new Split().Calls() + new Split().Twice(4) + " " + new Local() + " " + new Derived().Show());
        try { Thrower(null); } catch (ArgumentNullException e) { Console.WriteLine(e.ParamName); }
        Console.WriteLine(Sqrt(Square(Unit)) + " " + Corner.Sharp + " " + Max(1, 2));
    }

    static unsafe void Refs()
    {
        int x = 3, y = 5;
        Larger(ref x, ref y) = 9;
        ref int r = ref x;
        r = 4;
        r = ref y;
        r++;
        Console.WriteLine($"{x} {y}");
        var point = new Point { X = 1, Y = 2 };
        point.First() = 7;
        Console.WriteLine(point.Of() + " " + point.Sum + " " + Scratch() + " " + Size<(int, Point)>() + " " + Size<KeyValuePair<byte, long>>());
        int[] numbers = { 1, 2, 3 };
        using (var window = new Window(numbers))
            fixed (int* p = window) p[1] = 20;
        fixed (char* c = "text") Console.WriteLine(numbers[1] + " " + c[1]);
        scoped Span<int> span = stackalloc[] { 1, 2, 3 };
        span = numbers;
        Console.WriteLine(span[1]);
    }

    static string Jumps(int n)
    {
        for (int i = 0; ; i++)
        {
            switch (i + n)
            {
                case 1: goto case 3;
                case 2: goto default;
                case 3: continue;
                case 7: goto done;
                default:
                    try { if (i > 8) break; continue; }
                    finally { Console.Write("f"); }
            }
            foreach (char c in "xyz") if (c == 'y') goto done;
        done:
            return $" {i}";
        }
    }

    static string Shape(object value) => value switch
    {
        Point { X: > 0 and < 10, Y: var y } when y % 2 == 0 => "near " + y,
        Point { Sum: 0 } or null => "nothing",
        string { Length: >= 3 } and ['k', .., var last] => "k.." + last,
        Bag { Items.Count: > 1, Nested: { Count: 0 } } => "bag",
        (int or long) and not 5 => "number",
        Corner.Sharp => "sharp",
        _ => "other",
    };

    const string Greeting = "hello";
    const string Constant = $"{Greeting}, {nameof(Program)}";

    static async Task Main()
    {
        AnonymousMethods();
        Queries();
        Initialisers();
        Arguments();
        Refs();
        Console.WriteLine(Jumps(0) + Jumps(1) + Jumps(5));
        object[] shapes = { new Point { X = 2, Y = 4 }, new Point(), null, "kiln", new Bag { 1, 2 }, 5L, 5, Corner.Sharp, "x" };
        Console.WriteLine(string.Join(" ", shapes.Select(Shape)));
        await TimeSpan.FromMilliseconds(1);
        await using (new AsyncResource()) Console.WriteLine("open");
        Console.WriteLine(await Count() + " " + await Fails());
        try { throw new FormatException("a"); }
        catch (Exception e) when (e is not FormatException) { }
        catch (FormatException) { await Task.Yield(); Console.WriteLine(Constant); }
        finally { await Task.Yield(); Console.WriteLine("""done "raw" """ + $$"""{{{Greeting}}}"""); }
    }
}

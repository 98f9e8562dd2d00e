//@ exit = 0
// Covers: pattern matching — type, constant, relational, logical, property, positional, list, slice and var patterns; switch order and failure.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

abstract record Expr;
record Num(double V) : Expr;
record Add(Expr L, Expr R) : Expr;
record Mul(Expr L, Expr R) : Expr;
record Neg(Expr E) : Expr;
class Person { public string Name = ""; public int Age; public Person? Boss; public void Deconstruct(out string n, out int a) { n = Name; a = Age; } }

class Program
{
    static Expr Simplify(Expr e) => e switch
    {
        Add(Num(0), var x) => Simplify(x),
        Add(var x, Num { V: 0 }) => Simplify(x),
        Mul(Num(0), _) or Mul(_, Num(0)) => new Num(0),
        Mul(Num(1), var x) => Simplify(x),
        Mul(var x, Num(1)) => Simplify(x),
        Neg(Neg(var x)) => Simplify(x),
        Add(var l, var r) => new Add(Simplify(l), Simplify(r)),
        _ => e,
    };
    static string Describe(object? o) => o switch
    {
        null => "null",
        int and < 0 => "negative",
        int n and (0 or 1 or 2) => $"small {n}",
        int n when n % 2 == 0 => "even",
        int => "odd",
        double.NaN => "NaN",
        double d and >= 1e6 => $"large {d}",
        string { Length: 0 } => "empty",
        string { Length: > 3 } s => $"long {s}",
        string s => s,
        Person { Name: "Ann", Boss: { Age: >= 50, Boss: null } boss } => $"Ann under {boss.Name}",
        Person(var name, not > 17) => $"young {name}",
        Person { Boss.Boss.Name: var top } => $"top {top}",
        int[] and [] => "no ints",
        int[] and [var only] => $"one {only}",
        int[] and [1, .., 9] => "1..9",
        int[] and [_, .. var middle, _] => $"middle {middle.Length}",
        (int x, string y) => $"tuple {x}{y}",
        ITuple { Length: 3 } => "triple",
        IEnumerable<char> => "chars",
        Type t when t == typeof(int) => "typeof int",
        not Enum => "other " + o.GetType().Name,
        _ => "enum",
    };
    static string Size(int n) => n switch { < 0 => "neg", 0 => "zero", > 0 and < 10 => "digit", < 100 => "two", _ => "many" };
    static int Command(string[] args) => args switch { ["add", var a, var b] => int.Parse(a) + int.Parse(b), ["sum", .. var rest] => rest.Length, [] => 0, [.., "!"] => -2, _ => -1 };
    static bool IsLetter(char c) => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z';
    enum Light { Red, Green }
    static string Next(Light l) => l switch { Light.Red => "go", Light.Green => "stop" };

    static void Main()
    {
        Console.WriteLine(Simplify(new Add(new Num(0), new Mul(new Num(1), new Neg(new Neg(new Num(7)))))));
        Console.WriteLine(Simplify(new Mul(new Neg(new Num(2)), new Num(0))));
        var boss = new Person { Name = "Bob", Age = 60 };
        object?[] all = { null, -5, 2, 8, 9, double.NaN, 2e6, 1.5, "", "abcd", "abc", new Person { Name = "Ann", Age = 30, Boss = boss }, new Person { Name = "Kid", Age = 7 },
            new Person { Name = "P", Age = 40, Boss = new Person { Boss = boss } }, boss, new int[0], new[] { 5 }, new[] { 1, 5, 9 }, new[] { 2, 3, 4, 5 },
            (1, "a"), (1, 2, 3), new List<char>(), typeof(int), typeof(string), 'c', Light.Green };
        foreach (object? o in all) Console.WriteLine(Describe(o));
        foreach (int n in new[] { -1, 0, 5, 10, 99, 100 }) Console.Write(Size(n) + " ");
        Console.WriteLine($"{Command(["add", "2", "3"])} {Command(["sum", "x", "y"])} {Command([])} {Command(["a", "!"])} {Command(["q"])} {IsLetter('Q')} {IsLetter('[')}");
        try { Next((Light)7); } catch (SwitchExpressionException e) { Console.WriteLine(e.UnmatchedValue); }
        if (all[9] is string { Length: var len } text && len == 4 && text is ['a', .., 'd']) Console.WriteLine($"{text} {len}");
        Console.WriteLine($"{all[0] is not null} {all[1] is not (int or string)} {"abc" is [_, 'b', ..]} {(1, "x") is (> 0, "x")}");
    }
}

//@ exit = 0
// Covers: records — value equality with inheritance, with-expressions, printing, deconstruction, record structs, required and init members.
using System;
using System.Collections.Generic;

record Person(string Name, int Age) { public string Note { get; init; } = "-"; }
record Employee(string Name, int Age, string Job) : Person(Name, Age);
sealed record Manager(string Name, int Age) : Employee(Name, Age, "manager") { public List<string> Team { get; } = new(); public override string ToString() => $"Mgr {Name}"; }
record struct Point(double X, double Y) { public double Length => Math.Sqrt(X * X + Y * Y); public static readonly Point Origin = new(0, 0); }
readonly record struct Key(string A, int? B);
record Node<T>(T Value, Node<T>? Next = null) { public int Count => 1 + (Next?.Count ?? 0); }
abstract record Animal { public abstract string Sound { get; } protected virtual bool PrintMembers(System.Text.StringBuilder b) { b.Append("Sound = " + Sound); return true; } }
record Cow : Animal { public override string Sound => "moo"; }
record Empty;
class Config { public required string Host { get; init; } public int Port { get; init; } = 80; }

class Program
{
    static void Main()
    {
        var a = new Person("Ann", 30);
        var b = a with { Age = 31 };
        Person c = new("Ann", 30), e = new Employee("Ann", 30, "dev");
        Console.WriteLine($"{a} {b} {a == c} {a != b} {a.Equals(e)} {e.Equals(a)} {ReferenceEquals(a, c)} {a.GetHashCode() == c.GetHashCode()}");
        Console.WriteLine($"{e} {e with { Age = 1 }} {(e with { }) == e} {(e with { }).GetType().Name} {a with { Note = "n" } == a}");
        var (name, age) = a;
        var (n2, a2, job) = (Employee)e;
        Console.WriteLine($"{name} {age} {n2} {a2} {job}");
        var m = new Manager("Meg", 50);
        m.Team.Add("x");
        var m2 = m with { Age = 51 };
        m2.Team.Add("y");
        Console.WriteLine($"{m} {m.Team.Count} {m == m2} {m2.Age} {(Person)m == new Manager("Meg", 50)}");

        var p = new Point(3, 4);
        var q = p with { Y = 0 };
        p.X = 0;
        Console.WriteLine($"{p} {q} {p == new Point(0, 4)} {q.Length} {Point.Origin == default} {p.Equals((object)q)}");
        var keys = new Dictionary<Key, int> { [new("a", 1)] = 1, [new("a", null)] = 2 };
        Console.WriteLine($"{keys[new("a", null)]} {keys.ContainsKey(new("b", null))} {new Key("z", null)} {default(Key)}");
        var list = new Node<int>(1, new(2, new(3)));
        Console.WriteLine($"{list} {list.Count} {list == new Node<int>(1, new(2, new(3)))} {new Node<string>("s") == new Node<string>("t")}");
        Console.WriteLine($"{new Cow()} {new Cow() == new Cow()} {new Empty()} {new Empty().Equals(null)}");
        var config = new Config { Host = "h" };
        Console.WriteLine($"{config.Host}:{config.Port}");
        var anonymous = new { A = 1, B = "x" };
        Console.WriteLine($"{anonymous} {anonymous.Equals(new { A = 1, B = "x" })} {anonymous with { A = 2 }} {anonymous.GetHashCode() == new { A = 1, B = "x" }.GetHashCode()}");
        Person? none = null;
        Console.WriteLine($"{none == null} {a == none} {none?.Name ?? "nobody"}");
        var set = new HashSet<Person> { a, b, c, e };
        Console.WriteLine(set.Count);
    }
}

//@ exit = 0
// Covers: System.Runtime.CompilerServices.UnsafeAccessorAttribute — constructors, methods, fields of classes and structs, static and not, and what is missing.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

class Safe
{
    private int code = 7;
    private static string motto = "closed";
    private Safe(int code) => this.code = code;
    public Safe() { }
    private int Twice(int x) => x * 2 + code;
    private string Twice(string x) => x + x;
    private static string Join(string a, int b) => a + ":" + b;
    protected virtual string Kind() => "safe";
    public override string ToString() => $"{code} {motto}";
}
class Vault : Safe { protected override string Kind() => "vault"; }
struct Pair { private int left; private readonly string right; public Pair(int l, string r) { left = l; right = r; } private int Bump(int by) => left += by; public override string ToString() => $"{left} {right}"; }

static class Open
{
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)] public static extern Safe Make(int code);
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "code")] public static extern ref int Code(Safe safe);
    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "motto")] public static extern ref string Motto(Safe? safe);
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Twice")] public static extern int Twice(Safe safe, int x);
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Twice")] public static extern string Twice(Safe safe, string x);
    [UnsafeAccessor(UnsafeAccessorKind.Method)] public static extern string Kind(Safe safe);
    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "Join")] public static extern string Join(Safe? safe, string a, int b);
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "left")] public static extern ref int Left(ref Pair pair);
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Bump")] public static extern int Bump(ref Pair pair, int by);
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_size")] public static extern ref int Size(List<int> list);
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "nothing")] public static extern ref int Nothing(Safe safe);
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Nobody")] public static extern void Nobody(Safe safe);
}

class Program
{
    static void Main()
    {
        Safe safe = Open.Make(40);
        Open.Code(safe)++;
        Console.WriteLine($"{safe} {Open.Twice(safe, 3)} {Open.Twice(safe, "ab")} {Open.Kind(new Vault())} {Open.Join(null, "x", 5)}");
        Open.Motto(null) = "open";
        var pair = new Pair(1, "r");
        Open.Left(ref pair) = 10;
        Console.WriteLine($"{safe} {Open.Bump(ref pair, 5)} {pair}");
        var list = new List<int> { 1, 2, 3 };
        Open.Size(list) = 2;
        Console.WriteLine(string.Join(",", list));
        try { Open.Nothing(safe)++; } catch (MissingFieldException) { Console.WriteLine("no field"); }
        try { Open.Nobody(safe); } catch (MissingMethodException) { Console.WriteLine("no method"); }
        try { Open.Code(null!)++; } catch (NullReferenceException) { Console.WriteLine("null"); }
    }
}

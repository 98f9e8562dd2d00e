//@ exit = 0
// Covers: nested types that are looked up on a type that comes as a parameter: static classes with constants, enums, private ones, by name and all of them; those
// that a promise is of; generic definitions that are taken from an instantiation; pairs and tuples that generic methods make;
// conversions that instantiations of the class library declare, found by expression trees.
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;

abstract class Shape
{
    public static class Tags
    {
        public const int Circle = 0;
        public const int Box = 1;
        public static int Count = 7;
        public static string Say(int n) => "tag " + n;
    }

    static class Hidden { internal const string Name = "hidden"; }
    public sealed class Inner : Shape { public int Value { get; set; } = 3; }
    public enum Kind { Round, Flat = 4 }
    protected interface IPart { int Size { get; } }
    public struct Pair { public long A, B; }
}

class Promised
{
    public class Open { public class Deeper { public string Text => "deep"; } public string Text => "open"; }
    class Closed { public string Text => "closed"; }
}

class Box<T> { public T Value; public override string ToString() => typeof(T).Name + " " + Value; }
class Cell<A, B> { public override string ToString() => typeof(A).Name + "," + typeof(B).Name; }
struct Money { public int Amount; }

class P
{
    const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic;
    const BindingFlags Declared = All | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    static void Look(Type t)
    {
        Type tags = t.GetNestedType("Tags", All);
        Console.WriteLine(string.Join(",", tags.GetFields().Where(f => f.IsLiteral).Select(f => f.Name + "=" + f.GetRawConstantValue())));
        Console.WriteLine(tags.GetMethod("Say").Invoke(null, new object[] { 4 }) + " " + tags.GetField("Count").GetValue(null));
        Console.WriteLine(t.GetNestedType("Hidden", BindingFlags.NonPublic).GetField("Name", BindingFlags.NonPublic | BindingFlags.Static).GetValue(null));
        Console.WriteLine(t.GetNestedType("Hidden") == null ? "not public" : "public");
        object inner = Activator.CreateInstance(t.GetNestedType("Inner"));
        Console.WriteLine(inner.GetType().GetProperty("Value").GetValue(inner));
        Console.WriteLine(string.Join(",", Enum.GetNames(t.GetNestedType("Kind"))) + " " + Enum.Parse(t.GetNestedType("Kind"), "Flat"));
        foreach (Type n in t.GetNestedTypes(All).OrderBy(n => n.Name))
            Console.WriteLine(n.Name + ": " + string.Join(",", n.GetMembers(Declared).Select(m => m.Name).OrderBy(m => m, StringComparer.Ordinal)));
    }

    static void Ask([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicNestedTypes)] Type t)
    {
        foreach (Type n in t.GetNestedTypes())
        {
            Console.WriteLine(n.Name + " " + n.GetProperty("Text").GetValue(Activator.CreateInstance(n)));
            foreach (Type deeper in n.GetNestedTypes())
                Console.WriteLine(deeper.Name + " " + deeper.GetProperty("Text").GetValue(Activator.CreateInstance(deeper)));
        }
    }

    static object MakeBox(object value)
    {
        Type t = typeof(Box<object>);
        Type made = (t.IsGenericType ? t.GetGenericTypeDefinition() : t).MakeGenericType(value.GetType());
        object box = Activator.CreateInstance(made);
        made.GetField("Value").SetValue(box, value);
        return box;
    }

    static object MakeCell(object pair) => Activator.CreateInstance(typeof(Cell<string, string>).GetGenericTypeDefinition().MakeGenericType(pair.GetType().GetGenericArguments()));

    static string Parts(object o) => string.Join("|", o.GetType().GetProperties().OrderBy(p => p.Name).Select(p => p.Name + "=" + p.GetValue(o)));

    static int Converted<From, To>(From value, string property)
    {
        ParameterExpression p = Expression.Parameter(typeof(From));
        return Expression.Lambda<Func<From, int>>(Expression.Property(Expression.Convert(p, typeof(To)), property), p).Compile()(value);
    }

    static void Main()
    {
        Console.WriteLine(Converted<int[], Memory<int>>(new int[3], "Length") + " " + Converted<ArraySegment<byte>, ReadOnlyMemory<byte>>(new byte[5], "Length"));
        Console.WriteLine(Converted<Memory<char>, ReadOnlyMemory<char>>(new char[2], "Length") + " " + Converted<string[], ArraySegment<string>>(new string[4], "Count"));
        Look(typeof(Shape));
        Ask(typeof(Promised));
        Console.WriteLine(MakeBox(5) + "; " + MakeBox(DayOfWeek.Friday) + "; " + MakeBox("s") + "; " + MakeBox(new Money()).ToString().Split(' ')[0]);
        Console.WriteLine(Parts(Tuple.Create('x', 9)) + " " + Parts(Tuple.Create("s", 2.5, 3L)) + " " + Parts(KeyValuePair.Create(1, 'v')));
        Console.WriteLine(MakeCell(Tuple.Create(1, 'c')) + "; " + MakeCell(KeyValuePair.Create("k", 2.5f)));
    }
}

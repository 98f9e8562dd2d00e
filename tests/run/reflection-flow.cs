//@ exit = 0
// Covers: members that code asks for of types that are known where it asks, through locals, joins, annotated parameters, fields, results and
// type parameters: they are there, called and found, whoever's type it is. And objects, vectors and frames that code asks for by type.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;

enum Color { Red = 1, Green = 2, Blue = 4 }
enum Same : byte { A = 1, B = 1, C }
struct Point { public int X; public override string ToString() => "P" + X; }
class Raw { public int N = 5; public Raw() => throw new InvalidOperationException(); public string Show() => "raw " + N; }

static class Asking
{
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    static Type kept = typeof(Version);

    public static object Make([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] Type t) => Activator.CreateInstance(t);

    public static int Methods() => kept.GetMethods().Count(m => m.Name == "CompareTo");

    public static string Properties<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(T value) =>
        string.Join(",", typeof(T).GetProperties().Select(p => p.Name + "=" + p.GetValue(value)).OrderBy(n => n, StringComparer.Ordinal));

    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    public static Type Choose(bool first) => first ? typeof(UriBuilder) : typeof(OperatingSystem);
}

class Holder<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>
{
    public static string Names() => string.Join(",", typeof(T).GetFields().Select(f => f.Name).OrderBy(n => n, StringComparer.Ordinal));
}

static class Program
{
    static string Call(bool twice, string text)
    {
        Type t = twice ? typeof(string) : typeof(Convert);
        MethodInfo m = t.GetMethod("ToUpperInvariant", Type.EmptyTypes) ?? t.GetMethod("ToBoolean", new[] { typeof(string) });
        return m.IsStatic ? m.Invoke(null, new object[] { "true" }).ToString() : (string)m.Invoke(text, null);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Frame() => new StackTrace().GetFrame(0).GetMethod().Name;

    static void Main(string[] args)
    {
        Console.WriteLine(Call(true, "abc") + " " + Call(false, "abc"));
        Console.WriteLine(Asking.Make(typeof(Stopwatch)).GetType() + " " + Asking.Make(typeof(SortedSet<Color>)).GetType());
        Console.WriteLine(Asking.Methods());
        Console.WriteLine(Asking.Properties(new Version(3, 4)));
        Console.WriteLine(Asking.Properties(new KeyValuePair<Color, int>(Color.Blue, 7)));
        Console.WriteLine(Asking.Choose(args.Length == 0).GetConstructors().Length + " " + Asking.Choose(args.Length != 0).GetConstructors().Length);
        Console.WriteLine(Holder<Point>.Names() + " " + Holder<ValueTuple<int, string>>.Names());

        var raw = (Raw)RuntimeHelpers.GetUninitializedObject(typeof(Raw));
        Console.WriteLine(raw.Show() + " " + raw.GetType());
        Console.WriteLine(Frame());

        foreach (object o in Enum.GetValues(typeof(Color)))
            Console.Write(o + " ");
        Console.WriteLine(Enum.GetValues(typeof(Same)).Length + " " + Enum.GetValues<Color>().Length + " " + Enum.GetNames(typeof(Same))[1]);
        Console.WriteLine(Array.CreateInstance(typeof(Point), 2).GetValue(1));

        int number = args.Length;
        Func<string> boxed = number.ToString, value = new Point().ToString, date = default(TimeSpan).ToString;
        Func<object, bool> equals = "x".Equals;
        object any = new Version(1, 0);
        Func<int> hash = any.GetHashCode;
        foreach (Delegate d in new Delegate[] { boxed, value, date, equals, hash })
            Console.WriteLine(d.Method.DeclaringType + "." + d.Method.Name);

        object sealedOne = new Uri("http://a/b");
        Console.WriteLine(new Uri("http://a/b").GetType().GetProperty("AbsolutePath").GetValue(sealedOne));
        Console.WriteLine(typeof(decimal).GetMethod("op_Addition").Invoke(null, new object[] { 1.5m, 2m }));
        Console.WriteLine(typeof(DateTime).GetField("MinValue").GetValue(null) + " " + typeof(Guid).GetField("Empty").GetValue(null));
        Console.WriteLine(typeof(List<Color>).GetConstructor(new[] { typeof(int) }).Invoke(new object[] { 3 }));
    }
}

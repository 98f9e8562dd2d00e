//@ exit = 0
// Covers: ECMA-335 II.14.2 — array types have constructors that take lengths, and lower bounds, and reflection finds and calls them.
using System;
using System.Reflection;

class Program
{
    static void Show(Type type)
    {
        foreach (ConstructorInfo c in type.GetConstructors())
        {
            Console.Write(type.Name + " " + c.Name + " " + c.DeclaringType!.Name + " " + c.IsPublic + " " + c.IsStatic + ":");
            foreach (ParameterInfo p in c.GetParameters())
                Console.Write(" " + p.ParameterType.Name + p.Position);
            Console.WriteLine();
        }
    }

    static void Try(string what, Func<object> f)
    {
        try { Console.WriteLine(what + ": " + f()); }
        catch (TargetInvocationException e) { Console.WriteLine(what + ": wraps " + e.InnerException!.GetType().Name); }
        catch (Exception e) { Console.WriteLine(what + ": " + e.GetType().Name); }
    }

    static Array Make(Type type, params object[] numbers)
    {
        var types = new Type[numbers.Length];
        Array.Fill(types, typeof(int));
        return (Array)type.GetConstructor(types)!.Invoke(numbers);
    }

    static void Main()
    {
        foreach (Type t in new[] { typeof(int[]), typeof(string[,]), typeof(int[][]), typeof(object[]) })
            Show(t);
        Console.WriteLine(Make(typeof(int[]), 3).Length);
        Console.WriteLine(Make(typeof(object[]), 0).Length);
        Array table = Make(typeof(string[,]), 2, 3);
        Console.WriteLine(table.Rank + " " + table.GetLength(0) + " " + table.GetLength(1));
        Array shifted = Make(typeof(string[,]), 5, 2, -1, 4);
        Console.WriteLine(shifted.GetLowerBound(0) + " " + shifted.GetUpperBound(0) + " " + shifted.GetLowerBound(1) + " " + shifted.GetUpperBound(1));
        var jagged = (int[][])Make(typeof(int[][]), 2, 3);
        Console.WriteLine(jagged.Length + " " + jagged[1].Length);
        Console.WriteLine(((int[][])Make(typeof(int[][]), 2))[0] == null);
        Array made = Make(typeof(DayOfWeek).MakeArrayType(), 2);
        Console.WriteLine(made.GetType() + " " + made.GetValue(0));
        Console.WriteLine(((Array)Activator.CreateInstance(typeof(int[]), 4)!).Length);
        Console.WriteLine(((Array)Activator.CreateInstance(typeof(string[,]), 4, 5)!).Length);
        Try("none", () => Activator.CreateInstance(typeof(int[]))!);
        Try("many", () => Activator.CreateInstance(typeof(int[]), 1, 2, 3)!);
        Console.WriteLine(typeof(int[]).GetConstructor(Type.EmptyTypes) == null);
        Console.WriteLine(typeof(int[]).GetConstructor(new[] { typeof(string) }) == null);
        Try("negative", () => Make(typeof(int[]), -1));
        Try("count", () => typeof(int[]).GetConstructors()[0].Invoke(new object[] { 1, 2 }));
        Try("text", () => typeof(int[]).GetConstructors()[0].Invoke(new object[] { "x" }));
        Try("narrow", () => ((Array)typeof(int[]).GetConstructors()[0].Invoke(new object[] { (byte)2 })).Length);
        Try("equal", () => typeof(int[]).GetConstructors()[0].Equals(typeof(int[]).GetConstructors()[0]));
    }
}

//@ exit = 0
// Covers: ECMA-335 III.4.17 — `ldtoken` of methods and fields as expression trees use it: members found by their handles, trees printed and taken apart.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;

class Person
{
    public string Name { get; set; } = "n";
    public int Age = 3;
    public static int Count = 4;
    public List<string> Tags { get; } = new();
    public Person() { }
    public Person(string name) => Name = name;
    public int Add(int x) => x + Age;
    public virtual string Hello() => "hello";
    public static T Same<T>(T t) => t;
    public static IReadOnlyDictionary<Person, IEnumerable<T>> Maps<T>(T t) => null!;
    public string this[int i] => Name + i;
    public static Person operator +(Person a, Person b) => new(a.Name + b.Name);
}
class Box<T> { public T? Value; public T? Get() => Value; public static Box<U> Make<U>(U x) => new() { Value = default }; }
struct Point { public int X; public int Twice() => 2 * X; }

class Program
{
    static string NameOf<T, R>(Expression<Func<T, R>> e) => ((MemberExpression)e.Body).Member.Name;

    static MethodInfo MethodOf(Expression<Action> e) => ((MethodCallExpression)e.Body).Method;

    static void Main()
    {
        int local = 5;
        Expression[] all =
        {
            (Expression<Func<Person, string>>)(p => p.Name),
            (Expression<Func<Person, int>>)(p => p.Age + p.Add(3) * Person.Count),
            (Expression<Func<int>>)(() => local + Person.Same(7)),
            (Expression<Func<Person>>)(() => new Person("x") { Age = 6, Name = "y" }),
            (Expression<Func<Person>>)(() => new Person { Tags = { "a", "b" } }),
            (Expression<Func<Person, string>>)(p => p.Hello() + p[3] + p.Name.Length.ToString()),
            (Expression<Func<Person, Person, Person>>)((a, b) => a + b),
            (Expression<Func<Box<int>, int>>)(b => b.Value + b.Get()),
            (Expression<Func<Box<string>, string?>>)(b => b.Get() ?? "none"),
            (Expression<Func<object, bool>>)(o => o is string && ((string)o).StartsWith("a")),
            (Expression<Func<int, IEnumerable<int>>>)(n => Enumerable.Range(0, n).Where(x => x % 2 == 0)),
            (Expression<Func<int[]>>)(() => new[] { 1, 2, local }),
            (Expression<Func<Point, int>>)(p => p.X == 0 ? p.Twice() : -p.X),
            (Expression<Func<object>>)(() => new { A = 1, B = "b" }),
            (Expression<Func<string>>)(() => string.Concat("a", string.Empty)),
            (Expression<Func<Func<int, int>, int>>)(f => f(3)),
        };
        foreach (LambdaExpression e in all) Console.WriteLine($"{e} : {e.ReturnType.Name} {e.Parameters.Count} {e.Body.NodeType}");

        Console.WriteLine(NameOf<Person, string>(p => p.Name) + NameOf<Box<int>, int>(b => b.Value));
        MethodInfo same = MethodOf(() => Person.Same("s"));
        Console.WriteLine($"{same} {same.IsGenericMethod} {same == typeof(Person).GetMethod("Same")!.MakeGenericMethod(typeof(string))} {same.Invoke(null, new object[] { "invoked" })}");
        MethodInfo make = MethodOf(() => Box<int>.Make(2L));
        Console.WriteLine($"{make} {make.DeclaringType} {make.GetGenericMethodDefinition()}");
        Console.WriteLine(MethodOf(() => Console.WriteLine("x")).DeclaringType);

        // A type of a signature, which there are no objects of, is the one that code names; of an open method too.
        MethodInfo open = typeof(Person).GetMethod("Maps")!;
        Console.WriteLine($"{open.ReturnType} {open.MakeGenericMethod(typeof(Point)).ReturnType == typeof(IReadOnlyDictionary<Person, IEnumerable<Point>>)}");

        MethodInfo add = typeof(Person).GetMethod("Add")!;
        Console.WriteLine($"{MethodBase.GetMethodFromHandle(add.MethodHandle) == add} {add.MethodHandle == typeof(Person).GetMethod("Add")!.MethodHandle} {add.MethodHandle.Equals(same.MethodHandle)}");
        FieldInfo age = typeof(Person).GetField("Age")!;
        Console.WriteLine($"{FieldInfo.GetFieldFromHandle(age.FieldHandle) == age} {age.FieldHandle == age.FieldHandle}");
        FieldInfo value = typeof(Box<int>).GetField("Value")!;
        Console.WriteLine(FieldInfo.GetFieldFromHandle(value.FieldHandle, typeof(Box<int>).TypeHandle));
        try { FieldInfo.GetFieldFromHandle(value.FieldHandle); } catch (ArgumentException e) { Console.WriteLine(e.GetType().Name); }
    }
}

//@ exit = 0
// Covers: System.Type of generic definitions — base types and interfaces are over the definition's own parameters; attributes with properties of `object`; modules.
#nullable disable
using System;
using System.Collections;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Reflection;

interface I<T> { }
interface K<A> { }
interface J<A, B> : K<A> { }
class Base<T> { public class Nested<U> : Base<U>, I<T[]> { } }
class Derived<T> : Base<T>, I<T>, J<int, List<T>> { }
struct Value<T> : I<T>, IComparable<Value<T>> { public int CompareTo(Value<T> other) => 0; }
class Twice<A, B> : Derived<Dictionary<B, A>> where A : struct { }
class Plain : Derived<string> { }

abstract class BaseAttribute : Attribute { public object Default { get; set; } public string Help { get; set; } public object Field; public Type Kind { get; set; } public object[] Many { get; set; } }
class OptionAttribute : BaseAttribute { public OptionAttribute(object first, params object[] more) { First = first; More = more; } public object First; public object[] More; }
[Option("a", 1, 'c', 2.5, Default = 3, Help = "h", Field = DayOfWeek.Friday, Kind = typeof(Derived<>), Many = new object[] { 1, "x", null, typeof(int), new[] { 1, 2 } })]
class Marked { [Option(null, Default = "text")] public int Number { get; set; } [Option(typeof(string), Field = new[] { 'a', 'b' })] public void Method() { } }
[Description("d")] class Described { }

class Program
{
    static void Try(string name, Func<object> f)
    {
        object r;
        try { r = f() ?? "null"; } catch (Exception e) { r = e.GetType().Name; }
        Console.WriteLine($"{name}: {r}");
    }

    static string List(Type t) => string.Join("; ", t.GetInterfaces().Select(i => i.ToString()).OrderBy(s => s, StringComparer.Ordinal));

    static string Text(object o) => o switch { null => "null", object[] a => "[" + string.Join(",", a.Select(Text)) + "]", Array a => a.GetType() + "(" + string.Join(",", a.Cast<object>()) + ")", _ => o.GetType().Name + " " + o };

    static string Show(OptionAttribute a) => string.Join(" | ", Text(a.First), Text(a.More), Text(a.Default), Text(a.Help), Text(a.Field), Text(a.Kind), Text(a.Many));

    static int Main()
    {
        Try("derived", () => List(typeof(Derived<>)));
        Try("derived base", () => typeof(Derived<>).BaseType);
        Try("derived base is open", () => typeof(Derived<>).BaseType.GetGenericTypeDefinition() == typeof(Base<>) && typeof(Derived<>).BaseType != typeof(Base<>));
        Try("argument", () => typeof(Derived<>).BaseType.GetGenericArguments()[0] == typeof(Derived<>).GetGenericArguments()[0]);
        Try("definition", () => typeof(Derived<>).GetInterfaces().All(i => i.GetGenericTypeDefinition() == typeof(I<>) || i.GetGenericTypeDefinition() == typeof(J<,>) || i.GetGenericTypeDefinition() == typeof(K<>)));
        Try("interface", () => List(typeof(J<,>)) + " " + typeof(J<,>).BaseType);
        Try("struct", () => List(typeof(Value<>)) + " " + typeof(Value<>).BaseType);
        Try("twice", () => typeof(Twice<,>).BaseType + " " + List(typeof(Twice<,>)));
        Try("nested", () => typeof(Base<>.Nested<>).BaseType + " " + List(typeof(Base<>.Nested<>)));
        Try("closed", () => List(typeof(Derived<int>)) + " " + typeof(Derived<int>).BaseType);
        Try("plain", () => List(typeof(Plain)) + " " + typeof(Plain).BaseType);
        Try("marked", () => Show(typeof(Marked).GetCustomAttribute<OptionAttribute>()));
        Try("property", () => Show((OptionAttribute)typeof(Marked).GetProperty("Number").GetCustomAttributes(true)[0]));
        Try("method", () => Show(typeof(Marked).GetMethod("Method").GetCustomAttribute<OptionAttribute>()));
        Try("all of base", () => typeof(Marked).GetCustomAttributes<BaseAttribute>().Count());
        Try("none", () => typeof(Marked).GetCustomAttributes<DescriptionAttribute>(false).Count() + " " + typeof(Plain).GetCustomAttributes<ObsoleteAttribute>().ToList().Count);
        Try("one", () => typeof(Described).GetCustomAttributes<DescriptionAttribute>(false).Single().Description);
        Try("vector", () => ((IEnumerable<ObsoleteAttribute>)(object)Array.CreateInstance(typeof(ObsoleteAttribute), 2)).Count());
        Try("vector list", () => ((IReadOnlyList<Described>)(object)Array.CreateInstance(typeof(Described), 3)).Count);
        Try("module", () => { typeof(Program).Module.GetPEKind(out var kinds, out _); return typeof(Program).Module.MDStreamVersion + " " + typeof(Program).Module.MetadataToken + " " + kinds; });
        return 0;
    }
}

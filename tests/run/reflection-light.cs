//@ exit = 0
// Covers: Type and attributes as ordinary programs use them — names, GetType, typeof identity, attributes, Activator, simple members.
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Reflection;

[AttributeUsage(AttributeTargets.All)] class InfoAttribute(string text, params int[] numbers) : Attribute { public string Text => text; public int[] Numbers => numbers; public Type? Related { get; set; } }
[Info("a class", 1, 2, Related = typeof(List<string>))] class Marked { [Info("field")] public int Field = 3; [Description("prop")] public string Prop { get; set; } = "p"; public int Twice(int x) => x * 2; private static string Hidden() => "hidden"; public class Nested<T> { } }

class Program
{
    static void Main()
    {
        Type[] types = { typeof(int), typeof(string), typeof(List<int>), typeof(Dictionary<,>), typeof(int[]), typeof(int[,]), typeof(Marked.Nested<string>), typeof(int?), typeof(void), typeof(DayOfWeek), typeof(int).MakeByRefType(), typeof((int, string)), typeof(IEnumerable<>) };
        foreach (Type t in types) Console.WriteLine($"{t} | {t.Name} | {t.FullName} | {t.Namespace} | {(t.IsValueType ? "v" : "")}{(t.IsGenericType ? "g" : "")}{(t.IsArray ? "a" : "")}{(t.IsInterface ? "i" : "")}{(t.IsEnum ? "e" : "")}{(t.IsPrimitive ? "p" : "")} {t.BaseType}");
        Console.WriteLine($"{typeof(int) == 5.GetType()} {typeof(List<int>).GetGenericTypeDefinition() == typeof(List<>)} {typeof(List<>).MakeGenericType(typeof(int)) == typeof(List<int>)} {typeof(int[]).GetElementType()} {typeof(string).Assembly.GetName().Name}");
        var info = typeof(Marked).GetCustomAttribute<InfoAttribute>()!;
        Console.WriteLine($"{info.Text} {string.Join(",", info.Numbers)} {info.Related} {typeof(Marked).GetField("Field")!.GetCustomAttribute<InfoAttribute>()!.Text} {typeof(Marked).GetProperty("Prop")!.GetCustomAttribute<DescriptionAttribute>()!.Description}");
        var m = new Marked();
        typeof(Marked).GetField("Field")!.SetValue(m, 10);
        typeof(Marked).GetProperty("Prop")!.SetValue(m, "changed");
        Console.WriteLine($"{m.Field} {m.Prop} {typeof(Marked).GetMethod("Twice")!.Invoke(m, new object[] { 21 })} {typeof(Marked).GetMethod("Hidden", BindingFlags.NonPublic | BindingFlags.Static)!.Invoke(null, null)}");
        object created = Activator.CreateInstance<Marked>();
        Console.WriteLine($"{created.GetType().Name} {((Marked)created).Field} {typeof(Program).Assembly.EntryPoint!.Name} {MethodBase.GetCurrentMethod()!.Name}");
    }
}

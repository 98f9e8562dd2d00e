//@ exit = 0
// Covers: what reflection finds without a word in the program that names it: types that an assembly lists and that are made by their
// constructors, members of class library types that the program only makes objects of, types that attributes name.
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Reflection;

interface IPlugin { string Say(); }
class Plain : IPlugin { public virtual string Say() => "plain"; }
class WithConstructor : IPlugin { readonly int n; public WithConstructor() { n = 3; } public string Say() => "with " + n; }
class Two : IPlugin { readonly int n; public Two() : this(7) { } public Two(int n) => this.n = n; public string Say() => "two " + n; }
abstract class Base : IPlugin { protected readonly string name; protected Base(string name = "base") => this.name = name; public abstract string Say(); }
class Derived : Base { public Derived() : base("derived") { } public override string Say() => name; }
class Further : Derived { public override string Say() => base.Say() + "!"; }
class NoneAtAll : IPlugin { public NoneAtAll(int n) { } public string Say() => "never"; }
struct Value : IPlugin { int n; public string Say() => "value " + n; }

class Holder
{
    public Dictionary<string, Item> Map { get; set; } = new();
    public List<Item> List { get; set; } = new() { new Item(), new Item() };
    public readonly Queue<int> Queue = new();
    public KeyValuePair<string, Item> Pair { get; set; } = new("k", new Item());
}
class Item { public int N { get; set; } = 5; }

[AttributeUsage(AttributeTargets.All)]
class NamesAttribute : Attribute { public NamesAttribute(params Type[] types) => Types = types; public Type[] Types; public Type Single { get; set; } }
class OnlyNamed { }
class OnlyNamed<A, B> { }
[Names(typeof(OnlyNamed), typeof(OnlyNamed<,>), typeof(SortedList<,>), typeof(int[]), Single = typeof(BitArrayLike.Inner))]
class Marked { }
class BitArrayLike { public class Inner { } }

static class Program
{
    static void Plugins()
    {
        var plugins = typeof(IPlugin).Assembly.GetTypes().Where(t => typeof(IPlugin).IsAssignableFrom(t) && !t.IsAbstract);
        foreach (Type t in plugins.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            Console.WriteLine($"{t.Name} {t.GetConstructors().Length}");
            try { Console.WriteLine(((IPlugin)Activator.CreateInstance(t)).Say()); }
            catch (MissingMethodException) { Console.WriteLine("no constructor"); }
        }
    }

    static void Describe(object o)
    {
        Type t = o.GetType();
        string[] properties = t.GetProperties().Where(p => p.GetIndexParameters().Length == 0).Select(p => p.Name).OrderBy(n => n, StringComparer.Ordinal).ToArray();
        Console.WriteLine($"{t} [{string.Join(", ", properties)}] {t.GetConstructors().Length} {t.GetMethods().Length > 4} {t.GetConstructor(Type.EmptyTypes) != null}");
    }

    static void Main()
    {
        Plugins();
        var holder = new Holder();
        holder.Queue.Enqueue(1);
        Describe(holder.Map);
        Describe(holder.List);
        Describe(holder.Queue);
        Describe(holder.Pair);
        Describe(new Version(1, 2));
        Console.WriteLine(((object)holder.List).GetType().GetProperty("Count").GetValue(holder.List));
        foreach (PropertyInfo p in typeof(Holder).GetProperties().OrderBy(p => p.Name, StringComparer.Ordinal))
            Console.WriteLine($"{p.Name} {Activator.CreateInstance(p.PropertyType).GetType().GetProperties().Length}");
        var names = typeof(Marked).GetCustomAttribute<NamesAttribute>();
        foreach (Type t in names.Types.Append(names.Single))
            Console.WriteLine(t);
        Console.WriteLine(typeof(List<int>).GetCustomAttributes(true).Length > 0);
        Console.WriteLine(typeof(Dictionary<string, Item>).IsDefined(typeof(SerializableAttribute), false));
    }
}

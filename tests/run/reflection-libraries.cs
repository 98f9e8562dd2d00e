//@ exit = 0
// Covers: ADR 0005 — what libraries do by reflection with classes that they do not know: types that attributes name, what objects hold, type arguments of
// their generic methods, accessors made over a class and the type of its property, closures in generic classes made at run time.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;

// What stands for the libraries.
[AttributeUsage(AttributeTargets.All)]
class ConverterAttribute : Attribute
{
    public ConverterAttribute(Type type, params object[] arguments) { Type = type; Arguments = arguments; }
    public Type Type { get; }
    public object[] Arguments { get; }
    public Type Fallback { get; set; }
}
interface IConverter { object Read(string text); }
interface IFactory<T> { T Create(string name); }
class Factory<T> : IFactory<T> where T : class, new() { public T Create(string name) => new T(); }
class Cache<T> where T : class
{
    readonly Dictionary<string, Lazy<T>> made = new();
    public T Get<A>(string name, Func<string, A, T> create, A argument)
    {
        if (!made.TryGetValue(name ?? "", out var found)) made[name ?? ""] = found = new Lazy<T>(() => create(name, argument));
        return found.Value;
    }
}
class Monitor<T> where T : class
{
    readonly IFactory<T> factory;
    readonly Cache<T> cache = new();
    public Monitor(IFactory<T> factory) => this.factory = factory;
    public T Get(string name) => cache.Get(name, static (n, f) => f.Create(n), factory);
}
abstract class Accessor
{
    public abstract object Get(object on);
    sealed class Typed<T, P> : Accessor
    {
        readonly Func<T, P> get;
        public Typed(Delegate d) => get = (Func<T, P>)d;
        public override object Get(object on) => get((T)on);
    }
    public static Accessor Of(PropertyInfo p)
    {
        var d = p.GetGetMethod().CreateDelegate(typeof(Func<,>).MakeGenericType(p.DeclaringType, p.PropertyType));
        return (Accessor)Activator.CreateInstance(typeof(Typed<,>).MakeGenericType(p.DeclaringType, p.PropertyType), d);
    }
}
static class Binder
{
    public static T Bind<T>(object tree) => (T)Bind(typeof(T), tree);

    static object Bind(Type type, object tree)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return tree == null ? null : Bind(underlying, tree);
        if (tree is string text) return type.IsEnum ? Enum.Parse(type, text) : Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
        if (tree is object[] items && type.IsArray)
        {
            var array = Array.CreateInstance(type.GetElementType(), items.Length);
            for (int i = 0; i < items.Length; i++) array.SetValue(Bind(type.GetElementType(), items[i]), i);
            return array;
        }
        if (tree is object[] list)
        {
            var made = Activator.CreateInstance(type);
            var add = type.GetMethod("Add");
            foreach (var item in list) add.Invoke(made, new[] { Bind(add.GetParameters()[0].ParameterType, item) });
            return made;
        }
        var map = (Dictionary<string, object>)tree;
        if (type.IsGenericType && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IDictionary<,>)))
        {
            var made = Activator.CreateInstance(type);
            var indexer = type.GetProperty("Item");
            foreach (var (key, value) in map) indexer.SetValue(made, Bind(type.GetGenericArguments()[1], value), new[] { Bind(type.GetGenericArguments()[0], key) });
            return made;
        }
        var constructor = type.GetConstructors().OrderBy(c => c.GetParameters().Length).FirstOrDefault();
        object result = constructor == null || constructor.GetParameters().Length == 0
            ? Activator.CreateInstance(type)
            : constructor.Invoke(constructor.GetParameters().Select(p => Bind(p.ParameterType, map[p.Name])).ToArray());
        foreach (var p in type.GetProperties().Where(p => p.CanWrite && map.ContainsKey(p.Name)))
        {
            var with = p.GetCustomAttribute<ConverterAttribute>() ?? p.PropertyType.GetCustomAttribute<ConverterAttribute>();
            p.SetValue(result, with == null ? Bind(p.PropertyType, map[p.Name]) : ((IConverter)Activator.CreateInstance(with.Type, with.Arguments)).Read((string)map[p.Name]));
            if (with?.Fallback != null) Console.WriteLine("fallback " + ((IConverter)Activator.CreateInstance(with.Fallback)).Read("f"));
        }
        return result;
    }
}

// What stands for the user's classes.
enum Level { Low, High }
struct Size { public int W { get; set; } public short H { get; set; } }
class Inner { public string Text { get; set; } public Level? Level { get; set; } public Deep Deep { get; set; } }
class Deep { public decimal Price { get; set; } }
record Frozen(string Key, byte Count, Inner Inside);
class Hex : IConverter { public object Read(string text) => int.Parse(text, NumberStyles.HexNumber); }
class Scaled : IConverter { readonly int by; public Scaled(int by) => this.by = by; public object Read(string text) => int.Parse(text) * by; }
class Other : IConverter { public object Read(string text) => text + "!"; }
class Celsius : IConverter { public object Read(string text) => new Temperature(double.Parse(text, CultureInfo.InvariantCulture)); }
[Converter(typeof(Celsius))] struct Temperature { public double Degrees; public Temperature(double d) => Degrees = d; }
class Settings
{
    public string Name { get; set; }
    [Converter(typeof(Hex))] public int Mask { get; set; }
    [Converter(typeof(Scaled), 3, Fallback = typeof(Other))] public int Scale { get; set; }
    public Temperature Heat { get; set; }
    public Inner In { get; set; }
    public List<Inner> Many { get; set; }
    public Dictionary<Level, List<Size>> Sizes { get; set; }
    public Size[] Array { get; set; }
    public HashSet<long> Set { get; set; }
}
class Item { public decimal Price { get; set; } = 1.5m; public Level Level { get; set; } = Level.High; public Size Size { get; set; } = new Size { W = 4 }; public string Text { get; set; } = "t"; public int? Maybe { get; set; } = 7; public DateTime When { get; set; } = new DateTime(2020, 1, 2); }
class Options { public int Value = 5; }

static class Program
{
    static Dictionary<string, object> Map(params (string, object)[] all) => all.ToDictionary(p => p.Item1, p => p.Item2);

    static void Main()
    {
        var s = Binder.Bind<Settings>(Map(("Name", "n"), ("Mask", "ff"), ("Scale", "4"), ("Heat", "36.5"), ("In", Map(("Text", "t"), ("Level", "High"), ("Deep", Map(("Price", "2.50"))))),
            ("Many", new object[] { Map(("Text", "m")) }), ("Sizes", Map(("High", new object[] { Map(("W", "1"), ("H", "2")) }))), ("Array", new object[] { Map(("W", "9")) }), ("Set", new object[] { "5", "5", "6" })));
        Console.WriteLine($"{s.Name} {s.Mask} {s.Scale} {s.Heat.Degrees} {s.In.Text} {s.In.Level} {s.In.Deep.Price} {s.Many[0].Text} {s.Sizes[Level.High][0].H} {s.Array[0].W} {s.Set.Count}");
        Console.WriteLine(Binder.Bind<Frozen>(Map(("Key", "k"), ("Count", "3"), ("Inside", Map(("Text", "in"))))).Inside.Text);
        Console.WriteLine(Binder.Bind<Dictionary<int, List<Level>>>(Map(("4", new object[] { "High", "Low" })))[4].Count);
        Console.WriteLine(Binder.Bind<SortedDictionary<string, double>>(Map(("q", "1.5")))["q"]);
        Console.WriteLine(Binder.Bind<List<ushort>>(new object[] { "1", "2" }).Sum(x => x));
        Console.WriteLine(Binder.Bind<int[][]>(new object[] { new object[] { "1" }, new object[] { "2", "3" } })[1][1]);
        foreach (var p in typeof(Item).GetProperties())
            Console.WriteLine(p.Name + " " + Convert.ToString(Accessor.Of(p).Get(new Item()) is Size z ? z.W : Accessor.Of(p).Get(new Item()), CultureInfo.InvariantCulture));
        var options = Type.GetType("Options");
        var factory = Activator.CreateInstance(typeof(Factory<>).MakeGenericType(options));
        var monitor = Activator.CreateInstance(typeof(Monitor<>).MakeGenericType(options), factory);
        Console.WriteLine(((Options)monitor.GetType().GetMethod("Get").Invoke(monitor, new object[] { "x" })).Value);
    }
}

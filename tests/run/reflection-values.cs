//@ exit = 0
// Covers: generic types that are instantiated at run time over the program's enums and structs, their nullables and collections of them; converters
// that attributes name; attributes that are bits of metadata; functions made of trees that only read a value.
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;

enum Kind { None, Some, All }
struct Size { public int W { get; set; } public int H { get; set; } public override string ToString() => W + "x" + H; }

[TypeConverter(typeof(TemperatureConverter))]
struct Temperature { public double C; public override string ToString() => C.ToString(CultureInfo.InvariantCulture) + "C"; }

class TemperatureConverter : TypeConverter
{
    public override object ConvertFrom(ITypeDescriptorContext context, CultureInfo culture, object value) => new Temperature { C = double.Parse((string)value, CultureInfo.InvariantCulture) };
}

class Model
{
    public Kind Kind { get; set; } = Kind.Some;
    public Kind? Perhaps { get; set; } = Kind.All;
    public Size Size { get; set; } = new() { W = 1, H = 2 };
    public int[] Numbers { get; set; } = { 1, 2 };
    public List<Size> Sizes { get; set; } = new() { new Size { W = 3 } };
    public Dictionary<string, Kind> Kinds { get; set; } = new() { ["a"] = Kind.Some };
}

abstract class Writer { public abstract string Write(object value); }
class Plain<T> : Writer { public override string Write(object value) => typeof(T).Name + ":" + (T)value; }
class Maybe<T> : Writer where T : struct { public override string Write(object value) => "maybe " + (value is T t ? t.ToString() : "none"); }
class Names<T> : Writer where T : struct, Enum { public override string Write(object value) => string.Join("|", Enum.GetNames<T>()) + "/" + (T)value; }
class Vector<T> : Writer { public override string Write(object value) => "vector " + ((T[])value).Length + typeof(T).Name; }
class Sequence<C, T> : Writer where C : IEnumerable<T> { public override string Write(object value) => "sequence " + string.Join(",", ((C)value).Select(x => x)); }
class Map<C, K, V> : Writer where C : IDictionary<K, V> { public override string Write(object value) => "map " + string.Join(",", ((C)value).Select(p => p.Key + "=" + p.Value)); }

static class Program
{
    static Writer For(Type t)
    {
        Type[] args = t.GetGenericArguments();
        Type made = t.IsEnum ? typeof(Names<>).MakeGenericType(t)
            : Nullable.GetUnderlyingType(t) is Type u ? typeof(Maybe<>).MakeGenericType(u)
            : t.IsArray ? typeof(Vector<>).MakeGenericType(t.GetElementType())
            : args.Length == 1 ? typeof(Sequence<,>).MakeGenericType(t, args[0])
            : args.Length == 2 ? typeof(Map<,,>).MakeGenericType(t, args[0], args[1])
            : typeof(Plain<>).MakeGenericType(t);
        return (Writer)Activator.CreateInstance(made);
    }

    static object Run(Expression e) => Expression.Lambda(e).Compile().DynamicInvoke();

    static void Main()
    {
        var model = new Model();
        foreach (PropertyInfo p in typeof(Model).GetProperties().OrderBy(p => p.Name, StringComparer.Ordinal))
            Console.WriteLine(p.Name + " " + For(p.PropertyType).Write(p.GetValue(model)));
        TypeConverter converter = TypeDescriptor.GetConverter(typeof(Temperature));
        Console.WriteLine(converter.GetType().Name + " " + converter.ConvertFrom(null, CultureInfo.InvariantCulture, "1.5"));
        Console.WriteLine(TypeDescriptor.GetConverter(typeof(Kind)).ConvertFromInvariantString("All"));
        Console.WriteLine(string.Join(",", typeof(List<int>).GetCustomAttributesData().Select(a => a.AttributeType.Name).OrderBy(n => n, StringComparer.Ordinal)));
        Console.WriteLine(typeof(int[]).IsPublic + " " + typeof(Kind[,]).IsSealed + " " + typeof(Size[]).IsSerializable + " " + typeof(string[]).Attributes);

        var kind = Kind.All;
        int number = 4;
        Expression<Func<Kind>> reads = () => kind;
        Expression<Func<int>> readsNumber = () => number;
        Console.WriteLine(Run(reads.Body) + " " + Run(readsNumber.Body));
        ParameterExpression m = Expression.Parameter(typeof(Model), "m");
        Console.WriteLine(Expression.Lambda(Expression.Property(m, "Kind"), m).Compile().DynamicInvoke(model));
        Console.WriteLine(Expression.Lambda(Expression.Property(m, "Size"), m).Compile().DynamicInvoke(model));
    }
}

//@ exit = 0
// Covers: Type.GetInterfaceMap (ECMA-335 II.12.2), Type.GUID, Module.ResolveType, ResolveMethod, ResolveField and ResolveMember.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;

interface IAnimal { string Name { get; } void Speak(); int Legs() => 4; }
interface IPet : IAnimal { void IAnimal.Speak() => Console.WriteLine("purr"); string Owner(int x); T Echo<T>(T x); }
abstract class Beast : IAnimal { public abstract string Name { get; } public virtual void Speak() { } }
class Dog : Beast, IPet, IComparable<Dog>, IDisposable
{
    public override string Name => "dog";
    string IPet.Owner(int x) => "me";
    public T Echo<T>(T x) => x;
    public int CompareTo(Dog? other) => 0;
    void IDisposable.Dispose() { }
    public override void Speak() { }
}
interface IBox<T> { T Get(); void Set(T x); }
struct Box<T> : IBox<T> { T value; public T Get() => value; void IBox<T>.Set(T x) => value = x; }
class Numbers : Box2<int> { }
class Box2<T> : IBox<T> { public T Get() => default!; public void Set(T x) { } public const int Size = 7; public static T? Shared; }
interface IZero<T> where T : IZero<T> { static abstract T Zero { get; } int Sign(); static virtual int Count() => 1; }
class Int : IZero<Int> { public static Int Zero => new(); public int Sign() => 0; }

[Guid("11223344-5566-7788-99aa-bbccddeeff00")] class Known { public int Field = 5; public const string Text = "text"; public static long Static = 9; public int Twice(int x) => 2 * x; public class Inner { } }

class Program
{
    static void Map(Type type, Type iface)
    {
        InterfaceMapping map = type.GetInterfaceMap(iface);
        Console.WriteLine($"{map.TargetType} {map.InterfaceType} {map.InterfaceMethods.Length}");
        for (int i = 0; i < map.InterfaceMethods.Length; i++)
            Console.WriteLine($"  {map.InterfaceMethods[i]} -> {map.TargetMethods[i]?.DeclaringType} {map.TargetMethods[i]} {map.TargetMethods[i]?.ReflectedType}");
    }

    static void Main()
    {
        Map(typeof(Dog), typeof(IAnimal));
        Map(typeof(Dog), typeof(IPet));
        Map(typeof(Dog), typeof(IComparable<Dog>));
        Map(typeof(Dog), typeof(IDisposable));
        Map(typeof(Beast), typeof(IAnimal));
        Map(typeof(Box<int>), typeof(IBox<int>));
        Map(typeof(Box<string>), typeof(IBox<string>));
        Map(typeof(Numbers), typeof(IBox<int>));
        Map(typeof(Int), typeof(IZero<Int>));
        foreach (Type i in typeof(Dog).GetInterfaces().OrderBy(t => t.Name)) Console.WriteLine($"{i} {typeof(Dog).GetInterfaceMap(i).TargetMethods.Length}");
        try { typeof(Dog).GetInterfaceMap(typeof(IBox<int>)); } catch (ArgumentException e) { Console.WriteLine(e.GetType().Name); }
        try { typeof(Dog).GetInterfaceMap(typeof(string)); } catch (ArgumentException e) { Console.WriteLine(e.GetType().Name); }
        InterfaceMapping dog = typeof(Dog).GetInterfaceMap(typeof(IAnimal));
        Console.WriteLine(dog.TargetMethods[Array.FindIndex(dog.InterfaceMethods, m => m.Name == "get_Name")].Invoke(new Dog(), null));

        Console.WriteLine(typeof(Known).GUID);

        Module module = typeof(Known).Module;
        foreach (Type t in new[] { typeof(Known), typeof(Known.Inner), typeof(Dog), typeof(Box2<>) })
            Console.WriteLine($"{module.ResolveType(t.MetadataToken)} {module.ResolveMember(t.MetadataToken) == t}");
        foreach (MethodBase m in typeof(Known).GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.Instance).Concat<MethodBase>(typeof(Known).GetConstructors()))
            Console.WriteLine($"{module.ResolveMethod(m.MetadataToken)} {module.ResolveMember(m.MetadataToken) == m}");
        foreach (FieldInfo f in typeof(Known).GetFields())
            Console.WriteLine($"{module.ResolveField(f.MetadataToken)} {module.ResolveField(f.MetadataToken) == f} {module.ResolveMember(f.MetadataToken) == f}");
        Console.WriteLine(((FieldInfo)module.ResolveField(typeof(Known).GetField("Static")!.MetadataToken)!).GetValue(null));
        Console.WriteLine(module.ResolveField(typeof(Box2<>).GetField("Shared")!.MetadataToken, new[] { typeof(int) }, null));
        Console.WriteLine(module.ResolveMethod(typeof(Box2<>).GetMethod("Get")!.MetadataToken, new[] { typeof(int) }, null)!.DeclaringType);
        try { module.ResolveMethod(0x06ffffff); } catch (ArgumentOutOfRangeException e) { Console.WriteLine(e.ParamName); }
        try { module.ResolveType(0x06000001); } catch (ArgumentException e) { Console.WriteLine(e.ParamName); }
        try { module.ResolveField(0x04ffffff); } catch (ArgumentOutOfRangeException e) { Console.WriteLine(e.ParamName); }
    }
}

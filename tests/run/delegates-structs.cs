//@ exit = 0
// Covers: delegates over instance methods of value types made by reflection: open ones take the value by reference, closed ones the box; invocation of the same methods.
using System;
using System.Collections.Generic;
using System.Reflection;

interface ICount { int Next(int by); }

struct Plain : ICount
{
    public int N;
    public string Name { get; set; }
    public Plain(int n, string name) { N = n; Name = name; }
    public int Next(int by) => N += by;
    public long Sum(long a, double b, string c, object d, decimal e) => N + a + (long)b + c.Length + (int)d + (long)e;
    public Guid Large(int a) => new Guid(N, (short)a, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    public override string ToString() => "Plain " + N + " " + Name;
    public string Of<T>(T value) => typeof(T).Name + ":" + value + ":" + N++;
}

struct Holder<T>
{
    public T Value;
    public int Uses;
    public Holder(T value) { Value = value; Uses = 0; }
    public T Swap(T other) { T old = Value; Value = other; Uses++; return old; }
    public string Kind(int a) => typeof(T).Name + a + Uses++;
    public string Pair<U>(U other) => typeof(T).Name + "," + typeof(U).Name + "," + other + "," + Uses++;
}

class Fresh { public override string ToString() => "fresh"; }
class Other { public override string ToString() => "other"; }

delegate int NextOpen(ref Plain self, int by);
delegate string TextOpen(ref Plain self);
delegate void NameOpen(ref Plain self, string name);
delegate long SumOpen(ref Plain self, long a, double b, string c, object d, decimal e);
delegate Guid LargeOpen(ref Plain self, int a);
delegate string OfOpen<T>(ref Plain self, T value);
delegate T SwapOpen<T>(ref Holder<T> self, T other);
delegate string KindOpen<T>(ref Holder<T> self, int a);
delegate string PairOpen<T, U>(ref Holder<T> self, U other);

static class Program
{
    static T Make<T>(Type type, string method) where T : Delegate => (T)Delegate.CreateDelegate(typeof(T), type.GetMethod(method)!);

    static void Try(string what, Func<object> f)
    {
        try { Console.WriteLine(what + ": " + f()); }
        catch (Exception e) { Console.WriteLine(what + ": " + e.GetType().Name); }
    }

    static void OpenOverPlain()
    {
        var s = new Plain(4, "four");
        Console.WriteLine(Make<NextOpen>(typeof(Plain), "Next")(ref s, 3) + " " + s.N);
        Console.WriteLine(Make<TextOpen>(typeof(Plain), "ToString")(ref s));
        Make<NameOpen>(typeof(Plain), "set_Name")(ref s, "seven");
        Console.WriteLine(Make<TextOpen>(typeof(Plain), "get_Name")(ref s));
        Console.WriteLine(Make<SumOpen>(typeof(Plain), "Sum")(ref s, 10, 20.5, "abc", 7, 9m));
        Console.WriteLine(Make<LargeOpen>(typeof(Plain), "Large")(ref s, 5));
        MethodInfo of = typeof(Plain).GetMethod("Of")!;
        Console.WriteLine(of.MakeGenericMethod(typeof(string)).CreateDelegate<OfOpen<string>>()(ref s, "x") + " " + s.N);
        Console.WriteLine(of.MakeGenericMethod(typeof(int)).CreateDelegate<OfOpen<int>>()(ref s, 1) + " " + s.N);
        NextOpen next = Make<NextOpen>(typeof(Plain), "Next");
        Console.WriteLine(next.Method.Name + " " + (next.Target == null) + " " + next.Equals(Make<NextOpen>(typeof(Plain), "Next")));
        next += next;
        Console.WriteLine(next(ref s, 1) + " " + s.N);
        var array = new Plain[3];
        Make<NextOpen>(typeof(Plain), "Next")(ref array[1], 8);
        Console.WriteLine(array[0].N + " " + array[1].N + " " + array[2].N);
    }

    static void OpenOverGeneric()
    {
        var text = new Holder<string>("a");
        Console.WriteLine(Make<SwapOpen<string>>(typeof(Holder<string>), "Swap")(ref text, "b") + text.Value + text.Uses);
        Console.WriteLine(Make<KindOpen<string>>(typeof(Holder<string>), "Kind")(ref text, 1) + text.Uses);
        var number = new Holder<int>(1);
        Console.WriteLine(Make<SwapOpen<int>>(typeof(Holder<int>), "Swap")(ref number, 2) + " " + number.Value + number.Uses);
        Console.WriteLine(Make<KindOpen<int>>(typeof(Holder<int>), "Kind")(ref number, 1) + number.Uses);
        MethodInfo pair = typeof(Holder<string>).GetMethod("Pair")!;
        Console.WriteLine(pair.MakeGenericMethod(typeof(Other)).CreateDelegate<PairOpen<string, Other>>()(ref text, new Other()) + text.Uses);
        Console.WriteLine(pair.MakeGenericMethod(typeof(string)).CreateDelegate<PairOpen<string, string>>()(ref text, "t") + text.Uses);
    }

    // Types that only reflection makes.
    static void Made()
    {
        foreach (Type argument in new[] { typeof(Fresh), typeof(Other) })
        {
            Type type = typeof(Holder<>).MakeGenericType(argument);
            object boxed = Activator.CreateInstance(type, Activator.CreateInstance(argument))!;
            Console.WriteLine(type.GetMethod("Kind")!.Invoke(boxed, new object[] { 2 }));
            Console.WriteLine(type.GetMethod("Swap")!.Invoke(boxed, new object?[] { null }) + " " + (type.GetField("Value")!.GetValue(boxed) == null) + type.GetField("Uses")!.GetValue(boxed));
            var kind = (Func<int, string>)Delegate.CreateDelegate(typeof(Func<int, string>), boxed, type.GetMethod("Kind")!);
            Console.WriteLine(kind(5) + kind(6) + type.GetField("Uses")!.GetValue(boxed));
            Console.WriteLine(type.GetMethod("Pair")!.MakeGenericMethod(typeof(string)).Invoke(boxed, new object[] { "p" }));
        }
    }

    static void Closed()
    {
        object boxed = new Plain(1, "one");
        var next = (Func<int, int>)Delegate.CreateDelegate(typeof(Func<int, int>), boxed, typeof(Plain).GetMethod("Next")!);
        Console.WriteLine(next(2) + " " + next(3) + " " + boxed + " " + next.Method.Name + " " + ReferenceEquals(next.Target, boxed));
        var byInterface = (Func<int, int>)Delegate.CreateDelegate(typeof(Func<int, int>), boxed, typeof(ICount).GetMethod("Next")!);
        Console.WriteLine(byInterface(10) + " " + boxed);
        var openInterface = (Func<ICount, int, int>)Delegate.CreateDelegate(typeof(Func<ICount, int, int>), typeof(ICount).GetMethod("Next")!);
        Console.WriteLine(openInterface((ICount)boxed, 100) + " " + boxed);
        var text = (Func<object, string>)Delegate.CreateDelegate(typeof(Func<object, string>), typeof(object).GetMethod("ToString")!);
        Console.WriteLine(text(boxed) + " " + text(5));
        object held = new Holder<string>("h");
        var swap = (Func<string, string>)Delegate.CreateDelegate(typeof(Func<string, string>), held, "Swap");
        Console.WriteLine(swap("i") + swap("j") + ((Holder<string>)held).Uses);
        Console.WriteLine(next.DynamicInvoke(1) + " " + boxed);
        Try("wrong by value", () => Delegate.CreateDelegate(typeof(Func<Plain, int, int>), typeof(Plain).GetMethod("Next")!));
        Try("wrong target", () => Delegate.CreateDelegate(typeof(Func<int, int>), "text", typeof(Plain).GetMethod("Next")!));
        Try("wrong struct", () => Delegate.CreateDelegate(typeof(KindOpen<int>), typeof(Holder<string>).GetMethod("Kind")!));
    }

    static void Invoked()
    {
        object boxed = Activator.CreateInstance(typeof(Plain), 3, "three")!;
        Console.WriteLine(typeof(Plain).GetMethod("Next")!.Invoke(boxed, new object[] { 4 }) + " " + boxed);
        typeof(Plain).GetProperty("Name")!.SetValue(boxed, "set");
        Console.WriteLine(typeof(Plain).GetProperty("Name")!.GetValue(boxed) + " " + typeof(Plain).GetMethod("ToString")!.Invoke(boxed, null));
        Console.WriteLine(typeof(Plain).GetMethod("Of")!.MakeGenericMethod(typeof(byte)).Invoke(boxed, new object[] { (byte)1 }) + " " + boxed);
        Console.WriteLine(typeof(Plain).GetMethod("Large")!.Invoke(boxed, new object[] { 2 }));
        typeof(Plain).GetConstructors()[0].Invoke(boxed, new object[] { 9, "again" });
        Console.WriteLine(boxed);
        object pair = Activator.CreateInstance(typeof(KeyValuePair<string, int>), "k", 6)!;
        Console.WriteLine(typeof(KeyValuePair<string, int>).GetProperty("Key")!.GetValue(pair) + " " + typeof(KeyValuePair<string, int>).GetProperty("Value")!.GetValue(pair));
        var interfaceNext = typeof(ICount).GetMethod("Next")!;
        Console.WriteLine(interfaceNext.Invoke(boxed, new object[] { 1 }) + " " + boxed);
        Console.WriteLine(typeof(DateTime).GetMethod("AddDays")!.Invoke(new DateTime(2020, 1, 1), new object[] { 31.0 }) is DateTime { Month: 2 });
        Console.WriteLine(typeof(int).GetMethod("CompareTo", new[] { typeof(int) })!.Invoke(5, new object[] { 4 }));
        Console.WriteLine(typeof(DayOfWeek).GetMethod("ToString", Type.EmptyTypes)!.Invoke(DayOfWeek.Friday, null));
    }

    static void Main()
    {
        OpenOverPlain();
        OpenOverGeneric();
        Made();
        Closed();
        Invoked();
    }
}

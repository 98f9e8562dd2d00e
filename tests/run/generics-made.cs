//@ exit = 0
// Covers: types, methods and arrays that nothing in the program instantiates but reflection, all over reference types: MakeGenericType,
// MakeGenericMethod, MakeArrayType, Type.GetType. They are made at run time, share code, and are the same types whoever asks for them.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading;

class A0 { public override string ToString() => "a0"; }
class A1 : A0 { public override string ToString() => "a1"; }
class A2 : A1, IComparable<A2>, IEquatable<A2>
{
    public int CompareTo(A2 other) => 0;
    public bool Equals(A2 other) => other != null;
    public override bool Equals(object o) => false;
    public override int GetHashCode() => 7;
    public override string ToString() => "a2";
}
class A3 { public string Name = "third"; public override string ToString() => Name; }
class A4 { public override string ToString() => "a4"; }
class A5 : Exception { public override string ToString() => "a5"; }
abstract class A6 { }
class A7 : A6 { public A7(int n) { } public override string ToString() => "a7"; }
class A8 { public override string ToString() => "a8"; }
class A9 { public override string ToString() => "a9"; }

interface IBox<T>
{
    T Value { get; set; }
    string Twice() => Value + "+" + typeof(T).Name;
}
interface IOut<out T> { T Get(); }
interface IIn<in T> { string Take(T value); }

class Box<T> : IBox<T>, IEquatable<Box<T>>
{
    public static int Count;
    [ThreadStatic] static int perThread;
    public T Value { get; set; }
    public Box() { Count++; perThread++; }
    public virtual string Describe() => typeof(T).Name + "=" + Value;
    public bool Equals(Box<T> other) => other != null;
    public static int PerThread => perThread;
    public override string ToString() => "Box<" + typeof(T).Name + ">";
    public static string Name(string prefix) => prefix + typeof(Box<T>);
    public virtual string Visit<R>(R with) => typeof(T).Name + " with " + typeof(R).Name + " " + with;
}

class Derived<T> : Box<List<T>>, IOut<T> where T : class
{
    public T Get() => null;
    public override string Describe() => "derived " + base.Describe();
    public override string Visit<R>(R with) => "derived " + base.Visit(new List<R> { with });
}

class Pair<T, U> : IOut<T>, IIn<U>
{
    public T First; public U Second;
    public Pair() { }
    public Pair(T first, U second) { First = first; Second = second; }
    public T Get() => First;
    public string Take(U value) => typeof(U).Name + " takes " + value;
    public Pair<U, T> Swap() => new Pair<U, T>(Second, First);
    public override string ToString() => "(" + First + ", " + Second + ")";
}

struct Holder<T> : IOut<T>
{
    public T Value;
    public Holder(T value) { Value = value; }
    public T Get() => Value;
    public override string ToString() => "held " + Value + " as " + typeof(T).Name;
    public static string Of() => "Holder of " + typeof(T).Name;
}

class Newer<T> where T : class, new()
{
    public T Make() => new T();
    public static T Shared = new T();
}

class Ordered<T> where T : IComparable<T>
{
    public string Compare(T a, T b) => "compared " + a.CompareTo(b);
}

class Initialised<T>
{
    public static readonly string Text;
    static Initialised() { Console.WriteLine("  static constructor over " + typeof(T).Name); Text = typeof(T).Name + "!"; }
    public string Read() => Text;
}

class Failing<T>
{
    public static string Text = Fail();
    static string Fail() => throw new InvalidOperationException("no " + typeof(T).Name);
    static Failing() { }
}

class Outer<T>
{
    public class Inner<U> { public override string ToString() => typeof(T).Name + "/" + typeof(U).Name; }
    public object MakeInner() => new Inner<T[]>();
}

class Sequence<T> : IEnumerable<T>
{
    readonly List<T> items = new();
    public void Add(object o) => items.Add((T)o);
    public IEnumerator<T> GetEnumerator() { foreach (T i in items) yield return i; }
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    public Func<string> Lambda() { T last = items[^1]; return () => last + ":" + typeof(T).Name; }
    public Func<T, string> StaticLambda() => static x => typeof(T).Name + "~" + x;
    public bool Has(T value) => items.Contains(value);
    public Dictionary<T, int> Index() => items.Select((x, i) => (x, i)).ToDictionary(p => p.x, p => p.i);
}

class Chain<T>
{
    public int Depth(int n) => n == 0 ? 0 : 1 + new Chain<List<T>>().Depth(n - 1);
}

delegate string Show<T>(T value);

class Methods
{
    public static string Static<T>(T value) => typeof(T).Name + ":" + value;
    public string Instance<T, U>(T a, U b) => typeof(T).Name + "," + typeof(U).Name + ":" + a + b;
    public static T[] Many<T>(T value, int n) => Enumerable.Repeat(value, n).ToArray();
    public static string Compare<T>(T a, T b) => EqualityComparer<T>.Default.Equals(a, b) + " " + Comparer<T>.Default.GetType().Name;
    public static object Wrap<T>(T value) => new Pair<T, List<T>>(value, new List<T> { value });
    public static string Cast<T>(object o) where T : class => o is T t ? "is " + t : "is no " + typeof(T).Name;
    public virtual string Virtual<T>(T value) => "base " + typeof(T).Name;
}
class MoreMethods : Methods { public override string Virtual<T>(T value) => "more " + typeof(List<T>).Name + " " + typeof(T).Name; }

static class Program
{
    static readonly Type[] args = { typeof(A0), typeof(A1), typeof(A2), typeof(A3), typeof(A4), typeof(A5), typeof(A7), typeof(A8), typeof(A9), typeof(string) };
    static int made;

    static Type Make(Type definition, params Type[] over) { made++; return definition.MakeGenericType(over); }
    static object New(Type t) => Activator.CreateInstance(t);
    static object Instance(Type t) => t == typeof(string) ? "text" : t == typeof(A7) ? new A7(1) : Activator.CreateInstance(t);
    static object Call(object target, string name, params object[] with) => target.GetType().GetMethod(name).Invoke(target, with);
    static void Try(string what, Func<object> f)
    {
        try { Console.WriteLine(what + ": " + f()); }
        catch (Exception e) { Console.WriteLine(what + ": " + (e is TargetInvocationException t ? t.InnerException.GetType() : e.GetType()).Name); }
    }

    static void Classes()
    {
        foreach (Type a in args)
        {
            Type t = Make(typeof(Box<>), a);
            object box = New(t), other = New(t);
            t.GetProperty("Value").SetValue(box, Instance(a));
            Console.WriteLine(t + " " + box + " " + Call(box, "Describe") + " " + box.Equals(other) + " " + t.GetField("Count").GetValue(null));
            Console.WriteLine("  " + t.GetMethod("Name").Invoke(null, new object[] { "N " }) + " " + (t == Make(typeof(Box<>), a)) + " " + t.GetGenericArguments()[0].Name);
            Type i = Make(typeof(IBox<>), a);
            Console.WriteLine("  " + i.IsAssignableFrom(t) + " " + i.IsInstanceOfType(box) + " " + i.GetMethod("Twice").Invoke(box, null) + " " + t.GetInterfaces().Length);
            Console.WriteLine("  " + Make(typeof(IEquatable<>), t).IsInstanceOfType(box) + " " + t.BaseType + " " + t.IsSubclassOf(typeof(object)));
        }
    }

    static void Derivations()
    {
        foreach (Type a in args)
        {
            Type t = Make(typeof(Derived<>), a);
            object d = New(t);
            Console.WriteLine(t + " : " + t.BaseType + " " + Call(d, "Describe") + " " + (t.BaseType == Make(typeof(Box<>), Make(typeof(List<>), a))));
            Console.WriteLine("  " + (d is IOut<object>) + " " + (d is IOut<A0>) + " " + t.BaseType.GetField("Count").GetValue(null) + " " + ((dynamicLike)(() => ((IOut<object>)d).Get() == null))());
        }
    }
    delegate bool dynamicLike();

    static void Pairs()
    {
        for (int i = 0; i < args.Length; i++)
        {
            Type a = args[i], b = args[(i + 3) % args.Length];
            Type t = Make(typeof(Pair<,>), a, b);
            object p = Activator.CreateInstance(t, Instance(a), Instance(b));
            object swapped = Call(p, "Swap");
            Console.WriteLine(p + " " + swapped + " " + swapped.GetType() + " " + (swapped.GetType() == Make(typeof(Pair<,>), b, a)));
            Console.WriteLine("  " + (p is IOut<object> o ? o.Get() : "no") + " " + (p is IOut<A0>) + " " + (p is IIn<A2>) + " " + (p is IIn<A1> c ? c.Take(new A1()) : "no"));
        }
    }

    static void Values()
    {
        foreach (Type a in args)
        {
            Type t = Make(typeof(Holder<>), a);
            object h = Activator.CreateInstance(t, Instance(a));
            Console.WriteLine(h + " " + t.GetMethod("Of").Invoke(null, null) + " " + ((IOut<object>)h).Get() + " " + t.IsValueType + " " + h.Equals(h) + " " + t.GetField("Value").GetValue(h));
            Type k = Make(typeof(KeyValuePair<,>), a, Make(typeof(Box<>), a));
            Console.WriteLine("  " + Activator.CreateInstance(k, Instance(a), New(Make(typeof(Box<>), a))));
        }
    }

    static void Constraints()
    {
        foreach (Type a in args)
        {
            Try("Newer " + a.Name, () => { Type t = Make(typeof(Newer<>), a); return Call(New(t), "Make") + " " + t.GetField("Shared").GetValue(null); });
            Try("Ordered " + a.Name, () => { object x = Instance(a); return Call(New(Make(typeof(Ordered<>), a)), "Compare", x, x); });
        }
        Try("abstract", () => Make(typeof(Newer<>), typeof(A6)));
        Try("value", () => Make(typeof(Derived<>), typeof(int)));
        Try("nullable", () => Make(typeof(Nullable<>), typeof(string)));
        Try("count", () => Make(typeof(Pair<,>), typeof(A0)));
        Try("no definition", () => Make(typeof(A0), typeof(A0)));
    }

    static void Statics()
    {
        foreach (Type a in args)
        {
            Type t = Make(typeof(Initialised<>), a);
            Console.WriteLine("before " + a.Name);
            object o = New(t);
            Console.WriteLine(Call(o, "Read") + " " + t.GetField("Text").GetValue(null));
        }
        Type f = Make(typeof(Failing<>), typeof(A3));
        for (int i = 0; i < 2; i++)
        {
            try { f.GetField("Text").GetValue(null); Console.WriteLine("no failure"); }
            catch (Exception e)
            {
                while (e is TargetInvocationException) e = e.InnerException;
                Console.WriteLine(e.GetType().Name + " " + e.InnerException?.Message);
            }
        }
    }

    static void PerThread()
    {
        foreach (Type a in args)
        {
            Type t = Make(typeof(Box<>), a);
            PropertyInfo p = t.GetProperty("PerThread");
            int here = (int)p.GetValue(null), there = -1;
            var thread = new Thread(() => { New(t); there = (int)p.GetValue(null); });
            thread.Start();
            thread.Join();
            Console.WriteLine(a.Name + " " + here + " " + there + " " + p.GetValue(null));
        }
    }

    static void Nested()
    {
        foreach (Type a in args)
        {
            Type t = Make(typeof(Outer<>.Inner<>), a, Make(typeof(List<>), a));
            object inner = Call(New(Make(typeof(Outer<>), a)), "MakeInner");
            Console.WriteLine(New(t) + " " + t + " " + inner + " " + inner.GetType());
            Console.WriteLine("  " + Call(New(Make(typeof(Chain<>), a)), "Depth", 5));
        }
    }

    static void Collections()
    {
        foreach (Type a in args)
        {
            var list = (IList)New(Make(typeof(List<>), a));
            object x = Instance(a);
            list.Add(x); list.Add(Instance(a)); list.Insert(0, x);
            Console.WriteLine(list.GetType().Name + " " + list.Count + " " + list.IndexOf(x) + " " + list.Contains("other") + " " + string.Join("|", list.Cast<object>()));
            Try("  wrong", () => { list.Add(new object()); return "added"; });
            var d = (IDictionary)New(Make(typeof(Dictionary<,>), a, Make(typeof(List<>), a)));
            d[x] = list;
            Console.WriteLine("  " + d.Count + " " + d.Contains(x) + " " + d.Keys.Count + " " + (d[x] == list) + " " + d.GetType());
            foreach (DictionaryEntry e in d) Console.WriteLine("  " + e.Key + " -> " + ((IList)e.Value).Count);
            object set = New(Make(typeof(HashSet<>), a));
            Console.WriteLine("  " + Call(set, "Add", x) + " " + Call(set, "Add", x) + " " + set.GetType().GetProperty("Count").GetValue(set));
            object s = New(Make(typeof(Sequence<>), a));
            Call(s, "Add", x); Call(s, "Add", Instance(a));
            Console.WriteLine("  " + string.Join(",", ((IEnumerable)s).Cast<object>()) + " " + ((Func<string>)Call(s, "Lambda"))() + " " + Call(s, "Has", x)
                + " " + ((Delegate)Call(s, "StaticLambda")).DynamicInvoke(x));
            Console.WriteLine("  " + (s is IEnumerable<object>) + " " + Make(typeof(IEnumerable<>), a).IsInstanceOfType(s) + " " + string.Join(";", ((IEnumerable<object>)s).Select(o => o.ToString())));
        }
    }

    static void Arrays()
    {
        foreach (Type a in args)
        {
            Type t = a.MakeArrayType();
            Array array = Array.CreateInstance(a, 2);
            array.SetValue(Instance(a), 0);
            Console.WriteLine(t + " " + (array.GetType() == t) + " " + array.GetValue(0) + " " + array.Length + " " + (array is object[]) + " " + (array is IList<object>) + " " + (array is IEnumerable<A0>));
            Try("  store", () => { ((object[])array)[1] = new object(); return "stored"; });
            Console.WriteLine("  " + Make(typeof(IList<>), a).IsInstanceOfType(array) + " " + string.Join(",", ((IEnumerable<object>)array).Select(o => o ?? "null")));
            Type boxes = Make(typeof(Box<>), a).MakeArrayType();
            Array two = Array.CreateInstance(boxes, 1);
            Console.WriteLine("  " + boxes + " " + two.GetType() + " " + a.MakeArrayType(2) + " " + Array.CreateInstance(a, 2, 3).Length);
            // Of an array type that no code names.
            var unnamed = (ICollection<object>)Array.CreateInstance(Make(typeof(Outer<>), a), 3);
            Console.WriteLine("  " + unnamed.Count + " " + unnamed.ToArray().Length + " " + unnamed.Contains(null) + " " + ((IList<object>)unnamed)[1] + " " + string.Join(",", unnamed.Select(o => o == null)));
            var l = (IList)New(Make(typeof(List<>), a));
            l.Add(Instance(a));
            object copy = l.GetType().GetMethod("ToArray").Invoke(l, null);
            Console.WriteLine("  " + copy.GetType() + " " + (copy.GetType() == t) + " " + ((Array)copy).GetValue(0));
        }
    }

    static void GenericMethods()
    {
        MethodInfo Get(string name) => typeof(Methods).GetMethod(name);
        foreach (Type a in args)
        {
            object x = Instance(a);
            Console.WriteLine(Get("Static").MakeGenericMethod(a).Invoke(null, new[] { x }));
            Console.WriteLine("  " + Get("Instance").MakeGenericMethod(a, typeof(List<>).MakeGenericType(a)).Invoke(new Methods(), new[] { x, null }));
            Console.WriteLine("  " + Get("Many").MakeGenericMethod(a).Invoke(null, new[] { x, 3 }).GetType() + " " + Get("Compare").MakeGenericMethod(a).Invoke(null, new[] { x, x }));
            Console.WriteLine("  " + Get("Wrap").MakeGenericMethod(a).Invoke(null, new[] { x }).GetType() + " " + Get("Cast").MakeGenericMethod(a).Invoke(null, new object[] { "s" }));
            var show = typeof(Show<>).MakeGenericType(a);
            Delegate d = Get("Static").MakeGenericMethod(a).CreateDelegate(show);
            Delegate both = Delegate.Combine(d, d);
            Console.WriteLine("  " + d.DynamicInvoke(x) + " " + d.GetType() + " " + both.GetInvocationList().Length + " " + d.Method.Name + " " + both.DynamicInvoke(x));
            object box = New(Make(typeof(Box<>), a));
            Console.WriteLine("  " + ((Box<A0>)(object)(box as Box<A0>))?.Visit(1) + " " + box.GetType().GetMethod("Visit").MakeGenericMethod(a).Invoke(box, new[] { x }));
            Console.WriteLine("  " + box.GetType().GetMethod("Visit").MakeGenericMethod(typeof(string)).Invoke(box, new[] { "r" }));
            object derived = New(Make(typeof(Derived<>), a));
            Console.WriteLine("  " + derived.GetType().GetMethod("Visit").MakeGenericMethod(a).Invoke(derived, new[] { x }));
            Console.WriteLine("  " + Get("Virtual").MakeGenericMethod(a).Invoke(new MoreMethods(), new[] { x }));
        }
    }

    static void Names()
    {
        foreach (string name in new[] { "Box`1[A3]", "Pair`2[A4,A5]", "Box`1[[A8]]", "System.Collections.Generic.List`1[[A9]]", "A3[]", "Box`1[A4[]][]" })
        {
            Type t = Type.GetType(name);
            Console.WriteLine(name + " " + t + " " + (t != null && !t.IsArray ? New(t) : "-"));
        }
    }

    static void Main()
    {
        Classes(); Derivations(); Pairs(); Values(); Constraints(); Statics(); PerThread(); Nested(); Collections(); Arrays(); GenericMethods(); Names();
        Console.WriteLine(made >= 200 ? "200 and more" : "only " + made);
    }
}

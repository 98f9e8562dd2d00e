//@ exit = 0
// Covers: System.Reflection.DispatchProxy — objects that implement an interface chosen at run time by one method.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

public interface IPlain { int Add(int a, int b); string Name { get; set; } void Nothing(); }
public interface IBase { string Base(); }
public interface IMiddle : IBase { string Middle(long x); }
public interface IDerived : IMiddle, IComparable<string> { double Derived(float f, decimal d); new string Base(); }
public interface IRefs
{
    void Out(out int x, out string s);
    bool Ref(ref int x, ref string s, ref Point p);
    int In(in int x, in Point p);
    void OutStruct(out Point p, out int? n);
}
public struct Point { public int X, Y; public override string ToString() => $"({X},{Y})"; }
public struct Big { public long A, B, C; public string S; public override string ToString() => $"[{A} {B} {C} {S}]"; }
public enum Color { Red, Green = 5 }
public interface IValues
{
    Point P(Point p); Big B(Big b, Color c); Color C(Color c); int? N(int? n); Guid G(); DateTime D(DateTime d);
    (int, string) T((int, string) t); object O(object o); byte Y(byte a, sbyte b, short c, ushort d, uint e, ulong f, char g, bool h);
    nint I(nint x); List<int> L(IEnumerable<int> x); int[] A(int[] a, params string[] rest); Action Act(Func<int, int> f);
}
public interface IGenericMethods
{
    T Echo<T>(T value); string Pair<A, B>(A a, B b) where A : class; List<T> Make<T>() where T : new(); void Fill<T>(ref T x, out T y);
}
public interface IRepo<T> { T Get(int id); void Put(T item); IEnumerable<T> All(); event EventHandler<T> Changed; T this[int i] { get; set; } }
public interface IEvents { event Action<int> Tick; event EventHandler Done; }
public interface IAsync { Task<int> Work(string s); Task Go(); ValueTask<string> V(); }
public interface IDefaults { int Twice(int x) => x * 2; int Once(int x); }
internal interface IInternal { int Hidden(int x); }
public interface IVariant<out T> { T Get(); }
public interface IWithStatic { static int Count() => 7; int M(); }

public class Log : DispatchProxy
{
    public Func<MethodInfo, object[], object> Handler;
    public int Calls;
    protected override object Invoke(MethodInfo targetMethod, object[] args)
    {
        Calls++;
        return Handler(targetMethod, args);
    }
    public static T Create<T>(Func<MethodInfo, object[], object> handler) where T : class
    {
        T t = Create<T, Log>();
        ((Log)(object)t).Handler = handler;
        return t;
    }
}
public class Around<T> : DispatchProxy where T : class
{
    private T inner; private List<string> log;
    public static T Make(T inner, List<string> log) { object p = Create<T, Around<T>>(); var a = (Around<T>)p; a.inner = inner; a.log = log; return (T)p; }
    protected override object Invoke(MethodInfo m, object[] args)
    {
        log.Add("before " + m.Name);
        try { return m.Invoke(inner, args); }
        catch (TargetInvocationException e) { log.Add("failed " + e.InnerException.GetType().Name); throw e.InnerException; }
        finally { log.Add("after " + m.Name); }
    }
}
public abstract class AbstractProxy : DispatchProxy { }
public sealed class SealedProxy : DispatchProxy { protected override object Invoke(MethodInfo m, object[] a) => null; }
public class NoCtorProxy : DispatchProxy { public NoCtorProxy(int x) { } protected override object Invoke(MethodInfo m, object[] a) => null; }
public class WithInterface : DispatchProxy, IBase, IDisposable
{
    public string Base() => "own base"; public void Dispose() => Console.WriteLine("own dispose");
    public override string ToString() => "with interface";
    protected override object Invoke(MethodInfo m, object[] a) => "proxied " + m.Name;
}
public class Plain : IPlain
{
    public int Add(int a, int b) => a + b; public string Name { get; set; } = "plain"; public void Nothing() => throw new InvalidOperationException("nothing");
}

static class Program
{
    static string Show(object o) => o switch { null => "null", string s => "\"" + s + "\"", Array a => "[" + string.Join(",", a.Cast<object>().Select(Show)) + "]", IFormattable f => f.ToString(null, CultureInfo.InvariantCulture), _ => o.ToString() };
    static string Sig(MethodInfo m) => m.DeclaringType.Name + "." + m;
    static void Try(string what, Action a)
    {
        try { a(); Console.WriteLine(what + ": ok"); }
        catch (Exception e) { Console.WriteLine(what + ": " + e.GetType().Name + ": " + (e is ArgumentException a2 ? a2.ParamName : e.Message)); }
    }
    static int CallAdd(IPlain p) => p.Add(20, 22);

    static void Main()
    {
        object result = null;
        Func<MethodInfo, object[], object> handler = (m, a) => { Console.WriteLine("  " + Sig(m) + " " + Show(a)); return result; };

        Console.WriteLine("plain");
        var plain = Log.Create<IPlain>(handler);
        result = 42; Console.WriteLine(plain.Add(1, 2)); Console.WriteLine(CallAdd(plain));
        result = "n"; Console.WriteLine(plain.Name); plain.Name = "x"; plain.Nothing();
        Console.WriteLine(CallAdd(new Plain()));
        Console.WriteLine(((Log)plain).Calls);
        result = null; Try("null for int", () => Console.WriteLine(plain.Add(1, 2)));
        result = 42L; Try("long for int", () => Console.WriteLine(plain.Add(1, 2)));
        result = 42; Try("int for string", () => Console.WriteLine(plain.Name));
        result = null; Console.WriteLine(plain.Name ?? "(null)");

        Console.WriteLine("type");
        Type type = plain.GetType();
        Console.WriteLine(type.BaseType + " " + (type == Log.Create<IPlain>(handler).GetType()) + " " + (type == Log.Create<IBase>(handler).GetType()));
        Console.WriteLine(plain is IPlain); Console.WriteLine((object)plain is IBase); Console.WriteLine(plain is DispatchProxy); Console.WriteLine(typeof(IPlain).IsAssignableFrom(type));
        Console.WriteLine(string.Join(" ", type.GetInterfaces().Select(i => i.Name)));
        Console.WriteLine(type.IsClass + " " + type.IsSealed + " " + type.IsAbstract + " " + type.Name.StartsWith("generatedProxy") + " " + type.IsSubclassOf(typeof(Log)));
        Console.WriteLine(plain.Equals(plain) + " " + (plain.GetHashCode() == plain.GetHashCode()) + " " + plain.ToString().StartsWith("generatedProxy"));

        Console.WriteLine("inherited");
        var derived = Log.Create<IDerived>(handler);
        result = "r"; Console.WriteLine(derived.Middle(5)); Console.WriteLine(derived.Base()); Console.WriteLine(((IBase)derived).Base());
        result = 1.5; Console.WriteLine(derived.Derived(1.25f, 3.5m));
        result = -1; Console.WriteLine(derived.CompareTo("q")); Console.WriteLine(((IComparable<string>)derived).CompareTo(null));
        Console.WriteLine(string.Join(" ", derived.GetType().GetInterfaces().Select(i => i.Name).OrderBy(n => n, StringComparer.Ordinal)));

        Console.WriteLine("references");
        var refs = Log.Create<IRefs>((m, a) =>
        {
            Console.WriteLine("  " + m.Name + " " + Show(a));
            switch (m.Name)
            {
                case "Out": a[0] = 7; a[1] = "seven"; return null;
                case "Ref": a[0] = (int)a[0] + 1; a[1] += "!"; a[2] = new Point { X = 9 }; return true;
                case "In": return (int)a[0] * 2;
                default: a[0] = new Point { Y = 3 }; a[1] = 4; return null;
            }
        });
        refs.Out(out int x, out string s); Console.WriteLine(x + s);
        var pt = new Point { X = 1, Y = 2 };
        Console.WriteLine(refs.Ref(ref x, ref s, ref pt)); Console.WriteLine(x + s + pt);
        Console.WriteLine(refs.In(21, pt)); refs.OutStruct(out pt, out int? n); Console.WriteLine(pt + " " + n);
        var lazy = Log.Create<IRefs>((m, a) => true);
        Try("out not set", () => { lazy.Out(out int q, out string r); Console.WriteLine(q + (r ?? "null")); });
        x = 5; s = "five"; Console.WriteLine(lazy.Ref(ref x, ref s, ref pt) + " " + x + s + pt);
        var wrong = Log.Create<IRefs>((m, a) => { a[0] = "text"; a[1] = 5; return false; });
        Try("wrong out", () => wrong.Out(out int q, out string r));

        Console.WriteLine("values");
        var values = Log.Create<IValues>((m, a) => { Console.WriteLine("  " + m.Name + " " + Show(a)); return a.Length > 0 && m.ReturnType == m.GetParameters()[0].ParameterType ? a[0] : m.Name == "G" ? new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) : null; });
        Console.WriteLine(values.P(new Point { X = 1 })); Console.WriteLine(values.B(new Big { A = 1, B = 2, C = 3, S = "s" }, Color.Green));
        Console.WriteLine(values.C(Color.Green)); Console.WriteLine(values.N(null) + "|" + values.N(3)); Console.WriteLine(values.G());
        Console.WriteLine(values.D(new DateTime(2024, 1, 2)).Year); Console.WriteLine(values.T((1, "a"))); Console.WriteLine(values.O(null) ?? "null"); Console.WriteLine(values.O(1.5f));
        Console.WriteLine(values.Y(1, -2, -3, 4, 5, 6, 'c', true)); Console.WriteLine(values.I(77)); Console.WriteLine(values.L(new[] { 1, 2 }) == null);
        Console.WriteLine(values.A(new[] { 1 }, "p", "q").Length); Console.WriteLine(values.Act(null) == null);

        Console.WriteLine("generic methods");
        var generic = Log.Create<IGenericMethods>((m, a) =>
        {
            Console.WriteLine("  " + m + " generic " + m.IsGenericMethod + " " + m.IsGenericMethodDefinition + " " + string.Join(",", m.GetGenericArguments().Select(t => t.Name)) + " " + Show(a));
            if (m.Name == "Fill") { a[1] = a[0]; a[0] = null; return null; }
            return m.Name == "Echo" ? a[0] : m.Name == "Make" ? Activator.CreateInstance(m.ReturnType) : "pair";
        });
        Console.WriteLine(generic.Echo(5)); Console.WriteLine(generic.Echo("text")); Console.WriteLine(generic.Echo(new Point { X = 4 })); Console.WriteLine(generic.Echo<object>(null) ?? "null");
        Console.WriteLine(generic.Pair("a", 1)); Console.WriteLine(generic.Make<int>().Count); Console.WriteLine(generic.Make<Plain>().Count);
        string f1 = "in"; generic.Fill(ref f1, out string f2); Console.WriteLine((f1 ?? "null") + f2);

        Console.WriteLine("generic interfaces");
        var repo = Log.Create<IRepo<string>>(handler);
        result = "item"; Console.WriteLine(repo.Get(1)); repo.Put("x"); Console.WriteLine(repo[3]); repo[4] = "y"; repo.Changed += (o, e) => { }; repo.Changed -= null;
        result = new[] { "p", "q" }; Console.WriteLine(string.Join("+", repo.All()));
        var points = Log.Create<IRepo<Point>>(handler);
        result = new Point { X = 8 }; Console.WriteLine(points.Get(2)); points.Put(new Point { Y = 1 }); Console.WriteLine(points[0]);
        var variant = Log.Create<IVariant<string>>(handler); result = "v"; IVariant<object> wide = variant; Console.WriteLine(wide.Get());

        Console.WriteLine("events");
        Delegate kept = null;
        var events = Log.Create<IEvents>((m, a) => { Console.WriteLine("  " + m.Name + " " + m.IsSpecialName + " " + a[0].GetType().Name); kept = (Delegate)a[0]; return null; });
        events.Tick += t => Console.WriteLine("tick " + t); ((Action<int>)kept)(3); events.Done += (o, e) => { };

        Console.WriteLine("async");
        var work = Log.Create<IAsync>((m, a) => m.Name switch { "Work" => Task.FromResult(((string)a[0]).Length), "Go" => Task.CompletedTask, _ => new ValueTask<string>("v") });
        Console.WriteLine(work.Work("four").Result + work.V().Result); work.Go().Wait();

        Console.WriteLine("defaults");
        var defaults = Log.Create<IDefaults>(handler); result = 3; Console.WriteLine(defaults.Twice(1) + defaults.Once(1));
        var hidden = Log.Create<IInternal>(handler); Console.WriteLine(hidden.Hidden(2));
        var withStatic = Log.Create<IWithStatic>(handler); Console.WriteLine(withStatic.M() + IWithStatic.Count());

        Console.WriteLine("around");
        var log = new List<string>();
        var around = Around<IPlain>.Make(new Plain(), log);
        Console.WriteLine(around.Add(3, 4)); around.Name = "set"; Console.WriteLine(around.Name); Try("nothing", around.Nothing);
        var list = Around<IList<int>>.Make(new List<int> { 1 }, log); list.Add(5); list[0] = 6; Console.WriteLine(list.Count + " " + list.Contains(5) + " " + list.Sum() + string.Join(",", list));
        Console.WriteLine(string.Join("; ", log));

        Console.WriteLine("reflection over proxies");
        result = 11; Console.WriteLine(typeof(IPlain).GetMethod("Add").Invoke(plain, new object[] { 5, 6 }));
        Func<int, int, int> add = plain.Add; Console.WriteLine(add(7, 8));
        Console.WriteLine(((Func<int, int, int>)typeof(IPlain).GetMethod("Add").CreateDelegate(typeof(Func<int, int, int>), plain))(1, 1));

        Console.WriteLine("with interfaces");
        object both = DispatchProxy.Create<IVariant<string>, WithInterface>();
        Console.WriteLine(((WithInterface)both).Base() + " " + ((IBase)both).Base() + " " + ((IVariant<object>)both).Get() + " " + both); ((IDisposable)both).Dispose();

        Console.WriteLine("by type");
        var byType = (IPlain)DispatchProxy.Create(typeof(IPlain), typeof(Log)); ((Log)(object)byType).Handler = handler;
        result = 5; Console.WriteLine(byType.Add(1, 1) + " " + (byType.GetType() == type));

        Console.WriteLine("refused");
        Try("class", () => DispatchProxy.Create<Plain, Log>());
        Try("abstract", () => DispatchProxy.Create<IPlain, AbstractProxy>());
        Try("sealed", () => DispatchProxy.Create<IPlain, SealedProxy>());
        Try("no constructor", () => DispatchProxy.Create(typeof(IPlain), typeof(NoCtorProxy)));
        Try("no proxy", () => DispatchProxy.Create(typeof(IPlain), typeof(Plain)));
        Try("null", () => DispatchProxy.Create(null, typeof(Log)));
    }
}

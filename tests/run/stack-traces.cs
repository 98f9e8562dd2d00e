//@ exit = 0
// Covers: stack traces as text: small methods that become part of their callers are frames all the same, and a check that fails is in the
// method that makes it; lambdas, local functions, constructors, operators, generics and types of parameters by their names; what is thrown
// again, captured and wrapped; iterators and async methods under the names that the source has.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks;

class Node
{
    public int value;
    public Node next;
    public int[] items;
    public Node() { }
    public Node(int value) { this.value = Checked(value); }
    static int Checked(int value) => value < 0 ? throw new ArgumentException("negative") : value;
    public int Value { get => Checked(value - 10); set => this.value = Checked(value); }
    public int this[int index] => index == 7 ? throw new IndexOutOfRangeException("seven") : index;
    public static Node operator *(Node node, int by) => new Node(node.value * by);
    public static implicit operator int(Node node) => Checked(node.value - 100);
    public virtual int Get() => value;
    public int Read() => value;
}

interface IShape<T>
{
    void Draw(T on);
    void DrawTwice(T on) { Draw(on); Draw(on); }
    static abstract int Sides();
}

class Square<A, B> : IShape<A>
{
    void IShape<A>.Draw(A on) { throw new Exception("square"); }
    public static int Sides() { throw new Exception("sides"); }
    public class Part<C> { public static void Cut(A a, B b, C c, List<Dictionary<A, C[]>> all) { throw new Exception("cut"); } }
}

struct Money
{
    public int cents;
    public Money(int cents) { this.cents = cents; if (cents < 0) throw new ArgumentException("debt"); }
    public int Plus(int more) => checked(cents + more);
    public override string ToString() => throw new NotSupportedException();
}

static class Program
{
    static int count;

    // CoreCLR has the lines from the symbols beside the assembly, Kiln only with -g.
    static void Print(object text)
    {
        foreach (string line in $"{text}".Split('\n'))
        {
            int at = line.IndexOf(" in /");
            Console.WriteLine(at < 0 ? line : line[..at] + (line.EndsWith("<---") ? "<---" : ""));
        }
    }

    static void Try(Action action)
    {
        try
        {
            action();
            Console.WriteLine("nothing");
        }
        catch (Exception e)
        {
            Print($"{++count}. {e}");
        }
    }

    static int Field(Node node) => node.value;
    static int Next(Node node) => Field(node.next);
    static void Set(Node node) { node.value = 1; }
    static int Element(int[] items, int index) => items[index];
    static int Length(Node node) => node.items.Length;
    static int Divide(int a, int b) => a / b;
    static int Multiply(int a, int b) => checked(a * b);
    static byte Narrow(int a) => checked((byte)a);
    static string Cast(object o) => (string)o;
    static int Unbox(object o) => (int)o;
    static void Store(object[] items, object o) { items[0] = o; }
    static int[] Make(int length) => new int[length];
    static int Virtual(Node node) => node.Get();
    static int Direct(Node node) => node.Read();
    static int Both(Node a, Node b) => Field(a) + Field(b);
    static int Sides<T>() where T : IShape<string> => T.Sides();

    static void Checks()
    {
        Node none = null;
        var node = new Node();
        Try(() => Field(none));
        Try(() => Next(node));
        Try(() => Set(none));
        Try(() => Element(new int[2], 2));
        Try(() => Element(null, 2));
        Try(() => Length(node));
        Try(() => Divide(1, 0));
        Try(() => Multiply(1 << 20, 1 << 20));
        Try(() => Narrow(300));
        Try(() => Cast(3));
        Try(() => Unbox("x"));
        Try(() => Unbox(null));
        Try(() => Store(new string[1], 3));
        Try(() => Make(-1));
        Try(() => Virtual(none));
        Try(() => Direct(none));
        Try(() => Both(node, none));
        Try(() => Both(none, node));
    }

    static void Members()
    {
        var node = new Node(1);
        Try(() => new Node(-1));
        Try(() => Console.WriteLine(node.Value));
        Try(() => node.Value = -1);
        Try(() => Console.WriteLine(node[7]));
        Try(() => { node = node * -1; });
        Try(() => { int i = node; });
        Try(() => new Money(-1));
        Try(() => new Money(int.MaxValue).Plus(1));
        Try(() => $"{new Money(1)}".ToString());
        Try(() => { IShape<string> shape = new Square<string, int>(); shape.DrawTwice(""); });
        Try(() => Sides<Square<string, int>>());
        Try(() => Square<int, string>.Part<bool>.Cut(1, "", true, null));
    }

    static void Boom() { throw new InvalidOperationException("boom"); }
    static void Outer() { Boom(); }
    static void Many(ref int a, out string b, in long c, int[][] d, string[,] e, int? f, (int, string) g, params object[] h) { throw new Exception("many"); }
    static unsafe void Pointers(int* p, void** q, nint n, Func<int, string> f, DayOfWeek w, Span<byte> s) { throw new Exception("pointers"); }
    static unsafe void Called(delegate*<int, void> function) { throw new Exception("called"); }
    static void Generic<T, U>(T t, U[] u, IEnumerable<KeyValuePair<T, U>> pairs) { throw new Exception("generic"); }

    static unsafe void Names()
    {
        Try(() => { int i = 0; Many(ref i, out _, 3, null, null, null, default); });
        Try(() => Pointers(null, null, 0, null, 0, default));
        Try(() => Called(null));
        Try(() => Generic<int, string>(1, null, null));
        Try(() => Generic<string, int>(null, null, null));
        Try(() => { void Local() { Boom(); } Local(); });
        Try(() => { static void Local<T>(T t) { Boom(); } Local(3); Local(""); });
        Try(() => { Action inner = () => { void Local() { Outer(); } Local(); }; inner(); });
        Try(Outer);
    }

    static void Again() { try { Outer(); } catch (Exception) { throw; } }
    static void AgainByName() { try { Outer(); } catch (Exception e) { throw e; } }
    static void Wrapped() { try { Outer(); } catch (Exception e) { throw new Exception("wrapped", e); } }
    static void Captured()
    {
        ExceptionDispatchInfo info = null;
        try { Outer(); } catch (Exception e) { info = ExceptionDispatchInfo.Capture(e); }
        Release(info);
    }
    static void Release(ExceptionDispatchInfo info) { info.Throw(); }
    static void Twice() { try { Captured(); } catch (Exception e) { ExceptionDispatchInfo.Throw(e); } }
    static void Remote() { throw ExceptionDispatchInfo.SetRemoteStackTrace(new Exception("remote"), "   at Far.Away()"); }
    static void Current() { throw ExceptionDispatchInfo.SetCurrentStackTrace(new Exception("current")); }
    static void Finally() { try { Outer(); } finally { try { Boom(); } catch { } } }
    static bool Seen(Exception e) { Print("filter: " + e.StackTrace); return true; }
    static void Filtered() { try { Finally(); } catch (Exception e) when (Seen(e)) { throw; } }
    static Exception Caught() { try { Outer(); } catch (Exception e) { return e; } return null; }

    static void Rethrown()
    {
        Try(Again);
        Try(AgainByName);
        Try(Wrapped);
        Try(Captured);
        Try(Twice);
        Try(Remote);
        Try(Current);
        Try(Finally);
        Try(Filtered);
        Try(() => throw new AggregateException("two", new Exception("fresh"), Caught()));
    }

    static IEnumerable<int> Numbers() { yield return 1; Outer(); }
    static IEnumerable<T> Numbers<T>(T t) { yield return t; Outer(); }
    static async Task Later() { await Task.Yield(); Outer(); }
    static async Task<int> LaterStill(int x) { await Later(); return x; }
    static async Task Now() { Outer(); }
    static async ValueTask Value() { await Task.Yield(); Outer(); }
    static async ValueTask<int> Values() { await Value(); return 1; }
    static async Task Lambda() { Func<Task> f = async () => { await Task.Yield(); Outer(); }; await f(); }
    static async Task Local() { async Task Inner(int x) { await Task.Yield(); Outer(); } await Inner(1); }
    static async Task Caught2() { try { await Later(); } catch (Exception) { await Task.Yield(); throw; } }
    static async IAsyncEnumerable<int> Stream() { await Task.Yield(); yield return 1; Outer(); }
    static async Task ReadStream() { await foreach (int i in Stream()) { } }

    static async Task Show(Func<Task> action)
    {
        try { await action(); } catch (Exception e) { Print($"{++count}. {e}"); }
    }

    static async Task Machines()
    {
        Try(() => { foreach (int i in Numbers()) { } });
        Try(() => { foreach (string s in Numbers("")) { } });
        await Show(() => LaterStill(1));
        await Show(Now);
        await Show(async () => await Values());
        await Show(Lambda);
        await Show(Local);
        await Show(Caught2);
        await Show(ReadStream);
        try { LaterStill(3).GetAwaiter().GetResult(); } catch (Exception e) { Print(e); }
    }

    static string Methods(StackTrace trace)
    {
        string all = "";
        foreach (StackFrame frame in trace.GetFrames())
            all += $" {frame.GetMethod().DeclaringType.Name}.{frame.GetMethod().Name}";
        return all;
    }
    static StackTrace Here() => new StackTrace();
    static StackTrace Above() => new StackTrace(1);
    static string Caller() => new StackFrame(1).GetMethod().Name;
    static string Small() => Caller();
    static MethodBase Me() => MethodBase.GetCurrentMethod();
    static string Whole() => Environment.StackTrace;

    static async Task Main()
    {
        Checks();
        Members();
        Names();
        Rethrown();
        await Machines();
        Console.WriteLine(Methods(new StackTrace(Caught())));
        Print(new StackTrace(Caught(), 1));
        Console.WriteLine(Caught().TargetSite);
        Frames();
    }

    static void Frames()
    {
        Console.WriteLine(Here().GetFrame(0).GetMethod() + "|" + Here().GetFrame(1).GetMethod());
        Console.WriteLine(Above().GetFrame(0).GetMethod());
        Console.WriteLine(Small() + "|" + Me());
        Console.WriteLine(Whole().Contains("at Program.Whole()") && Whole().Contains("at Program.Frames()"));
        // Where a thread starts is the runtime's own business.
        string trace = null;
        var thread = new System.Threading.Thread(() => trace = new StackTrace().ToString() + Whole());
        thread.Start();
        thread.Join();
        Console.WriteLine(trace.Contains("Threads.Run") + " " + trace.Contains("b__"));
    }
}

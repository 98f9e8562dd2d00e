//@ exit = 0
//@ stress-every = 200
// Covers: C# 12 "Dynamic binding" — operations on values of type dynamic are bound at run time: members, operators, conversions, calls with overloads and
// generic methods, indexers, delegates, events, objects that bind themselves, errors of binding.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Dynamic;
using System.Globalization;
using System.Linq;
using System.Linq.Expressions;
using Microsoft.CSharp.RuntimeBinder;

enum Colour { Red, Green = 4 }
struct Point
{
    public int X, Y;
    public Point(int x, int y) { X = x; Y = y; }
    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);
    public static bool operator ==(Point a, Point b) => a.X == b.X && a.Y == b.Y;
    public static bool operator !=(Point a, Point b) => !(a == b);
    public static implicit operator string(Point p) => p.X + ":" + p.Y;
    public static explicit operator Point(int n) => new(n, n);
    public override bool Equals(object o) => o is Point p && p == this;
    public override int GetHashCode() => X ^ Y;
    public override string ToString() => $"({X},{Y})";
    public int Sum() => X + Y;
}
class Animal { public virtual string Name => "animal"; public string Say(object o) => "object"; public string Say(string s) => "string " + s; public string Say(int n, int m = 5) => "int " + (n + m); public string Say(params int[] all) => "many " + all.Length; }
class Dog : Animal
{
    readonly Dictionary<string, int> tricks = new();
    public override string Name => "dog";
    public int Age { get; set; } = 3;
    public int[] Field = { 1, 2 };
    public int this[string key] { get => tricks.TryGetValue(key, out var n) ? n : -1; set => tricks[key] = value; }
    public T Echo<T>(T value) => value;
    public string TypeOf<T>(IEnumerable<T> all) => typeof(T).Name + all.Count();
    public event Action<string> Barked;
    public void Bark(string s) => Barked?.Invoke(s);
    public static string Kind = "canis";
    public Func<int, int> Twice = n => n * 2;
    public void Swap(ref int a, out string text) { a = a + 1; text = "out " + a; }
    internal string Hidden() => "hidden";
    private string Own() => "own";
}
class Bag : DynamicObject
{
    readonly Dictionary<string, object> values = new();
    public override bool TryGetMember(GetMemberBinder b, out object result) => values.TryGetValue(b.Name, out result);
    public override bool TrySetMember(SetMemberBinder b, object value) { values[b.Name] = value; return true; }
    public override bool TryInvokeMember(InvokeMemberBinder b, object[] args, out object result) { result = b.Name + "(" + string.Join(",", args) + ")"; return true; }
    public override bool TryGetIndex(GetIndexBinder b, object[] indexes, out object result) { result = indexes.Length; return true; }
    public override bool TryBinaryOperation(BinaryOperationBinder b, object arg, out object result) { result = b.Operation + " " + arg; return true; }
    public override bool TryUnaryOperation(UnaryOperationBinder b, out object result) { result = b.Operation.ToString(); return true; }
    public override bool TryConvert(ConvertBinder b, out object result) { result = b.Type == typeof(int) ? 42 : null; return true; }
    public override IEnumerable<string> GetDynamicMemberNames() => values.Keys;
}

static class Program
{
    static void T(string name, Func<object> f) { try { Console.WriteLine(name + ": " + Text(f())); } catch (Exception e) { Console.WriteLine(name + ": " + e.GetType().Name + ": " + e.Message); } }
    static string Text(object o) => o switch { null => "null", string s => s, IEnumerable e => "[" + string.Join(",", e.Cast<object>().Select(Text)) + "]", _ => o.GetType().Name + " " + Convert.ToString(o, CultureInfo.InvariantCulture) };
    static string Over(int n) => "int";
    static string Over(long n) => "long";
    static string Over(string s) => "string";
    static string Over(Animal a) => "animal";
    static string Over(object o) => "object";
    static T Conv<T>(object o) => (T)(dynamic)o;
    static dynamic Add(dynamic a, dynamic b) => a + b;

    static void Main()
    {
        dynamic dog = new Dog(), n = 3, text = "abc", point = new Point(1, 2), list = new List<int> { 3, 1, 2 }, map = new Dictionary<string, int> { ["k"] = 7 }, nothing = null, array = new[] { 1.5, 2.5 };
        T("arithmetic", () => new object[] { n + 4, n * 2.5, n / 2, n % 2, -n, ~n, n << 2, n > 2, n == 3, n + 1L, n - 0.5m, (byte)n + 1 });
        T("mixed", () => new object[] { Add(1, 2), Add(1, 2.5), Add("a", 1), Add(1, "b"), Add('a', 1), Add(1.5m, 2), Add(new Point(1, 1), new Point(2, 3)), Add("x", null) });
        T("logic", () => { dynamic t = true, f = false; return new object[] { t && f, t || f, !t, t & f, t ^ t, t ? "yes" : "no" }; });
        T("assign", () => { dynamic d = 1; d++; d += 5; d *= 2; dog.Age += 4; dog.Field[1] += 10; return new object[] { d, dog.Age, dog.Field[1] }; });
        T("checked", () => { dynamic max = int.MaxValue; return checked(max + 1); });
        T("unchecked", () => { dynamic max = int.MaxValue; return unchecked(max + 1); });
        T("zero", () => { dynamic z = 0; return n / z; });
        T("string", () => new object[] { text.Length, text.ToUpper(), text.Substring(1, 1), text[2], text + n, text.Contains("b"), text == "abc", text.IndexOf('c') });
        T("members", () => new object[] { dog.Name, dog.Age, dog.Say("x"), dog.Say(1), dog.Say(1, 2), dog.Say(1, 2, 3), dog.Say(1.5), dog.Hidden(), dog.Field.Length, dog.Say(m: 1, n: 2) });
        T("private", () => dog.Own());
        T("generic", () => new object[] { dog.Echo(5), dog.Echo("e"), dog.Echo<long>(5), dog.TypeOf(new List<string> { "q" }), dog.TypeOf(new[] { 1, 2 }) });
        T("indexer", () => { dog["sit"] = 2; return new object[] { dog["sit"], dog["none"], list[1], map["k"], array[1] }; });
        T("collections", () => { list.Add(9); list.Sort(); map["z"] = 8; return new object[] { list.Count, list[0], list.Contains(9), map.Count, map.ContainsKey("z"), Enumerable.Sum(list) }; });
        T("enumerate", () => { int sum = 0; foreach (var x in list) sum += x; foreach (dynamic p in map) sum += p.Value; return sum; });
        T("overloads", () => new object[] { Over(n), Over((dynamic)3L), Over(text), Over(dog), Over((dynamic)2.5), Over((dynamic)(short)1) });
        T("convert", () => { int i = n; double d = n; long l = n; string s = point; Point p = (Point)(dynamic)4; Colour c = (Colour)(dynamic)4; object o = dog; Animal a = dog; IEnumerable<int> e = list; int? maybe = n; return new object[] { i, d, l, s, p, c, o == (object)dog, a.Name, e.Count(), maybe }; });
        T("conv", () => new object[] { Conv<double>(3), Conv<byte>(7), Conv<string>(null), Conv<Colour>(Colour.Green), Conv<int?>(5) });
        T("operators", () => new object[] { point + new Point(5, 5), point == new Point(1, 2), point != new Point(1, 2), point.Sum(), point.X, point.ToString() });
        T("enum", () => { dynamic c = Colour.Green; return new object[] { c, c == Colour.Green, c | Colour.Red, (int)c, c > Colour.Red, c.ToString() }; });
        T("delegate", () => { dynamic f = (Func<int, string>)(x => "f" + x); dynamic g = dog.Twice; return new object[] { f(1), f.Invoke(2), g(4), dog.Twice(5) }; });
        T("event", () => { string heard = ""; Action<string> h = s => heard += s; dog.Barked += h; dog.Bark("w"); dog.Barked -= h; dog.Bark("x"); return heard; });
        T("null", () => nothing.Length);
        T("nullops", () => new object[] { nothing == null, nothing ?? "other", nothing?.Length, (string)nothing });
        T("missing", () => dog.Nope());
        T("wrong", () => dog.Echo<int>("s"));
        T("badconv", () => { int i = text; return i; });
        T("badop", () => dog + 1);
        T("noarg", () => text.Substring());
        T("static", () => new object[] { Math.Max(n, 7), string.Format("{0}-{1}", n, text), Convert.ToString(n), string.Join("|", list), int.Parse((dynamic)"12"), Dog.Kind });
        T("new", () => { dynamic x = 5; var p = new Point(x, x + 1); var s = new string((dynamic)'c', x); var l = new List<int>((dynamic)list); return new object[] { p, s, l.Count }; });
        T("linq", () => list.GetType().Name + ((IEnumerable<int>)list).Select(x => (dynamic)x * 2).Aggregate((a, b) => a + b));
        T("anonymous", () => { dynamic a = new { Name = "an", Inner = new { N = 5 } }; return new object[] { a.Name, a.Inner.N }; });
        T("tuple", () => { dynamic t = (1, "two"); return new object[] { t.Item1, t.Item2 }; });
        T("expando", () => { dynamic e = new ExpandoObject(); e.A = 1; e.F = (Func<int, int>)(x => x + e.A); e.A = 10; ((IDictionary<string, object>)e)["B"] = "b"; return new object[] { e.A, e.F(5), e.B, ((IDictionary<string, object>)e).Count }; });
        T("expandomissing", () => { dynamic e = new ExpandoObject(); return e.None; });
        T("bag", () => { dynamic b = new Bag(); b.Q = 5; return new object[] { b.Q, b.Call(1, "x"), b[1, 2], b + 3, -b, (int)b }; });
        T("many", () => { object[] all = { 1, 2L, 3.5f, 4.5, 5m, "s", 'c', true, Colour.Green, new Point(1, 1) }; return all.Select(o => { try { return (object)Add(o, (dynamic)o); } catch (RuntimeBinderException) { return "none"; } }).ToArray(); });
        T("ref", () => { int a = 1; ((Dog)dog).Swap(ref a, out var s); dynamic d = dog; int b = 5; d.Swap(ref b, out string t); return new object[] { a, s, b, t }; });
        T("interface", () => { dynamic c = (IComparable)5; IComparable<int> k = (dynamic)5; return new object[] { c.CompareTo(4), k.CompareTo(9) }; });
        T("date", () => { dynamic d = new DateTime(2020, 1, 31); return new object[] { d.AddDays(1).Month, (d - new DateTime(2020, 1, 1)).TotalDays, d.Year, d > DateTime.MinValue }; });
        T("nullable", () => { int? x = 4; dynamic d = x; return new object[] { d + 1, d.GetType().Name }; });
        T("is", () => new object[] { n is int, text is string, dog is Animal, nothing is null, n as object, dog as Dog != null });
        T("expression", () => { dynamic e = (Expression<Func<int, int>>)(x => x + 1); return e.Compile()(4); });
    }
}

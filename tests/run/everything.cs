//@ exit = 0
// Covers: one of everything — static abstract members, default and generic virtual methods, nested generics, ref structs, records, patterns, iterators, closures, spans, collections, formatting.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.CompilerServices;
interface IShape<TSelf> where TSelf : IShape<TSelf> { static abstract TSelf Create(int n); static virtual string Kind => "generic"; int Area(); TSelf Scale(int k) => TSelf.Create(Area() * k); }
struct Sq : IShape<Sq> { public int N; public static Sq Create(int n) => new() { N = n }; public int Area() => N * N; public static string Kind => "sq"; }
class Ci : IShape<Ci> { public int R; public static Ci Create(int n) => new() { R = n }; public virtual int Area() => 3 * R * R; }
interface IV<out T, in U> { T Get(U u); T this[int i] => default!; }
class V1<T> : IV<T, object> where T : new() { public T Get(object u) => u is T t ? t : new T(); }
abstract class Base { public abstract Base Clone(); public virtual string N<T>(T x) => "B" + typeof(T).Name + x; }
class Der : Base { public override Der Clone() => new Der(); public override string N<T>(T x) => "D" + typeof(T).Name + base.N(x) + G<T>.Next(); class G<U> { static int c; public static int Next() => ++c; } }
class Outer<T> { public class Inner<U> { public static string S = typeof(T).Name + typeof(U).Name; public string Name => GetType().ToString(); public U[] Arr = new U[2]; public List<(T, U)> L = new(); } public Inner<T[]> Mk() => new(); }
ref struct RS { public Span<int> S; public ref int R; public RS(Span<int> s) { S = s; R = ref s[0]; } public int Sum() { int t = R; foreach (int x in S) t += x; return t; } public void Dispose() => S.Clear(); }
record Pt(int X, int Y) { public virtual bool Big => X > 10; } record Pt3(int X, int Y, int Z) : Pt(X, Y); record struct RSt<T>(T A, double B);
[InlineArray(4)] struct Buf<T> { T e; }
class Coll : IEnumerable<int> { public List<int> L = new(); public void Add(int a, int b) => L.Add(a * b); public void Add(int a) => L.Add(a); public IEnumerator<int> GetEnumerator() => L.GetEnumerator(); IEnumerator IEnumerable.GetEnumerator() => GetEnumerator(); public int this[Index i] { get => L[i]; set => L[i] = value; } }
static class Ext { public static void Deconstruct(this string s, out char a, out string b) { a = s[0]; b = s[1..]; } public static IEnumerable<T> Twice<T>(this IEnumerable<T> s) { foreach (var x in s) { yield return x; yield return x; } } }

class Program
{
    static string Sh<T>(int n) where T : IShape<T> { T t = T.Create(n); T u = t.Scale(2); return T.Kind + t.Area() + "," + u.Area(); }
    static T Sum<T>(params T[] xs) where T : INumber<T> { T s = T.Zero; foreach (T x in xs) s += x; return s / T.CreateChecked(xs.Length); }
    static string Rec<T>(T x, int n) => n == 0 ? typeof(T).ToString().Length + "" : Rec((x, n), n - 1);
    static object Pat(object o) => o switch { null => "null", int i and > 5 and < 10 => i * 2, int => "int", string { Length: > 3 } s => s.Length, string and ['a', .., var z] => z, Pt(1, var y) => y, Pt { Big: true } => "big", int[] and [1, 2, .. var rest] => rest.Length, IEnumerable<char> => "chars", (int a, string b) => a + b, _ => o.GetType().Name };
    static string Def<T>() => (default(T)?.ToString() ?? "null") + EqualityComparer<T>.Default.Equals(default, default) + Comparer<T>.Default.Compare(default, default);
    static IEnumerable<int> It(int n) { try { for (int i = 0; i < n; i++) { if (i == 3) yield break; yield return i; } } finally { Console.Write("disposed "); } }
    static ref int Pick(bool b, ref int x, ref int y) => ref b ? ref x : ref y;
    static int Cap() { var fs = new List<Func<int>>(); for (int i = 0; i < 3; i++) { int j = i; fs.Add(() => j++ + i); } return fs.Sum(f => f() * 10 + f()); }
    static string Con<T>(T x) where T : IFormattable, IComparable<T> => x.ToString("X", null) + x.CompareTo(x) + x.GetHashCode() + x.Equals(x);
    struct Mut : IDisposable { public int N; public void Dispose() { N++; Console.Write("D" + N); } public override string ToString() => (++N).ToString(); }
    static void ConMut<T>(ref T x) { Console.Write(x!.ToString() + x.ToString()); }
    static unsafe int Ptr() { int* p = stackalloc int[4] { 1, 2, 3, 4 }; delegate*<int, int, int> f = &Add; int s = 0; for (int i = 0; i < 4; i++) s = f(s, *(p + i)); fixed (char* c = "hey") s += c[1]; return s; }
    static int Add(int a, int b) => a + b;
    static void Main()
    {
        Console.WriteLine(Sh<Sq>(3) + " " + Sh<Ci>(2));
        Console.WriteLine($"{Sum(1, 2, 6)} {Sum(1.5, 2.5)} {Sum<decimal>(1, 2)} {Sum(new Complex2(1), new Complex2(2)).V}".Replace("Complex2", ""));
        Console.WriteLine(Rec(1, 5) + " " + Rec("s", 4));
        IV<object, string> iv = new V1<Sqx>(); Console.WriteLine(iv.Get("q").GetType().Name + (iv[0] == null) + (iv is IV<Sqx, string>) + (iv is IV<string, string>));
        Base b = new Der(); Console.WriteLine(b.Clone().GetType().Name + b.N(1) + b.N("s") + b.N<object>(2) + b.N(3) + b.N("t"));
        var mk = new Outer<string>().Mk(); Console.WriteLine(mk.Name + Outer<string>.Inner<string[]>.S + Outer<int>.Inner<object>.S + mk.Arr.GetType()); mk.L.Add(("a", new[] { "b" })); Console.WriteLine(mk.L[0].Item2[0]);
        using (var rs = new RS(stackalloc int[] { 1, 2, 3 })) { rs.R += 10; Console.WriteLine(rs.Sum()); }
        Pt p = new Pt3(1, 2, 3); Console.WriteLine(p + " " + (p with { X = 11 }).Big + (p == new Pt(1, 2)) + p.Equals(new Pt3(1, 2, 3)) + new RSt<string>("q", 1.5) + (new RSt<int>(1, 2) == new RSt<int>(1, 2)) + new RSt<object>(null!, 0).GetHashCode().Equals(new RSt<object>(null!, 0).GetHashCode()));
        var buf = new Buf<string>(); buf[1] = "x"; buf[^1] = "y"; Span<string> sp = buf; Console.WriteLine(string.Join("|", sp.ToArray()));
        var c = new Coll { 1, { 2, 3 }, 4 }; c[^1] = 9; Console.WriteLine(string.Join(",", c) + string.Join(",", c.Twice().Skip(1).Take(3)));
        var (ch, rest) = "hello"; Console.WriteLine(ch + rest);
        foreach (object? o in new object?[] { null, 7, 3, "abcd", "abz", new Pt(1, 42), new Pt(20, 0), new[] { 1, 2, 3, 4 }, new List<char>(), (1, "t"), 2.5 }) Console.Write(Pat(o!) + " "); Console.WriteLine();
        Console.WriteLine(Def<int>() + Def<string>() + Def<(int, string)>() + Def<DayOfWeek>() + Def<int?>() + Def<Pt>() + Def<Guid>());
        foreach (int i in It(5)) { Console.Write(i + " "); if (i == 1) break; } foreach (int i in It(9)) Console.Write(i); Console.WriteLine();
        int x = 1, y = 2; Pick(false, ref x, ref y) += 5; Pick(true, ref x, ref y)--; Console.WriteLine($"{x} {y} {Cap()}");
        Console.WriteLine(Con(255) + Con(255L) + Con((byte)7) + Ptr());
        var m = new Mut(); ConMut(ref m); ConMut(ref m); Console.WriteLine(m.N); using (m) { m.N = 50; } Console.WriteLine(m.N); object bm = m; Console.WriteLine(bm.ToString() + bm.ToString() + m.N);
        var q = from a in Enumerable.Range(1, 5) from d in new[] { "u", "v" } where a % 2 == 1 group (a, d) by d into g orderby g.Key descending select g.Key + string.Concat(g.Select(t => t.a)); Console.WriteLine(string.Join(";", q));
        var dict = new SortedDictionary<string, List<int>>(StringComparer.OrdinalIgnoreCase) { ["b"] = [1, 2], ["A"] = [3], }; dict["B"].Add(7); Console.WriteLine(string.Join(";", dict.Select(k => k.Key + string.Join("", k.Value))));
        Console.WriteLine(string.Join(",", new[] { 5, 3, 9 }.Order()) + string.Join(",", new[] { "b", "a" }.OrderByDescending(s => s).ThenBy(s => s.Length)) + new[] { 1, 2, 3 }.Aggregate((a, d) => a * 10 + d) + Enumerable.Range(0, 10).Chunk(3).Last().Length + new[] { (1, "a"), (2, "b") }.ToDictionary(t => t.Item1, t => t.Item2)[2] + string.Join("", "hello".Distinct().Reverse()) + new[] { 1, 2 }.Zip(new[] { "x", "y" }).Last());
        Rest();
    }
    class Sqx { }
    readonly record struct Complex2(int V) : INumberBase2<Complex2>;
    interface INumberBase2<T> { }
    static Complex2 Sum(params Complex2[] xs) => xs[^1];
    static void Rest() { Func<int, Func<int, int>> add = a => d => a + d; Console.WriteLine(add(2)(3)); Action<object> ao = o => Console.Write(o); Action<string> as_ = ao; as_("contra\n"); Func<string> fs = () => "co"; Func<object> fo = fs; Console.WriteLine(fo()); Delegate[] ds = new Action<string>[] { as_ }; Console.WriteLine(ds.GetType()); EventHandler? eh = null; eh += (s, e) => Console.Write("1"); eh += (s, e) => Console.Write("2"); eh(null, EventArgs.Empty); Console.WriteLine(eh.GetInvocationList().Length); checked { try { int i = int.MaxValue; i++; } catch (OverflowException) { Console.WriteLine("ovf"); } } goto a; a: Console.WriteLine(nameof(Ext) + default(DateTime) + new string('x', 3) + $"{1.5:F2}|{255:x4}|{DateTime.UnixEpoch:yyyy-MM-dd}|{-5,6}|{"l",-3}|"); Span<char> sc = stackalloc char[8]; 12345.TryFormat(sc, out int w); Console.WriteLine(sc[..w].ToString() + sc[w..].Length); var (d1, d2) = (new DateTime(2024, 2, 29), TimeSpan.FromHours(36)); Console.WriteLine((d1 + d2).ToString("o") + d1.DayOfWeek + d1.AddYears(1).Day); Console.WriteLine(string.Create(5, 'z', (s, ch) => s.Fill(ch)) + string.Join('-', "a,b,,c".Split(',', StringSplitOptions.RemoveEmptyEntries)) + "Straße".ToUpperInvariant() + "x".PadLeft(3, '.') + "abcabc".IndexOf("ca") + "é".Normalize().Length); var st = new Stack<int>(new[] { 1, 2 }); var qu = new PriorityQueue<string, int>(); qu.Enqueue("lo", 5); qu.Enqueue("hi", 1); Console.WriteLine(st.Pop() + qu.Dequeue() + new HashSet<int> { 1, 2, 2 }.Count + new LinkedList<int>(new[] { 4, 5 }).Last!.Value + new BitArray(3, true).Count + new Queue<int>(new[] { 8 }).Peek()); Console.WriteLine(BitConverter.ToString(BitConverter.GetBytes(0x12345678)) + Convert.ToBase64String(new byte[] { 1, 2, 3 }) + Convert.ToHexString(new byte[] { 255, 0 }) + System.Text.Encoding.UTF8.GetBytes("é€😀").Length + Guid.Empty + Version.Parse("1.2.3") + new Uri("http://a.b/c?d=e").Query); }
}

//@ exit = 0
// Covers: checks made at run time and their exceptions, nested handlers and filters, conversions out of range, decimal, Int128, BigInteger, Half.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

class Program
{
    static T Op<T>(T x) => x;
    static string Try(Action a) { try { a(); return "ok"; } catch (Exception e) { return e.GetType().Name + ": " + e.Message; } }
    static void Store<T>(T[] a, T v) => a[0] = v;
    static ref T Addr<T>(T[] a) => ref a[0];
    static ref readonly T RAddr<T>(T[] a) => ref a[0];
    static void Set2<T>(T[,] a, T v) => a[0, 0] = v;
    static int Filter(string s, Func<Exception, bool> f) { Console.Write(s); return f(null!) ? 1 : 0; }
    static bool W(string s, bool r) { Console.Write("[" + s + "]"); return r; }
    static int Ret() { int x = 1; try { return x; } finally { x = 2; Console.Write("f" + x); } }
    static int Loop() { int n = 0; for (int i = 0; i < 5; i++) { try { if (i == 1) continue; if (i == 3) break; n += i; } finally { n += 100; } } return n; }
    static int Deep(int n) { try { if (n == 0) throw new Exception("deep"); return Deep(n - 1); } catch (Exception e) when (W(n.ToString(), n == 2)) { Console.WriteLine(" caught at " + n + e.Message); return n; } finally { Console.Write("<" + n + ">"); } }
    static void Main()
    {
        object[] o = new string[2]; Console.WriteLine(Try(() => o[0] = 5)); Console.WriteLine(Try(() => { object[] p = new string[1]; p[0] = new object(); }));
        Console.WriteLine(Try(() => Store<object>(new string[1], 5)) + Try(() => Store<object>(new string[1], "s")) + Try(() => Store<IComparable>(new string[1], 5)) + Try(() => Store<object>(new IComparable[1], 5)));
        Console.WriteLine(Try(() => Addr<object>(new string[1]) = "x") + Try(() => { _ = RAddr<object>(new string[1]); }));
        Console.WriteLine(Try(() => Set2<object>(new string[1, 1], 5)) + Try(() => Set2<object>(new string[1, 1], "")));
        Console.WriteLine(Try(() => { object[][] j = new string[1][]; j[0] = new object[1]; }) + Try(() => { IEnumerable<object>[] j = new List<string>[1]; j[0] = new object[1]; }));
        Console.WriteLine(Try(() => { Array a = new int[2]; a.SetValue("x", 0); }) + Try(() => { Array a = new long[2]; a.SetValue(3, 0); Console.Write(a.GetValue(0)); }) + Try(() => Array.Copy(new object[] { 1, "x" }, new string[2], 2)));
        Console.WriteLine(Ret() + " " + Loop());
        Console.WriteLine(Deep(4));
        try { try { throw new Exception("1"); } finally { throw new Exception("2"); } } catch (Exception e) { Console.WriteLine(e.Message); }
        try { try { throw new Exception("1"); } catch (Exception e) when (((Func<bool>)(() => throw new Exception("in filter")))()) { Console.WriteLine("no"); } } catch (Exception e) { Console.WriteLine(e.Message); }
        try { try { throw new Exception("1"); } catch { try { throw new Exception("inner"); } catch { } throw; } } catch (Exception e) { Console.WriteLine(e.Message); }
        Console.WriteLine(Try(() => { int[] a = null!; a[0]++; }) + Try(() => { string s = null!; _ = s.Length; }) + Try(() => _ = (int)(object)"x") + Try(() => _ = checked((byte)Op(300))) + Try(() => _ = Op(1) / Op(0)) + Try(() => _ = Op(int.MinValue) / Op(-1)) + Try(() => _ = Op(long.MinValue) % Op(-1L)));
        Console.WriteLine(Try(() => { (int, string)? n = null; _ = n!.Value; }) + Try(() => new Span<int>(new int[2])[Op(2)] = 1) + Try(() => "abc".Substring(4)) + Try(() => new List<int>()[0].ToString()) + Try(() => _ = new Dictionary<string, int>()["k"]) + Try(() => Enum.Parse<DayOfWeek>("x")) + Try(() => int.Parse("z")) + Try(() => Activator.CreateInstance<Program>()) + Try(() => throw null!));
        unchecked { Console.WriteLine($"{(int)Op(1e20)} {(uint)Op(-1.5)} {(long)Op(double.NaN)} {(ulong)Op(1e30)} {(byte)Op(300.7)} {(short)Op(-40000.0)} {(char)Op(65.9)} {(sbyte)Op(200f)} {(int)Op(float.NaN)} {(ulong)Op(-1f)}"); }
        Console.WriteLine($"{Op(5) << Op(33)} {Op(-5) >> Op(33)} {Op(-5) >>> Op(33)} {Op(1L) << Op(65)} {Op((byte)200) << 1} {Op(-7) / 2} {Op(-7) % 3} {Op(-7.5) % 2} {Op(7u) / Op(2u)} {Op(uint.MaxValue) * Op(2u)}");
        decimal d = 1.1m; Console.WriteLine($"{d * 3} {d / 3} {decimal.MaxValue} {(int)d} {Math.Round(2.5m)} {d == 1.10m} {1m / 3}");
        Int128 big = Int128.MaxValue; Console.WriteLine($"{big} {big / 7} {(UInt128)12345678901234567890 * 1000} {System.Numerics.BigInteger.Pow(3, 100)}");
        Half h = (Half)1.5; Console.WriteLine($"{h + (Half)2} {(float)h} {Half.MaxValue}");
    }
}

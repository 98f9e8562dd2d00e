//@ exit = 0
// Covers: reflection over Nullable: no box holds one, so fields take and methods run on what is made of the value's box.
using System;
public struct S { public int a; public int? n; public override string ToString() => a + ":" + n; public int M() => a++; }
public class A { public decimal? D; public static int? N; public static decimal? SD; public S? St; public int? I; }
static class P {
 static void Main() {
 var a = new A();
 foreach (var (n, v) in new (string, object)[] { ("D", 1.5m), ("D", null), ("N", 4), ("N", null), ("SD", 2m), ("St", new S { a = 4 }), ("I", 3), ("I", null), ("I", "x"), ("I", 5L), ("I", (short)2) })
 try { typeof(A).GetField(n).SetValue(a, v); Console.WriteLine(n + " " + typeof(A).GetField(n).GetValue(a)); } catch (Exception e) { Console.WriteLine(n + " " + e.GetType()); }
 object b = 5;
 Console.WriteLine(typeof(int?).GetProperty("Value").GetValue(b)); Console.WriteLine(typeof(int?).GetProperty("HasValue").GetValue(b));
 Console.WriteLine(typeof(int?).GetMethod("GetValueOrDefault", Type.EmptyTypes).Invoke(b, null)); Console.WriteLine(typeof(int?).GetMethod("ToString", Type.EmptyTypes).Invoke(b, null));
 try { Console.WriteLine(typeof(int?).GetProperty("HasValue").GetValue(null)); } catch (Exception e) { Console.WriteLine(e.GetType()); }
 Console.WriteLine(typeof(S?).GetProperty("Value").GetValue(new S{a=7}));
 Console.WriteLine(typeof(int?).GetConstructors()[0].Invoke(new object[] { 3 }));
 Console.WriteLine(Activator.CreateInstance(typeof(int?)) == null); Console.WriteLine(Activator.CreateInstance(typeof(int?), 3));

} }

//@ exit = 0
// Covers: ECMA-335 II.10.1.7 — reflection refuses arguments that violate a constraint, of types and of methods, and what is never an argument.
using System;
using System.Collections.Generic;
using System.Reflection;
interface IA { } class C1 : IA { } class C2 { public C2(int a) { } } struct S1 : IA { public int x; } enum En { A } abstract class Abs { } class Derived : C1 { } class Priv { private Priv() { } } class Prot { protected Prot() { } } class Inner { internal Inner() { } } abstract class AbsPublic { public AbsPublic() { } }
class Cls<T> where T : class { } class Str<T> where T : struct { } class New<T> where T : new() { } class Iface<T> where T : IA { } class Base<T> where T : C1 { } class Self<T> where T : IComparable<T> { } class Enm<T> where T : Enum { } class Unm<T> where T : unmanaged { } class Two<T, U> where T : U { } class Notnull<T> where T : notnull { } class Del<T> where T : Delegate { }
static class M { public static string Cls<T>() where T : class => "c" + typeof(T); public static string Str<T>() where T : struct => "s"; public static string New<T>() where T : new() => "n"; public static string Iface<T>() where T : IA => "i"; public static string Two<T, U>() where T : U => "2"; public static string Any<T>() => "a" + typeof(T).Name; }
static class P {
 static void T(Type def, params Type[] args) { try { Console.WriteLine(def.Name + " " + def.MakeGenericType(args)); } catch (Exception e) { Console.WriteLine(def.Name + " " + string.Join(",", (object[])args) + " " + e.GetType().Name + ": " + e.Message.Split(" (Parameter")[0] + (e.InnerException == null ? "" : " <- " + e.InnerException.GetType().Name + ": " + e.InnerException.Message)); } }
 static void Mm(string name, params Type[] args) { try { var m = typeof(M).GetMethod(name).MakeGenericMethod(args); Console.WriteLine(m); } catch (Exception e) { Console.WriteLine(name + " " + string.Join(",", (object[])args) + " " + e.GetType().Name + ": " + e.Message.Split(" (Parameter")[0] + (e.InnerException == null ? "" : " <- " + e.InnerException.GetType().Name + ": " + e.InnerException.Message)); } }
 static void Main() {
  Type[] all = { typeof(string), typeof(int), typeof(int?), typeof(C1), typeof(C2), typeof(S1), typeof(En), typeof(Abs), typeof(Derived), typeof(IA), typeof(object), typeof(Action), typeof(List<int>), typeof(int[]), typeof(Priv), typeof(Prot), typeof(Inner) };
  foreach (var d in new[] { typeof(Cls<>), typeof(Str<>), typeof(New<>), typeof(Iface<>), typeof(Base<>), typeof(Self<>), typeof(Enm<>), typeof(Unm<>), typeof(Notnull<>), typeof(Del<>) }) foreach (var a in all) T(d, a);
  T(typeof(Two<,>), typeof(Derived), typeof(C1)); T(typeof(Two<,>), typeof(C1), typeof(Derived)); T(typeof(Two<,>), typeof(int), typeof(object)); T(typeof(Two<,>), typeof(string), typeof(int));
  foreach (var n in new[] { "Cls", "Str", "New", "Iface" }) foreach (var a in all) Mm(n, a);
  Mm("Two", typeof(Derived), typeof(C1)); Mm("Two", typeof(C1), typeof(Derived));
  Mm("Any", typeof(void)); Mm("Any", typeof(int).MakeByRefType()); Mm("Any", typeof(int).MakePointerType()); Mm("Any"); Mm("Any", typeof(int), typeof(int)); Mm("Any", new Type[] { null });
  T(typeof(List<>), typeof(void)); T(typeof(List<>), typeof(int).MakeByRefType()); T(typeof(List<>)); T(typeof(List<>), typeof(int), typeof(int)); T(typeof(List<>), new Type[] { null }); T(typeof(int), typeof(int)); T(typeof(List<int>), typeof(int)); T(typeof(Notnull<>), typeof(Span<int>)); T(typeof(Nullable<>), typeof(string)); T(typeof(Nullable<>), typeof(int?));
  foreach (var t in new[] { typeof(Priv), typeof(Prot), typeof(Inner), typeof(AbsPublic), typeof(C1), typeof(C2) }) foreach (bool hidden in new[] { false, true })
   try { Console.WriteLine(Activator.CreateInstance(t, hidden)); } catch (Exception e) { Console.WriteLine(t + " " + hidden + " " + e.GetType().Name + ": " + e.Message); }
  try { Console.WriteLine(Activator.CreateInstance<Priv>()); } catch (Exception e) { Console.WriteLine(e.GetType().Name + ": " + e.Message); }
 } }

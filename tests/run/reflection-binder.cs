//@ exit = 0
// Covers: II.22, reflection's binder — InvokeMember and Invoke in all forms, overloads, optional and by-ref arguments, activation, events, attributes as data, parameters,
// what fields refuse.
#nullable disable
using System; using System.Collections.Generic; using System.Globalization; using System.Linq; using System.Reflection; using System.Runtime.CompilerServices;
public class Target {
  public int Field = 1; public static string S = "s"; public int Prop { get; set; } = 5; public string this[int i, string k] => i + k;
  public int Opt(int a, int b = 7, string c = "def", DayOfWeek d = DayOfWeek.Friday, decimal e = 1.5m, DateTime f = default) => a + b + c.Length + (int)d + (int)e;
  public string Par(string h, params int[] rest) => h + string.Join(",", rest ?? new int[0]);
  public void Ref(ref int x, out string y, in long z) { x += 5; y = "out" + z; }
  public string Over(int x) => "int"; public string Over(long x) => "long"; public string Over(object x) => "object"; public string Over(string x) => "string"; public string Over(double x) => "double"; public string Over(int? x) => "int?";
  public static T Gen<T>(T x) => x; public static string Gen<T>(T x, int y) => typeof(T).Name + y;
  private int hidden = 3; private string Priv(char c) => "priv" + c; protected internal void PI() { }
  public event EventHandler<int> Ev; public static event Action SEv; public void Raise(int i) { Ev?.Invoke(this, i); SEv?.Invoke(); }
  public Target() { } public Target(int f) { Field = f; } public Target(string s, int f = 9) { Field = f + s.Length; } private Target(char c) { Field = c; }
}
public class Derived : Target { public new int Field = 100; public override string ToString() => "derived"; }
public struct Val { public int X; public Val(int x) { X = x; } public void Inc() => X++; public override string ToString() => "V" + X; }
[AttributeUsage(AttributeTargets.All, AllowMultiple = true, Inherited = true)] public class TagAttribute : Attribute { public TagAttribute(string n, params object[] more) { N = n; More = more; } public string N; public object[] More; public Type T { get; set; } public DayOfWeek[] Days { get; set; } public object O { get; set; } }
[Tag("cls", 1, "two", typeof(int), DayOfWeek.Monday, null, T = typeof(List<string>), Days = new[] { DayOfWeek.Sunday, DayOfWeek.Monday }, O = 'c')] public class Tagged { [Tag("m")] [return: Tag("ret")] public int M([Tag("par")] int x, [Tag("opt", O = 1.5)] string s = null) => x; [Tag("f")] public int F; [Tag("p")] public int P { get; set; } [Obsolete("old", true)] [Tag("e")] public event Action E { add { } remove { } } }
public class Tagged2 : Tagged { }
public static class Ext { public static string Hi(this string s) => "hi " + s; }
class Statics { public static readonly int I = int.Parse("1"); public static readonly string S = "s"; public readonly int J = 2; public const int K = 3; public static readonly DateTime D = DateTime.MinValue; public static int N; }
class Early { public static readonly int I = int.Parse("7"); static Early() { typeof(Early).GetField("I").SetValue(null, 9); } }
struct Sealed { public readonly int X; public Sealed(int x) { X = x; } }
class Gen<T> { public static readonly T V = default; public static T W; }
static class P {
 static void Try(string w, Func<object> f) { try { Console.WriteLine(w + " = " + Show(f())); } catch (Exception e) { Console.WriteLine(w + " ! " + e.GetType().Name + ": " + e.Message + (e.InnerException == null ? "" : " <- " + e.InnerException.GetType().Name + ": " + e.InnerException.Message)); } }
 static string Show(object o) => o switch { null => "null", string s => s, Array a => "[" + string.Join(",", a.Cast<object>().Select(Show)) + "]", IFormattable f => f.ToString(null, CultureInfo.InvariantCulture), _ => o.ToString() };
 static object Set(Type t, string n, object o, object v) { t.GetField(n).SetValue(o, v); return t.GetField(n).GetValue(o); }
 static void Thrower(int x) => throw new InvalidOperationException("thrown " + x);
 static void Main() {
  var t = typeof(Target); var o = new Target(); const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
  Try("im call", () => t.InvokeMember("Over", BindingFlags.InvokeMethod, null, o, new object[] { 5 }));
  Try("im call short", () => t.InvokeMember("Over", BindingFlags.InvokeMethod, null, o, new object[] { (short)5 }));
  Try("im call float", () => t.InvokeMember("Over", BindingFlags.InvokeMethod, null, o, new object[] { 5f }));
  Try("im call str", () => t.InvokeMember("Over", BindingFlags.InvokeMethod, null, o, new object[] { "x" }));
  Try("im call arr", () => t.InvokeMember("Over", BindingFlags.InvokeMethod, null, o, new object[] { new int[1] }));
  Try("im get prop", () => t.InvokeMember("Prop", BindingFlags.GetProperty, null, o, null));
  Try("im set prop", () => t.InvokeMember("Prop", BindingFlags.SetProperty, null, o, new object[] { 8 }));
  Try("im get field", () => t.InvokeMember("Field", BindingFlags.GetField, null, o, null));
  Try("im set field", () => t.InvokeMember("Field", BindingFlags.SetField, null, o, new object[] { 4 })); Console.WriteLine(o.Field);
  Try("im field or prop", () => t.InvokeMember("Prop", BindingFlags.GetField | BindingFlags.GetProperty, null, o, null));
  Try("im private", () => t.InvokeMember("hidden", BindingFlags.GetField | BindingFlags.NonPublic | BindingFlags.Instance, null, o, null));
  Try("im static field", () => t.InvokeMember("S", BindingFlags.GetField | BindingFlags.Public | BindingFlags.Static, null, null, null));
  Try("im indexer", () => t.InvokeMember("Item", BindingFlags.GetProperty, null, o, new object[] { 3, "k" }));
  Try("im ctor", () => ((Target)t.InvokeMember(null, BindingFlags.CreateInstance, null, null, new object[] { 77 })).Field);
  Try("im opt", () => t.InvokeMember("Opt", BindingFlags.InvokeMethod | BindingFlags.OptionalParamBinding | BindingFlags.Public | BindingFlags.Instance, null, o, new object[] { 1 }));
  Try("im opt missing", () => t.InvokeMember("Opt", BindingFlags.InvokeMethod | BindingFlags.OptionalParamBinding | BindingFlags.Public | BindingFlags.Instance, null, o, new object[] { 1, Type.Missing, "abc" }));
  Try("im params", () => t.InvokeMember("Par", BindingFlags.InvokeMethod, null, o, new object[] { "h", 1, 2, 3 }));
  Try("im params none", () => t.InvokeMember("Par", BindingFlags.InvokeMethod, null, o, new object[] { "h" }));
  Try("im missing", () => t.InvokeMember("Nope", BindingFlags.InvokeMethod, null, o, null));
  Try("im names", () => t.InvokeMember("Opt", BindingFlags.InvokeMethod, null, o, new object[] { 2, 1, "x", DayOfWeek.Sunday, 1m, default(DateTime) }, null, null, new[] { "b", "a", "c", "d", "e", "f" }));
  Try("im ignorecase", () => t.InvokeMember("prop", BindingFlags.GetProperty | BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance, null, o, null));
  Try("inv missing", () => t.GetMethod("Opt").Invoke(o, new object[] { 1, Type.Missing, Type.Missing, Type.Missing, Type.Missing, Type.Missing }));
  var ra = new object[] { 1, null, 9L }; Try("inv ref", () => t.GetMethod("Ref").Invoke(o, ra)); Console.WriteLine(Show(ra));
  Try("inv wrong count", () => t.GetMethod("Raise").Invoke(o, new object[0]));
  Try("inv wrong type", () => t.GetMethod("Raise").Invoke(o, new object[] { "x" }));
  Try("inv widen", () => t.GetMethod("Raise").Invoke(o, new object[] { (byte)3 }));
  Try("inv null this", () => t.GetMethod("Raise").Invoke(null, new object[] { 1 }));
  Try("inv other this", () => t.GetMethod("Raise").Invoke("str", new object[] { 1 }));
  Try("inv null for value", () => { t.GetMethod("Raise").Invoke(o, new object[] { null }); return "ok"; });
  Try("inv throws", () => typeof(P).GetMethod("Thrower", All).Invoke(null, new object[] { 3 }));
  Try("inv throws raw", () => typeof(P).GetMethod("Thrower", All).Invoke(null, BindingFlags.DoNotWrapExceptions, null, new object[] { 3 }, null));
  Try("generic", () => t.GetMethods().Where(m => m.Name == "Gen").OrderBy(m => m.GetParameters().Length).Select(m => m.MakeGenericMethod(typeof(string)).Invoke(null, m.GetParameters().Length == 1 ? new object[] { "g" } : new object[] { "g", 2 })).Aggregate("", (a, b) => a + b + ";"));
  Try("generic open", () => t.GetMethods().First(m => m.Name == "Gen").Invoke(null, new object[] { "g" }));
  Try("getmethod amb", () => t.GetMethod("Over"));
  Try("getmethod types", () => t.GetMethod("Over", new[] { typeof(short) }));
  Try("getmethod char", () => t.GetMethod("Over", new[] { typeof(char) }));
  Try("getmethod priv", () => t.GetMethod("Priv", All, null, new[] { typeof(char) }, null).Invoke(o, new object[] { 'z' }));
  Try("getmethod gen", () => t.GetMethod("Gen", 1, new[] { Type.MakeGenericMethodParameter(0) }));
  Try("struct", () => { object v = new Val(3); typeof(Val).GetMethod("Inc").Invoke(v, null); return v; });
  Try("struct field", () => { object v = new Val(3); typeof(Val).GetField("X").SetValue(v, 8); return v; });
  Try("act args", () => ((Target)Activator.CreateInstance(t, 12)).Field);
  Try("act opt", () => ((Target)Activator.CreateInstance(t, BindingFlags.CreateInstance | BindingFlags.Public | BindingFlags.Instance | BindingFlags.OptionalParamBinding, null, new object[] { "abc", Type.Missing }, null)).Field);
  Try("act opt2", () => ((Target)Activator.CreateInstance(t, "abc")).Field);
  Try("act priv", () => ((Target)Activator.CreateInstance(t, BindingFlags.NonPublic | BindingFlags.Instance, null, new object[] { 'a' }, null)).Field);
  Try("act none", () => Activator.CreateInstance(t, 1.5));
  Try("act iface", () => Activator.CreateInstance(typeof(IDisposable))); Try("act abstract", () => Activator.CreateInstance(typeof(Array))); Try("act open", () => Activator.CreateInstance(typeof(List<>))); Try("act val", () => Activator.CreateInstance(typeof(Val))); Try("act val2", () => Activator.CreateInstance(typeof(Val), 6)); Try("act str", () => Activator.CreateInstance(typeof(string), 'x', 3)); Try("act null", () => Activator.CreateInstance(null)); Try("act nullable", () => Activator.CreateInstance(typeof(int?))); Try("act arr", () => Activator.CreateInstance(typeof(int[]), 3)); Try("act name", () => Activator.CreateInstance(typeof(Target).Assembly.GetName().Name, "Derived").Unwrap()); Try("act void", () => Activator.CreateInstance(typeof(void)));
  Try("events", () => { int got = 0; EventHandler<int> h = (s, i) => got += i; var e = t.GetEvent("Ev"); e.AddEventHandler(o, h); o.Raise(5); e.RemoveEventHandler(o, h); o.Raise(50); return got + " " + e.EventHandlerType.Name + " " + e.IsMulticast + " " + e.GetAddMethod().Name + " " + (e.GetRaiseMethod() == null); });
  Try("static event", () => { int n = 0; Action h = () => n++; t.GetEvent("SEv").AddEventHandler(null, h); o.Raise(1); return n; });
  Try("event wrong", () => { t.GetEvent("Ev").AddEventHandler(o, (Action)(() => { })); return 1; });
  foreach (var cad in typeof(Tagged).GetCustomAttributesData().Concat(typeof(Tagged).GetMethod("M").GetParameters().SelectMany(p => p.GetCustomAttributesData())).Concat(typeof(Tagged).GetEvent("E").GetCustomAttributesData())) Console.WriteLine(cad.AttributeType.Name + " " + cad + " | " + cad.Constructor + " | " + string.Join(";", cad.ConstructorArguments.Select(a => a.ArgumentType.Name + ":" + a)) + " | " + string.Join(";", cad.NamedArguments.Select(a => a.MemberName + a.IsField + a.TypedValue)));
  foreach (TagAttribute a in Attribute.GetCustomAttributes(typeof(Tagged2), typeof(TagAttribute))) Console.WriteLine(a.N + Show(a.More) + a.T + Show(a.Days) + a.O);
  Console.WriteLine(typeof(Tagged2).IsDefined(typeof(TagAttribute), false) + " " + typeof(Tagged2).IsDefined(typeof(TagAttribute), true) + " " + typeof(Tagged).GetMethod("M").ReturnTypeCustomAttributes.GetCustomAttributes(false).Length + typeof(Tagged).GetProperty("P").GetCustomAttribute<TagAttribute>().N);
  foreach (var p in t.GetMethod("Opt").GetParameters().Concat(t.GetMethod("Ref").GetParameters()).Concat(t.GetMethod("Par").GetParameters())) Console.WriteLine(p + " " + p.Position + p.IsOptional + p.HasDefaultValue + " " + Show(p.HasDefaultValue ? p.DefaultValue : "none") + " " + Show(p.HasDefaultValue ? p.RawDefaultValue : "none") + " " + p.IsIn + p.IsOut + p.IsRetval + p.Attributes + " " + p.IsDefined(typeof(ParamArrayAttribute), false) + p.Member.Name + " " + p.ParameterType.IsByRef);
  Console.WriteLine(MethodBase.GetCurrentMethod() + " " + MethodBase.GetCurrentMethod().DeclaringType); Action lam = () => Console.WriteLine(MethodBase.GetCurrentMethod().Name); lam(); Local(); void Local() => Console.WriteLine(MethodBase.GetCurrentMethod().Name);
  Console.WriteLine(Assembly.GetCallingAssembly() == Assembly.GetExecutingAssembly() ? "same" : "other"); Console.WriteLine(Assembly.GetEntryAssembly().GetName().Name + " " + Assembly.GetEntryAssembly().EntryPoint);
  var ti = typeof(Derived).GetTypeInfo(); Console.WriteLine(string.Join(" ", ti.DeclaredFields.Select(f => f.Name)) + "|" + string.Join(" ", ti.DeclaredMethods.Select(m => m.Name)) + "|" + string.Join(" ", t.GetTypeInfo().DeclaredConstructors.Select(c => c.ToString())) + "|" + string.Join(" ", t.GetTypeInfo().DeclaredEvents.Select(c => c.Name)) + ti.AsType() + ti.IsAssignableFrom(typeof(Derived).GetTypeInfo()) + t.GetTypeInfo().GetDeclaredProperty("Prop") + string.Join(",", t.GetTypeInfo().GetDeclaredMethods("Over").Select(m => m.ToString())));
  Try("field shadow", () => typeof(Derived).GetField("Field").GetValue(new Derived()) + " " + t.GetField("Field").GetValue(new Derived()) + " " + typeof(Derived).GetFields().Length);
  Try("field readonly set", () => { typeof(string).GetField("Empty").SetValue(null, "x"); return 1; }); Try("const set", () => { typeof(int).GetField("MaxValue").SetValue(null, 3); return 1; });
  Console.WriteLine(string.Join(" ", t.GetMembers(All | BindingFlags.DeclaredOnly).Where(m => m.MemberType != MemberTypes.NestedType).Select(m => m.MemberType + ":" + m.Name).OrderBy(x => x, StringComparer.Ordinal)));
  Console.WriteLine(t.GetProperty("Item").GetIndexParameters().Length + " " + t.GetProperty("Item") + " " + t.GetDefaultMembers().Length + t.GetProperty("Prop").GetAccessors().Length + t.GetProperty("Prop").SetMethod.ReturnParameter.ParameterType);
  Try("uninit", () => Set(typeof(Statics), "I", null, 5)); Try("str", () => Set(typeof(Statics), "S", null, "x")); Try("again", () => Set(typeof(Statics), "I", null, 6)); Try("date", () => Set(typeof(Statics), "D", null, new DateTime(2000, 1, 1))); Try("inst", () => Set(typeof(Statics), "J", new Statics(), 8)); Try("const", () => Set(typeof(Statics), "K", null, 8)); Try("norm", () => Set(typeof(Statics), "N", null, (short)8)); Try("wrong", () => Set(typeof(Statics), "N", null, 8L)); Try("null", () => Set(typeof(Statics), "N", null, null)); Try("B", () => Early.I); Try("B2", () => Set(typeof(Early), "I", null, 10));
  Try("struct", () => { object o = new Sealed(1); typeof(Sealed).GetField("X").SetValue(o, 4); return ((Sealed)o).X; }); Try("gen", () => Set(typeof(Gen<string>), "V", null, "q")); Try("gen2", () => Set(typeof(Gen<int>), "W", null, 3)); Try("inst null", () => Set(typeof(Statics), "J", null, 8)); Try("inst wrong", () => Set(typeof(Statics), "J", "x", 8)); Try("open", () => typeof(Gen<>).GetField("W").GetValue(null)); Try("Empty", () => { typeof(string).GetField("Empty").SetValue(null, "x"); return 1; }); Try("True", () => { typeof(bool).GetField("TrueString").SetValue(null, "x"); return bool.TrueString; });
 }
}

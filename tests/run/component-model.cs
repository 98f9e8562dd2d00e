//@ exit = 0
//@ stress-every = 97
// Covers: libraries that reflect: converters, property descriptors, nullability of members, names of enums, assemblies by name.
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Resources;
[TypeConverter(typeof(PtConverter))] public struct Pt { public int X, Y; } public class PtConverter : TypeConverter { public override bool CanConvertFrom(ITypeDescriptorContext c, Type t) => t == typeof(string) || base.CanConvertFrom(c, t); public override object ConvertFrom(ITypeDescriptorContext c, CultureInfo i, object v) { var p = ((string)v).Split(','); return new Pt { X = int.Parse(p[0]), Y = int.Parse(p[1]) }; } public override object ConvertTo(ITypeDescriptorContext c, CultureInfo i, object v, Type t) => ((Pt)v).X + "," + ((Pt)v).Y; }
public enum Color { Red = 1, Green = 2, Crimson = 1 } [Flags] public enum Fl { None = 0, A = 1, B = 2, AB = 3, C = 4 }
public class Person { [DisplayName("Full name"), Category("main"), DefaultValue("x"), Description("desc")] public string Name { get; set; } [Browsable(false)] public int Age { get; set; } public Color? Color { get; set; } public DateTime Born { get; } = new(2000, 1, 1); public event EventHandler Changed; }
#nullable enable
public class Nul { public string A = ""; public string? B; public List<string?> C = new(); public string?[]? D; public Dictionary<string, string?>? E { get; set; } public int? F; public string? M(string a, string? b) => b; }
#nullable disable
static class P {
 static void Try(string n, Func<object> f) { try { Console.WriteLine(n + ": " + f()); } catch (Exception e) { Console.WriteLine(n + " EX " + e.GetType().Name + ": " + e.Message + (e.InnerException == null ? "" : " <- " + e.InnerException.GetType().Name + e.InnerException.Message)); } }
 [MethodImpl(MethodImplOptions.NoInlining)] static Assembly Caller() => Assembly.GetCallingAssembly();
 static void Main() {
  foreach (var (t, v) in new (Type, string)[] { (typeof(int), "5"), (typeof(Guid), "00000001-0002-0003-0405-060708090a0b"), (typeof(DateTime), "2020-01-02"), (typeof(Color), "Green"), (typeof(Fl), "A, C"), (typeof(int?), "7"), (typeof(bool), "true"), (typeof(TimeSpan), "01:02:03"), (typeof(decimal), "1.5"), (typeof(Uri), "http://a/"), (typeof(Version), "1.2.3"), (typeof(char), "c"), (typeof(DateTimeOffset), "2020-01-02T00:00:00+00:00"), (typeof(Pt), "3,4"), (typeof(CultureInfo), ""), (typeof(DateOnly), "2020-01-02"), (typeof(Half), "1.5"), (typeof(Int128), "5"), (typeof(string), "s"), (typeof(Color?), "Red"), (typeof(double), "2.5"), (typeof(byte[]), "x"), (typeof(Type), "System.Int32") })
   Try(t.Name, () => { var c = TypeDescriptor.GetConverter(t); return c.GetType().Name + " " + c.CanConvertFrom(typeof(string)) + " " + c.ConvertFromInvariantString(v) + " " + c.ConvertToInvariantString(c.ConvertFromInvariantString(v)); });
  Try("props", () => string.Join("; ", TypeDescriptor.GetProperties(typeof(Person)).Cast<PropertyDescriptor>().Select(p => p.Name + "," + p.DisplayName + "," + p.Category + "," + p.Description + "," + p.IsBrowsable + "," + p.IsReadOnly + "," + p.PropertyType.Name + "," + p.Converter.GetType().Name)));
  Try("getset", () => { var p = new Person(); var d = TypeDescriptor.GetProperties(p)["Name"]; d.SetValue(p, "set"); return d.GetValue(p) + " " + d.ShouldSerializeValue(p) + " " + d.CanResetValue(p); });
  Try("reset", () => { var p = new Person(); var d = TypeDescriptor.GetProperties(p)["Name"]; d.ResetValue(p); return p.Name; });
  Try("events", () => TypeDescriptor.GetEvents(typeof(Person)).Count); Try("attrs", () => TypeDescriptor.GetAttributes(typeof(Pt)).Count > 0); Try("class", () => TypeDescriptor.GetClassName(new Person()));
  Try("std", () => string.Join(",", TypeDescriptor.GetConverter(typeof(Color)).GetStandardValues().Cast<object>()));
  Try("nullinfo", () => { var c = new NullabilityInfoContext(); return string.Join(" ", typeof(Nul).GetFields().Select(f => f.Name + c.Create(f).ReadState + string.Join("", c.Create(f).GenericTypeArguments.Select(g => g.ReadState)) + c.Create(f).ElementType?.ReadState)) + c.Create(typeof(Nul).GetProperty("E")).WriteState + string.Join(",", typeof(Nul).GetMethod("M").GetParameters().Select(q => c.Create(q).ReadState)) + c.Create(typeof(Nul).GetMethod("M").ReturnParameter).ReadState; });
  Try("enum", () => string.Join(",", Enum.GetNames(typeof(Color))) + " " + string.Join(",", Enum.GetValues<Color>()) + " " + (Color)1 + " " + (Color)7 + " " + (Fl)5 + " " + (Fl)3 + " " + (Fl)8 + " " + (Fl)0 + " " + Enum.Parse<Fl>("a, c", true) + Enum.IsDefined((Fl)5) + Enum.Format(typeof(Fl), 5, "F") + Enum.Format(typeof(Fl), Fl.AB, "X") + Enum.ToObject(typeof(Color), (byte)2) + Enum.TryParse(typeof(Color), "Blue", out _));
  Try("load", () => Assembly.Load("System.Private.CoreLib").GetName().Name + Assembly.Load(typeof(P).Assembly.GetName()).GetName().Name); Try("load2", () => Assembly.Load("Nothing")); Try("load3", () => Assembly.Load("System.Linq, Version=9.0.0.0").GetName().Name);
  Try("calling", () => Caller() == typeof(P).Assembly);
  Try("sat", () => { try { return typeof(P).Assembly.GetSatelliteAssembly(new CultureInfo("")); } catch (Exception e) { return e.GetType().Name; } });
  Try("rm", () => { try { return new ResourceManager("None", typeof(P).Assembly).GetString("x"); } catch (MissingManifestResourceException e) { return e.GetType().Name; } });
 } }

//@ exit = 0
//@ stress-every = 499
// Covers: DataContractSerializer and DataContractJsonSerializer by reflection: classes, structures, enums, collections, dictionaries, nullables, references, callbacks.
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.Serialization;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Xml;

[DataContract(Namespace = "urn:app", Name = "order")]
public class Order
{
    [DataMember(Order = 0, IsRequired = true)] public int Id { get; set; }
    [DataMember(Order = 1)] public string Customer;
    [DataMember(Order = 2)] public DateTime Placed;
    [DataMember(Order = 3, EmitDefaultValue = false)] public decimal? Discount;
    [DataMember(Order = 4)] public List<Line> Lines = new();
    [DataMember(Order = 5)] public Dictionary<string, int> Counts = new();
    [DataMember(Order = 6)] public State State;
    [DataMember(Order = 7)] public Address Ship;
    [DataMember(Order = 8)] public int[] Numbers;
    [DataMember(Order = 9)] public byte[] Raw;
    [DataMember(Order = 10)] public Shape Shape;
    [DataMember(Order = 11)] public Guid Key;
    [DataMember(Order = 12)] public TimeSpan Span;
    [DataMember(Order = 13)] public Uri Link;
    [DataMember(Order = 14)] public State? Maybe;
    [DataMember(Order = 15)] public object Any;
    [DataMember(Order = 16)] public HashSet<long> Set;
    [DataMember(Order = 17)] public KeyValuePair<string, double> Pair;
    [DataMember(Order = 18)] private string hidden = "h";
    [DataMember(Order = 19)] public Dictionary<Guid, List<Address>> Deep;
    [DataMember(Order = 20)] public IList<string> Names;
    [DataMember(Order = 21)] public Point[] Points;
    [DataMember(Order = 22)] public double[][] Jagged;
    public string Ignored = "no";
    [OnSerializing] void Before(StreamingContext c) { Calls += "ser "; }
    [OnDeserialized] void After(StreamingContext c) { Calls += "deser"; }
    [IgnoreDataMember] public string Calls = "";
    public string Hidden => hidden;
}
[DataContract(Namespace = "urn:app")] public class Line { [DataMember] public string Sku; [DataMember] public int Qty; [DataMember] public double Price; }
[DataContract(Namespace = "urn:app")] public struct Point { [DataMember] public int X; [DataMember] public int Y; }
[DataContract] public enum State { [EnumMember(Value = "new")] New, [EnumMember] Paid, Secret }
[Flags, DataContract] public enum Bits { [EnumMember] A = 1, [EnumMember] B = 2, [EnumMember] C = 4 }
public class Address { public string Street { get; set; } public int Zip { get; set; } }
[DataContract, KnownType(typeof(Circle)), KnownType(typeof(Square))] public abstract class Shape { [DataMember] public string Name; }
[DataContract] public class Circle : Shape { [DataMember] public double R; }
[DataContract] public class Square : Shape { [DataMember] public double A; [DataMember] public Bits Bits; }
[CollectionDataContract(ItemName = "item", Namespace = "urn:c")] public class Items : List<Point> { }
[CollectionDataContract(ItemName = "e", KeyName = "k", ValueName = "v")] public class Map : Dictionary<string, Line> { }
[DataContract(IsReference = true)] public class Node { [DataMember] public string N; [DataMember] public Node Next; }
[Serializable] public class Old { public int a = 1; [NonSerialized] public int b = 2; private string c = "c"; public override string ToString() => a + " " + b + " " + c; }
public class Holder<T> { public T Value; public List<T> All = new(); }
public class Ext : IExtensibleDataObject { public ExtensionDataObject ExtensionData { get; set; } }

static class P
{
    static string Xml<T>(T v) { var s = new DataContractSerializer(typeof(T));
using var ms = new MemoryStream(); s.WriteObject(ms, v); return Encoding.UTF8.GetString(ms.ToArray()); }
    static T FromXml<T>(string x) { var s = new DataContractSerializer(typeof(T)); return (T)s.ReadObject(new MemoryStream(Encoding.UTF8.GetBytes(x))); }
    static string Json<T>(T v, DataContractJsonSerializerSettings st = null) { var s = st == null ? new DataContractJsonSerializer(typeof(T)) : new DataContractJsonSerializer(typeof(T), st);
using var ms = new MemoryStream(); s.WriteObject(ms, v); return Encoding.UTF8.GetString(ms.ToArray()); }
    static T FromJson<T>(string x) { var s = new DataContractJsonSerializer(typeof(T)); return (T)s.ReadObject(new MemoryStream(Encoding.UTF8.GetBytes(x))); }
    static void Try(string n, Action a) { try { a(); } catch (Exception e) { Console.WriteLine(n + " EX " + e.GetType().Name + ": " + e.Message + (e.InnerException == null ? "" : " <- " + e.InnerException.Message)); } }
    static void Round<T>(string n, T v, Func<T, string> show)
    {
        Try(n + " xml", () => { string x = Xml(v); Console.WriteLine(n + " " + x); Console.WriteLine(show(FromXml<T>(x))); });
        Try(n + " json", () => { string x = Json(v); Console.WriteLine(n + " " + x); Console.WriteLine(show(FromJson<T>(x))); });
    }
    static void Main()
    {
        var o = new Order { Id = 5, Customer = "Bob <b>", Placed = new DateTime(2024, 2, 3, 4, 5, 6, DateTimeKind.Utc), Discount = 1.5m, State = State.Paid, Ship = new Address { Street = "S", Zip = 9 }, Numbers = new[] { 1, 2 }, Raw = new byte[] { 1, 2, 3 }, Shape = new Square { Name = "sq", A = 2, Bits = Bits.A | Bits.C }, Key = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), Span = TimeSpan.FromMinutes(61), Link = new Uri("http://x/y"), Maybe = State.New, Any = 7, Set = new() { 4, 5 }, Pair = new("k", 0.5), Deep = new() { [Guid.Empty] = new() { new Address { Street = "d" } } }, Names = new List<string> { "n1", "n2" }, Points = new[] { new Point { X = 1, Y = 2 } }, Jagged = new[] { new[] { 1.5 }, new double[0] } };
        o.Lines.Add(new Line { Sku = "a", Qty = 1, Price = 2.5 }); o.Counts["x"] = 3;
        Round("order", o, p => string.Join("|", p.Id, p.Customer, p.Placed.ToString("o"), p.Discount, p.Lines.Count, p.Lines[0].Sku, p.Counts["x"], p.State, p.Ship.Street, p.Ship.Zip, p.Numbers.Length, p.Raw.Length, p.Shape.GetType().Name, ((Square)p.Shape).Bits, p.Key, p.Span, p.Link, p.Maybe, p.Any, p.Set.Count, p.Pair.Key, p.Pair.Value, p.Hidden, p.Calls, p.Deep.Count, p.Names.Count, p.Points[0].Y, p.Jagged.Length));
        Round("items", new Items { new Point { X = 1 }, new Point { Y = 2 } }, p => p.Count + " " + p[1].Y);
        Round("map", new Map { ["q"] = new Line { Sku = "z" } }, p => p.Count + " " + p["q"].Sku);
        Round("old", new Old { a = 5 }, p => p.ToString());
        Round("hint", new Holder<int> { Value = 3, All = { 1, 2 } }, p => p.Value + " " + p.All.Count);
        Round("hstr", new Holder<string> { Value = "s", All = { "a" } }, p => p.Value + " " + p.All.Count);
        Round("hdate", new Holder<DateTimeOffset> { Value = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)) }, p => p.Value.ToString("o"));
        Round("list", new List<Address> { new Address { Zip = 1 } }, p => p.Count + "");
        Round("dict", new Dictionary<int, State> { [1] = State.Paid }, p => p[1] + "");
        Round("ints", new[] { 1, 2, 3 }, p => string.Join(",", p));
        Round("prim", 5.5, p => p + "");
        Round("str", "text", p => p);
        Round("enum", State.Paid, p => p + "");
        Round("flags", Bits.A | Bits.B, p => p + "");
        Round("nullable", (int?)4, p => p + "");
        Round("tuple", Tuple.Create(1, "two"), p => p + "");
        Round("objs", new object[] { 1, "a", 2.5, true }, p => string.Join(",", p));
        Round("queue", new Queue<int>(new[] { 1, 2 }), p => p.Count + "");
        Round("linked", new LinkedList<string>(new[] { "1", "2" }), p => p.Count + "");
        Try("ref", () => { var n = new Node { N = "a" }; n.Next = new Node { N = "b", Next = n }; string x = Xml(n); Console.WriteLine(x); var m = FromXml<Node>(x); Console.WriteLine(ReferenceEquals(m.Next.Next, m)); });
        Try("secret", () => Console.WriteLine(Xml(State.Secret)));
        Try("unknown", () => Console.WriteLine(FromXml<Order>("<x/>")));
        Try("settings", () => Console.WriteLine(Json(new Dictionary<string, object> { ["a"] = 1, ["b"] = "c" }, new DataContractJsonSerializerSettings { UseSimpleDictionaryFormat = true })));
        Try("settings2", () => Console.WriteLine(Json(new Holder<DateTime> { Value = new DateTime(2020, 1, 2) }, new DataContractJsonSerializerSettings { DateTimeFormat = new DateTimeFormat("yyyy-MM-dd") })));
        Try("known", () => { var s = new DataContractSerializer(typeof(object), new[] { typeof(Address) }); var sb = new StringBuilder();
using (var w = XmlWriter.Create(sb)) s.WriteObject(w, new Address { Zip = 4 }); Console.WriteLine(sb); Console.WriteLine(((Address)s.ReadObject(XmlReader.Create(new StringReader(sb.ToString())))).Zip); });
        Try("binary", () => { var s = new DataContractSerializer(typeof(Address)); var ms = new MemoryStream();
using (var w = XmlDictionaryWriter.CreateBinaryWriter(ms)) s.WriteObject(w, new Address { Zip = 44 }); Console.WriteLine(ms.ToArray().Length);
using var r = XmlDictionaryReader.CreateBinaryReader(ms.ToArray(), XmlDictionaryReaderQuotas.Max); Console.WriteLine(((Address)s.ReadObject(r)).Zip); });
    }
}

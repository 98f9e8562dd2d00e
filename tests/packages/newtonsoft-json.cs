//@ packages = ["Newtonsoft.Json 13.0.3"]
//@ slow = true
// Covers: Newtonsoft.Json over plain classes: attributes, constructors, collections, dictionaries, polymorphism, converters.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.Serialization;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;

enum Kind { Small, [EnumMember(Value = "very-large")] Large }
struct Point { public int X { get; set; } public double Y; public Point(int x, double y) { X = x; Y = y; } }
class Address { public string Street { get; set; } public int? Number { get; set; } }
class Person
{
    [JsonProperty("full_name", Order = -2)] public string Name { get; set; }
    public int Age { get; set; }
    [JsonIgnore] public string Secret { get; set; } = "hidden";
    [JsonConverter(typeof(StringEnumConverter))] public Kind Kind { get; set; }
    public Kind Plain { get; set; }
    public List<string> Tags { get; set; } = new();
    public Dictionary<string, int> Scores { get; set; } = new();
    public Address Home { get; set; }
    public Address[] Others { get; set; }
    public Point Where;
    public DateTime Born { get; set; }
    public decimal? Money { get; set; }
    public Dictionary<Kind, List<Point>> Map { get; set; }
    public (int, string) Tuple { get; set; }
    public object Any { get; set; }
    public HashSet<int> Set { get; set; }
    public Guid Id { get; set; }
    public TimeSpan Span { get; set; }
    public Uri Link { get; set; }
    public byte[] Raw { get; set; }
    public int[,] Grid { get; set; }
    [OnDeserialized] void Done(StreamingContext c) => Console.WriteLine("deserialized " + Name);
    public bool ShouldSerializeMoney() => Money > 1;
}
class Immutable
{
    public string A { get; }
    public IReadOnlyList<int> B { get; }
    public Kind? C { get; }
    public Immutable(string a, IReadOnlyList<int> b, Kind? c = null) { A = a; B = b; C = c; }
}
record Rec(int Number, string Text, Rec Next);
abstract class Shape { public string Label { get; set; } }
class Circle : Shape { public double R { get; set; } }
class Square : Shape { public float Side { get; set; } }
class PointConverter : JsonConverter<Point>
{
    public override Point ReadJson(JsonReader r, Type t, Point old, bool has, JsonSerializer s) { var parts = ((string)r.Value).Split(','); return new Point(int.Parse(parts[0]), double.Parse(parts[1])); }
    public override void WriteJson(JsonWriter w, Point p, JsonSerializer s) => w.WriteValue(p.X + "," + p.Y);
}
class Generic<T> { public T Value { get; set; } public List<T> Many { get; set; } = new(); }
static class P
{
    static void T(string n, Action a) { try { Console.WriteLine("== " + n); a(); } catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message); if (Environment.GetEnvironmentVariable("TRACE") != null) Console.WriteLine(e); } }
    static void Main()
    {
        var p = new Person { Name = "Ann", Age = 30, Kind = Kind.Large, Plain = Kind.Large, Tags = { "a", "b" }, Scores = { ["x"] = 1, ["y"] = 2 }, Home = new Address { Street = "S", Number = 4 },
            Others = new[] { new Address { Street = "T" } }, Where = new Point(1, 2.5), Born = new DateTime(2000, 1, 2, 3, 4, 5, DateTimeKind.Utc), Money = 2.50m, Map = new() { [Kind.Small] = new() { new Point(3, 4) } },
            Tuple = (5, "five"), Any = new[] { 1, 2 }, Set = new() { 7 }, Id = Guid.Parse("11111111-2222-3333-4444-555555555555"), Span = TimeSpan.FromMinutes(3), Link = new Uri("http://a/b"), Raw = new byte[] { 1, 2 }, Grid = new[,] { { 1, 2 }, { 3, 4 } } };
        string json = "";
        T("write", () => Console.WriteLine(json = JsonConvert.SerializeObject(p, Formatting.Indented)));
        T("read", () => { var q = JsonConvert.DeserializeObject<Person>(json); Console.WriteLine(q.Name + q.Age + q.Kind + q.Plain + string.Join(",", q.Tags) + q.Scores["y"] + q.Home.Number + q.Others[0].Street + q.Where.X + q.Where.Y + q.Born.ToString("o") + q.Money + q.Map[Kind.Small][0].X + q.Tuple + q.Any.GetType() + q.Set.Count + q.Id + q.Span + q.Link + q.Raw.Length + q.Grid[1, 0]); });
        T("immutable", () => { var s = JsonConvert.SerializeObject(new Immutable("q", new[] { 1, 2 }, Kind.Large)); Console.WriteLine(s); var i = JsonConvert.DeserializeObject<Immutable>(s); Console.WriteLine(i.A + i.B.Count + i.C); });
        T("record", () => { var s = JsonConvert.SerializeObject(new Rec(1, "t", new Rec(2, null, null))); Console.WriteLine(s); Console.WriteLine(JsonConvert.DeserializeObject<Rec>(s)); });
        var named = new JsonSerializerSettings { TypeNameHandling = TypeNameHandling.Auto, NullValueHandling = NullValueHandling.Ignore };
        T("polymorphism", () => { var s = JsonConvert.SerializeObject(new List<Shape> { new Circle { R = 2, Label = "c" }, new Square { Side = 3 } }, named); Console.WriteLine(s); Console.WriteLine(string.Join(",", JsonConvert.DeserializeObject<List<Shape>>(s, named).Select(x => x.GetType().Name + x.Label))); });
        T("converter", () => { var s = JsonConvert.SerializeObject(new[] { new Point(1, 2) }, new PointConverter()); Console.WriteLine(s); Console.WriteLine(JsonConvert.DeserializeObject<Point[]>(s, new PointConverter())[0].Y); });
        T("camel", () => Console.WriteLine(JsonConvert.SerializeObject(new { FirstName = "f", Inner = new { Deep = 1, When = new DateTime(2020, 1, 1) }, List = new[] { new { A = 1 } } }, new JsonSerializerSettings { ContractResolver = new CamelCasePropertyNamesContractResolver() })));
        T("snake", () => Console.WriteLine(JsonConvert.SerializeObject(new { FirstName = "f", URLPath = 1 }, new JsonSerializerSettings { ContractResolver = new DefaultContractResolver { NamingStrategy = new SnakeCaseNamingStrategy() } })));
        T("anonymous", () => { var a = JsonConvert.DeserializeAnonymousType("{\"N\":5,\"S\":[\"x\"]}", new { N = 0, S = new string[0] }); Console.WriteLine(a.N + a.S[0]); });
        T("generic", () => { var g = JsonConvert.DeserializeObject<Generic<DateTime>>("{\"Value\":\"2020-05-06T00:00:00\",\"Many\":[\"2021-01-01\"]}"); Console.WriteLine(g.Value.Month + " " + g.Many.Count); Console.WriteLine(JsonConvert.SerializeObject(new Generic<Generic<string>> { Value = new() { Value = "in" } })); });
        T("dictionaries", () => { Console.WriteLine(JsonConvert.DeserializeObject<Dictionary<string, List<Address>>>("{\"k\":[{\"Street\":\"z\",\"Number\":1}]}")["k"][0].Street); Console.WriteLine(JsonConvert.DeserializeObject<SortedDictionary<int, Kind>>("{\"3\":1,\"1\":\"Small\"}").First()); Console.WriteLine(JsonConvert.DeserializeObject<IDictionary<string, object>>("{\"a\":1.5}")["a"].GetType()); });
        T("populate", () => { var q = new Person { Name = "old", Tags = { "z" } }; JsonConvert.PopulateObject("{\"Age\":9,\"Tags\":[\"y\"]}", q); Console.WriteLine(q.Name + q.Age + string.Join(",", q.Tags)); });
        T("errors", () => { var errors = new List<string>(); JsonConvert.DeserializeObject<Person>("{\"Age\":\"x\",\"Born\":\"never\"}", new JsonSerializerSettings { Error = (s, e) => { errors.Add(e.ErrorContext.Path); e.ErrorContext.Handled = true; } }); Console.WriteLine(string.Join(",", errors)); JsonConvert.DeserializeObject<Person>("{\"Age\":{}}"); });
        T("loop", () => { var n = new Node(); n.Next = n; JsonConvert.SerializeObject(n); });
        T("references", () => { var n = new Node { V = 1 }; n.Next = n; var set = new JsonSerializerSettings { PreserveReferencesHandling = PreserveReferencesHandling.Objects }; var s = JsonConvert.SerializeObject(n, set); Console.WriteLine(s); var m = JsonConvert.DeserializeObject<Node>(s, set); Console.WriteLine(ReferenceEquals(m, m.Next)); });
        T("jobject", () => { var o = JObject.FromObject(p); Console.WriteLine(o["full_name"] + " " + o["Scores"]["x"] + o.ToObject<Person>().Age); });
        T("dynamic", () => { dynamic d = JObject.Parse("{\"a\":{\"b\":[1,2,{\"c\":\"deep\"}]}}"); Console.WriteLine((string)d.a.b[2].c + (int)d.a.b[1]); d.a.z = 5; Console.WriteLine(JsonConvert.SerializeObject(d)); });
        T("xml", () => Console.WriteLine(JsonConvert.SerializeXNode(System.Xml.Linq.XElement.Parse("<r a='1'><b>t</b><b/></r>"))));
        T("collections", () => Console.WriteLine(JsonConvert.SerializeObject(new object[] { new Stack<int>(new[] { 1, 2 }), new Queue<string>(new[] { "q" }), new LinkedList<int>(new[] { 3 }), Tuple.Create(1, "x"), new KeyValuePair<string, int>("k", 1), 1.5f, 'c', DayOfWeek.Friday, null })));
        T("readcollections", () => { Console.WriteLine(JsonConvert.DeserializeObject<Queue<int>>("[1,2]").Count + JsonConvert.DeserializeObject<ISet<string>>("[\"a\"]").Count + JsonConvert.DeserializeObject<IEnumerable<Point>>("[{\"X\":4}]").First().X + JsonConvert.DeserializeObject<LinkedList<Kind>>("[1]").First.Value.ToString() + JsonConvert.DeserializeObject<KeyValuePair<int, string>>("{\"Key\":1,\"Value\":\"v\"}") + JsonConvert.DeserializeObject<Tuple<int, Kind>>("{\"Item1\":1,\"Item2\":1}")); });
    }
    class Node { public int V; public Node Next; }
}

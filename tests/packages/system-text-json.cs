//@ packages = []
//@ features = ["System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault=true"]
// Covers: System.Text.Json by reflection over plain classes: attributes, constructors, collections, polymorphism, converters, records.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

enum Kind { Small, Large }

struct Size
{
    public int W { get; set; }
    public int H { get; set; }
}

class Address
{
    public string Street { get; set; }
    public int? Number { get; set; }
}

class Person
{
    [JsonPropertyName("full_name"), JsonPropertyOrder(-1)] public string Name { get; set; }
    public int Age { get; set; }
    [JsonIgnore] public string Secret { get; set; } = "hidden";
    [JsonConverter(typeof(JsonStringEnumConverter))] public Kind Kind { get; set; }
    public Kind Plain { get; set; }
    public List<string> Tags { get; set; } = new();
    public Dictionary<string, int> Scores { get; set; } = new();
    public Address Home { get; set; }
    public Address[] Others { get; set; }
    public Size Size { get; set; }
    public DateTime Born { get; set; }
    public decimal? Money { get; set; }
    public Dictionary<int, List<Size>> Map { get; set; }
    public HashSet<double> Set { get; set; }
    public Guid Id { get; set; }
    public TimeSpan Span { get; set; }
    public Uri Link { get; set; }
    public byte[] Raw { get; set; }
    public object Any { get; set; }
    public KeyValuePair<string, int> Pair { get; set; }
    [JsonInclude] public int Field = 3;
    [JsonExtensionData] public Dictionary<string, JsonElement> Rest { get; set; }
}

class Immutable
{
    public string A { get; }
    public IReadOnlyList<int> B { get; }
    public Kind? C { get; }
    public Immutable(string a, IReadOnlyList<int> b, Kind? c = Kind.Large) { A = a; B = b; C = c; }
}

record Linked(int Number, string Text, Linked Next);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "$kind")]
[JsonDerivedType(typeof(Circle), "circle"), JsonDerivedType(typeof(Square), "square")]
abstract class Shape { public string Label { get; set; } }
class Circle : Shape { public double R { get; set; } }
class Square : Shape { public float Side { get; set; } }

class SizeConverter : JsonConverter<Size>
{
    public override Size Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        var parts = reader.GetString().Split('x');
        return new Size { W = int.Parse(parts[0]), H = int.Parse(parts[1]) };
    }

    public override void Write(Utf8JsonWriter writer, Size value, JsonSerializerOptions options) => writer.WriteStringValue(value.W + "x" + value.H);
}

class Generic<T>
{
    public T Value { get; set; }
    public List<T> Many { get; set; } = new();
}

static class Program
{
    static void Try(string name, Action action)
    {
        Console.WriteLine("== " + name);
        try { action(); }
        catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message); }
    }

    static void Main()
    {
        var person = new Person
        {
            Name = "Ann", Age = 30, Kind = Kind.Large, Plain = Kind.Large, Tags = { "a", "b" }, Scores = { ["x"] = 1 }, Home = new Address { Street = "S", Number = 4 },
            Others = new[] { new Address() }, Size = new Size { W = 1, H = 2 }, Born = new DateTime(2000, 1, 2, 3, 4, 5, DateTimeKind.Utc), Money = 2.5m,
            Map = new() { [7] = new() { new Size { W = 3 } } }, Set = new() { 1.5 }, Id = Guid.Empty, Span = TimeSpan.FromMinutes(3), Link = new Uri("http://a/b"),
            Raw = new byte[] { 1, 2 }, Any = new[] { 1, 2 }, Pair = new("k", 1),
        };
        string json = "";
        Try("write", () => Console.WriteLine(json = JsonSerializer.Serialize(person, new JsonSerializerOptions { WriteIndented = true })));
        Try("read", () =>
        {
            var p = JsonSerializer.Deserialize<Person>(json.Replace("\"Age\"", "\"Extra\": [1], \"Age\""));
            Console.WriteLine(p.Name + p.Age + p.Kind + p.Plain + string.Join(",", p.Tags) + p.Scores["x"] + p.Home.Number + p.Others.Length + p.Size.H + p.Born.ToString("o"));
            Console.WriteLine(p.Money + " " + p.Map[7][0].W + p.Set.First() + p.Id + p.Span + p.Link + p.Raw.Length + p.Any + p.Pair + p.Field + p.Rest["Extra"]);
        });
        Try("immutable", () =>
        {
            var text = JsonSerializer.Serialize(new Immutable("q", new[] { 1, 2 }, Kind.Small));
            var read = JsonSerializer.Deserialize<Immutable>(text.Replace(",\"C\":0", ""));
            Console.WriteLine(text + read.A + read.B.Count + read.C);
        });
        Try("record", () =>
        {
            var text = JsonSerializer.Serialize(new Linked(1, "t", new Linked(2, null, null)));
            Console.WriteLine(text + JsonSerializer.Deserialize<Linked>(text));
        });
        Try("polymorphism", () =>
        {
            var text = JsonSerializer.Serialize(new List<Shape> { new Circle { R = 2, Label = "c" }, new Square { Side = 3 } });
            Console.WriteLine(text + string.Join(",", JsonSerializer.Deserialize<List<Shape>>(text).Select(s => s.GetType().Name)));
        });
        var own = new JsonSerializerOptions { Converters = { new SizeConverter() } };
        Try("converter", () => Console.WriteLine(JsonSerializer.Serialize(new[] { new Size { W = 1, H = 2 } }, own) + JsonSerializer.Deserialize<List<Size>>("[\"5x6\"]", own)[0].H));
        Try("policy", () => Console.WriteLine(JsonSerializer.Serialize(new { FirstName = "f", Inner = new { DeepValue = 1, When = new DateTime(2020, 1, 1) } },
            new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })));
        Try("generic", () =>
        {
            var g = JsonSerializer.Deserialize<Generic<DateTime>>("{\"Value\":\"2020-05-06T00:00:00\",\"Many\":[\"2021-01-01\"]}");
            Console.WriteLine(g.Value.Month + " " + g.Many.Count + JsonSerializer.Serialize(new Generic<Generic<string>> { Value = new() { Value = "in" } }));
        });
        Try("collections", () =>
        {
            Console.WriteLine(JsonSerializer.Deserialize<Dictionary<string, List<Address>>>("{\"k\":[{\"Street\":\"z\"}]}")["k"][0].Street);
            Console.WriteLine(JsonSerializer.Deserialize<SortedDictionary<int, Kind>>("{\"3\":1}").First() + " " + JsonSerializer.Deserialize<Queue<int>>("[1,2]").Count);
            Console.WriteLine(JsonSerializer.Deserialize<IEnumerable<Size>>("[{\"W\":4}]").First().W + JsonSerializer.Serialize(new object[] { 1.5f, 'c', DayOfWeek.Friday, null, "t" }));
        });
        Try("node", () => Console.WriteLine(JsonSerializer.SerializeToNode(person)["Home"]["Street"].ToString() + JsonNode.Parse("{\"a\":[1,2]}")["a"].Deserialize<int[]>().Sum()));
        Try("bad", () => JsonSerializer.Deserialize<Person>("{\"Age\":\"x\"}"));
        Try("missing constructor", () => JsonSerializer.Deserialize<Shape>("{}"));
        Try("populate", () => Console.WriteLine(JsonSerializer.Deserialize<Holder>("{\"Items\":[3]}").Items.Count));
        Try("cycle", () => { var a = new Loop(); a.Self = a; JsonSerializer.Serialize(a); });
        Try("preserve", () => { var a = new Loop(); a.Self = a; Console.WriteLine(JsonSerializer.Serialize(a, new JsonSerializerOptions { ReferenceHandler = ReferenceHandler.Preserve })); });
        Try("required", () => JsonSerializer.Deserialize<Needs>("{}"));
    }

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)] class Holder { public List<int> Items { get; } = new() { 1, 2 }; }
    class Loop { public Loop Self { get; set; } }
    class Needs { public required string Must { get; set; } }
}

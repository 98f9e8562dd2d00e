//@ packages = ["YamlDotNet 16.3.0"]
// Covers: YamlDotNet over plain classes: both ways, naming, attributes, tags, collections of value types.
using System;
using System.Collections.Generic;
using System.Linq;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

enum Level { Low, High }
struct Size { public int W { get; set; } public int H { get; set; } }
class Server { public string Host { get; set; } public int Port { get; set; } public Level Level { get; set; } public bool? Tls { get; set; } }
class Config
{
    public string Title { get; set; }
    [YamlMember(Alias = "max-count", Description = "how many")] public int MaxCount { get; set; }
    [YamlIgnore] public string Hidden { get; set; } = "h";
    public List<Server> Servers { get; set; } = new();
    public Dictionary<string, int> Limits { get; set; } = new();
    public Dictionary<string, Server> Named { get; set; }
    public double[] Weights { get; set; }
    public List<int> Numbers { get; set; }
    public Dictionary<Level, Size> Sizes { get; set; }
    public Size Size { get; set; }
    public DateTime When { get; set; }
    public TimeSpan Timeout { get; set; }
    public decimal Price { get; set; }
    public Guid Id { get; set; }
    public object Extra { get; set; }
    public Level? Maybe { get; set; }
    public HashSet<string> Set { get; set; }
    public KeyValuePair<string, int>? Pair { get; set; }
}
abstract class Animal { public string Name { get; set; } }
class Dog : Animal { public int Bones { get; set; } }
class Cat : Animal { public List<string> Mice { get; set; } }
class LevelConverter : IYamlTypeConverter
{
    public bool Accepts(Type t) => t == typeof(Level);
    public object ReadYaml(IParser parser, Type type, ObjectDeserializer d) { var s = parser.Consume<Scalar>().Value; return s == "1" ? Level.High : Level.Low; }
    public void WriteYaml(IEmitter e, object value, Type type, ObjectSerializer s) => e.Emit(new Scalar(((int)(Level)value).ToString()));
}
static class P
{
    static void T(string n, Action a) { try { Console.WriteLine("== " + n); a(); } catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message); if (Environment.GetEnvironmentVariable("TRACE") != null) Console.WriteLine(e); } }
    static void Main()
    {
        var c = new Config { Title = "t: x", MaxCount = 3, Servers = { new Server { Host = "h1", Port = 80, Level = Level.High, Tls = true }, new Server { Host = "h2" } }, Limits = { ["a"] = 1, ["b"] = 2 }, Named = new() { ["n"] = new Server { Port = 9 } }, Weights = new[] { 1.5, -2 }, Numbers = new() { 4, 5 },
            Sizes = new() { [Level.High] = new Size { W = 1, H = 2 } }, Size = new Size { W = 7 }, When = new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc), Timeout = TimeSpan.FromSeconds(90), Price = 1.10m, Id = Guid.Empty, Extra = new[] { "e", "f" }, Maybe = Level.Low, Set = new() { "s" } };
        var ser = new SerializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build();
        var des = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build();
        string text = "";
        T("write", () => Console.WriteLine(text = ser.Serialize(c)));
        T("read", () => { var d = des.Deserialize<Config>(text); Console.WriteLine(d.Title + d.MaxCount + d.Servers[0].Host + d.Servers[0].Level + d.Servers[0].Tls + d.Limits["b"] + d.Named["n"].Port + d.Weights[1] + d.Numbers.Sum() + d.Sizes[Level.High].H + d.Size.W + d.When.ToUniversalTime().ToString("o") + d.Timeout + d.Price + d.Id + d.Extra.GetType() + d.Maybe + d.Set.First()); });
        T("anchors", () => { var d = des.Deserialize<Dictionary<string, Server>>("base: &b { host: x, port: 1 }\nother: *b\nthird:\n  host: 'q'\n  level: High\n"); Console.WriteLine(ReferenceEquals(d["base"], d["other"]) + " " + d["third"].Level); });
        T("merge", () => { var d = new DeserializerBuilder().Build().Deserialize<Dictionary<string, Dictionary<string, int>>>(new MergingParser(new Parser(new System.IO.StringReader("a: &a { x: 1, y: 2 }\nb:\n  <<: *a\n  y: 3\n")))); Console.WriteLine(string.Join(",", d["b"].Select(k => k.Key + k.Value))); });
        T("untyped", () => { var o = new DeserializerBuilder().Build().Deserialize(new System.IO.StringReader("a: [1, two, {b: ~}]\nc: |\n  text\n  more\n")); Console.WriteLine(new SerializerBuilder().JsonCompatible().Build().Serialize(o)); });
        T("tags", () => { var s = new SerializerBuilder().WithTagMapping("!dog", typeof(Dog)).WithTagMapping("!cat", typeof(Cat)).EnsureRoundtrip().Build(); var y = s.Serialize(new List<Animal> { new Dog { Name = "d", Bones = 2 }, new Cat { Name = "c", Mice = new() { "m" } } }); Console.WriteLine(y); var b = new DeserializerBuilder().WithTagMapping("!dog", typeof(Dog)).WithTagMapping("!cat", typeof(Cat)).Build().Deserialize<List<Animal>>(y); Console.WriteLine(string.Join(",", b.Select(x => x.GetType().Name + x.Name))); });
        T("converter", () => { var s = new SerializerBuilder().WithTypeConverter(new LevelConverter()).Build().Serialize(new Server { Host = "k", Level = Level.High }); Console.WriteLine(s); Console.WriteLine(new DeserializerBuilder().WithTypeConverter(new LevelConverter()).Build().Deserialize<Server>(s).Level); });
        T("missing", () => des.Deserialize<Server>("host: x\nnope: 1\n"));
        T("ignore", () => Console.WriteLine(new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<Server>("Host: x\nnope: 1\n").Host));
        T("bad", () => des.Deserialize<Server>("port: abc\n"));
        T("anonymous", () => Console.WriteLine(ser.Serialize(new { FirstName = "f", Inner = new { N = 1, L = new[] { 1, 2 } } })));
        T("json", () => Console.WriteLine(new SerializerBuilder().JsonCompatible().Build().Serialize(new { a = 1, b = new[] { true }, c = (string)null })));
        T("defaults", () => Console.WriteLine(new SerializerBuilder().ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitDefaults).Build().Serialize(new Server { Host = "only" })));
        T("lists", () => Console.WriteLine(des.Deserialize<List<Size>>("- {w: 1, h: 2}\n- {w: 3}\n").Sum(x => x.W) + des.Deserialize<int[][]>("[[1],[2,3]]")[1][1] + des.Deserialize<Dictionary<int, List<Level>>>("4: [High, Low]")[4].Count + des.Deserialize<SortedDictionary<string, double>>("q: 1.5")["q"]));
    }
}

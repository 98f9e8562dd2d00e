//@ packages = ["SharpYaml 3.17.0"]
// Covers: SharpYaml over plain classes: attributes, constructors, collections, dictionaries, enums, errors.
using System;
using System.Collections.Generic;
using System.Linq;
using SharpYaml;
using SharpYaml.Serialization;

enum Level { Low, High }

struct Size
{
    public int W { get; set; }
    public int H { get; set; }
}

class Server
{
    [YamlPropertyName("host-name")] public string Host { get; set; }
    public int Port { get; set; } = 80;
    public Level Level { get; set; }
    public bool? Tls { get; set; }
    [YamlIgnore] public string Secret { get; set; } = "s";
}

class Config
{
    public string Title { get; set; }
    public List<Server> Servers { get; set; } = new();
    public Dictionary<string, int> Limits { get; set; } = new();
    public double[] Weights { get; set; }
    public Size Size { get; set; }
    public Dictionary<string, Server> Named { get; set; }
    public DateTime When { get; set; }
    public decimal Price { get; set; }
    public Guid Id { get; set; }
    public Level? Maybe { get; set; }
}

record Point(int X, string Name);

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
        var config = new Config
        {
            Title = "t: x",
            Servers = { new Server { Host = "h1", Level = Level.High, Tls = true }, new Server { Host = "h2" } },
            Limits = { ["a"] = 1, ["b"] = 2 },
            Weights = new[] { 1.5, -2 },
            Size = new Size { W = 7, H = 8 },
            Named = new() { ["n"] = new Server { Port = 9 } },
            When = new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc),
            Price = 1.10m,
            Maybe = Level.High,
        };
        string text = "";
        Try("write", () => Console.WriteLine(text = YamlSerializer.Serialize(config)));
        Try("read", () =>
        {
            var read = YamlSerializer.Deserialize<Config>(text);
            Console.WriteLine(read.Title + read.Servers[0].Host + read.Servers[0].Level + read.Servers[0].Tls + read.Servers[1].Port);
            Console.WriteLine(string.Join(",", read.Limits.Select(l => l.Key + l.Value)) + read.Weights[1] + read.Size.H + read.Named["n"].Port);
            Console.WriteLine(read.When.ToUniversalTime().ToString("o") + read.Price + read.Id + read.Maybe);
        });
        Try("record", () =>
        {
            var yaml = YamlSerializer.Serialize(new Point(3, "p"));
            Console.WriteLine(yaml + YamlSerializer.Deserialize<Point>(yaml));
        });
        Try("lists", () =>
        {
            Console.WriteLine(string.Join("|", YamlSerializer.Deserialize<List<int>>("- 1\n- 2\n")));
            Console.WriteLine(YamlSerializer.Deserialize<Dictionary<string, List<Level>>>("k: [Low, High]\n")["k"][1]);
            Console.WriteLine(YamlSerializer.Deserialize<int[]>("[4, 5]").Sum());
        });
        Try("bad number", () => YamlSerializer.Deserialize<Server>("Port: abc\n"));
        Try("bad text", () => YamlSerializer.Deserialize<Server>("a: [1\nb: 2"));
        Try("untyped", () => Console.WriteLine(YamlSerializer.Deserialize<object>("a: [1, two]\n").GetType()));
    }
}

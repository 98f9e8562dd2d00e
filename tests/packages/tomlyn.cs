//@ packages = ["Tomlyn 2.10.2"]
// Covers: Tomlyn over plain classes and its own model: tables, arrays of tables, dates, errors.
using System;
using System.Collections.Generic;
using System.Linq;
using Tomlyn;
using Tomlyn.Model;

class Owner
{
    public string Name { get; set; }
    public DateTime Born { get; set; }
}

class Item
{
    public string Key { get; set; }
    public double Price { get; set; }
    public List<string> Tags { get; set; } = new();
}

enum Mode { Slow, Fast }

class Document
{
    public string Title { get; set; }
    public long Count { get; set; }
    public bool On { get; set; }
    public Mode Mode { get; set; }
    public Owner Owner { get; set; }
    public List<Item> Items { get; set; } = new();
    public int[] Numbers { get; set; }
    public Dictionary<string, int> Limits { get; set; } = new();
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
        const string Text = "Title = \"T\"\nCount = 1_000\nOn = true\nMode = \"Fast\"\nNumbers = [1, 2, 3]\n[Owner]\nName = \"é\"\nBorn = 1979-05-27T07:32:00Z\n"
            + "[Limits]\na = 1\nb = 2\n[[Items]]\nKey = \"k1\"\nPrice = 1.5\nTags = [\"x\", \"y\"]\n[[Items]]\nKey = \"k2\"\nPrice = 6.02e23\n";
        Try("read", () =>
        {
            var read = TomlSerializer.Deserialize<Document>(Text);
            Console.WriteLine(read.Title + read.Count + read.On + read.Mode + read.Owner.Name + read.Owner.Born.ToUniversalTime().ToString("o"));
            Console.WriteLine(string.Join("|", read.Items.Select(i => i.Key + i.Price + string.Join(",", i.Tags))) + read.Numbers.Sum() + read.Limits["b"]);
        });
        Try("write", () => Console.WriteLine(TomlSerializer.Serialize(new Document
        {
            Title = "w", Count = 3, Owner = new Owner { Name = "o", Born = new DateTime(2000, 1, 2, 0, 0, 0, DateTimeKind.Utc) },
            Items = { new Item { Key = "q", Price = 2, Tags = { "t" } } }, Numbers = new[] { 9 }, Limits = { ["l"] = 4 },
        })));
        Try("model", () =>
        {
            var model = TomlSerializer.Deserialize<TomlTable>(Text);
            Console.WriteLine(string.Join(",", model.Keys) + ((TomlTableArray)model["Items"]).Count + ((TomlTable)model["Owner"])["Name"]);
            Console.WriteLine(TomlSerializer.Serialize(model));
        });
        Try("bad", () => TomlSerializer.Deserialize<Document>("Title = \n"));
        Try("wrong type", () => TomlSerializer.Deserialize<Document>("Count = \"x\"\n"));
    }
}

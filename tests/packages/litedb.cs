//@ packages = ["LiteDB 5.0.21"]
//@ slow = true
// Covers: LiteDB: a mapper over plain classes, queries as expression trees, indices, references between documents, files.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using LiteDB;

enum Level { Low, High }

class City
{
    public int Id { get; set; }
    public string Name { get; set; }
}

class Person
{
    public int Id { get; set; }
    [BsonField("full")] public string Name { get; set; }
    public int Age { get; set; }
    public string[] Tags { get; set; }
    public Level Level { get; set; }
    public Dictionary<string, double> Marks { get; set; }
    [BsonRef("cities")] public City City { get; set; }
    [BsonIgnore] public string Hidden { get; set; } = "h";
    public DateTime? Born { get; set; }
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
        using var db = new LiteDatabase(new MemoryStream());
        var cities = db.GetCollection<City>("cities");
        var people = db.GetCollection<Person>("people");
        Try("insert", () =>
        {
            cities.Insert(new City { Id = 1, Name = "Paris" });
            people.Insert(new Person { Name = "Ann", Age = 30, Tags = new[] { "x" }, Level = Level.High, Marks = new() { ["m"] = 1.5 }, City = new City { Id = 1 } });
            people.Insert(new[] { new Person { Name = "Bob", Age = 40 }, new Person { Name = "Cy", Age = 50, Born = new DateTime(2000, 1, 1) } });
            Console.WriteLine(people.EnsureIndex(p => p.Age) + " " + people.Count());
        });
        Try("find", () =>
        {
            Console.WriteLine(string.Join(",", people.Find(p => p.Age > 35 && p.Name.StartsWith("B")).Select(p => p.Name + p.Id)));
            var ann = people.Include(p => p.City).FindOne(p => p.Name == "Ann");
            Console.WriteLine(ann.Tags[0] + ann.Level + ann.Marks["m"] + ann.City.Name + ann.Hidden);
        });
        Try("query", () => Console.WriteLine(string.Join(",", people.Query().Where(p => p.Age >= 40).OrderByDescending(p => p.Age).Select(p => new { p.Name, Next = p.Age + 1 }).ToList().Select(x => x.Name + x.Next))));
        Try("update", () => { var bob = people.FindById(2); bob.Age = 41; Console.WriteLine(people.Update(bob) + " " + people.DeleteMany(p => p.Age == 41) + " " + people.Count()); });
        Try("document", () => Console.WriteLine(JsonSerializer.Serialize(BsonMapper.Global.ToDocument(new Person { Id = 9, Name = "z", Level = Level.High, Tags = new[] { "a", "b" } }))));
        Try("object", () => Console.WriteLine(BsonMapper.Global.ToObject<Person>(new BsonDocument { ["full"] = "q", ["Level"] = "High", ["Marks"] = new BsonDocument { ["k"] = 2 } }).Level));
        Try("expression", () => Console.WriteLine(BsonMapper.Global.GetExpression<Person, bool>(p => p.Name.Contains("n") || p.Tags.Length > 2).Source));
        Try("sql", () => { using var r = db.Execute("SELECT $.full, UPPER($.full) AS u FROM people WHERE $.Age > 1 ORDER BY $.full"); while (r.Read()) Console.WriteLine(r.Current.ToString()); });
        Try("duplicate", () => cities.Insert(new City { Id = 1 }));
    }
}

//@ packages = ["Mapster 10.0.14"]
//@ slow = true
// Covers: Mapster: mappings between plain classes as compiled expression trees; configuration, flattening, constructors, collections, enums.
using System;
using System.Collections.Generic;
using System.Linq;
using Mapster;

enum Kind { Small, Large }
enum Other { Small, Large }

class Address
{
    public string Street { get; set; }
    public string City { get; set; }
}

class Person
{
    public int Id { get; set; }
    public string Name { get; set; }
    public Address Home { get; set; }
    public List<int> Scores { get; set; }
    public Kind Kind { get; set; }
    public DateTime? Born { get; set; }
    public Dictionary<string, int> Map { get; set; }
}

class View
{
    public long Id { get; set; }
    public string Name { get; set; }
    public string HomeCity { get; set; }
    public int[] Scores { get; set; }
    public Other Kind { get; set; }
    public string Full { get; set; }
    public DateTime Born { get; set; }
    public Dictionary<string, string> Map { get; set; }
}

record Short(int Id, string Name);

static class Program
{
    static void Try(string name, Action action)
    {
        Console.WriteLine("== " + name);
        try { action(); }
        catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message.Split('\n')[0]); }
    }

    static void Main()
    {
        var person = new Person
        {
            Id = 4, Name = "Ann", Home = new Address { Street = "S", City = "C" }, Scores = new() { 1, 2 }, Kind = Kind.Large,
            Born = new DateTime(2000, 1, 2), Map = new() { ["k"] = 5 },
        };
        TypeAdapterConfig<Person, View>.NewConfig().Map(v => v.Full, p => p.Name + "/" + p.Id).Ignore(v => v.Name);
        Try("adapt", () =>
        {
            var v = person.Adapt<View>();
            Console.WriteLine($"{v.Id} {v.Name ?? "-"} {v.HomeCity} {string.Join(",", v.Scores)} {v.Kind} {v.Full} {v.Born:s} {v.Map["k"]}");
        });
        Try("record", () => Console.WriteLine(person.Adapt<Short>()));
        Try("list", () => Console.WriteLine(string.Join(",", new[] { person, person }.Adapt<List<Short>>())));
        Try("copy", () => { var c = person.Adapt<Person>(); Console.WriteLine(!ReferenceEquals(c.Home, person.Home) + c.Home.City); });
        Try("into", () => { var t = new Short(1, "x"); var a = new Address { City = "old" }; new { Street = "new" }.Adapt(a); Console.WriteLine(a.Street + a.City + t); });
        Try("query", () => Console.WriteLine(new[] { person }.AsQueryable().ProjectToType<Short>().First()));
        Try("dictionary", () => Console.WriteLine(string.Join(",", new Address { Street = "s", City = "c" }.Adapt<Dictionary<string, object>>().Select(p => p.Key + "=" + p.Value))));
        Try("from dictionary", () => Console.WriteLine(new Dictionary<string, object> { ["Street"] = "q" }.Adapt<Address>().Street));
        Try("types", () => Console.WriteLine(((Short)person.Adapt(typeof(Person), typeof(Short))).Name));
    }
}

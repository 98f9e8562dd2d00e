//@ packages = ["Bogus 35.6.5"]
// Covers: Bogus: rules by expression over properties and fields, constructors, strict mode, data of locales from resources.
using System;
using System.Collections.Generic;
using System.Linq;
using Bogus;

enum Gender { Male, Female }

class Order
{
    public int Id { get; set; }
    public string Item { get; set; }
    public int? Lot { get; set; }
}

class User
{
    public User(int id) => Id = id;
    public int Id { get; }
    public string First { get; set; }
    public string Email { get; set; }
    public Gender Gender { get; set; }
    public Guid Cart;
    public DateTime Born { get; set; }
    public List<Order> Orders { get; set; }
    public decimal Balance { get; set; }
}

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
        Randomizer.Seed = new Random(8675309);
        int ids = 0;
        var orders = new Faker<Order>().UseSeed(5).StrictMode(true).RuleFor(o => o.Id, f => ids++).RuleFor(o => o.Item, f => f.Commerce.Product())
            .RuleFor(o => o.Lot, f => f.Random.Int(0, 100).OrNull(f, .5f));
        Try("orders", () => Console.WriteLine(string.Join(";", orders.Generate(4).Select(o => o.Id + o.Item + o.Lot))));
        var users = new Faker<User>("en").UseSeed(7).CustomInstantiator(f => new User(ids++)).RuleFor(u => u.Gender, f => f.PickRandom<Gender>())
            .RuleFor(u => u.First, (f, u) => f.Name.FirstName()).RuleFor(u => u.Email, (f, u) => f.Internet.Email(u.First))
            .RuleFor(u => u.Cart, f => f.Random.Guid()).RuleFor(u => u.Born, f => f.Date.Between(new DateTime(1980, 1, 1), new DateTime(1990, 1, 1)))
            .RuleFor(u => u.Orders, f => orders.Generate(2)).RuleFor("Balance", f => f.Finance.Amount()).FinishWith((f, u) => Console.WriteLine("made " + u.Id));
        Try("users", () =>
        {
            foreach (var u in users.Generate(3))
                Console.WriteLine($"{u.First} {u.Email} {u.Gender} {u.Cart} {u.Born:s} {u.Orders.Count} {u.Balance}");
        });
        Try("strict", () => new Faker<Order>().StrictMode(true).RuleFor(o => o.Id, 1).Generate());
        Try("locale", () =>
        {
            var f = new Faker("de") { Random = new Randomizer(3) };
            Console.WriteLine(f.Name.FullName() + "|" + f.Address.City() + "|" + f.Lorem.Sentence(4));
        });
    }
}

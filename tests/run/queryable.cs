//@ exit = 0
// Covers: System.Linq.Queryable over objects — queries as expression trees, rewritten to Enumerable's methods and interpreted.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;

record Item(string Name, int Price, DayOfWeek Day);

class Program
{
    static void Main()
    {
        var list = new List<Item> { new("a", 3, DayOfWeek.Monday), new("b", 1, DayOfWeek.Friday), new("c", 2, DayOfWeek.Monday), new("d", 5, DayOfWeek.Sunday) };
        IQueryable<Item> items = list.AsQueryable();
        IQueryable<string> names = items.Where(i => i.Price > 1).OrderBy(i => i.Price).Select(i => i.Name);
        Console.WriteLine(string.Join(" ", names));
        Console.WriteLine(names.ElementType + " " + names.Expression.NodeType);
        Console.WriteLine($"{items.Count()} {items.Count(i => i.Day == DayOfWeek.Monday)} {items.Sum(i => i.Price)} {items.Max(i => i.Price)} {items.Average(i => i.Price)}");
        Console.WriteLine($"{items.First(i => i.Price > 2).Name} {items.FirstOrDefault(i => i.Price > 9) == null} {items.Any(i => i.Name == "b")} {items.All(i => i.Price > 0)}");
        foreach (var g in items.GroupBy(i => i.Day).OrderBy(g => g.Key)) Console.WriteLine($"{g.Key} {string.Join(",", g.Select(i => i.Name))}");
        Console.WriteLine(string.Join(" ", items.OrderByDescending(i => i.Day).ThenBy(i => i.Name).Skip(1).Take(2).Select(i => i.Name)));
        Console.WriteLine(string.Join(" ", items.Select(i => new { i.Name, Twice = i.Price * 2 }).Where(x => x.Twice > 3).Select(x => x.Name + x.Twice)));
        Console.WriteLine(string.Join(" ", from i in items join o in new[] { 1, 5 } on i.Price equals o select i.Name + o));
        IQueryable<int> numbers = new[] { 3, 1, 2, 3 }.AsQueryable();
        Console.WriteLine($"{numbers.Sum()} {numbers.Max()} {string.Join(",", numbers.Distinct().Reverse())} {numbers.Contains(2)}");
        Console.WriteLine(string.Join(" ", items.SelectMany(i => i.Name + "x").Distinct()));

        // A condition that is put together at run time.
        ParameterExpression p = Expression.Parameter(typeof(Item), "i");
        Expression condition = Expression.OrElse(
            Expression.Equal(Expression.Property(p, "Name"), Expression.Constant("a")),
            Expression.GreaterThan(Expression.Property(p, nameof(Item.Price)), Expression.Constant(4)));
        Expression<Func<Item, bool>> made = Expression.Lambda<Func<Item, bool>>(condition, p);
        Console.WriteLine(made);
        Console.WriteLine(string.Join(" ", items.Where(made).Select(i => i.Name)));
        try { items.Single(i => i.Price > 1); } catch (InvalidOperationException e) { Console.WriteLine(e.Message); }
    }
}

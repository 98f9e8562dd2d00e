//@ packages = ["xunit.assert 2.9.3"]
// Covers: xunit's assertions: equivalence by reflection over members, comparers, messages with formatted objects.
using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Xunit;

class Point
{
    public int X { get; set; }
    public string Name { get; set; }
    public List<int> Many { get; set; } = new();
}

class Other
{
    public int X { get; set; }
    public string Name { get; set; }
    public int[] Many { get; set; } = Array.Empty<int>();
}

struct Small : IEquatable<Small>
{
    public int V;
    public bool Equals(Small other) => V == other.V;
    public override string ToString() => "small " + V;
}

static class Program
{
    static void Try(string name, Action action)
    {
        Console.WriteLine("== " + name);
        try { action(); Console.WriteLine("ok"); }
        catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message); }
    }

    static void Main()
    {
        Try("equal", () => Assert.Equal(new[] { 1, 2, 3 }, new List<int> { 1, 2, 4 }));
        Try("text", () => Assert.Equal("hello world", "hello wurld"));
        Try("equivalent", () => Assert.Equivalent(new Point { X = 1, Name = "n", Many = { 1, 2 } }, new Other { X = 1, Name = "n", Many = new[] { 2, 1 } }));
        Try("not equivalent", () => Assert.Equivalent(new Point { X = 1, Name = "n" }, new Other { X = 1, Name = "m" }));
        Try("strict", () => Assert.Equivalent(new { X = 1 }, new Point { X = 1 }, strict: true));
        Try("object", () => Assert.Equal(new Point { X = 1, Name = "a" }, new Point { X = 1, Name = "a" }));
        Try("struct", () => Assert.Equal(new Small { V = 1 }, new Small { V = 2 }));
        Try("dictionary", () => Assert.Equal(new Dictionary<string, int> { ["a"] = 1 }, new Dictionary<string, int> { ["a"] = 2 }));
        Try("throws", () => Assert.Throws<ArgumentException>((Action)(() => throw new InvalidOperationException("no"))));
        Try("throws fine", () => Assert.Equal("p", Assert.Throws<ArgumentNullException>("p", (Action)(() => throw new ArgumentNullException("p"))).ParamName));
        Try("contains", () => Assert.Contains("x", new[] { "a", "b" }));
        Try("all", () => Assert.All(new[] { 1, -1 }, n => Assert.True(n > 0, "negative " + n)));
        Try("collection", () => Assert.Collection(new[] { 1, 2 }, a => Assert.Equal(1, a), b => Assert.Equal(3, b)));
        Try("type", () => Assert.IsType<string>(new Point()));
        Try("assignable", () => Assert.IsAssignableFrom<IEnumerable<int>>(new List<int>()));
        Try("range", () => Assert.InRange(5, 1, 3));
        Try("set", () => Assert.Equal(new HashSet<int> { 1, 2 }, new HashSet<int> { 2, 1 }));
        Try("tuple", () => Assert.Equal((1, "a"), (1, "b")));
        Try("multiple", () => Assert.Multiple(() => Assert.True(false), () => Assert.Null(new Small())));
        Try("async", () => Assert.ThrowsAsync<TimeoutException>(async () => { await Task.Yield(); throw new TimeoutException(); }).GetAwaiter().GetResult());
        Try("nested", () => Assert.Equal(new object[] { new[] { 1 }, "x" }, new object[] { new[] { 2 }, "x" }));
    }
}

//@ packages = ["MemoryPack.Core 1.21.4"]
//@ slow = true
// Covers: MemoryPack: formatters that are instantiated for the types at hand, and registered by hand for a class.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using MemoryPack;
using MemoryPack.Formatters;

enum Kind : byte { A, B }

struct Plain
{
    public int X;
    public double Y;
}

class Node
{
    public int Number;
    public string Text;
    public List<Node> Children = new();
}

class NodeFormatter : MemoryPackFormatter<Node>
{
    public override void Serialize<TBufferWriter>(ref MemoryPackWriter<TBufferWriter> writer, scoped ref Node value)
    {
        if (value == null) { writer.WriteNullObjectHeader(); return; }
        writer.WriteObjectHeader(3);
        writer.WriteUnmanaged(value.Number);
        writer.WriteString(value.Text);
        writer.WriteValue(value.Children);
    }

    public override void Deserialize(ref MemoryPackReader reader, scoped ref Node value)
    {
        if (!reader.TryReadObjectHeader(out _)) { value = null; return; }
        value = new Node { Number = reader.ReadUnmanaged<int>(), Text = reader.ReadString(), Children = reader.ReadValue<List<Node>>() };
    }
}

static class Program
{
    static void Try(string name, Action action)
    {
        Console.WriteLine("== " + name);
        try { action(); }
        catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message + " / " + e.InnerException?.GetType() + " " + e.InnerException?.Message); }
    }

    static void Round<T>(T value, Func<T, object> show)
    {
        var bytes = MemoryPackSerializer.Serialize(value);
        Console.WriteLine(Convert.ToHexString(bytes) + " " + show(MemoryPackSerializer.Deserialize<T>(bytes)));
    }

    static void Main()
    {
        MemoryPackFormatterProvider.Register(new NodeFormatter());
        MemoryPackFormatterProvider.Register(new ListFormatter<Node>());
        Try("numbers", () => Round(12345, v => v));
        Try("text", () => Round("abc", v => v));
        Try("array", () => Round(new[] { 1, 2, 3 }, v => v.Sum()));
        Try("struct", () => Round(new Plain { X = 1, Y = 2.5 }, v => v.X + v.Y));
        Try("list", () => Round(new List<string> { "a", null, "c" }, v => v.Count + v[2]));
        Try("map", () => Round(new Dictionary<int, string> { [3] = "c" }, v => v[3]));
        Try("tuple", () => Round((1, "z"), v => v));
        Try("enum", () => Round(new[] { Kind.A, Kind.B }, v => v[1]));
        Try("nullable", () => Round((int?)7, v => v));
        Try("nested", () => Round(new List<List<string>> { new() { "x" }, new() }, v => v[0][0] + v[1].Count));
        Try("set", () => Round(new HashSet<string> { "s" }, v => v.First()));
        Try("jagged", () => Round(new[] { new[] { 1 }, new[] { 2, 3 } }, v => v[1][1]));
        Try("node", () => Round(new Node { Number = 1, Text = "r", Children = { new Node { Number = 2 } } }, v => v.Text + v.Children[0].Number));
        Try("unknown", () => Round(new Version(1, 2), v => v));
        Try("no formatter", () => Round(new Uri("http://a/b"), v => v));
        Try("none", () => MemoryPackSerializer.Serialize(new Unregistered()));
    }

    class Unregistered { public string A; }
}

//@ packages = ["MessagePack 2.5.307"]
// Covers: MessagePack for C#: formatters that are instantiated by reflection for the types at hand, formatters of the program's own, JSON, compression.
// What generates code (classes with attributes and without a formatter, unions, enums by name) is left out: ahead of time there is nothing to generate it with.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using MessagePack;
using MessagePack.Formatters;
using MessagePack.Resolvers;

public class Item
{
    public int Number { get; set; }
    public string Text { get; set; }
    public List<double> Many { get; set; }
    public Dictionary<string, int> Map { get; set; }
}

public class ItemFormatter : IMessagePackFormatter<Item>
{
    public void Serialize(ref MessagePackWriter writer, Item value, MessagePackSerializerOptions options)
    {
        if (value == null) { writer.WriteNil(); return; }
        writer.WriteArrayHeader(4);
        writer.Write(value.Number);
        writer.Write(value.Text);
        options.Resolver.GetFormatterWithVerify<List<double>>().Serialize(ref writer, value.Many, options);
        options.Resolver.GetFormatterWithVerify<Dictionary<string, int>>().Serialize(ref writer, value.Map, options);
    }

    public Item Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil()) return null;
        reader.ReadArrayHeader();
        return new Item
        {
            Number = reader.ReadInt32(),
            Text = reader.ReadString(),
            Many = options.Resolver.GetFormatterWithVerify<List<double>>().Deserialize(ref reader, options),
            Map = options.Resolver.GetFormatterWithVerify<Dictionary<string, int>>().Deserialize(ref reader, options),
        };
    }
}

static class Program
{
    static readonly MessagePackSerializerOptions Options = MessagePackSerializerOptions.Standard.WithResolver(
        CompositeResolver.Create(new IMessagePackFormatter[] { new ItemFormatter() }, new IFormatterResolver[] { BuiltinResolver.Instance, DynamicGenericResolver.Instance }));

    static void Try(string name, Action action)
    {
        Console.WriteLine("== " + name);
        try { action(); }
        catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message + " / " + e.InnerException?.GetType() + " " + e.InnerException?.Message); }
    }

    static void Round<T>(T value, Func<T, object> show, MessagePackSerializerOptions options = null)
    {
        var bytes = MessagePackSerializer.Serialize(value, options ?? Options);
        Console.WriteLine(Convert.ToHexString(bytes) + " " + MessagePackSerializer.ConvertToJson(bytes, options ?? Options));
        Console.WriteLine(show(MessagePackSerializer.Deserialize<T>(bytes, options ?? Options)));
    }

    static void Main()
    {
        Try("writer", () =>
        {
            var buffer = new ArrayBufferWriter<byte>();
            var writer = new MessagePackWriter(buffer);
            writer.WriteMapHeader(2);
            writer.Write("a");
            writer.Write(300);
            writer.Write("b");
            writer.WriteArrayHeader(3);
            writer.Write(-5);
            writer.Write(1.5);
            writer.WriteNil();
            writer.Flush();
            Console.WriteLine(MessagePackSerializer.ConvertToJson(buffer.WrittenMemory));
        });
        Try("numbers", () => Round(new[] { 1, 2, 300 }, v => v.Sum()));
        Try("map", () => Round(new Dictionary<string, int> { ["q"] = 5 }, v => v["q"]));
        Try("item", () => Round(new Item { Number = 1, Text = "b", Many = new() { 1.5 }, Map = new() { ["k"] = 2 } }, v => v.Text + v.Many[0] + v.Map["k"]));
        Try("items", () => Round(new List<Item> { new Item { Text = "x" }, null }, v => v[0].Text + v.Count));
        Try("dictionary", () => Round(new SortedDictionary<int, Item> { [4] = new Item { Number = 9 } }, v => v[4].Number));
        Try("nullable", () => Round(new int?[] { 1, null }, v => v[1].HasValue));
        Try("tuple", () => Round((1, "z", 2.5), v => v));
        Try("pair", () => Round(new KeyValuePair<string, int>("p", 3), v => v));
        Try("set", () => Round(new HashSet<string> { "a", "b" }, v => v.Count));
        Try("jagged", () => Round(new[] { new[] { 1 }, new[] { 2, 3 } }, v => v[1][1]));
        Try("text", () => Round(Enumerable.Repeat("hello", 40).ToArray(), v => v.Length, Options.WithCompression(MessagePackCompression.Lz4BlockArray)));
        Try("json", () => Console.WriteLine(Convert.ToHexString(MessagePackSerializer.ConvertFromJson("{\"x\":[1,-1,2.5,null,true,\"é\"]}"))));
        Try("bad", () => MessagePackSerializer.Deserialize<int>(new byte[] { 0xc1 }));
        Try("none", () => MessagePackSerializer.Serialize(new object[] { new Version(1, 2), new Uri("http://a/b"), Guid.Empty, DayOfWeek.Friday }.Length, Options));
    }
}

//@ packages = ["protobuf-net 3.4.40"]
//@ slow = true
// Covers: protobuf-net: contracts by attributes and by model, inheritance, maps, schemas, without generating code.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ProtoBuf;
using ProtoBuf.Meta;

public enum Kind { A, B }

[ProtoContract]
public class Item
{
    [ProtoMember(1)] public int Id { get; set; }
    [ProtoMember(2)] public string Name { get; set; }
    [ProtoMember(3)] public List<Item> Children { get; set; } = new();
    [ProtoMember(4)] public Dictionary<int, string> Map { get; set; } = new();
    [ProtoMember(5, DataFormat = DataFormat.ZigZag)] public long Signed { get; set; }
    [ProtoMember(6)] public Kind Kind { get; set; }
    [ProtoMember(7)] public byte[] Raw { get; set; }
    [ProtoMember(8)] public DateTime When { get; set; }
    [ProtoMember(9)] public int[] Numbers { get; set; }
}

[ProtoContract, ProtoInclude(10, typeof(Circle))]
public class Shape { [ProtoMember(1)] public string Label { get; set; } }
[ProtoContract] public class Circle : Shape { [ProtoMember(1)] public double Radius { get; set; } }

public class Plain
{
    public int X { get; set; }
    public string Y { get; set; }
}

static class Program
{
    static void Try(string name, Action action)
    {
        Console.WriteLine("== " + name);
        try { action(); }
        catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message + " / " + e.InnerException?.GetType() + " " + e.InnerException?.Message); }
    }

    static T Round<T>(T value)
    {
        var stream = new MemoryStream();
        Serializer.Serialize(stream, value);
        Console.WriteLine(Convert.ToHexString(stream.ToArray()));
        stream.Position = 0;
        return Serializer.Deserialize<T>(stream);
    }

    static void Main()
    {
        Try("writer", () =>
        {
            var stream = new MemoryStream();
            using (var writer = ProtoWriter.State.Create(stream, null))
            {
                writer.WriteFieldHeader(1, WireType.Varint);
                writer.WriteInt32(150);
                writer.WriteFieldHeader(2, WireType.String);
                writer.WriteString("testing");
                writer.Close();
            }
            Console.WriteLine(Convert.ToHexString(stream.ToArray()));
        });
        Try("item", () =>
        {
            var item = Round(new Item
            {
                Id = 5, Name = "n", Children = { new Item { Id = 6, Signed = -3 } }, Map = { [1] = "one" }, Kind = Kind.B, Raw = new byte[] { 9 },
                When = new DateTime(2020, 1, 1), Numbers = new[] { 1, 2 },
            });
            Console.WriteLine(item.Children[0].Signed + item.Map[1] + item.Kind + item.When.Year + item.Numbers.Sum() + item.Raw[0]);
        });
        Try("inheritance", () => Console.WriteLine(((Circle)Round<Shape>(new Circle { Label = "c", Radius = 2 })).Radius));
        Try("model", () =>
        {
            var model = RuntimeTypeModel.Create();
            model.Add(typeof(Plain), false).Add(1, "X").Add(2, "Y");
            var stream = new MemoryStream();
            model.Serialize(stream, new Plain { X = 3, Y = "y" });
            stream.Position = 0;
            Console.WriteLine(((Plain)model.Deserialize(stream, null, typeof(Plain))).Y + stream.Length);
        });
        Try("schema", () => Console.WriteLine(Serializer.GetProto<Item>()));
        Try("unknown", () => Round(new Plain()));
    }
}

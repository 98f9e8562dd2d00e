//@ packages = ["Azure.Data.Tables 12.11.0"]
//@ slow = true
// Covers: Azure.Data.Tables: entities of the program's own, filled and read by reflection; filters from expression trees; a transport of the program's own.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

public enum Level { Low, High }

public class Item : ITableEntity
{
    public string PartitionKey { get; set; }
    public string RowKey { get; set; }
    public DateTimeOffset? Timestamp { get; set; }
    public ETag ETag { get; set; }
    public int Count { get; set; }
    public double? Price { get; set; }
    public long Big { get; set; }
    public Guid Id { get; set; }
    public Level Level { get; set; }
    public bool On { get; set; }
    public byte[] Raw { get; set; }
    public DateTime When { get; set; }
    [System.Runtime.Serialization.DataMember(Name = "renamed")] public string Text { get; set; }
    [System.Runtime.Serialization.IgnoreDataMember] public string Hidden { get; set; } = "h";
}

class Answer : Response
{
    readonly Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = "application/json" };
    public Answer(int status, string body) { Status = status; ContentStream = new MemoryStream(Encoding.UTF8.GetBytes(body)); }
    public override int Status { get; }
    public override string ReasonPhrase => "R" + Status;
    public override Stream ContentStream { get; set; }
    public override string ClientRequestId { get; set; } = "id";
    public override void Dispose() { }
    protected override bool ContainsHeader(string name) => headers.ContainsKey(name);
    protected override IEnumerable<HttpHeader> EnumerateHeaders() => headers.Select(h => new HttpHeader(h.Key, h.Value));
    protected override bool TryGetHeader(string name, out string value) => headers.TryGetValue(name, out value);
    protected override bool TryGetHeaderValues(string name, out IEnumerable<string> values)
    {
        var found = headers.TryGetValue(name, out var value);
        values = new[] { value };
        return found;
    }
}

class Ask : Request
{
    readonly Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
    public override string ClientRequestId { get; set; } = "req";
    public override void Dispose() { }
    protected override void AddHeader(string name, string value) => headers[name] = value;
    protected override bool ContainsHeader(string name) => headers.ContainsKey(name);
    protected override IEnumerable<HttpHeader> EnumerateHeaders() => headers.Select(h => new HttpHeader(h.Key, h.Value));
    protected override bool RemoveHeader(string name) => headers.Remove(name);
    protected override bool TryGetHeader(string name, out string value) => headers.TryGetValue(name, out value);
    protected override bool TryGetHeaderValues(string name, out IEnumerable<string> values)
    {
        var found = headers.TryGetValue(name, out var value);
        values = new[] { value };
        return found;
    }
}

class Transport : HttpPipelineTransport
{
    public override Request CreateRequest() => new Ask();
    public override void Process(HttpMessage message) => message.Response = Respond(message.Request);
    public override ValueTask ProcessAsync(HttpMessage message) { message.Response = Respond(message.Request); return default; }

    static Response Respond(Request request)
    {
        Console.WriteLine("  " + request.Method + " " + request.Uri.ToUri().PathAndQuery);
        if (request.Content != null)
        {
            var stream = new MemoryStream();
            request.Content.WriteTo(stream, CancellationToken.None);
            Console.WriteLine("  " + Encoding.UTF8.GetString(stream.ToArray()));
        }
        if (request.Method == RequestMethod.Get)
            return new Answer(200, "{\"value\":[{\"odata.etag\":\"e\",\"PartitionKey\":\"p\",\"RowKey\":\"r\",\"Count\":4,\"Price\":1.5,\"Big@odata.type\":\"Edm.Int64\",\"Big\":\"5\","
                + "\"Id@odata.type\":\"Edm.Guid\",\"Id\":\"11111111-2222-3333-4444-555555555555\",\"Level\":\"High\",\"On\":true,\"Raw@odata.type\":\"Edm.Binary\",\"Raw\":\"AQI=\","
                + "\"When@odata.type\":\"Edm.DateTime\",\"When\":\"2020-01-02T00:00:00Z\",\"renamed\":\"t\"}]}");
        return new Answer(204, "");
    }
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
        var client = new TableClient(new Uri("https://x.test/"), "items", new TableSharedKeyCredential("account", "a2V5"), new TableClientOptions { Transport = new Transport() });
        Try("add", () => Console.WriteLine(client.AddEntity(new Item
        {
            PartitionKey = "p", RowKey = "r", Count = 3, Price = 2.5, Big = 1L << 40, Level = Level.High, On = true, Raw = new byte[] { 1, 2 },
            When = new DateTime(2020, 1, 2, 0, 0, 0, DateTimeKind.Utc), Text = "t",
        }).Status));
        Try("query", () =>
        {
            foreach (var item in client.Query<Item>(i => i.Count > 3 && i.Level == Level.High && i.PartitionKey == "p"))
                Console.WriteLine($"{item.RowKey} {item.Count} {item.Price} {item.Big} {item.Id} {item.Level} {item.On} {item.Raw.Length} {item.When:s} {item.Text} {item.Hidden} {item.ETag}");
        });
        Try("table entity", () =>
        {
            foreach (var entity in client.Query<TableEntity>("Count eq 4"))
                Console.WriteLine(string.Join(",", entity.Select(p => p.Key + "=" + p.Value)));
        });
        Try("filter", () => Console.WriteLine(TableClient.CreateQueryFilter<Item>(i => i.When < new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc) || !i.On)));
        Try("format", () => Console.WriteLine(TableClient.CreateQueryFilter($"Id eq {Guid.Empty} and Text eq {"it's"}")));
    }
}

//@ packages = ["Azure.Core 1.47.3"]
//@ features = ["System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault=true"]
//@ slow = true
// Covers: Azure.Core: a client's pipeline with policies and a transport of the program's own; a client over it.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

[assembly: System.Reflection.AssemblyInformationalVersion("1.2.3")]
class Answer : Response
{
    readonly Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
    public Answer(int status, string body, params (string, string)[] h) { Status = status; ContentStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(body)); foreach (var (k, v) in h) headers[k] = v; }
    public override int Status { get; } public override string ReasonPhrase => "R" + Status; public override Stream ContentStream { get; set; } public override string ClientRequestId { get; set; } = "id";
    public override void Dispose() { }
    protected override bool ContainsHeader(string name) => headers.ContainsKey(name);
    protected override IEnumerable<HttpHeader> EnumerateHeaders() => headers.Select(h => new HttpHeader(h.Key, h.Value));
    protected override bool TryGetHeader(string name, out string value) => headers.TryGetValue(name, out value);
    protected override bool TryGetHeaderValues(string name, out IEnumerable<string> values) { var found = headers.TryGetValue(name, out var v); values = new[] { v }; return found; }
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
    protected override bool TryGetHeaderValues(string name, out IEnumerable<string> values) { var found = headers.TryGetValue(name, out var v); values = new[] { v }; return found; }
}
class Transport : HttpPipelineTransport
{
    int calls;
    public override Request CreateRequest() => new Ask();
    public override void Process(HttpMessage m) => m.Response = Respond(m);
    public override ValueTask ProcessAsync(HttpMessage m) { m.Response = Respond(m); return default; }
    Response Respond(HttpMessage m)
    {
        calls++;
        Console.WriteLine($"  {m.Request.Method} {m.Request.Uri} {(m.Request.Headers.TryGetValue("x-own", out var own) ? own : "-")}");
        if (m.Request.Uri.ToString().Contains("flaky") && calls < 3) return new Answer(503, "busy", ("Retry-After", "0"));
        return m.Request.Uri.ToString().Contains("missing") ? new Answer(404, "{\"error\":{\"code\":\"NotThere\",\"message\":\"no such thing\"}}", ("Content-Type", "application/json")) : new Answer(200, "{\"name\":\"n\",\"values\":[1,2,3],\"inner\":{\"on\":true}}", ("Content-Type", "application/json"), ("ETag", "\"e1\""));
    }
}
class Own : HttpPipelineSynchronousPolicy { public override void OnSendingRequest(HttpMessage m) => m.Request.Headers.SetValue("x-own", "yes"); public override void OnReceivedResponse(HttpMessage m) => Console.WriteLine("  got " + m.Response.Status); }
class ThingOptions : ClientOptions { }
class ThingClient
{
    readonly HttpPipeline pipeline;
    public ThingClient(ThingOptions o) => pipeline = HttpPipelineBuilder.Build(o, new HttpPipelinePolicy[] { new Own() }, Array.Empty<HttpPipelinePolicy>(), new ResponseClassifier());
    public Response Get(string path) { using var m = pipeline.CreateMessage(); m.Request.Method = RequestMethod.Get; m.Request.Uri.Reset(new Uri("https://x.test/" + path)); pipeline.Send(m, default); return m.Response.Status == 200 ? m.Response : throw new RequestFailedException(m.Response); }
    public async Task<Response> GetAsync(string path) { var m = pipeline.CreateMessage(); m.Request.Method = RequestMethod.Post; m.Request.Content = RequestContent.Create(new { a = 1, b = new[] { "x" } }); m.Request.Uri.Reset(new Uri("https://x.test/" + path)); await pipeline.SendAsync(m, default); return m.Response; }
}
static class P
{
    static void T(string n, Action a) { try { Console.WriteLine("== " + n); a(); } catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message); if (Environment.GetEnvironmentVariable("TRACE") != null) Console.WriteLine(e); } }
    static void Main()
    {
        var o = new ThingOptions { Transport = new Transport() }; o.Retry.Delay = TimeSpan.FromMilliseconds(1); o.Retry.MaxRetries = 3; o.Diagnostics.ApplicationId = "me";
        var c = new ThingClient(o);
        T("get", () => { var r = c.Get("a?b=c"); Console.WriteLine(r.Content + " " + r.Headers.ETag); });
        T("retry", () => Console.WriteLine(c.Get("flaky").Status));
        T("missing", () => c.Get("missing"));
        T("async", () => Console.WriteLine(c.GetAsync("p").GetAwaiter().GetResult().Status));
        T("binarydata", () => { var d = BinaryData.FromObjectAsJson(new Thing { Name = "q", Count = 4, Tags = { "t" } }); Console.WriteLine(d); Console.WriteLine(d.ToObjectFromJson<Thing>().Count + d.ToObjectFromJson<Thing>().Tags[0]); });
        T("dynamic", () => { dynamic d = c.Get("d").Content.ToDynamicFromJson(); Console.WriteLine((string)d.name + (int)d.values[1] + (bool)d.inner.on); });
        T("etag", () => Console.WriteLine(new ETag("x").ToString("H") + new ResourceIdentifier("/subscriptions/s/resourceGroups/g/providers/A.B/c/d").Name + AzureLocation.WestEurope.DisplayName));
        T("page", () => { foreach (var p in Pageable<int>.FromPages(new[] { Page<int>.FromValues(new[] { 1, 2 }, "t", c.Get("x")) }).AsPages()) Console.WriteLine(p.Values.Sum() + p.ContinuationToken); });
    }
    public class Thing { public string Name { get; set; } public int Count { get; set; } public List<string> Tags { get; set; } = new(); }
}

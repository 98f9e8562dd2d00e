//@ packages = ["OpenTelemetry 1.12.0", "OpenTelemetry.Extensions.Hosting 1.12.0"]
// Covers: OpenTelemetry: traces, metrics and logs through exporters of the program's own.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

class Spans : BaseExporter<Activity> { public override ExportResult Export(in Batch<Activity> batch) { foreach (var a in batch) Console.WriteLine($"span {a.DisplayName} {a.Kind} {a.Status} {string.Join(",", a.TagObjects.Select(t => t.Key + "=" + t.Value))} events {string.Join(",", a.Events.Select(e => e.Name))} parent {a.Parent?.DisplayName} {string.Join(",", ParentProvider.GetResource().Attributes.Where(r => r.Key == "service.name").Select(r => r.Value))}"); return ExportResult.Success; } }
class Points : BaseExporter<Metric>
{
    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (var m in batch)
            foreach (ref readonly var p in m.GetMetricPoints())
            {
                var tags = new List<string>(); foreach (var t in p.Tags) tags.Add(t.Key + "=" + t.Value);
                var value = m.MetricType switch { MetricType.LongSum => p.GetSumLong().ToString(), MetricType.DoubleSum => p.GetSumDouble().ToString(), MetricType.LongGauge => p.GetGaugeLastValueLong().ToString(), MetricType.Histogram => p.GetHistogramCount() + "/" + p.GetHistogramSum(), _ => m.MetricType.ToString() };
                Console.WriteLine($"metric {m.Name} {m.Unit} {value} {string.Join(",", tags)}");
            }
        return ExportResult.Success;
    }
}
class Records : BaseExporter<LogRecord> { public override ExportResult Export(in Batch<LogRecord> batch) { foreach (var r in batch) Console.WriteLine($"log {r.LogLevel} {r.CategoryName} {r.FormattedMessage} {string.Join(",", (r.Attributes ?? Array.Empty<KeyValuePair<string, object>>()).Select(a => a.Key + "=" + a.Value))}"); return ExportResult.Success; } }
static class P
{
    static void T(string n, Action a) { try { Console.WriteLine("== " + n); a(); } catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message); if (Environment.GetEnvironmentVariable("TRACE") != null) Console.WriteLine(e); } }
    static void Main()
    {
        T("traces", () =>
        {
            using var source = new ActivitySource("app");
            using var provider = Sdk.CreateTracerProviderBuilder().AddSource("app").ConfigureResource(r => r.AddService("svc", serviceInstanceId: "1")).SetSampler(new AlwaysOnSampler()).AddProcessor(new SimpleActivityExportProcessor(new Spans())).Build();
            using (var outer = source.StartActivity("outer", ActivityKind.Server)) { outer?.SetTag("n", 1).AddEvent(new ActivityEvent("ev")); using var inner = source.StartActivity("inner"); inner?.SetStatus(ActivityStatusCode.Error, "bad"); inner?.AddException(new InvalidOperationException("x")); }
            var tracer = provider.GetTracer("app"); using (var s = tracer.StartActiveSpan("api")) s.SetAttribute("k", 2L);
        });
        T("metrics", () =>
        {
            using var meter = new Meter("app");
            using var provider = Sdk.CreateMeterProviderBuilder().AddMeter("app").AddView("hist", new ExplicitBucketHistogramConfiguration { Boundaries = new double[] { 1, 10 } }).AddReader(new BaseExportingMetricReader(new Points())).Build();
            var c = meter.CreateCounter<long>("count", "u"); c.Add(1, new KeyValuePair<string, object>("a", "x")); c.Add(2, new KeyValuePair<string, object>("a", "y")); c.Add(3, new KeyValuePair<string, object>("a", "x"));
            var h = meter.CreateHistogram<double>("hist"); h.Record(0.5); h.Record(20); meter.CreateObservableGauge("gauge", () => 42L); meter.CreateUpDownCounter<int>("up").Add(-4);
            provider.ForceFlush();
        });
        T("logs", () => { using var f = LoggerFactory.Create(b => b.AddOpenTelemetry(o => { o.IncludeFormattedMessage = true; o.AddProcessor(new SimpleLogRecordExportProcessor(new Records())); })); f.CreateLogger("cat").LogError(new EventId(3), "failed {Who} {N}", "me", 5); });
        T("propagation", () => { var p = new TraceContextPropagator(); var d = new Dictionary<string, string>(); p.Inject(new PropagationContext(new ActivityContext(ActivityTraceId.CreateFromString("0af7651916cd43dd8448eb211c80319c"), ActivitySpanId.CreateFromString("b7ad6b7169203331"), ActivityTraceFlags.Recorded), Baggage.Create(new Dictionary<string, string> { ["b"] = "1" })), d, (c, k, v) => c[k] = v); Console.WriteLine(string.Join(";", d.Select(x => x.Key + "=" + x.Value))); Console.WriteLine(p.Extract(default, d, (c, k) => c.TryGetValue(k, out var v) ? new[] { v } : null).ActivityContext.SpanId); });
        T("di", () => { var s = new ServiceCollection(); s.AddOpenTelemetry().WithTracing(b => b.AddSource("q").AddProcessor<Count>()); using var sp = s.BuildServiceProvider(); using var q = new ActivitySource("q"); var tp = sp.GetRequiredService<TracerProvider>(); using (q.StartActivity("one")) { } Console.WriteLine(Count.N); });
    }
    class Count : BaseProcessor<Activity> { public static int N; public override void OnEnd(Activity a) => N++; }
}

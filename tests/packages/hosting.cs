//@ packages = []
// Covers: The generic host: dependency injection with open generics, options, configuration binding, logging, hosted services.
using System;
using System.Collections.Generic;
using System.ComponentModel.DataAnnotations;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

class Settings { [Required] public string Name { get; set; } [Range(1, 10)] public int Count { get; set; } public List<Endpoint> Endpoints { get; set; } = new(); public Dictionary<string, int> Limits { get; set; } public Dictionary<string, Endpoint> Named { get; set; } = new(); public Dictionary<DayOfWeek, TimeSpan> Hours { get; set; } public int[] Ports { get; set; } public HashSet<string> Tags { get; set; } public double? Ratio { get; set; } public IReadOnlyList<Mode> Modes { get; set; } }
class Endpoint { public Uri Url { get; set; } public TimeSpan Timeout { get; set; } public Mode Mode { get; set; } public int? Retries { get; set; } }
record Frozen(string Key, int Size, Endpoint Point);
enum Mode { Off, On }
interface IStore<T> { void Put(T item); int Count { get; } }
class Store<T>(ILogger<Store<T>> log) : IStore<T> { readonly List<T> all = new(); public void Put(T item) { all.Add(item); log.LogInformation("put {Item} as {Type}", item, typeof(T).Name); } public int Count => all.Count; }
struct Reading { public int Value; public override string ToString() => "r" + Value; }
class Worker(IStore<string> texts, IStore<Reading> readings, IOptions<Settings> options, IHostApplicationLifetime life, ILogger<Worker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        await Task.Yield();
        texts.Put(options.Value.Name); readings.Put(new Reading { Value = options.Value.Count });
        log.LogWarning("worked {Count}", texts.Count + readings.Count);
        life.StopApplication();
    }
}
class Lines : ILoggerProvider, ILogger
{
    string category = "";
    public ILogger CreateLogger(string name) => new Lines { category = name };
    public void Dispose() { }
    public IDisposable BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel level) => true;
    public void Log<TState>(LogLevel level, EventId id, TState state, Exception e, Func<TState, Exception, string> format) { if (!category.StartsWith("Microsoft")) Console.WriteLine($"{level} {category}: {format(state, e)}"); }
}
static class P
{
    static void T(string n, Action a) { try { Console.WriteLine("== " + n); a(); } catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message); if (Environment.GetEnvironmentVariable("TRACE") != null) Console.WriteLine(e); } }
    static readonly Dictionary<string, string> Values = new() { ["S:Name"] = "n", ["S:Count"] = "3", ["S:Endpoints:0:Url"] = "http://a/", ["S:Endpoints:0:Timeout"] = "00:00:05", ["S:Endpoints:0:Mode"] = "on", ["S:Endpoints:1:Retries"] = "2", ["S:Limits:x"] = "1", ["S:Limits:y"] = "2", ["S:Named:k:Mode"] = "On", ["S:Hours:Monday"] = "01:00", ["S:Ports:0"] = "80", ["S:Ports:1"] = "81", ["S:Tags:0"] = "t", ["S:Ratio"] = "0.5", ["S:Modes:0"] = "On", ["F:Key"] = "k", ["F:Size"] = "9", ["F:Point:Mode"] = "On" };
    static void Main()
    {
        T("host", () =>
        {
            var b = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "app", EnvironmentName = "Test" });
            b.Configuration.AddInMemoryCollection(Values);
            b.Services.Configure<Settings>(b.Configuration.GetSection("S"));
            b.Services.AddSingleton(typeof(IStore<>), typeof(Store<>));
            b.Services.AddHostedService<Worker>();
            b.Logging.ClearProviders(); b.Logging.Services.AddSingleton<ILoggerProvider, Lines>();
            using var host = b.Build();
            host.Run();
            Console.WriteLine(host.Services.GetRequiredService<IStore<Reading>>().Count);
            Console.WriteLine(host.Services.GetRequiredService<IHostEnvironment>().EnvironmentName);
        });
        var config = new ConfigurationBuilder().AddInMemoryCollection(Values).Build();
        T("bind", () => { var s = config.GetSection("S").Get<Settings>(); Console.WriteLine(s.Name + s.Count + s.Endpoints.Count + s.Endpoints[0].Url + s.Endpoints[0].Timeout + s.Endpoints[0].Mode + s.Endpoints[1].Retries + s.Limits["y"] + s.Named["k"].Mode + s.Hours[DayOfWeek.Monday] + s.Ports.Sum() + s.Tags.First() + s.Ratio + s.Modes[0]); });
        T("record", () => Console.WriteLine(config.GetSection("F").Get<Frozen>()));
        T("values", () => Console.WriteLine(config.GetValue<int>("S:Count") + config.GetValue<Mode>("S:Modes:0").ToString() + config.GetValue<TimeSpan?>("S:Hours:Monday") + config.GetSection("S:Limits").Get<Dictionary<string, int>>().Count + config.GetSection("S:Ports").Get<int[]>().Length + config.GetSection("S:Ports").Get<List<long>>()[1]));
        T("validate", () => { var s = new ServiceCollection(); s.AddOptions<Settings>().Configure(o => o.Count = 50).ValidateDataAnnotations(); using var sp = s.BuildServiceProvider(); try { _ = sp.GetRequiredService<IOptions<Settings>>().Value; } catch (OptionsValidationException e) { Console.WriteLine(string.Join("|", e.Failures)); } });
        T("lifetimes", () => { var s = new ServiceCollection(); s.AddScoped<A>(); s.AddTransient<B>(); s.AddSingleton<Func<int>>(() => 4); s.AddKeyedSingleton<A>("k"); s.AddTransient<Lazy<B>>(p => new Lazy<B>(() => p.GetRequiredService<B>())); using var sp = s.BuildServiceProvider(true); using var one = sp.CreateScope(); using var two = sp.CreateScope(); Console.WriteLine(ReferenceEquals(one.ServiceProvider.GetService<B>().A, one.ServiceProvider.GetService<A>()) + " " + ReferenceEquals(one.ServiceProvider.GetService<A>(), two.ServiceProvider.GetService<A>()) + " " + sp.GetService<Func<int>>()() + sp.GetRequiredKeyedService<A>("k").Id + one.ServiceProvider.GetRequiredService<Lazy<B>>().Value.Id); sp.GetService<B>(); });
        T("missing", () => { var s = new ServiceCollection(); s.AddTransient<B>(); s.BuildServiceProvider().GetService<B>(); });
        T("many", () => { var s = new ServiceCollection(); s.AddTransient<IPlug, X>().AddTransient<IPlug, Y>().AddSingleton(typeof(Box<>)).AddSingleton(typeof(Pair<,>)); var sp = s.BuildServiceProvider(); Console.WriteLine(string.Join(",", sp.GetServices<IPlug>().Select(p => p.GetType().Name)) + sp.GetService<IEnumerable<IPlug>>().Count() + sp.GetService<Box<int>>().Name + sp.GetService<Box<string>>().Name + sp.GetService<Pair<int, Mode>>().Name); });
        T("activator", () => { var sp = new ServiceCollection().AddSingleton<A>().BuildServiceProvider(); Console.WriteLine(ActivatorUtilities.CreateInstance<C>(sp, 5, "s").Text + ActivatorUtilities.GetServiceOrCreateInstance<B>(sp).Id); var f = ActivatorUtilities.CreateFactory(typeof(C), new[] { typeof(string), typeof(int) }); Console.WriteLine(((C)f(sp, new object[] { "q", 6 })).Text); });
    }
    interface IPlug { } class X : IPlug { } class Y : IPlug { }
    class A : IDisposable { static int n; public int Id = ++n; public void Dispose() { } } class B(A a) { public A A = a; public int Id => a.Id + 100; }
    class C { public string Text; public C(A a, int n, string s) { Text = s + n + (a != null); } }
    class Box<T> { public string Name => "Box" + typeof(T).Name; } class Pair<T, U> { public string Name => typeof(T).Name + typeof(U).Name; }
}

//@ packages = ["System.Composition 7.0.0"]
// Covers: System.Composition: parts found by attributes and by convention in the program's assembly, imports through constructors and properties.
using System;
using System.Collections.Generic;
using System.Composition;
using System.Composition.Convention;
using System.Composition.Hosting;
using System.Linq;
using System.Reflection;

public interface IPlugin { string Name { get; } }
public class Metadata { public int Order { get; set; } }

[Export(typeof(IPlugin)), ExportMetadata("Order", 2)] public class Second : IPlugin { public string Name => "second"; }
[Export(typeof(IPlugin)), ExportMetadata("Order", 1)]
public class First : IPlugin
{
    readonly Clock clock;
    [ImportingConstructor] public First(Clock clock) => this.clock = clock;
    public string Name => "first " + clock.Id;
}

[Export, Shared]
public class Clock : IDisposable
{
    static int count;
    public int Id { get; } = ++count;
    public void Dispose() => Console.WriteLine("disposed " + Id);
}

[Export]
public class Host
{
    [ImportMany] public IEnumerable<Lazy<IPlugin, Metadata>> Plugins { get; set; }
    [Import] public ExportFactory<Worker> Workers { get; set; }
    [Import(AllowDefault = true)] public IMissing Missing { get; set; }
    [OnImportsSatisfied] public void Ready() => Console.WriteLine("ready");
}

public interface IMissing { }
[Export] public class Worker { [Import] public Clock Clock { get; set; } }
public class Convention : IConvention { public string Text => "by convention"; }
public interface IConvention { string Text { get; } }

static class Program
{
    static void Main()
    {
        var conventions = new ConventionBuilder();
        conventions.ForTypesDerivedFrom<IConvention>().Export<IConvention>();
        using (var container = new ContainerConfiguration().WithAssembly(typeof(Program).Assembly, conventions).CreateContainer())
        {
            var host = container.GetExport<Host>();
            Console.WriteLine(string.Join(",", host.Plugins.OrderBy(p => p.Metadata.Order).Select(p => p.Metadata.Order + p.Value.Name)));
            using (var worker = host.Workers.CreateExport()) Console.WriteLine(worker.Value.Clock.Id);
            Console.WriteLine(host.Missing == null);
            Console.WriteLine(container.GetExport<IConvention>().Text);
            try { container.GetExport<IMissing>(); } catch (CompositionFailedException e) { Console.WriteLine(e.Message.Split('\n')[0].Trim()); }
            Console.WriteLine(container.TryGetExport<Clock>(out var clock) + " " + clock.Id);
        }
    }
}

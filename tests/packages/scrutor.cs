//@ packages = ["Scrutor 6.1.0"]
// Covers: Scrutor: services found by scanning the program's assembly, decorators, open generics.
using System;
using System.Linq;
using Microsoft.Extensions.DependencyInjection;
using Scrutor;

public interface IHandler<T> { string Handle(T value); }
public class NumberHandler : IHandler<int> { public string Handle(int value) => "number " + value; }
public class TextHandler : IHandler<string> { public string Handle(string value) => "text " + value; }
public interface IService { string Name { get; } }
public class Service : IService { public string Name => "service"; }
public class Loud : IService
{
    readonly IService inner;
    public Loud(IService inner) => this.inner = inner;
    public string Name => inner.Name.ToUpperInvariant() + "!";
}
public class Traced<T> : IHandler<T>
{
    readonly IHandler<T> inner;
    public Traced(IHandler<T> inner) => this.inner = inner;
    public string Handle(T value) => "traced " + inner.Handle(value);
}
public interface IRepository { }
public class FirstRepository : IRepository { }
public class SecondRepository : IRepository { }

static class Program
{
    static void Main()
    {
        var services = new ServiceCollection();
        services.Scan(scan => scan.FromAssemblyOf<IService>()
            .AddClasses(classes => classes.AssignableTo(typeof(IHandler<>)).Where(t => !t.IsGenericType)).AsImplementedInterfaces().WithTransientLifetime()
            .AddClasses(classes => classes.AssignableTo<IRepository>()).As<IRepository>().WithSingletonLifetime());
        services.AddSingleton<IService, Service>();
        services.Decorate<IService, Loud>();
        services.Decorate(typeof(IHandler<>), typeof(Traced<>));
        using var provider = services.BuildServiceProvider();
        Console.WriteLine(provider.GetRequiredService<IService>().Name);
        Console.WriteLine(provider.GetRequiredService<IHandler<string>>().Handle("x"));
        Console.WriteLine(provider.GetRequiredService<IHandler<int>>().Handle(3));
        Console.WriteLine(string.Join(",", provider.GetServices<IRepository>().Select(r => r.GetType().Name).OrderBy(n => n)));
        Console.WriteLine(ReferenceEquals(provider.GetServices<IRepository>().First(), provider.GetServices<IRepository>().First()));
    }
}

//@ packages = ["Cocona 2.2.0"]
//@ args = ["greet", "--times", "2", "--mode", "Loud", "world"]
// Covers: Cocona: commands are methods of a class, found by reflection; options are their parameters; the host's services.
using System;
using Cocona;
using Microsoft.Extensions.DependencyInjection;

enum Mode { Quiet, Loud }

class Clock
{
    public int Now => 7;
}

class Commands
{
    readonly Clock clock;
    public Commands(Clock clock) => this.clock = clock;

    [Command("greet", Description = "Greets.")]
    public int Greet([Argument] string name, [Option('t')] int times = 1, Mode mode = Mode.Quiet, bool shout = false)
    {
        for (int i = 0; i < times; i++)
            Console.WriteLine($"hello {name} {mode} {shout} {clock.Now}");
        return 0;
    }

    [Command("list")]
    public void List([Option] string[] names) => Console.WriteLine(string.Join(",", names));
}

static class Program
{
    static void Main(string[] args)
    {
        var builder = CoconaApp.CreateBuilder(args);
        builder.Services.AddSingleton<Clock>();
        var app = builder.Build();
        app.AddCommands<Commands>();
        app.Run();
    }
}

//@ packages = ["Microsoft.Extensions.AI.Abstractions 9.7.1"]
//@ features = ["System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault=true"]
// Covers: Microsoft.Extensions.AI: functions made of delegates and methods, their schemas by reflection over parameters, calls with arguments by name.
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.AI;

enum Unit { Celsius, Kelvin }

class Place
{
    [Description("The town.")] public string Town { get; set; }
    public int? Zip { get; set; }
}

class Service
{
    readonly string prefix = "s:";
    [Description("Looks up the weather.")]
    public string Weather([Description("Where.")] Place place, Unit unit = Unit.Celsius) => prefix + place.Town + place.Zip + unit;
    public async Task<int[]> Later(int count, CancellationToken cancel) { await Task.Yield(); return new int[count]; }
}

static class Program
{
    static void Call(AIFunction function, AIFunctionArguments arguments)
    {
        try { Console.WriteLine(function.InvokeAsync(arguments).AsTask().GetAwaiter().GetResult()); }
        catch (Exception e) { Console.WriteLine(e.GetType().Name + ": " + e.Message.Split('(')[0]); }
    }

    static void Main()
    {
        var weather = AIFunctionFactory.Create(typeof(Service).GetMethod("Weather"), new Service());
        Console.WriteLine(weather.Name + ": " + weather.Description);
        Console.WriteLine(weather.JsonSchema);
        Call(weather, new() { ["place"] = JsonDocument.Parse("{\"Town\":\"Ulm\",\"Zip\":5}").RootElement, ["unit"] = "Kelvin" });
        Call(weather, new() { ["place"] = new Place { Town = "Bonn" } });
        Call(weather, new());
        var later = AIFunctionFactory.Create(new Service().Later, "later", "waits");
        Console.WriteLine(later.Name + later.JsonSchema);
        Call(later, new() { ["count"] = 2 });
        var add = AIFunctionFactory.Create((int a, double b = 2.5) => a + b, "add");
        Console.WriteLine(add.JsonSchema);
        Call(add, new() { ["a"] = 1 });
        Call(add, new() { ["a"] = JsonDocument.Parse("4").RootElement, ["b"] = 1 });
        Console.WriteLine(AIJsonUtilities.CreateJsonSchema(typeof(Dictionary<string, List<Place>>)));
    }
}

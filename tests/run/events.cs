//@ exit = 0
// Covers: events — field-like and custom accessors, static events, unsubscription while raising, inheritance, interface events.
using System;
using System.Collections.Generic;

class Temperature : EventArgs { public required int Degrees { get; init; } public bool Handled { get; set; } }
class Sensor
{
    public event EventHandler<Temperature>? Changed;
    public static event Action<string>? Created;
    private readonly Dictionary<string, Action?> handlers = new();
    public event Action Custom
    {
        add { handlers["custom"] = handlers.GetValueOrDefault("custom") + value; Console.Write("add "); }
        remove { handlers["custom"] -= value; Console.Write("remove "); }
    }
    public Sensor() => Created?.Invoke(GetType().Name);
    public virtual void Set(int degrees) => OnChanged(new Temperature { Degrees = degrees });
    protected void OnChanged(Temperature t) { Changed?.Invoke(this, t); if (t.Handled) Console.Write("handled "); }
    public void Fire() => handlers["custom"]?.Invoke();
    public int Subscribers => Changed?.GetInvocationList().Length ?? 0;
}
class Loud : Sensor { public override void Set(int degrees) { Console.Write("loud "); base.Set(degrees * 2); } }

class Program
{
    static void Main()
    {
        Sensor.Created += name => Console.WriteLine("created " + name);
        var sensor = new Sensor();
        Sensor loud = new Loud();
        EventHandler<Temperature> log = (s, t) => Console.Write($"{s!.GetType().Name}={t.Degrees} ");
        sensor.Changed += log;
        loud.Changed += log;
        loud.Changed += (_, t) => t.Handled = t.Degrees > 50;
        sensor.Set(20);
        loud.Set(30);
        Console.WriteLine($"{sensor.Subscribers} {loud.Subscribers}");

        EventHandler<Temperature>? once = null;
        once = (_, _) => { Console.Write("once "); sensor.Changed -= once; };
        sensor.Changed += once;
        sensor.Changed += log;
        sensor.Set(1);
        sensor.Set(2);
        sensor.Changed -= log;
        Console.WriteLine(sensor.Subscribers);
        sensor.Changed -= log;
        sensor.Changed -= log;
        Console.WriteLine(sensor.Subscribers);

        Action custom = () => Console.Write("custom! ");
        sensor.Custom += custom;
        sensor.Custom += custom;
        sensor.Fire();
        sensor.Custom -= custom;
        sensor.Fire();
        Console.WriteLine();
    }
}

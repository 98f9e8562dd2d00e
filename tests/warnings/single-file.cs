// Assemblies as files: a native program has none.
using System;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

static class Program
{
    [RequiresAssemblyFiles("passed on")]
    static string PassedOn() => typeof(Program).Assembly.Location;

    [UnconditionalSuppressMessage("SingleFile", "IL3000")]
    static string Suppressed() => typeof(Program).Assembly.Location;

    static void Main()
    {
        Assembly assembly = typeof(Program).Assembly;
        Console.WriteLine(assembly.Location); // IL3000
        Func<string> location = () => assembly.Location; // IL3000
        Console.WriteLine(location());
        Console.WriteLine(assembly.GetFiles().Length); // IL3001
        Console.WriteLine(assembly.GetFile("a")); // IL3001
        Console.WriteLine(assembly.FullName);
        Console.WriteLine(PassedOn()); // IL3002
        Console.WriteLine(Suppressed());
        Console.WriteLine(AppContext.BaseDirectory);
#pragma warning disable SYSLIB0044
        Console.WriteLine(assembly.GetName().CodeBase); // IL3000
        Console.WriteLine(assembly.GetName().EscapedCodeBase); // IL3000
    }
}

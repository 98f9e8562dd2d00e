//@ exit = 0
// Covers: ECMA-335 II.22.2, II.22.5, II.22.30 — what assemblies and modules say of themselves: names, keys, references, their lists of types, types by name.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Shapes
{
    public interface IShape { double Area { get; } }
    public class Circle : IShape { public double Area => 3; public class Part { } private class Hidden { } }
    public struct Point { public int X; }
    public enum Colour { Red }
    public class Круг { }
    public struct État { }
    public class Pair<A, B> { public class Inner<C> { } }
    class Never { static int Unused() => 1; }
    public delegate void Handler(int x);
    public static class Tools { public static int Twice(this int x) => 2 * x; }
}

class Program
{
    static void Main()
    {
        Assembly app = typeof(Program).Assembly;
        Console.WriteLine(app.FullName);
        AssemblyName name = app.GetName();
        Console.WriteLine($"{name.Name} {name.Version} {name.Flags} {name.GetPublicKey()!.Length} {name.GetPublicKeyToken()!.Length} [{name.CultureName}]");
        AssemblyName core = typeof(object).Assembly.GetName();
        Console.WriteLine($"{core.Name} {core.Flags} {core.GetPublicKey()!.Length} {Convert.ToHexString(core.GetPublicKeyToken()!)}");
        foreach (AssemblyName reference in app.GetReferencedAssemblies().OrderBy(r => r.Name))
            Console.WriteLine($"{reference.FullName} {reference.Flags}");

        foreach (Type t in app.GetTypes().Where(t => !t.Name.Contains('<')))
            Console.WriteLine($"{t} {(int)t.Attributes:x} {(t.IsNested ? t.DeclaringType!.Name : "-")} {t.IsGenericTypeDefinition}");
        Console.WriteLine(string.Join(" ", app.GetExportedTypes().Select(t => t.Name)));
        Console.WriteLine(string.Join(" ", app.ExportedTypes.Select(t => t.FullName)));
        Console.WriteLine(app.DefinedTypes.Count() == app.GetTypes().Length);
        Console.WriteLine(string.Join(" ", app.GetTypes().Where(t => typeof(Shapes.IShape).IsAssignableFrom(t)).Select(t => t.Name)));

        Module module = app.ManifestModule;
        Console.WriteLine($"{app.GetModules().Length} {app.Modules.Single() == module} {app.GetLoadedModules()[0] == module} {module.Name} {module.ScopeName} {module.Assembly == app}");
        Console.WriteLine($"{app.GetModule(module.ScopeName.ToUpperInvariant()) == module} {app.GetModule("other.dll") == null}");
        Console.WriteLine(module.GetTypes().Length == app.GetTypes().Length);
        Console.WriteLine(module.GetType("Shapes.Colour"));
        Console.WriteLine(module.FindTypes(Module.FilterTypeName, "P*").Length);

        Console.WriteLine(app.GetType("Shapes.Never"));
        Console.WriteLine(app.GetType("shapes.circle") == null);
        Console.WriteLine(app.GetType("shapes.CIRCLE+part", true, true));
        Console.WriteLine(app.GetType("shapes.кРУГ", true, true));
        Console.WriteLine(Type.GetType("SHAPES.ÉTAT", true, true));
        Console.WriteLine(app.GetType("shapes.круг") == null);
        Console.WriteLine(app.GetType("Shapes.Pair`2"));
        Console.WriteLine(app.GetType("Shapes.None") == null);
        try { app.GetType("Shapes.None", true); } catch (TypeLoadException e) { Console.WriteLine(e.Message); }
        try { app.GetType("", true); } catch (ArgumentException e) { Console.WriteLine(e.GetType().Name); }
        Console.WriteLine(Type.GetType("Shapes.Circle+Hidden"));

        Console.WriteLine(AppDomain.CurrentDomain.GetAssemblies().Contains(app));
        Console.WriteLine(AppDomain.CurrentDomain.GetAssemblies().SelectMany(a => a == app ? a.GetTypes() : Type.EmptyTypes).Count(t => t.Namespace == "Shapes"));
        Console.WriteLine(Assembly.GetEntryAssembly() == app && Assembly.GetExecutingAssembly() == app && Assembly.GetAssembly(typeof(Shapes.Point)) == app);
        Console.WriteLine(Assembly.Load(app.GetName()) == app);
    }
}

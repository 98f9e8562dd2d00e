// Attributes where they mean nothing, or something else than is written: suppressions without a scope, requirements of class constructors, a
// property's promise against that of the field behind it; and what the compiler made of a member, which reflection reaches.
// A line that ends in `// ILxxxx …` gives these codes, each once or `xN`; one with nothing else is about what has no line.
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

// IL2108x4
[assembly: UnconditionalSuppressMessage("Trimming", "IL2026", Scope = "nowhere", Target = "T:Misplaced")]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2026", Scope = "", Target = "T:Misplaced")]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2026", Target = "T:Properties")]
[module: UnconditionalSuppressMessage("Trimming", "IL2026", Scope = "method", Target = "T:Misplaced")]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2026", Scope = "member")]
[assembly: UnconditionalSuppressMessage("Style", "IDE0001", Scope = "nowhere", Target = "T:Misplaced")]

class Requires
{
    [RequiresUnreferencedCode("never said")] static Requires() { Console.WriteLine(1); Misplaced.Ruc(); } // IL2116 IL2026
    public static void M() { }
}
class Makes
{
    [RequiresDynamicCode("never said")] static Makes() { Console.WriteLine(1); } // IL3056
    public static void M() { }
}
class Reads
{
    [RequiresAssemblyFiles("never said")] static Reads() { Console.WriteLine(1); } // IL3004
    public static void M() { }
}
[RequiresUnreferencedCode("whole")]
class Whole { static Whole() { Misplaced.Ruc(); } public static void M() { } }

class Properties
{
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    [field: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    public Type Both { get; set; }

    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    [field: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)]
    public Type Other { get; set; } // IL2056 IL2069 IL2078

    // Fields of the user's own may differ.
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)]
    public Type Two { get => got; set => put = value; }
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type got;
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type put;
}

class Parts
{
    internal static void Members()
    {
        var f = [RequiresUnreferencedCode("x")] () => { }; // IL2026
        f();
        [RequiresUnreferencedCode("y")] void Local() { }
        Local(); // IL2026
        [RequiresDynamicCode("z")] void Maker() { }
        Maker(); // IL3050
        void Promising([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type t) { }
        Promising(null);
    }
    internal static void Promises([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type t) { Action a = () => Console.WriteLine(t.GetMethods()); a(); }
    internal static IEnumerable<int> Iterates([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type t) { t.GetMethods(); yield return 1; }
    internal static void Delegates() { var f = ([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type t) => t.GetMethods(); f(null); } // IL2111
}

class Misplaced
{
    [RequiresUnreferencedCode("r")] public static void Ruc() { }
    static void All([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] Type t) { }

    static void Main()
    {
        Requires.M(); Makes.M(); Reads.M();
        Whole.M(); // IL2026
        Parts.Members(); Parts.Delegates();
        var p = new Properties();
        p.Both = p.Other = p.Two = typeof(string);
        Console.WriteLine(p.Both == p.Other == (p.Two == null));
        typeof(Parts).GetMethods(BindingFlags.NonPublic | BindingFlags.Static); // IL2111x2
        All(typeof(Parts)); // IL2111x2
    }
}

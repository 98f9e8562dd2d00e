// Code that feature switches and guards exclude is not in the program, and nothing is said of it.
// A line that ends in `// ILxxxx …` gives these codes, each once or `xN`; no other line gives any.
#nullable disable
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

static class Guards
{
    [FeatureGuard(typeof(RequiresUnreferencedCodeAttribute))]
    public static bool Trimmed => AppContext.TryGetSwitch("Guards.Trimmed", out bool on) && on; // IL4000

    [FeatureGuard(typeof(RequiresDynamicCodeAttribute))]
    public static bool Dynamic => RuntimeFeature.IsDynamicCodeSupported;

    [FeatureGuard(typeof(RequiresAssemblyFilesAttribute))]
    public static bool Files => AppContext.TryGetSwitch("Guards.Files", out bool on) && on; // IL4000

    [FeatureGuard(typeof(RequiresDynamicCodeAttribute))]
    public static bool DynamicAnd => Environment.TickCount > 0 && RuntimeFeature.IsDynamicCodeSupported;

    [FeatureGuard(typeof(RequiresDynamicCodeAttribute))]
    public static bool DynamicBlock { get { bool on = Dynamic; if (!on) return false; Console.WriteLine(); return true; } }

    [FeatureGuard(typeof(RequiresDynamicCodeAttribute))]
    public static bool DynamicOr => Environment.TickCount > 0 || RuntimeFeature.IsDynamicCodeSupported; // IL4000

    [FeatureGuard(typeof(RequiresUnreferencedCodeAttribute))]
    [FeatureGuard(typeof(RequiresDynamicCodeAttribute))]
    public static bool Two => RuntimeFeature.IsDynamicCodeSupported; // IL4000

    [FeatureGuard(typeof(RequiresUnreferencedCodeAttribute))]
    [FeatureSwitchDefinition("Guards.Both")]
    public static bool Switch => !AppContext.TryGetSwitch("Guards.Both", out bool on) || on;

    [FeatureGuard(typeof(RequiresUnreferencedCodeAttribute))]
    public static bool Settable { get; set; } // IL4001

    [FeatureGuard(typeof(RequiresUnreferencedCodeAttribute))]
    public static int Number => Environment.TickCount; // IL4001

    [FeatureGuard(typeof(string))]
    public static bool Odd => true;

    [FeatureSwitchDefinition("Guards.Undefined")]
    public static bool Undefined => AppContext.TryGetSwitch("Guards.Undefined", out bool on) && on;

    [FeatureSwitchDefinition("System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported")]
    public static bool Defined => AppContext.TryGetSwitch("Guards.Defined", out bool on) && on;

    public static bool Plain => AppContext.TryGetSwitch("Guards.Plain", out bool on) && on;
}

static class Program
{
    [RequiresUnreferencedCode("r")] static void Needs() { }
    [RequiresDynamicCode("d")] static void Makes() { }
    [RequiresAssemblyFiles("f")] static void Reads() { }
    static void Want([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type t) { }

    static void Trimmed(Type t) { if (Guards.Trimmed) { Needs(); Want(t); } }
    static void TrimmedElse(Type t) { if (Guards.Trimmed) Needs(); else Want(t); } // IL2067
    static void TrimmedReturn(Type t) { if (!Guards.Trimmed) return; Needs(); Want(t); }
    static void TrimmedThrow(Type t) { if (!Guards.Trimmed) throw new NotSupportedException(); Needs(); }
    static void TrimmedConditional(Type t) => Want(Guards.Trimmed ? t : typeof(string));
    static void TrimmedAnd(bool b) { if (b && Guards.Trimmed) Needs(); }
    static void Dynamic() { if (Guards.Dynamic) Makes(); }
    static void DynamicOther() { if (Guards.Dynamic) { Needs(); } }
    static void TrimmedOther() { if (Guards.Trimmed) { Makes(); } }
    static void Files() { if (Guards.Files) Reads(); }
    static void Undefined() { if (Guards.Undefined) Needs(); } // IL2026
    static void Defined() { if (Guards.Defined) Needs(); }
    static void Plain() { if (Guards.Plain) Needs(); } // IL2026
    static void Lambda(Type t) { Action a = () => { if (Guards.Trimmed) Want(t); }; a(); }
    static void Outside(Type t) { if (Guards.Trimmed) Console.WriteLine(); Want(t); } // IL2067

    static void More()
    {
        if (Guards.DynamicAnd || Guards.DynamicBlock || Guards.DynamicOr) Makes();
        if (Guards.Two) Needs();
        if (Guards.Switch) Needs(); // IL2026
        if (Guards.Settable) Needs(); // IL2026
        if (Guards.Number == 1) Needs(); // IL2026
        if (Guards.Odd) Needs(); // IL2026
    }

    static void Main()
    {
        Trimmed(null); TrimmedElse(null); TrimmedReturn(null); TrimmedConditional(null); TrimmedAnd(true); Dynamic(); DynamicOther(); TrimmedOther(); Files(); Undefined(); Defined(); Plain(); Lambda(null);
        Outside(null); TrimmedThrow(null); More();
    }
}

// `DynamicallyAccessedMembers`: every kind of source into every kind of target, with enough promised and with too little.
// A line that ends in `// ILxxxx …` gives these codes, each once or `xN`; no other line gives any.
#nullable disable
#pragma warning disable CS0649
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Kinds = System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes;

class Targets
{
    public static void Parameter([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type type) { }
    public static void Two([DynamicallyAccessedMembers(Kinds.PublicFields)] Type a, [DynamicallyAccessedMembers(Kinds.PublicEvents)] Type b) { }
    public static void Name([DynamicallyAccessedMembers(Kinds.PublicMethods)] string name) { }
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] public static Type Field;
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] public Type Instance;
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] public Type Property { get; set; }
    public static void Generic<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T>() { }
    public static void Harmless(Type type) { }
    public Targets() { }
    public Targets([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type type) { }
}

class TargetOf<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T>
{
    public static int Count;
    public static void Static() { }
    public class Inner { public static void Static() { } }
}

class FromParameters
{
    static void ToParameter(Type type) => Targets.Parameter(type); // IL2067
    static void ToBoth(Type type) => Targets.Two(type, type); // IL2067x2
    static void ToConstructor(Type type) => new Targets(type); // IL2067
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)]
    static Type ToResult(Type type) => type; // IL2068
    static void ToField(Type type) => Targets.Field = type; // IL2069
    static void ToInstanceField(Type type, Targets t) => t.Instance = type; // IL2069
    static void ToProperty(Type type, Targets t) => t.Property = type; // IL2067
    static void ToThis(Type type) => type.GetMethods(); // IL2070
    static void ToLess([DynamicallyAccessedMembers(Kinds.PublicFields)] Type type) => type.GetMethods(); // IL2070
    static void ToEnough([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type type) { type.GetMethods(); Targets.Parameter(type); Targets.Field = type; }
    static void ToEnoughOfMore([DynamicallyAccessedMembers(Kinds.PublicMethods | Kinds.PublicFields)] Type type) => Targets.Parameter(type);
    static void ToEnoughOfAll([DynamicallyAccessedMembers(Kinds.All)] Type type) => Targets.Parameter(type);
    static void ToName(string name) => Targets.Name(name); // IL2067
    static void Harmless(Type type) => Targets.Harmless(type);
    static void Replaced(Type type) { type = typeof(string); type.GetMethods(); }
    static void Instance(Type type) => type.GetConstructors(); // IL2070
    public void Method(Type type) { Targets.Parameter(type); } // IL2067

    public static void All()
    {
        ToParameter(null); ToBoth(null); ToConstructor(null); ToResult(null); ToField(null); ToInstanceField(null, new Targets());
        ToProperty(null, new Targets()); ToThis(null); ToLess(null); ToEnough(null); ToEnoughOfMore(null); ToEnoughOfAll(null); ToName(null);
        Harmless(null); Replaced(null); Instance(null); new FromParameters().Method(null);
    }
}

class FromResults
{
    static Type Get() => null;
    [return: DynamicallyAccessedMembers(Kinds.PublicFields)] static Type GetLess() => null;
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)] static Type GetEnough() => null;
    static string GetName() => null;
    static Type Property => null;

    static void ToParameter() => Targets.Parameter(Get()); // IL2072
    static void ToParameterLess() => Targets.Parameter(GetLess()); // IL2072
    static void ToParameterEnough() => Targets.Parameter(GetEnough());
    static void ToParameterOfProperty() => Targets.Parameter(Property); // IL2072
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)]
    static Type ToResult() => Get(); // IL2073
    static void ToField() => Targets.Field = Get(); // IL2074
    static void ToThis() => Get().GetMethods(); // IL2075
    static void ToThisEnough() => GetEnough().GetMethods();
    static void ToThisOther() => GetEnough().GetProperties(); // IL2075
    static void ToName() => Targets.Name(GetName()); // IL2072
    static void OfTheClassLibrary(Type t) => Targets.Parameter(t.BaseType); // IL2072
    static void OfObject(object o) => o.GetType().GetMethods(); // IL2075
    static void OfSealed(string s) => s.GetType().GetMethods();
    static void OfAssembly() => Targets.Parameter(typeof(FromResults).Assembly.GetType("Program")); // IL2026 IL2072
    static void OfElement(Type t) => t.GetElementType().GetMethods(); // IL2075
    static void OfTuple() { var (a, b) = (Get(), 1); a.GetMethods(); } // IL2075
    static void OfList(List<Type> list) => list[0].GetMethods(); // IL2075
    static void OfLinq(List<object> list) { foreach (var t in list.Select(x => x.GetType())) Targets.Parameter(t); } // IL2072

    public static void All()
    {
        ToParameter(); ToParameterLess(); ToParameterEnough(); ToParameterOfProperty(); ToResult(); ToField(); ToThis(); ToThisEnough(); ToThisOther(); ToName();
        OfTheClassLibrary(null); OfObject(null); OfSealed(null); OfAssembly(); OfElement(null); OfTuple(); OfList(null); OfLinq(null);
    }
}

class FromFields
{
    static Type Plain;
    Type instance = null;
    [DynamicallyAccessedMembers(Kinds.PublicFields)] static Type Less;
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] static Type Enough;
    static string Name;
    Type Auto { get; set; }

    static void ToParameter() => Targets.Parameter(Plain); // IL2077
    static void ToParameterLess() => Targets.Parameter(Less); // IL2077
    static void ToParameterEnough() => Targets.Parameter(Enough);
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)]
    static Type ToResult() => Plain; // IL2078
    static void ToField() => Targets.Field = Plain; // IL2079
    static void ToThis() => Plain.GetMethods(); // IL2080
    static void ToThisEnough() => Enough.GetMethods();
    void OfInstance() => instance.GetMethods(); // IL2080
    static void OfAnother(FromFields f) => f.instance.GetMethods(); // IL2080
    static void ToName() => Targets.Name(Name); // IL2077
    void OfAuto() => Auto.GetMethods(); // IL2075
    static void OfTypeEmpty() => Targets.Parameter(Type.EmptyTypes[0]); // IL2062

    public static void All()
    {
        ToParameter(); ToParameterLess(); ToParameterEnough(); ToResult(); ToField(); ToThis(); ToThisEnough(); new FromFields().OfInstance();
        OfAnother(null); ToName(); new FromFields().OfAuto(); OfTypeEmpty();
    }
}

class FromGeneric<T>
{
    static void ToParameter() => Targets.Parameter(typeof(T)); // IL2087
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)]
    static Type ToResult() => typeof(T); // IL2088
    static void ToField() => Targets.Field = typeof(T); // IL2089
    static void ToThis() => typeof(T).GetMethods(); // IL2090
    static void ToGeneric() => Targets.Generic<T>(); // IL2091
    static void ToGenericType() => TargetOf<T>.Static(); // IL2091
    static void ToGenericField() => Console.WriteLine(TargetOf<T>.Count); // IL2091
    static void ToObject() => new TargetOf<T>(); // IL2091
    static void ToInner() => TargetOf<T>.Inner.Static(); // IL2091
    static void ToName() => Console.WriteLine(typeof(T).Name);

    public static void All()
    {
        ToParameter(); ToResult(); ToField(); ToThis(); ToGeneric(); ToGenericType(); ToGenericField(); ToObject(); ToInner(); ToName();
    }
}

class FromGenericMethods
{
    static void ToParameter<T>() => Targets.Parameter(typeof(T)); // IL2087
    static void ToThis<T>() => typeof(T).GetMethods(); // IL2090
    static void ToThisOfValues<T>() where T : struct => typeof(T).GetMethods(); // IL2090
    static void ToGeneric<T>() => Targets.Generic<T>(); // IL2091
    static void ToLess<[DynamicallyAccessedMembers(Kinds.PublicFields)] T>() => Targets.Generic<T>(); // IL2091
    static void ToEnough<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T>() { Targets.Generic<T>(); typeof(T).GetMethods(); TargetOf<T>.Static(); }
    static void ToSecond<T, [DynamicallyAccessedMembers(Kinds.PublicMethods)] U>() { Targets.Generic<U>(); typeof(T).GetMethods(); } // IL2090
    static Action ToDelegate<T>() => Targets.Generic<T>; // IL2091
    static void OfKnown() { Targets.Generic<int>(); Targets.Generic<List<string>>(); TargetOf<string>.Static(); }
    static void OfConstructed<T>() => Targets.Generic<List<T>>();

    public static void All()
    {
        ToParameter<int>(); ToThis<string>(); ToThisOfValues<int>(); ToGeneric<int>(); ToLess<string>(); ToEnough<int>(); ToSecond<string, string>(); ToDelegate<int>()();
        OfKnown(); OfConstructed<string>();
    }
}

class Joins
{
    static bool Some => Environment.TickCount > 3;
    static Type Get() => null;

    static void Conditional(Type a) => Targets.Parameter(Some ? typeof(string) : a); // IL2067
    static void ConditionalBoth(Type a) => Targets.Parameter(Some ? Get() : a); // IL2067 IL2072
    static void ConditionalKnown() => Targets.Parameter(Some ? typeof(string) : typeof(int));
    static void ConditionalNull() => Targets.Parameter(Some ? typeof(string) : null);
    static void Null() => Targets.Parameter(null);
    static void Local(Type a) { Type t = a; Targets.Parameter(t); } // IL2067
    static void Assigned(Type a) { Type t = typeof(string); if (Some) t = a; Targets.Parameter(t); } // IL2067
    static void AssignedInAll(Type a) { Type t = a; if (Some) t = typeof(string); else t = typeof(int); Targets.Parameter(t); }
    static void Loop(Type a) { Type t = typeof(string); while (Some) { Targets.Parameter(t); t = a; } } // IL2067
    static void Coalesced(Type a) => Targets.Parameter(a ?? typeof(string)); // IL2067
    static void Cast(object a) => Targets.Parameter((Type)a); // IL2067
    static void As(object a) => Targets.Parameter(a as Type); // IL2067
    static void Is(object a) { if (a is Type t) Targets.Parameter(t); } // IL2067
    static void Switch(int n) => Targets.Parameter(n switch { 1 => typeof(string), 2 => typeof(int), _ => null });
    static void SwitchUnknown(int n, Type a) => Targets.Parameter(n switch { 1 => typeof(string), 2 => a, _ => Get() }); // IL2067 IL2072
    static void Caught(Type a) { Type t = typeof(string); try { t = a; Get(); } catch { } Targets.Parameter(t); } // IL2067
    static void Array() { var all = new[] { typeof(string), typeof(int) }; Targets.Parameter(all[1]); }
    static void ArrayUnknown(Type a) { var all = new[] { typeof(string), a }; Targets.Parameter(all[1]); } // IL2067
    static void ArrayOfParameter(Type[] all) { Targets.Parameter(all[0]); } // IL2062
    static void Each(Type[] all) { foreach (var t in all) Targets.Parameter(t); } // IL2062
    static void EachKnown() { foreach (var t in new[] { typeof(string), typeof(int) }) Targets.Parameter(t); }
    static void ToThisOfArray(Type[] all) => all[0].GetMethods(); // IL2065
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)] static Type ToResultOfArray(Type[] all) => all[0]; // IL2063
    static void ToFieldOfArray(Type[] all) => Targets.Field = all[0]; // IL2064
    static void Reference(ref Type t) => Targets.Parameter(t); // IL2062
    static void Out(Dictionary<string, Type> d) { if (d.TryGetValue("", out var t)) Targets.Parameter(t); } // IL2067
    static void Twice(Type a) { Targets.Parameter(a); Targets.Parameter(a); } // IL2067x2

    public static void All()
    {
        Conditional(null); ConditionalBoth(null); ConditionalKnown(); ConditionalNull(); Null(); Local(null); Assigned(null); AssignedInAll(null); Loop(null);
        Coalesced(null); Cast(null); As(null); Is(null); Switch(1); SwitchUnknown(1, null); Caught(null); Array(); ArrayUnknown(null); ArrayOfParameter(null);
        Each(null); EachKnown(); ToThisOfArray(null); ToResultOfArray(null); ToFieldOfArray(null); Type t = null; Reference(ref t); Out(null); Twice(null);
    }
}

class Parts
{
    static Type Get() => null;

    static void Lambda() { Action a = () => Targets.Parameter(Get()); a(); } // IL2072
    static void LambdaParameter() { Action<Type> a = t => Targets.Parameter(t); a(null); } // IL2067
    static void Captured(Type t) { Action a = () => Targets.Parameter(t); a(); } // IL2067
    static void CapturedKnown() { var t = typeof(string); Action a = () => Targets.Parameter(t); a(); }
    static void CapturedEnough([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { Action a = () => Targets.Parameter(t); a(); }
    static void LocalFunction(Type t) { void F() => Targets.Parameter(t); F(); } // IL2067
    static void LocalFunctionParameter(Type t) { F(t); static void F(Type u) => Targets.Parameter(u); } // IL2067
    static void LocalFunctionEnough(Type t) { F(t); static void F([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type u) => Targets.Parameter(u); } // IL2067
    static IEnumerable<int> Iterator(Type t) { yield return 1; Targets.Parameter(t); } // IL2067
    static IEnumerable<int> IteratorEnough([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { yield return 1; Targets.Parameter(t); }
    static async Task Async(Type t) { await Task.Yield(); Targets.Parameter(t); } // IL2067
    static async Task AsyncLocal() { var t = Get(); await Task.Yield(); Targets.Parameter(t); } // IL2072
    static async Task AsyncKnown() { var t = typeof(string); await Task.Yield(); Targets.Parameter(t); }
    static async Task AsyncEnough([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { await Task.Yield(); Targets.Parameter(t); }
    static void Generic<T>() { Action a = () => Targets.Parameter(typeof(T)); a(); } // IL2087
    static void GenericEnough<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T>() { Action a = () => Targets.Parameter(typeof(T)); a(); }
    static void GenericLocal<T>() { void F() => Targets.Generic<T>(); F(); } // IL2091
    static IEnumerable<int> GenericIterator<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T>() { yield return 1; Targets.Generic<T>(); }
    static async Task GenericAsync<T>() { await Task.Yield(); Targets.Generic<T>(); } // IL2091
    static Type Initialised = Get();
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] static Type InitialisedField = Get(); // IL2074

    public static void All()
    {
        Lambda(); LambdaParameter(); Captured(null); CapturedKnown(); CapturedEnough(null); LocalFunction(null); LocalFunctionParameter(null); LocalFunctionEnough(null);
        Iterator(null).ToList(); IteratorEnough(null).ToList(); Async(null).Wait(); AsyncLocal().Wait(); AsyncKnown().Wait(); AsyncEnough(null).Wait();
        Generic<int>(); GenericEnough<string>(); GenericLocal<int>(); GenericIterator<string>().ToList(); GenericAsync<string>().Wait();
        Console.WriteLine(InitialisedField == Initialised);
    }
}

// A type argument is asked for where an object is made, not where its methods are called.
class Made<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] T>
{
    public T Field;
    public static T Static;
    public T Get() => Field;
    public U Convert<U>(U value) => value;
    public static T Default() => default;
}
class Uses<T>
{
    Made<T> made = new(); // IL2091
    public void All()
    {
        made.Field = made.Get();
        made.Convert(1); // IL2091
        Made<T>.Default(); // IL2091
        Made<T>.Static = made.Field; // IL2091
    }
}

static class Program
{
    [RequiresUnreferencedCode("passed on")] static void PassedOn(Type t) => Targets.Parameter(t);
    [UnconditionalSuppressMessage("Trimming", "IL2067")] static void Suppressed(Type t) => Targets.Parameter(t);
    [UnconditionalSuppressMessage("Trimming", "IL2070")] static void SuppressedOther(Type t) => Targets.Parameter(t); // IL2067
    static void NeverCalled(Type t) => Targets.Parameter(t);
    static void Excluded(Type t) { if (RuntimeFeature.IsDynamicCodeSupported) Targets.Parameter(t); }

    static void Main()
    {
        FromParameters.All();
        FromResults.All();
        FromFields.All();
        FromGeneric<string>.All();
        FromGeneric<int>.All();
        FromGenericMethods.All();
        Joins.All();
        Parts.All();
        new Uses<string>().All();
        PassedOn(null); // IL2026
        Suppressed(null);
        SuppressedOther(null);
        Excluded(null);
    }
}

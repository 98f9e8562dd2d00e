// Members that reflection reaches: what they require, what they promise; types whose objects keep members; overrides that promise otherwise.
// A line that ends in `// ILxxxx …` gives these codes, each once or `xN`; no other line gives any.
#nullable disable
#pragma warning disable CS0649, CS0618, CS0067
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kinds = System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes;

class Danger
{
    [RequiresUnreferencedCode("r")] public static void Load() { }
    [RequiresDynamicCode("d")] public static void Make() { }
    [RequiresAssemblyFiles("f")] public static void Files() { }
    public static void Harmless() { }
    [RequiresUnreferencedCode("p")] private static void Private() { }
    public static int Property { [RequiresUnreferencedCode("g")] get => 1; set { } }
    public static event Action Event { [RequiresUnreferencedCode("a")] add { } remove { } }
    [RequiresUnreferencedCode("c")] public Danger() { }
    public Danger(int n) { }
}

[RequiresUnreferencedCode("whole")]
class Whole
{
    public static int Static;
    public int Instance;
    public static void Method() { }
    public void InstanceMethod() { }
    public Whole() { }
}

class Asking
{
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] public Type Field;
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] public Type Property { get; set; }
    public static void Parameter([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { }
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)] public static Type Result() => null;
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)] public virtual Type VirtualResult() => null;
    public static void Generic<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T>() { }
    public static void Harmless(Type t) { }
}

static class ByReflection
{
    static void Want([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { }
    static void WantConstructors([DynamicallyAccessedMembers(Kinds.PublicConstructors)] Type t) { }
    static void WantDefault([DynamicallyAccessedMembers(Kinds.PublicParameterlessConstructor)] Type t) { }
    static void WantFields([DynamicallyAccessedMembers(Kinds.PublicFields)] Type t) { }
    static void WantProperties([DynamicallyAccessedMembers(Kinds.PublicProperties)] Type t) { }
    static void WantEvents([DynamicallyAccessedMembers(Kinds.PublicEvents)] Type t) { }
    static void WantPrivate([DynamicallyAccessedMembers(Kinds.NonPublicMethods)] Type t) { }
    static void WantGeneric<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T>() { }

    static void Named() => typeof(Danger).GetMethod("Load"); // IL2026
    static void NamedDynamic() => typeof(Danger).GetMethod("Make"); // IL3050
    static void NamedFiles() => typeof(Danger).GetMethod("Files"); // IL3002
    static void NamedHarmless() => typeof(Danger).GetMethod("Harmless");
    static void NamedPrivate() => typeof(Danger).GetMethod("Private", BindingFlags.NonPublic | BindingFlags.Static); // IL2026
    static void NamedProperty() => typeof(Danger).GetProperty("Property"); // IL2026
    static void NamedEvent() => typeof(Danger).GetEvent("Event"); // IL2026
    static void NamedConstructor() => typeof(Danger).GetConstructor(Type.EmptyTypes); // IL2026
    static void NamedOtherConstructor() => typeof(Danger).GetConstructor(new[] { typeof(int) }); // IL2026
    static void Activated() => Activator.CreateInstance(typeof(Danger)); // IL2026
    static void ActivatedOther() => Activator.CreateInstance(typeof(Danger), 1);
    static void ActivatedGeneric() => Activator.CreateInstance<Danger>(); // IL2026
    static void Methods() => Want(typeof(Danger)); // IL2026x3 IL3002 IL3050
    static void ListedMethods() => typeof(Danger).GetMethods(); // IL2026x3 IL3002 IL3050
    static void ListedPrivate() => typeof(Danger).GetMethods(BindingFlags.NonPublic | BindingFlags.Static); // IL2026
    static void Constructors() => WantConstructors(typeof(Danger)); // IL2026
    static void Default() => WantDefault(typeof(Danger)); // IL2026
    static void Properties() => WantProperties(typeof(Danger)); // IL2026
    static void Events() => WantEvents(typeof(Danger)); // IL2026
    static void Private() => WantPrivate(typeof(Danger)); // IL2026
    static void Generic() => WantGeneric<Danger>(); // IL2026x3 IL3002 IL3050
    static void WholeMethods() => Want(typeof(Whole)); // IL2026x2
    static void WholeFields() => WantFields(typeof(Whole)); // IL2026
    static void WholeConstructors() => WantConstructors(typeof(Whole)); // IL2026
    static void AskingFields() => WantFields(typeof(Asking)); // IL2110
    static void AskingMethods() => Want(typeof(Asking)); // IL2111x3
    static void AskingProperties() => WantProperties(typeof(Asking)); // IL2111
    static void AskingNamed() => typeof(Asking).GetMethod("Parameter"); // IL2111
    static void AskingResult() => typeof(Asking).GetMethod("Result");
    static void AskingField() => typeof(Asking).GetField("Field"); // IL2110
    static void AskingProperty() => typeof(Asking).GetProperty("Property"); // IL2111
    static void AskingGeneric() => typeof(Asking).GetMethod("Generic");
    static void AskingToken() { Action<Type> a = Asking.Parameter; a(null); } // IL2111
    static void AskingLambda() { Action<Type> a = ([DynamicallyAccessedMembers(Kinds.PublicMethods)] t) => t.GetMethods(); a(null); } // IL2111
    [UnconditionalSuppressMessage("Trimming", "IL2026")] static void Suppressed() => typeof(Danger).GetMethod("Load");
    [RequiresUnreferencedCode("x")] static void PassedOn() => typeof(Danger).GetMethod("Load");

    public static void All()
    {
        Named(); NamedDynamic(); NamedFiles(); NamedHarmless(); NamedPrivate(); NamedProperty(); NamedEvent(); NamedConstructor(); NamedOtherConstructor(); Activated(); ActivatedOther(); ActivatedGeneric();
        Methods(); ListedMethods(); ListedPrivate(); Constructors(); Default(); Properties(); Events(); Private(); Generic(); WholeMethods(); WholeFields(); WholeConstructors();
        AskingFields(); AskingMethods(); AskingProperties(); AskingNamed(); AskingResult(); AskingField(); AskingProperty(); AskingGeneric(); AskingToken(); AskingLambda(); Suppressed();
        PassedOn(); // IL2026
    }
}

class Bases
{
    public virtual void Parameter(Type t) { }
    public virtual void ParameterAsked([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { }
    public virtual Type Result() => null;
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)] public virtual Type ResultPromised() => null;
    public virtual void Generic<T>() { }
    public virtual void GenericAsked<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T>() { }
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] public virtual Type Property { get; set; }
    public virtual Type PlainProperty { get; set; }
    public virtual void Same([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { }
    public virtual void Other([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { }
}

class Overrides : Bases
{
    public override void Parameter([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { } // IL2092
    public override void ParameterAsked(Type t) { } // IL2092
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)] public override Type Result() => null; // IL2093
    public override Type ResultPromised() => null; // IL2093
    public override void Generic<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T>() { } // IL2095
    public override void GenericAsked<T>() { } // IL2095
    public override Type Property { get => null; set { } } // IL2092 IL2093
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] public override Type PlainProperty { get => null; set { } } // IL2092 IL2093
    public override void Same([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { }
    public override void Other([DynamicallyAccessedMembers(Kinds.PublicFields)] Type t) { } // IL2092
}

interface IAsk
{
    void Parameter([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t);
    Type Result();
    void Explicit(Type t);
}

class Implements : IAsk
{
    public void Parameter(Type t) { } // IL2092
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)] public Type Result() => null; // IL2093
    void IAsk.Explicit([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { } // IL2092
}

class ImplementsNone : IAsk
{
    public void Parameter([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { }
    public Type Result() => null;
    public void Explicit(Type t) { }
}

[DynamicallyAccessedMembers(Kinds.PublicMethods)]
class Kept
{
    public void Method() { }
    [RequiresUnreferencedCode("k")] public void Needs() { } // IL2112
    public void Asks([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { } // IL2114
}

class DerivedOfKept : Kept
{
    public DerivedOfKept() { }
    [RequiresUnreferencedCode("d")] public void DerivedNeeds() { } // IL2112
}

class BaseOfKept
{
    [RequiresUnreferencedCode("b")] public void BaseNeeds() { }
    public void BaseAsks([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { }
}

[DynamicallyAccessedMembers(Kinds.PublicMethods)]
class KeptWithBase : BaseOfKept { public KeptWithBase() { } } // IL2113 IL2115

[DynamicallyAccessedMembers(Kinds.PublicFields)]
class KeptFields { [DynamicallyAccessedMembers(Kinds.PublicMethods)] public Type Field; public KeptFields() { } } // IL2114

[DynamicallyAccessedMembers(Kinds.PublicMethods)]
interface IKept { }
class OfKept : IKept { public void M() { } }

static class Objects
{
    static void OfKept(Kept k) => k.GetType().GetMethods();
    static void OfKeptOther(Kept k) => k.GetType().GetFields(); // IL2075
    static void OfInterface(IKept k) => k.GetType().GetMethods();
    static void OfDerived(DerivedOfKept k) => k.GetType().GetMethods();
    static void OfBase(KeptWithBase k) => k.GetType().GetMethods();
    static void OfFields(KeptFields k) => k.GetType().GetFields();
    static void OfGeneric<T>(T k) where T : Kept => k.GetType().GetMethods(); // IL2075
    static void OfNew() => new OfKept().GetType().GetMethods();
    static void OfNewPlain() => new Asking().GetType().GetFields(); // IL2110
    static void OfArray(string[] a) => a.GetType().GetMethods();
    static void OfEnum(DayOfWeek d) => d.GetType().GetFields();
    static void OfStruct(int d) => d.GetType().GetMethods();
    static void OfDelegate(Action a) => a.GetType().GetMethod("Invoke");

    public static void All()
    {
        OfKept(new Kept()); OfKeptOther(null); OfInterface(null); OfDerived(new DerivedOfKept()); OfBase(new KeptWithBase()); OfFields(new KeptFields()); OfGeneric<Kept>(null); OfNew(); OfNewPlain();
        OfArray(null); OfEnum(0); OfStruct(1); OfDelegate(null);
    }
}

class BaseWithRequires { [RequiresUnreferencedCode("type")] public BaseWithRequires() { } }
[RequiresUnreferencedCode("type")] class RequiringBase { public void M() { } public static void S() { } }
class DerivedOfRequiring : RequiringBase { public DerivedOfRequiring() { } } // IL2026 IL2109
class DerivedWithConstructor : RequiringBase { [RequiresUnreferencedCode("own")] public DerivedWithConstructor() { } } // IL2109
[RequiresUnreferencedCode("too")] class DerivedRequiring : RequiringBase { }

class WithStatic { [RequiresUnreferencedCode("static")] static WithStatic() { } public static int F = 1; } // IL2116
class WithStaticDynamic { [RequiresDynamicCode("static")] static WithStaticDynamic() { } public static int F = 1; } // IL3056

static class Wrong
{
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] static int Field; static void First() { } // IL2097
    static void Parameter([DynamicallyAccessedMembers(Kinds.PublicMethods)] int t) { } // IL2098
    [return: DynamicallyAccessedMembers(Kinds.PublicMethods)] static int Result() => 1; // IL2106
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] static int Property => 1; // IL2099
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] static void Method() { } // IL2041
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] static Type Computed => Type.GetType("Danger"); // IL2026x3 IL3002 IL3050
    static Type backing;
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] static Type Backed { get => backing; set => backing = value; } // IL2078
    [DynamicallyAccessedMembers(Kinds.PublicMethods)] static Type Conflict { [return: DynamicallyAccessedMembers(Kinds.PublicFields)] get => null; } // IL2043

    public static void All()
    {
        First(); Console.WriteLine(Field); Parameter(1); Result(); Console.WriteLine(Property); Method(); Console.WriteLine(Computed); Backed = null; Console.WriteLine(Backed); Console.WriteLine(Conflict);
    }
}

[ComImport, Guid("00000000-0000-0000-C000-000000000046"), InterfaceType(ComInterfaceType.InterfaceIsIUnknown)] interface IUnknownThing { }

static class Native
{
    [DllImport("nothing")] static extern void Plain(int n);
    [DllImport("nothing")] static extern void Object(object o);
    [DllImport("nothing")] static extern void Interface(IUnknownThing o);
    [DllImport("nothing")] static extern IUnknownThing Returned();
    [DllImport("nothing")] static extern void Text(string s, System.Text.StringBuilder b);
    [DllImport("nothing")] static extern void Callback(Action a);
    [DllImport("nothing")] static extern void AbstractCallback(Delegate a);

    public static void All()
    {
        Plain(1);
        Object(null); // IL2050
        Interface(null); // IL2050
        Returned(); // IL2050
        Text("", null);
        Callback(null);
        AbstractCallback(null); // IL3055
    }
}

class BaseAsking<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T> { }
interface IAsking<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T> { }
class DerivedAsking<T> : BaseAsking<T> { public DerivedAsking() { } } // IL2091x2
class DerivedAskingEnough<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T> : BaseAsking<T>, IAsking<T> { }
class ImplementsAsking<T> : IAsking<T> { public ImplementsAsking() { } } // IL2091
class FieldAsking<T> { public BaseAsking<T> Field; }
class ParameterAsking<T> { public void Method(BaseAsking<T> p) { } public BaseAsking<T> Result() => null; }

static class Arguments
{
    static void Local<T>() { BaseAsking<T> b = null; GC.KeepAlive(b); }
    static void Cast<T>(object o) => GC.KeepAlive((BaseAsking<T>)o);
    static void Is<T>(object o) => GC.KeepAlive(o is BaseAsking<T>);
    static void Array<T>() => GC.KeepAlive(new BaseAsking<T>[1]);
    static void TypeOf<T>() => GC.KeepAlive(typeof(BaseAsking<T>));
    static void Default<T>() => GC.KeepAlive(default(BaseAsking<T>));
    static void Inside<T>() => GC.KeepAlive(new List<BaseAsking<T>>()); // IL2091

    public static void All()
    {
        Local<int>(); Cast<string>(null); Is<string>(null); Array<string>(); TypeOf<string>(); Default<string>(); Inside<string>();
        new DerivedAsking<string>(); new DerivedAskingEnough<string>(); new ImplementsAsking<string>(); GC.KeepAlive(new FieldAsking<string>().Field); new ParameterAsking<string>().Method(null); new ParameterAsking<string>().Result();
    }
}

static class Program
{
    static void Main()
    {
        ByReflection.All();
        Bases b = new Overrides(); b.Parameter(null); b.ParameterAsked(null); b.Result(); b.ResultPromised(); b.Generic<int>(); b.GenericAsked<int>(); b.Property = null; b.PlainProperty = b.Property; b.Same(null); b.Other(null);
        foreach (IAsk ask in new IAsk[] { new Implements(), new ImplementsNone() }) { ask.Parameter(null); ask.Result(); ask.Explicit(null); }
        Objects.All();
        new DerivedOfRequiring().M();
        new DerivedWithConstructor().M(); // IL2026
        new DerivedRequiring().M(); // IL2026
        Console.WriteLine(WithStatic.F + WithStaticDynamic.F);
        Wrong.All();
        Native.All();
        Arguments.All();
    }
}

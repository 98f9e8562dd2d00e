// Reflection's own methods: names of types in text, generic types and methods made at run time, activation, arrays, enums, marshalling.
// A line that ends in `// ILxxxx …` gives these codes, each once or `xN`; no other line gives any.
#nullable disable
#pragma warning disable CS0649, CS0618, SYSLIB0044
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kinds = System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes;

class Plain { public int Field; public static int Static; public void Method() { } public static void Generic<T>() { } public int Property { get; set; } public class Nested { public void M() { } } }
class Box<T> { public void Method() { } }
class Picky<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T> { }
class Newer<T> where T : new() { }
class Constrained<T> where T : Plain { }
struct Valued<T> where T : struct { }
enum Colour { Red }
interface IProxied { void M(); }
class Proxy : DispatchProxy { protected override object Invoke(MethodInfo m, object[] arguments) => null; }

static class Names
{
    static string Some => Environment.CommandLine;
    static void Want([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) { }
    static void WantName([DynamicallyAccessedMembers(Kinds.PublicMethods)] string t) { }

    static void Known() => Want(Type.GetType("Plain"));
    static void KnownThrow() => Want(Type.GetType("Plain", true));
    static void KnownCase() => Want(Type.GetType("plain", true, true)); // IL2096
    static void KnownNoCase() => Want(Type.GetType("Plain", true, false));
    static void UnknownName() => Console.WriteLine(Type.GetType(Some)); // IL2057
    static void UnknownUsed() => Want(Type.GetType(Some)); // IL2057
    static void Parameter(string s) => Console.WriteLine(Type.GetType(s)); // IL2057
    static void Promised([DynamicallyAccessedMembers(Kinds.PublicMethods)] string s) => Want(Type.GetType(s));
    static void PromisedOther([DynamicallyAccessedMembers(Kinds.PublicFields)] string s) => Want(Type.GetType(s)); // IL2072
    static void Resolver() => Console.WriteLine(Type.GetType("Plain", null, null));
    static void Missing() => Console.WriteLine(Type.GetType("NoSuchType"));
    static void MissingUsed() => Want(Type.GetType("NoSuchType"));
    static void Framework() => Want(Type.GetType("System.String"));
    static void Qualified() => Want(Type.GetType("System.Collections.Generic.List`1[[System.Int32]], System.Private.CoreLib"));
    static void Joined(bool b) => Want(Type.GetType(b ? "Plain" : "Colour"));
    static void JoinedUnknown(bool b) => Console.WriteLine(Type.GetType(b ? "Plain" : Some)); // IL2057
    static void Null() => Console.WriteLine(Type.GetType((string)null));
    static void NamePassed() => WantName("Plain"); // IL2122
    static void NamePassedMissing() => WantName("NoSuchType"); // IL2122
    static void OfAssembly() => Console.WriteLine(typeof(Plain).Assembly.GetType("Plain")); // IL2026
    static void Concatenated() => Console.WriteLine(Type.GetType("Pl" + Some)); // IL2057
    static void Constant() { const string name = "Plain"; Want(Type.GetType(name)); }

    public static void All()
    {
        Known(); KnownThrow(); KnownCase(); KnownNoCase(); UnknownName(); UnknownUsed(); Parameter(""); Promised(""); PromisedOther(""); Resolver(); Missing(); MissingUsed();
        Framework(); Qualified(); Joined(true); JoinedUnknown(true); Null(); NamePassed(); NamePassedMissing(); OfAssembly(); Concatenated(); Constant();
    }
}

static class Generics
{
    static Type Get() => null;
    static void Proxied() => DispatchProxy.Create<IProxied, Proxy>().M();
    static void ProxyOfType([DynamicallyAccessedMembers(Kinds.All)] Type t) => DispatchProxy.Create(t, typeof(Proxy)); // IL3050
    static void Type1(Type t) => Console.WriteLine(typeof(Box<>).MakeGenericType(t)); // IL3050
    static void TypeOfUnknown(Type t) => Console.WriteLine(t.MakeGenericType(typeof(string))); // IL2055 IL3050
    static void TypeOfPicky(Type t) => Console.WriteLine(typeof(Picky<>).MakeGenericType(t)); // IL2071 IL3050
    static void TypeOfPickyKnown() => Console.WriteLine(typeof(Picky<>).MakeGenericType(typeof(string)));
    static void TypeOfPickyEnough([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => Console.WriteLine(typeof(Picky<>).MakeGenericType(t)); // IL3050
    static void TypeOfPickyArray(Type[] t) => Console.WriteLine(typeof(Picky<>).MakeGenericType(t)); // IL2055 IL3050
    static void TypeOfBoxArray(Type[] t) => Console.WriteLine(typeof(Box<>).MakeGenericType(t)); // IL3050
    static void TypeOfNewer(Type t) => Console.WriteLine(typeof(Newer<>).MakeGenericType(t)); // IL2071 IL3050
    static void TypeOfConstrained(Type t) => Console.WriteLine(typeof(Constrained<>).MakeGenericType(t)); // IL3050
    static void TypeOfValued(Type t) => Console.WriteLine(typeof(Valued<>).MakeGenericType(t)); // IL2071 IL3050
    static void TypeKnown() => Console.WriteLine(typeof(Box<>).MakeGenericType(typeof(string)));
    static void TypeKnownValue() => Console.WriteLine(typeof(Box<>).MakeGenericType(typeof(int)));
    static void TypeOfParameter<T>() => Console.WriteLine(typeof(Box<>).MakeGenericType(typeof(T)));
    static void TypeOfClass<T>() where T : class => Console.WriteLine(typeof(Box<>).MakeGenericType(typeof(T)));
    static void TypeNullable<T>() => Console.WriteLine(typeof(Nullable<>).MakeGenericType(typeof(T)));
    static void TypeByName() => Console.WriteLine(Type.GetType("Box`1").MakeGenericType(typeof(string)));
    static void TypeOfDefinition() => Console.WriteLine(typeof(List<int>).GetGenericTypeDefinition().MakeGenericType(typeof(string))); // IL2055 IL3050

    static void MethodUnknown(MethodInfo m) => Console.WriteLine(m.MakeGenericMethod(typeof(string))); // IL2060 IL3050
    static void MethodKnown() => Console.WriteLine(typeof(Plain).GetMethod("Generic").MakeGenericMethod(typeof(string)));
    static void MethodKnownValue() => Console.WriteLine(typeof(Plain).GetMethod("Generic").MakeGenericMethod(typeof(int)));
    static void MethodKnownUnknown(Type t) => Console.WriteLine(typeof(Plain).GetMethod("Generic").MakeGenericMethod(t)); // IL3050
    static void MethodArray(Type[] t) => Console.WriteLine(typeof(Plain).GetMethod("Generic").MakeGenericMethod(t)); // IL3050
    static void MethodPicky<[DynamicallyAccessedMembers(Kinds.PublicMethods)] T>() { }
    static void MethodOfPicky(Type t) => Console.WriteLine(typeof(Generics).GetMethod("MethodPicky", BindingFlags.Static | BindingFlags.NonPublic).MakeGenericMethod(t)); // IL2071 IL3050
    static void MethodOfType([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => Console.WriteLine(t.GetMethod("Generic").MakeGenericMethod(typeof(string))); // IL2060 IL3050

    public static void All()
    {
        Proxied(); ProxyOfType(null); Type1(null); TypeOfUnknown(null); TypeOfPicky(null); TypeOfPickyKnown(); TypeOfPickyEnough(null); TypeOfPickyArray(null); TypeOfBoxArray(null); TypeOfNewer(null);
        TypeOfConstrained(null); TypeOfValued(null); TypeKnown(); TypeKnownValue(); TypeOfParameter<int>(); TypeOfClass<string>(); TypeNullable<int>(); TypeByName(); TypeOfDefinition();
        MethodUnknown(null); MethodKnown(); MethodKnownValue(); MethodKnownUnknown(null); MethodArray(null); MethodPicky<int>(); MethodOfPicky(null); MethodOfType(null);
    }
}

static class Lookups
{
    const BindingFlags Both = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
    static string Some => Environment.CommandLine;

    static void NamedOfParameter(Type t) => t.GetMethod("M"); // IL2070
    static void NamedOfKnown() => typeof(Plain).GetMethod("Method");
    static void UnknownNameOfKnown() => typeof(Plain).GetMethod(Some);
    static void NonPublic([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => t.GetMethods(BindingFlags.NonPublic | BindingFlags.Instance); // IL2070
    static void PublicOnly([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => t.GetMethods(BindingFlags.Public | BindingFlags.Instance);
    static void BothKinds([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => t.GetMethods(Both); // IL2070
    static void BothKindsEnough([DynamicallyAccessedMembers(Kinds.PublicMethods | Kinds.NonPublicMethods)] Type t) => t.GetMethods(Both);
    static void UnknownFlags([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t, BindingFlags f) => t.GetMethods(f); // IL2070
    static void IgnoreCase([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => t.GetMethod("m", BindingFlags.Public | BindingFlags.IgnoreCase); // IL2070
    static void Fields(Type t) => t.GetFields(); // IL2070
    static void FieldsFlags([DynamicallyAccessedMembers(Kinds.NonPublicFields)] Type t) => t.GetFields(BindingFlags.NonPublic | BindingFlags.Instance);
    static void FieldNamed(Type t) => t.GetField("F"); // IL2070
    static void Properties([DynamicallyAccessedMembers(Kinds.PublicProperties)] Type t) { t.GetProperties(); t.GetProperty("P"); }
    static void PropertyNonPublic([DynamicallyAccessedMembers(Kinds.PublicProperties)] Type t) => t.GetProperty("P", BindingFlags.NonPublic | BindingFlags.Instance); // IL2070
    static void Events(Type t) { t.GetEvent("E"); } // IL2070
    static void EventsAll([DynamicallyAccessedMembers(Kinds.PublicEvents)] Type t) { t.GetEvents(); }
    static void Constructors(Type t) => t.GetConstructor(new[] { typeof(int) }); // IL2070
    static void DefaultConstructor([DynamicallyAccessedMembers(Kinds.PublicParameterlessConstructor)] Type t) => t.GetConstructor(Type.EmptyTypes);
    static void DefaultConstructorEmpty([DynamicallyAccessedMembers(Kinds.PublicParameterlessConstructor)] Type t) => t.GetConstructor(new Type[0]);
    static void ConstructorOfDefault([DynamicallyAccessedMembers(Kinds.PublicParameterlessConstructor)] Type t) => t.GetConstructor(new[] { typeof(int) }); // IL2070
    static void Members(Type t) => t.GetMembers(); // IL2070
    static void MembersPublic([DynamicallyAccessedMembers(Kinds.PublicConstructors | Kinds.PublicMethods | Kinds.PublicFields | Kinds.PublicNestedTypes | Kinds.PublicProperties | Kinds.PublicEvents)] Type t) => t.GetMembers();
    static void MemberNamed(Type t) => t.GetMember("M"); // IL2070
    static void Nested(Type t) => t.GetNestedType("N"); // IL2070
    static void NestedAll([DynamicallyAccessedMembers(Kinds.PublicNestedTypes)] Type t) => t.GetNestedTypes();
    static void NestedOfKnown() => typeof(Plain).GetNestedType("Nested").GetMethods();
    static void NestedOfPromised([DynamicallyAccessedMembers(Kinds.PublicNestedTypes)] Type t) => t.GetNestedType("N").GetMethods(); // IL2075
    static void NestedOfAll([DynamicallyAccessedMembers(Kinds.All)] Type t) => t.GetNestedType("N").GetMethods();
    static void Interfaces(Type t) => t.GetInterfaces(); // IL2070
    static void InterfacesEnough([DynamicallyAccessedMembers(Kinds.Interfaces)] Type t) { t.GetInterfaces(); t.GetInterface("I"); }
    static void Interface(Type t) => t.GetInterface("I"); // IL2070
    static void InterfaceOfPromised([DynamicallyAccessedMembers(Kinds.Interfaces)] Type t) => t.GetInterface("I").GetInterfaces();
    static void InterfaceMethods([DynamicallyAccessedMembers(Kinds.Interfaces)] Type t) => t.GetInterface("I").GetMethods(); // IL2075
    static void Base([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => t.BaseType.GetMethods();
    static void BaseOther([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => t.BaseType.GetFields(); // IL2075
    static void BaseOfKnown() => typeof(List<int>).BaseType.GetMethods();
    static void BasePrivate([DynamicallyAccessedMembers(Kinds.NonPublicMethods)] Type t) => t.BaseType.GetMethods(BindingFlags.NonPublic | BindingFlags.Instance); // IL2075
    static void Info(Type t) => t.GetTypeInfo().GetMethods(); // IL2070
    static void InfoDeclared(Type t) => t.GetTypeInfo().DeclaredMethods.ToList(); // IL2070
    static void AsType([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => t.GetTypeInfo().AsType().GetMethods();
    static void Underlying([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => t.UnderlyingSystemType.GetMethods();
    static void Handle([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => Type.GetTypeFromHandle(t.TypeHandle).GetMethods();
    static void HandleUnknown(RuntimeTypeHandle h) => Type.GetTypeFromHandle(h).GetMethods(); // IL2075
    static void Runtime(Type t) => t.GetRuntimeMethods().ToList(); // IL2067
    static void RuntimeNamed(Type t) => t.GetRuntimeMethod("M", Type.EmptyTypes); // IL2067
    static void RuntimeProperty(Type t) => t.GetRuntimeProperty("M"); // IL2067
    static void RuntimeField(Type t) => t.GetRuntimeField("M"); // IL2067
    static void Invoke(Type t) => t.InvokeMember("M", BindingFlags.InvokeMethod, null, null, null); // IL2070
    static void NullableUnderlying([DynamicallyAccessedMembers(Kinds.PublicMethods)] Type t) => Nullable.GetUnderlyingType(t).GetMethods();
    static void NullableUnderlyingUnknown(Type t) => Nullable.GetUnderlyingType(t).GetMethods(); // IL2070
    static void DefaultMembers(Type t) => t.GetDefaultMembers(); // IL2070
    static void Attribute(Type t) => t.GetCustomAttributes(true);
    static void Element(Type t) => t.MakeArrayType().GetMethods(); // IL2075 IL3050
    static void IsAssignable(Type t) => t.IsAssignableFrom(typeof(string));

    public static void All()
    {
        NamedOfParameter(null); NamedOfKnown(); UnknownNameOfKnown(); NonPublic(null); PublicOnly(null); BothKinds(null); BothKindsEnough(null); UnknownFlags(null, 0); IgnoreCase(null);
        Fields(null); FieldsFlags(null); FieldNamed(null); Properties(null); PropertyNonPublic(null); Events(null); EventsAll(null); Constructors(null); DefaultConstructor(null); DefaultConstructorEmpty(null);
        ConstructorOfDefault(null); Members(null); MembersPublic(null); MemberNamed(null); Nested(null); NestedAll(null); NestedOfKnown(); NestedOfPromised(null); NestedOfAll(null); Interfaces(null);
        InterfacesEnough(null); Interface(null); InterfaceOfPromised(null); InterfaceMethods(null); Base(null); BaseOther(null); BaseOfKnown(); BasePrivate(null); Info(null); InfoDeclared(null); AsType(null);
        Underlying(null); Handle(null); HandleUnknown(default); Runtime(null); RuntimeNamed(null); RuntimeProperty(null); RuntimeField(null); Invoke(null); NullableUnderlying(null); NullableUnderlyingUnknown(null);
        DefaultMembers(null); Attribute(null); Element(null); IsAssignable(null);
    }
}

static class Makes
{
    static string Some => Environment.CommandLine;
    static void Unknown(Type t) => Activator.CreateInstance(t); // IL2067
    static void Promised([DynamicallyAccessedMembers(Kinds.PublicParameterlessConstructor)] Type t) => Activator.CreateInstance(t);
    static void PromisedMore([DynamicallyAccessedMembers(Kinds.PublicConstructors)] Type t) => Activator.CreateInstance(t);
    static void WithArguments([DynamicallyAccessedMembers(Kinds.PublicParameterlessConstructor)] Type t) => Activator.CreateInstance(t, new object[] { 1 }); // IL2067
    static void WithArgumentsEnough([DynamicallyAccessedMembers(Kinds.PublicConstructors)] Type t) => Activator.CreateInstance(t, new object[] { 1 });
    static void NonPublic(Type t) => Activator.CreateInstance(t, true); // IL2067
    static void NonPublicEnough([DynamicallyAccessedMembers(Kinds.PublicParameterlessConstructor)] Type t) => Activator.CreateInstance(t, false);
    static void Flags([DynamicallyAccessedMembers(Kinds.NonPublicConstructors)] Type t) => Activator.CreateInstance(t, BindingFlags.NonPublic | BindingFlags.Instance, null, null, null);
    static void FlagsLess([DynamicallyAccessedMembers(Kinds.PublicConstructors)] Type t) => Activator.CreateInstance(t, BindingFlags.NonPublic | BindingFlags.Instance, null, null, null); // IL2067
    static void Known() => Activator.CreateInstance(typeof(Plain));
    static void Generic<T>() => Activator.CreateInstance<T>(); // IL2091
    static void GenericNew<T>() where T : new() => Activator.CreateInstance<T>();
    static void GenericPromised<[DynamicallyAccessedMembers(Kinds.PublicParameterlessConstructor)] T>() => Activator.CreateInstance<T>();
    static void New<T>() where T : new() => new T();
    static void Text() => Activator.CreateInstance("reflection", "Plain"); // IL2032
    static void TextUnknown() => Activator.CreateInstance(Some, Some); // IL2032
    static void Assembly() => typeof(Plain).Assembly.CreateInstance("Plain"); // IL2058
    static void ConstructorOf(Type t) => RuntimeHelpers.RunClassConstructor(t.TypeHandle); // IL2059
    static void ConstructorOfKnown() => RuntimeHelpers.RunClassConstructor(typeof(Plain).TypeHandle);
    static void ConstructorOfAll([DynamicallyAccessedMembers(Kinds.NonPublicConstructors)] Type t) => RuntimeHelpers.RunClassConstructor(t.TypeHandle);
    static void ConstructorOfT<T>() => RuntimeHelpers.RunClassConstructor(typeof(T).TypeHandle); // IL2059
    static void Uninitialized(Type t) => RuntimeHelpers.GetUninitializedObject(t); // IL2067
    static void ArrayOf(Type t) => Array.CreateInstance(t, 3);
    static void ArrayOfKnown() => Array.CreateInstance(typeof(Plain), 3);
    static void ArrayOfT<T>() => Array.CreateInstance(typeof(T), 3);
    static void ArrayOfClass<T>() where T : class => Array.CreateInstance(typeof(T), 3);
    static void ArrayMany(Type t) => Array.CreateInstance(t, 3, 4);
    static void EnumValues(Type t) => Enum.GetValues(t); // IL3050
    static void EnumValuesKnown() => Enum.GetValues(typeof(Colour));
    static void EnumValuesT<T>() where T : struct, Enum { Enum.GetValues<T>(); Enum.GetValues(typeof(T)); } // IL3050
    static void EnumNames(Type t) => Enum.GetNames(t);
    static void EnumParse(Type t) => Enum.Parse(t, "Red");
    static void SizeOf(Type t) => Marshal.SizeOf(t); // IL3050
    static void SizeOfKnown() => Marshal.SizeOf(typeof(Point));
    static void SizeOfObject(object o) => Marshal.SizeOf(o); // IL3050
    static void SizeOfT<T>() => Marshal.SizeOf<T>();
    static void PtrToStructure(IntPtr p, Type t) => Marshal.PtrToStructure(p, t); // IL3050
    static void PtrToStructureKnown(IntPtr p) => Marshal.PtrToStructure(p, typeof(Point));
    static void DestroyStructure(IntPtr p, Type t) => Marshal.DestroyStructure(p, t); // IL3050
    static void OffsetOf(Type t) => Marshal.OffsetOf(t, "X");
    static void DelegateFor(IntPtr p, Type t) => Marshal.GetDelegateForFunctionPointer(p, t); // IL3050
    static void DelegateForKnown(IntPtr p) => Marshal.GetDelegateForFunctionPointer(p, typeof(Action));
    static void FunctionFor(Delegate d) => Marshal.GetFunctionPointerForDelegate(d); // IL3050
    struct Point { public int X; }

    public static void All()
    {
        Unknown(null); Promised(null); PromisedMore(null); WithArguments(null); WithArgumentsEnough(null); NonPublic(null); NonPublicEnough(null); Flags(null); FlagsLess(null); Known(); Generic<int>(); GenericNew<int>();
        GenericPromised<int>(); New<int>(); Text(); TextUnknown(); Assembly(); ConstructorOf(null); ConstructorOfKnown(); ConstructorOfAll(null); ConstructorOfT<int>(); Uninitialized(null); ArrayOf(null); ArrayOfKnown();
        ArrayOfT<int>(); ArrayOfClass<string>(); ArrayMany(null); EnumValues(null); EnumValuesKnown(); EnumValuesT<Colour>(); EnumNames(null); EnumParse(null); SizeOf(null); SizeOfKnown(); SizeOfObject(null); SizeOfT<int>();
        PtrToStructure(default, null); PtrToStructureKnown(default); DestroyStructure(default, null); OffsetOf(null); DelegateFor(default, null); DelegateForKnown(default); FunctionFor(null);
    }
}

static class Trees
{
    static Expression e;
    static void Call(Type t) => Expression.Call(t, "M", null); // IL2060 IL2067
    static void CallKnown() => Expression.Call(typeof(Plain), "Method", Type.EmptyTypes);
    static void CallGeneric() => Expression.Call(typeof(Plain), "Generic", new[] { typeof(string) });
    static void CallObject() => Expression.Call(e, "M", null); // IL2026 IL3050
    static void Property(Type t) => Expression.Property(e, t, "P"); // IL2067
    static void PropertyKnown() => Expression.Property(e, typeof(Plain), "Property");
    static void PropertyObject() => Expression.Property(e, "P"); // IL2026
    static void PropertyAccessor(MethodInfo m) => Expression.Property(e, m); // IL2103
    static void Field(Type t) => Expression.Field(e, t, "P"); // IL2067
    static void FieldKnown() => Expression.Field(e, typeof(Plain), "Field");
    static void FieldObject() => Expression.Field(e, "P"); // IL2026
    static void New(Type t) => Expression.New(t); // IL2067
    static void NewKnown() => Expression.New(typeof(Plain));
    static void Lambda() { Expression<Func<Plain, int>> l = p => p.Property; Console.WriteLine(l); }
    static void LambdaCompiled() { Expression<Func<int, int>> l = p => p + 1; Console.WriteLine(l.Compile()(3)); }
    static void MakeDelegate(Expression b) => Expression.Lambda(b); // IL3050
    static void NewArray(Type t) => Expression.NewArrayInit(t); // IL3050

    public static void All()
    {
        Call(null); CallKnown(); CallGeneric(); CallObject(); Property(null); PropertyKnown(); PropertyObject(); PropertyAccessor(null); Field(null); FieldKnown(); FieldObject(); New(null); NewKnown(); Lambda();
        LambdaCompiled(); MakeDelegate(null); NewArray(null);
    }
}

static class Program
{
    static void Main()
    {
        Names.All();
        Generics.All();
        Lookups.All();
        Makes.All();
        Trees.All();
    }
}

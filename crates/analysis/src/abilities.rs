//! What a program can ask of reflection and of its assemblies, and which natives and methods of the class library ask for it.
//!
//! Nothing is kept for reflection until something in the tables here is reached. An ability is a node of the graph, so that `kiln why` shows
//! which code brought it; what follows from it is in the rules of the policies (`reflection::rules`).

use crate::cx::Cx;
use crate::event::Event;
use crate::graph::{Node, Reason};
use crate::policy::Policy;
use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, TypeSystem};
use std::fmt;

/// A kind of reflection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ability {
    /// Members are listed or looked up.
    ReadMembers,
    /// The application looks up members of types that need not be known: of an object's type, of a parameter.
    Inspect,
    /// Custom attributes are read, which makes their objects.
    ReadAttributes,
    /// The attributes that are bits of metadata are listed with the others.
    ListPseudoAttributes,
    /// Static fields are read or written.
    ReadStatics,
    /// The types of a module are listed.
    ListTypes,
    /// Nested types are looked up.
    FindNested,
    /// It is asked which methods implement an interface.
    MapInterfaces,
    /// Methods are called, or bound to delegates.
    Call,
    /// Delegates are bound to methods.
    BindDelegates,
    /// Delegates are called through `DynamicInvoke`.
    InvokeDelegates,
    /// Delegates are asked for their methods.
    FindDelegates,
    /// The application makes delegates of virtual methods, which may be those of any type that it makes objects of.
    BindVirtual,
    /// Delegates are made of functions of objects.
    WrapFunctions,
    /// Types are made that implement interfaces by one method (`DispatchProxy`).
    MakeProxies,
    /// Delegates become C functions, or are made of such.
    PassDelegates,
    /// Structures are converted to what they are to native code, or asked what that is.
    ConvertStructures,
    /// Lambdas of expression trees are made for a delegate type that is known at run time only.
    MakeLambdas,
    /// Expression trees look for the operators of types, by their names.
    FindOperators,
    /// Operations on objects of any type are bound at run time, by the names that C# gives them (`dynamic`).
    BindOperations,
    /// Stack frames are asked for their methods.
    FindFrames,
    /// Objects are made by type (`Activator.CreateInstance(Type)`).
    CreateObjects,
    /// Objects are made without a constructor (`RuntimeHelpers.GetUninitializedObject`).
    AllocateObjects,
    /// Generic types are instantiated (`Type.MakeGenericType`).
    MakeGenericTypes,
    /// Generic methods are instantiated (`MethodInfo.MakeGenericMethod`).
    MakeGenericMethods,
    /// Interfaces of types are listed.
    ListInterfaces,
    /// Arrays are made by the type of their elements.
    MakeArrays,
    /// The constructors of arrays' elements are run (`Array.Initialize`).
    InitializeArrays,
    /// Class constructors are run by type.
    RunClassConstructors,
    /// Resources of assemblies are read.
    ReadResources,
    /// References of assemblies are listed.
    ListReferences,
    /// Public keys of assemblies are read.
    ReadPublicKeys,
}

impl fmt::Display for Ability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReadMembers => "looks members up",
            Self::Inspect => "looks up members of any type",
            Self::ReadAttributes => "reads custom attributes",
            Self::ListPseudoAttributes => "lists attributes that are bits of metadata",
            Self::ReadStatics => "reads static fields",
            Self::FindOperators => "looks for operators",
            Self::ListTypes => "lists types",
            Self::FindNested => "looks up nested types",
            Self::MapInterfaces => "maps interfaces",
            Self::Call => "calls methods",
            Self::BindDelegates => "binds delegates",
            Self::InvokeDelegates => "invokes delegates",
            Self::FindDelegates => "asks delegates for their methods",
            Self::BindVirtual => "makes delegates of virtual methods",
            Self::WrapFunctions => "makes delegates of functions of objects",
            Self::MakeProxies => "makes proxies",
            Self::PassDelegates => "passes delegates to native code",
            Self::ConvertStructures => "converts structures for native code",
            Self::MakeLambdas => "makes lambdas of expression trees",
            Self::BindOperations => "binds operations on objects",
            Self::FindFrames => "asks stack frames for their methods",
            Self::CreateObjects => "creates objects by type",
            Self::AllocateObjects => "makes objects without a constructor",
            Self::MakeGenericTypes => "instantiates generic types",
            Self::MakeGenericMethods => "instantiates generic methods",
            Self::ListInterfaces => "lists interfaces",
            Self::MakeArrays => "makes arrays by type",
            Self::InitializeArrays => "initialises arrays",
            Self::RunClassConstructors => "runs class constructors by type",
            Self::ReadResources => "reads resources",
            Self::ListReferences => "lists references of assemblies",
            Self::ReadPublicKeys => "reads public keys",
        })
    }
}

use Ability as A;

/// Natives by how their link names begin. All rows that fit a name count.
const NATIVES: &[(&str, &[Ability])] = &[
    ("System.Reflection.MetadataImport::", &[A::ReadMembers]),
    ("System.Reflection.MetadataImport::GetCustomAttributeProps(", &[A::ReadAttributes]),
    ("System.RuntimeMethodHandle::", &[A::ReadMembers]),
    ("System.RuntimeFieldHandle::", &[A::ReadMembers]),
    ("System.RuntimeFieldHandle::GetStaticFieldAddress(", &[A::ReadStatics]),
    ("System.RuntimeTypeHandle::GetFirstIntroducedMethod(", &[A::ReadMembers]),
    ("System.RuntimeTypeHandle::GetFields(", &[A::ReadMembers]),
    ("RuntimeTypeHandle_GetInstantiation", &[A::ReadMembers]),
    ("RuntimeTypeHandle_Instantiate", &[A::MakeGenericTypes]),
    ("RuntimeTypeHandle_GetInterfaceMethodImplementation", &[A::MapInterfaces]),
    ("Array_GetElementConstructorEntrypoint", &[A::InitializeArrays]),
    ("Array_CreateInstance", &[A::MakeArrays]),
    ("RuntimeTypeHandle_MakeSZArray", &[A::MakeArrays]),
    ("ReflectionInvocation_RunClassConstructor", &[A::RunClassConstructors]),
    ("Kiln.Members::", &[A::ReadMembers]),
    ("Kiln.Members::FieldValue(", &[A::ReadStatics]),
    ("Kiln.Members::FindMethod(", &[A::FindDelegates]),
    ("Kiln.Members::OpenThunk(", &[A::BindDelegates, A::Call]),
    ("Kiln.Members::FrameMethod(", &[A::FindFrames]),
    ("Kiln.Members::ObjectsThunk(", &[A::WrapFunctions]),
    ("Kiln.Proxies::Make(", &[A::MakeProxies, A::ReadMembers, A::CreateObjects]),
    ("Kiln.Interop::Entry(", &[A::PassDelegates]),
    ("Kiln.Interop::Call(", &[A::PassDelegates]),
    ("Kiln.Structures::Describe(", &[A::ConvertStructures]),
    ("MarshalNative_SizeOfHelper", &[A::ConvertStructures]),
    ("MarshalNative_OffsetOf", &[A::ConvertStructures]),
    ("Kiln.Members::ListsTypes(", &[A::ListTypes]),
    ("AssemblyNative_GetResource", &[A::ReadResources]),
    ("AssemblyNative_GetManifestResource", &[A::ReadResources]),
    ("Kiln.Manifests::Reference(", &[A::ListReferences]),
    ("Kiln.Manifests::PublicKey(", &[A::ReadPublicKeys]),
];

/// Methods of the class library by type, name and number of parameters (`None`: every overload).
const METHODS: &[(&str, &str, Option<usize>, &[Ability])] = &[
    ("System.RuntimeType", "CreateInstanceDefaultCtor", Some(2), &[A::CreateObjects]),
    ("System.RuntimeType", "GetUninitializedObject", Some(0), &[A::AllocateObjects]),
    ("System.RuntimeType", "MakeGenericType", Some(1), &[A::MakeGenericTypes]),
    ("System.Reflection.RuntimeMethodInfo", "MakeGenericMethod", Some(1), &[A::MakeGenericMethods]),
    ("System.RuntimeType", "GetNestedType", Some(2), &[A::FindNested]),
    ("System.RuntimeType", "GetNestedTypes", Some(1), &[A::FindNested]),
    ("System.RuntimeType", "GetInterfaces", Some(0), &[A::ListInterfaces]),
    ("System.Delegate", "DynamicInvokeImpl", Some(1), &[A::InvokeDelegates, A::ReadMembers]),
    ("System.Reflection.RuntimeMethodInfo", "Invoke", None, &[A::Call]),
    ("System.Reflection.RuntimeConstructorInfo", "Invoke", None, &[A::Call]),
    ("System.Reflection.MethodInvoker", "Create", None, &[A::Call]),
    ("System.Reflection.ConstructorInvoker", "Create", None, &[A::Call]),
    ("System.Reflection.RuntimeCustomAttributeData", "Init", None, &[A::ListPseudoAttributes]),
    ("Microsoft.CSharp.RuntimeBinder.RuntimeBinder", "Bind", None, &[A::BindOperations]),
    ("System.Linq.Expressions.Expression", "CreateLambda", None, &[A::MakeLambdas]),
    ("System.Linq.Expressions.Expression", "GetUserDefinedBinaryOperator", None, &[A::FindOperators]),
    ("System.Linq.Expressions.Expression", "GetUserDefinedUnaryOperator", None, &[A::FindOperators]),
];

/// Finds out what the program can do.
#[derive(Debug)]
pub(crate) struct Abilities {
    methods: FxHashMap<MethodDesc, &'static [Ability]>,
}

impl Abilities {
    pub(crate) fn new(ts: &TypeSystem) -> Self {
        let mut methods = FxHashMap::default();
        for &(ty, name, params, abilities) in METHODS {
            let (namespace, simple) = ty.rsplit_once('.').unwrap_or(("", ty));
            let Some(t) = ts.find_type(ts.corelib(), namespace, simple).or_else(|| ts.find_type_by_full_name(ty)) else { continue };
            let found = ts.find_methods(t, name).into_iter();
            let fits = |m: &MethodDesc| params.is_none_or(|n| ts.method_sig(*m).is_ok_and(|s| s.params.len() == n));
            methods.extend(found.filter(fits).map(|m| (m, abilities)));
        }
        Self { methods }
    }
}

impl Policy for Abilities {
    fn answer(&mut self, cx: &mut Cx<'_>, event: &Event<'_>) {
        let mut bring = |list: &[Ability]| list.iter().for_each(|&a| cx.need(Node::Ability(a), Reason::Ability));
        match event {
            Event::NativeReached(name) => NATIVES.iter().filter(|(prefix, _)| name.starts_with(prefix)).for_each(|(_, list)| bring(list)),
            Event::MethodReached(m) => self.methods.get(m).into_iter().for_each(|list| bring(list)),
            _ => {}
        }
    }
}

//! Natives of the class library that Kiln's runtime does not have, with the reason. What reaches one throws `PlatformNotSupportedException` with
//! its name and that reason; `cargo xtask check-framework` compares this list with what the class library at hand asks for, so that every
//! native is written or here. An internal call is named by type and method, whatever its parameters.

/// Why natives are not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Their callers have other bodies (`corelib/overlay`), or are folded away by a feature switch: nothing calls them.
    Replaced,
    /// They are halves of CoreCLR's machinery: its exception handling, stubs and loader, which compiled code does without.
    Machinery,
    /// They make types or code at run time.
    DynamicCode,
    /// COM.
    Com,
    /// Event tracing, which is switched off (KILN0112).
    Tracing,
    /// Cultures, which need ICU: programs run with invariant globalization (KILN0112).
    Cultures,
    /// They marshal what P/Invokes here do not take.
    Marshalling,
    /// The collector has no such thing.
    Collector,
    /// A library that is not part of the runtime.
    Library,
    /// Nobody wrote it yet.
    Unwritten,
}

impl Reason {
    /// The end of a sentence about a native.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Replaced => "nothing calls it in a compiled program",
            Self::Machinery => "it belongs to a virtual machine",
            Self::DynamicCode => "code cannot be generated at run time",
            Self::Com => "there is no COM",
            Self::Tracing => "event tracing is switched off",
            Self::Cultures => "programs have invariant globalization",
            Self::Marshalling => "this kind of marshalling is not supported",
            Self::Collector => "the collector does not offer it",
            Self::Library => "its library is not part of the runtime",
            Self::Unwritten => "it is not written yet",
        }
    }
}

/// Names by their reasons.
pub const ABSENT: &[(Reason, &[&str])] = &[
    (
        Reason::Replaced,
        &[
            "AssemblyName_InitializeAssemblySpec",
            "AssemblyNative_GetAssemblyCount",
            "AssemblyNative_GetEntryAssembly",
            "AssemblyNative_GetEntryPoint",
            "AssemblyNative_GetExecutingAssembly",
            "AssemblyNative_GetExportedTypes",
            "AssemblyNative_GetFlags",
            "AssemblyNative_GetForwardedType",
            "AssemblyNative_GetFullName",
            "AssemblyNative_GetImageRuntimeVersion",
            "AssemblyNative_GetIsCollectible",
            "AssemblyNative_GetLoadedAssemblies",
            "AssemblyNative_GetLocale",
            "AssemblyNative_GetLocation",
            "AssemblyNative_GetModule",
            "AssemblyNative_GetModules",
            "AssemblyNative_GetPublicKey",
            "AssemblyNative_GetReferencedAssemblies",
            "AssemblyNative_GetSimpleName",
            "AssemblyNative_GetVersion",
            "AssemblyNative_InternalLoad",
            "AssemblyNative_LoadFromPath",
            "AssemblyNative_LoadFromStream",
            "AssemblyNative_TraceAssemblyLoadFromResolveHandlerInvoked",
            "AssemblyNative_TraceAssemblyResolveHandlerInvoked",
            "AssemblyNative_TraceResolvingHandlerInvoked",
            "AssemblyNative_TraceSatelliteSubdirectoryPathProbed",
            "CustomAttribute_CreateCustomAttributeInstance",
            "CustomAttribute_CreatePropertyOrFieldData",
            "Delegate_BindToMethodInfo",
            "Delegate_BindToMethodName",
            "Delegate_FindMethodHandle",
            "Enum_GetValuesAndNames",
            "GCInterface_GetNextFinalizableObject",
            "MarshalNative_GetDelegateForFunctionPointerInternal",
            "MarshalNative_GetExceptionForHR",
            "MarshalNative_GetFunctionPointerForDelegateInternal",
            "MarshalNative_TryGetStructMarshalStub",
            "MetadataImport_Enum",
            "MethodTable_CanCompareBitsOrUseFastGetHashCode",
            "ModuleHandle_GetModuleType",
            "ModuleHandle_ResolveField",
            "ReflectionInvocation_GetBoxInfo",
            "ReflectionSerialization_GetCreateUninitializedObjectInfo",
            "RuntimeMethodHandle_ConstructInstantiation",
            "RuntimeMethodHandle_GetMethodInstantiation",
            "RuntimeMethodHandle_GetTypicalMethodDefinition",
            "RuntimeMethodHandle_StripMethodInstantiation",
            "RuntimeModule_GetFullyQualifiedName",
            "RuntimeModule_GetScopeName",
            "RuntimeModule_GetTypes",
            "RuntimeTypeHandle_GetActivationInfo",
            "RuntimeTypeHandle_GetConstraints",
            "StackFrame_GetMethodDescFromNativeIP",
            "ThreadNative_InformThreadNameChange",
            "ThreadNative_SetIsBackground",
            "ThreadNative_Start",
            "ValueType_GetHashCodeStrategy",
            "MethodBase_GetCurrentMethod",
            "System.Diagnostics.StackTrace::GetStackFramesInternal",
            "System.Reflection.RuntimeAssembly::FCallIsDynamic",
            "System.Reflection.RuntimeAssembly::GetManifestModule",
            "System.Reflection.RuntimeAssembly::GetToken",
            "System.RuntimeFieldHandle::GetValue",
            "System.RuntimeMethodHandle::InvokeMethod",
            "System.RuntimeType::GetGUID",
            "System.RuntimeTypeHandle::GetAssembly",
            "System.RuntimeTypeHandle::GetDeclaringMethod",
            "System.RuntimeTypeHandle::GetInterfaces",
            "System.RuntimeTypeHandle::GetModule",
            "System.Signature::CompareSig",
            "System.Signature::GetSignature",
            "System.String::.ctor",
            "System.Threading.Thread::GetCurrentThreadNative",
            "System.Threading.Thread::GetIsBackground",
            "System.Threading.Thread::GetPriorityNative",
            "System.Threading.Thread::GetThreadStateNative",
            "System.Threading.Thread::Initialize",
            "System.Threading.Thread::InternalFinalize",
            "System.Threading.Thread::Join",
            "System.Threading.Thread::SetPriorityNative",
            "System.Threading.Thread::get_IsAlive",
            "System.Threading.Thread::get_IsThreadPoolThread",
            "System.Threading.Thread::set_IsThreadPoolThread",
        ],
    ),
    (
        Reason::Machinery,
        &[
            "AppendExceptionStackFrame",
            "CallCatchFunclet",
            "CallFilterFunclet",
            "CallFinallyFunclet",
            "Delegate_AdjustTarget",
            "Delegate_InitializeVirtualCallStub",
            "EHEnumInitFromStackFrameIterator",
            "EHEnumNext",
            "ExceptionNative_GetMethodFromStackTrace",
            "ExceptionNative_ThrowAmbiguousResolutionException",
            "ExceptionNative_ThrowEntryPointNotFoundException",
            "LoaderAllocator_Destroy",
            "ResumeAtInterceptionLocation",
            "RuntimeMethodHandle_Destroy",
            "RuntimeTypeHandle_CreateInstanceForAnotherGenericParameter",
            "SfiInit",
            "SfiNext",
            "ThreadNative_Abort",
            "ThreadNative_ResetAbort",
            "System.Diagnostics.Debugger::CustomNotification",
            "System.Reflection.MetadataImport::GetSignatureFromToken",
            "System.Reflection.MetadataImport::GetUserString",
            "System.Runtime.CompilerServices.RuntimeHelpers::AllocTailCallArgBuffer",
            "System.Runtime.CompilerServices.RuntimeHelpers::GetTailCallInfo",
            "System.StubHelpers.StubHelpers::*",
        ],
    ),
    (
        Reason::DynamicCode,
        &[
            "AppDomain_CreateDynamicAssembly",
            "AssemblyNative_ApplyUpdate",
            "ModuleBuilder_*",
            "TypeBuilder_*",
            "System.ModuleHandle::GetDynamicMethod",
        ],
    ),
    (Reason::Com, &["ComWeakRefToObject", "ComWrappers_*", "ObjectToComWeakRef"]),
    (Reason::Tracing, &["EventPipeInternal_*", "EventSource_GetClrConfig", "LogEventSource", "NativeRuntimeEventSource_*"]),
    (Reason::Cultures, &["GlobalizationNative_*"]),
    (
        Reason::Marshalling,
        &[
            "CustomMarshaler_GetMarshalerObject",
            "MngdFixedArrayMarshaler_*",
            "MngdNativeArrayMarshaler_*",
            "StubHelpers_*",
            "System.Reflection.MetadataImport::GetMarshalAs",
            "System.RuntimeFieldHandle::GetValueDirect",
            "System.RuntimeFieldHandle::SetValueDirect",
            "System.TypedReference::InternalMakeTypedReference",
            "System.RuntimeTypeHandle::GetArgumentTypesFromFunctionPointer",
            "System.RuntimeTypeHandle::IsUnmanagedFunctionPointer",
            "System.Signature::GetCallingConventionFromFunctionPointerAtOffset",
            "System.Signature::GetCustomModifiersAtOffset",
            "System.Signature::GetParameterOffset",
            "System.Signature::GetTypeParameterOffset",
        ],
    ),
    (
        Reason::Collector,
        &[
            "GCInterface_EnableNoGCRegionCallback",
            "GCInterface_EnumerateConfigurationValues",
            "GCInterface_RegisterFrozenSegment",
            "GCInterface_UnregisterFrozenSegment",
        ],
    ),
    (Reason::Library, &["BrotliDecoder*", "BrotliEncoder*", "CompressionNative_Crc32*", "CryptoNative_*", "NetSecurityNative_*"]),
    (
        Reason::Unwritten,
        &[
            "PAL_OpenMutexW",
            "SystemNative_CreateNetworkChangeListenerSocket",
            "SystemNative_EnumerateInterfaceAddresses",
            "SystemNative_ReadEvents",
            "SystemNative_ReceiveSocketError",
            "SystemNative_Select",
        ],
    ),
];

/// Why a native is not there, by its link name; `None` for one that is not listed.
#[must_use]
pub fn reason(link_name: &str) -> Option<Reason> {
    let name = link_name.split_once('(').map_or(link_name, |(name, _)| name);
    ABSENT
        .iter()
        .find(|(_, names)| names.iter().any(|&n| n.strip_suffix('*').map_or(n == name, |start| name.starts_with(start))))
        .map(|(reason, _)| *reason)
}

#[cfg(test)]
mod tests {
    use super::{ABSENT, Reason, reason};

    #[test]
    fn a_native_is_listed_once() {
        let all = || ABSENT.iter().flat_map(|(_, names)| names.iter());
        for name in all() {
            assert_eq!(all().filter(|other| *other == name).count(), 1, "{name}");
        }
    }

    #[test]
    fn internal_calls_are_found_by_type_and_method() {
        assert_eq!(
            reason("System.RuntimeFieldHandle::GetValueDirect(System.Reflection.RtFieldInfo):System.Object"),
            Some(Reason::Marshalling)
        );
        assert_eq!(reason("TypeBuilder_DefineType"), Some(Reason::DynamicCode));
        assert_eq!(reason("System.Object::GetType():System.Type"), None);
    }
}

// What .NET 10 does in managed code over the virtual machine's own structures, and Kiln's runtime does natively as for .NET 9: by the
// same functions.

using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Kiln
{
    internal static unsafe class Version10
    {
        // Objects, types and casts.

        [Replaces("System.Object::GetType():System.Type")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern Type GetType(object @this);

        [Replaces("System.ModuleHandle::GetMDStreamVersion(System.Reflection.RuntimeModule):System.Int32")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int StreamVersion(System.Reflection.RuntimeModule module);

        [Replaces("System.ModuleHandle::GetToken(System.Reflection.RuntimeModule):System.Int32")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int ModuleToken(System.Reflection.RuntimeModule module);

        [Replaces("System.RuntimeTypeHandle::GetRuntimeType(System.Runtime.CompilerServices.MethodTable*):System.RuntimeType")]
        [Native("Kiln.Natives::TypeOf(System.Runtime.CompilerServices.MethodTable*):System.RuntimeType")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern RuntimeType RuntimeTypeOf(MethodTable* type);

        [Replaces("System.RuntimeTypeHandle::GetRuntimeTypeFromHandle(System.IntPtr):System.RuntimeType")]
        [Native("Kiln.Natives::TypeOf(System.Runtime.CompilerServices.MethodTable*):System.RuntimeType")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern RuntimeType RuntimeTypeOfHandle(nint handle);

        [Replaces("System.RuntimeTypeHandle::InternalAllocNoChecks(System.Runtime.CompilerServices.MethodTable*):System.Object")]
        [Native("Kiln.Natives::Allocate(System.Runtime.CompilerServices.MethodTable*):System.Object")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern object AllocateUnchecked(MethodTable* type);

        [Replaces("System.RuntimeTypeHandle::InternalAlloc(System.Runtime.CompilerServices.MethodTable*):System.Object")]
        [Native("Kiln.Natives::Allocate(System.Runtime.CompilerServices.MethodTable*):System.Object")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern object Allocate(MethodTable* type);

        [Replaces("System.Runtime.CompilerServices.RuntimeHelpers::Box(System.Runtime.CompilerServices.MethodTable*,System.Byte&):System.Object")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern object Box(MethodTable* type, ref byte value);

        [Replaces("System.Runtime.CompilerServices.CastHelpers::Box(System.Runtime.CompilerServices.MethodTable*,System.Byte&):System.Object")]
        [Native("System.Runtime.CompilerServices.RuntimeHelpers::Box(System.Runtime.CompilerServices.MethodTable*,System.Byte&):System.Object")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern object BoxHelper(MethodTable* type, ref byte value);

        [Replaces("System.Runtime.CompilerServices.CastHelpers::Unbox_Nullable(System.Byte&,System.Runtime.CompilerServices.MethodTable*,System.Object):System.Void")]
        [Native("System.Runtime.CompilerServices.RuntimeHelpers::Unbox_Nullable(System.Byte&,System.Runtime.CompilerServices.MethodTable*,System.Object):System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void UnboxNullable(ref byte to, MethodTable* type, object value);

        [Replaces("System.Runtime.CompilerServices.CastHelpers::Unbox_Helper(System.Runtime.CompilerServices.MethodTable*,System.Object):System.Byte&")]
        [Native("System.Runtime.CompilerServices.CastHelpers::Unbox_Helper(System.Void*,System.Object):System.Byte&")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern ref byte Unbox(MethodTable* type, object value);

        [Replaces("System.Runtime.CompilerServices.CastHelpers::IsInstanceOfAny_NoCacheLookup(System.Void*,System.Object):System.Object")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern object IsInstance(void* type, object value);

        [Replaces("System.Runtime.CompilerServices.CastHelpers::ChkCastAny_NoCacheLookup(System.Void*,System.Object):System.Object")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern object Cast(void* type, object value);

        [Replaces("System.Runtime.CompilerServices.CastHelpers::IsNullableForType(System.Runtime.CompilerServices.MethodTable*,System.Runtime.CompilerServices.MethodTable*):System.Boolean")]
        private static bool IsNullableFor(MethodTable* nullable, MethodTable* type) => nullable->IsNullable && Natives.GenericArgument(nullable, 0) == type;

        [Replaces("System.RuntimeTypeHandle::CanCastTo(System.RuntimeType,System.RuntimeType):System.Boolean")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern bool CanCastTo(RuntimeType type, RuntimeType target);

        [Replaces("System.RuntimeTypeHandle::GetDeclaringType(System.RuntimeType):System.RuntimeType")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern RuntimeType GetDeclaringType(RuntimeType type);

        [Replaces("System.RuntimeTypeHandle::GetElementType(System.RuntimeType):System.RuntimeType")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern RuntimeType GetElementType(RuntimeType type);

        [Replaces("System.RuntimeTypeHandle::GetMethodAt(System.RuntimeType,System.Int32):System.RuntimeMethodHandleInternal")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern RuntimeMethodHandleInternal GetMethodAt(RuntimeType type, int slot);

        [Replaces("System.RuntimeTypeHandle::GetUtf8Name(System.RuntimeType):System.MdUtf8String")]
        private static MdUtf8String GetUtf8Name(RuntimeType type) => new MdUtf8String(Utf8Name(type));

        [Native("System.RuntimeTypeHandle::_GetUtf8Name(System.RuntimeType):System.Void*")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void* Utf8Name(RuntimeType type);

        [Replaces("System.RuntimeType::GetCorElementType():System.Reflection.CorElementType")]
        [Native("System.RuntimeTypeHandle::GetCorElementType(System.RuntimeType):System.Reflection.CorElementType")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern CorElementType GetCorElementType(RuntimeType @this);

        [Replaces("System.RuntimeType::GetParentType():System.RuntimeType")]
        [Native("System.RuntimeTypeHandle::GetBaseType(System.RuntimeType):System.RuntimeType")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern RuntimeType GetParentType(RuntimeType @this);

        [Replaces("System.RuntimeType::CanValueSpecialCast(System.RuntimeType,System.RuntimeType):System.Boolean")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern bool CanValueSpecialCast(RuntimeType type, RuntimeType target);

        [Replaces("System.Runtime.CompilerServices.RuntimeHelpers::GetHashCode(System.Object):System.Int32")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int GetHashCode(object value);

        [Replaces("System.Runtime.CompilerServices.RuntimeHelpers::EnsureSufficientExecutionStack():System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void EnsureSufficientExecutionStack();

        [Replaces("System.Runtime.CompilerServices.RuntimeHelpers::PrepareDelegate(System.Delegate):System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void PrepareDelegate(Delegate value);

        [Replaces("System.Delegate::DelegateConstruct(System.Object,System.IntPtr):System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void Construct(Delegate @this, object target, nint code);

        [Replaces("System.IO.Stream::HasOverriddenBeginEndRead():System.Boolean")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern bool HasOverriddenRead(System.IO.Stream @this);

        [Replaces("System.IO.Stream::HasOverriddenBeginEndWrite():System.Boolean")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern bool HasOverriddenWrite(System.IO.Stream @this);

        // Fields and methods.

        [Replaces("System.RuntimeFieldHandle::GetName(System.IRuntimeFieldInfo):System.String")]
        [Native("System.RuntimeFieldHandle::GetName(System.Reflection.RtFieldInfo):System.String")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern string FieldName(IRuntimeFieldInfo field);

        [Replaces("System.RuntimeFieldHandle::GetUtf8NameInternal(System.RuntimeFieldHandleInternal):System.Void*")]
        [Native("System.RuntimeFieldHandle::_GetUtf8Name(System.RuntimeFieldHandleInternal):System.Void*")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void* FieldUtf8Name(RuntimeFieldHandleInternal field);

        [Replaces("System.RuntimeFieldHandle::GetApproxDeclaringType(System.RuntimeFieldHandleInternal):System.RuntimeType")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern RuntimeType FieldOwner(RuntimeFieldHandleInternal field);

        [Replaces("System.RuntimeFieldHandle::GetToken(System.Reflection.RtFieldInfo):System.Int32")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int FieldToken(RtFieldInfo field);

        [Replaces("System.RuntimeFieldHandle::GetStaticFieldForGenericType(System.RuntimeFieldHandleInternal,System.RuntimeType):System.RuntimeFieldHandleInternal")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern RuntimeFieldHandleInternal StaticField(RuntimeFieldHandleInternal field, RuntimeType type);

        [Replaces("System.RuntimeFieldHandle::GetLoaderAllocator(System.RuntimeFieldHandleInternal):System.Reflection.LoaderAllocator")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern LoaderAllocator FieldAllocator(RuntimeFieldHandleInternal field);

        [Replaces("System.RuntimeFieldHandle::SetValue(System.Reflection.RtFieldInfo,System.Object,System.Object,System.RuntimeType,System.RuntimeType,System.Boolean&):System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void SetValue(RtFieldInfo field, object instance, object value, RuntimeType fieldType, RuntimeType declaringType, ref bool isClassInitialized);

        [Replaces("System.RuntimeMethodHandle::GetUtf8NameInternal(System.RuntimeMethodHandleInternal):System.Void*")]
        [Native("System.RuntimeMethodHandle::_GetUtf8Name(System.RuntimeMethodHandleInternal):System.Void*")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void* MethodUtf8Name(RuntimeMethodHandleInternal method);

        [Replaces("System.RuntimeMethodHandle::GetName(System.RuntimeMethodHandleInternal):System.String")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern string MethodName(RuntimeMethodHandleInternal method);

        [Replaces("System.RuntimeMethodHandle::GetDeclaringType(System.RuntimeMethodHandleInternal):System.RuntimeType")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern RuntimeType MethodOwner(RuntimeMethodHandleInternal method);

        [Replaces("System.RuntimeMethodHandle::GetMethodDef(System.IRuntimeMethodInfo):System.Int32")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int MethodToken(IRuntimeMethodInfo method);

        [Replaces("System.RuntimeMethodHandle::GetLoaderAllocator(System.RuntimeMethodHandleInternal):System.Reflection.LoaderAllocator")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern LoaderAllocator MethodAllocator(RuntimeMethodHandleInternal method);

        [Replaces("System.RuntimeMethodHandle::GetMethodBody(System.IRuntimeMethodInfo,System.RuntimeType):System.Reflection.RuntimeMethodBody")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern RuntimeMethodBody MethodBody(IRuntimeMethodInfo method, RuntimeType declaringType);

        [Replaces("System.RuntimeMethodHandle::GetStubIfNeeded(System.RuntimeMethodHandleInternal,System.RuntimeType,System.RuntimeType[]):System.RuntimeMethodHandleInternal")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern RuntimeMethodHandleInternal StubIfNeeded(RuntimeMethodHandleInternal method, RuntimeType declaringType, RuntimeType[] arguments);

        [Replaces("System.RuntimeMethodHandle::ReboxFromNullable(System.Object):System.Object")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern object ReboxFromNullable(object value);

        [Replaces("System.RuntimeMethodHandle::ReboxToNullable(System.Object,System.RuntimeType):System.Object")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern object ReboxToNullable(object value, RuntimeType type);

        // Memory and strings.

        [Replaces("System.Buffer::BulkMoveWithWriteBarrierInternal(System.Byte&,System.Byte&,System.UIntPtr):System.Void")]
        [Native("System.Buffer::__BulkMoveWithWriteBarrier(System.Byte&,System.Byte&,System.UIntPtr):System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void BulkMove(ref byte to, ref byte from, nuint size);

        [Replaces("System.GC::GetGeneration(System.Object):System.Int32")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int GetGeneration(object value);

        [Replaces("System.GC::SuppressFinalizeInternal(System.Object):System.Void")]
        [Native("System.GC::_SuppressFinalize(System.Object):System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void SuppressFinalize(object value);

        [Native("System.GC::AllocateNewArray(System.IntPtr,System.Int32,System.GC+GC_ALLOC_FLAGS):System.Array")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern Array NewArray(nint type, int length, GC.GC_ALLOC_FLAGS flags);

        [Replaces("System.GC::AllocateNewArray(System.IntPtr,System.Int32,System.GC+GC_ALLOC_FLAGS,System.Runtime.CompilerServices.ObjectHandleOnStack):System.Void")]
        private static void AllocateNewArray(nint type, int length, GC.GC_ALLOC_FLAGS flags, ObjectHandleOnStack result) =>
            Unsafe.AsRef<object>(result._ptr) = NewArray(type, length, flags);

        [Native("System.String::FastAllocateString(System.Int32):System.String")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern string NewString(int length);

        [Replaces("System.String::FastAllocateString(System.IntPtr):System.String")]
        private static string FastAllocateString(nint length) => NewString(length == (int)length ? (int)length : int.MaxValue);

        [Replaces("System.Exception::GetFrozenStackTrace(System.Runtime.CompilerServices.ObjectHandleOnStack,System.Runtime.CompilerServices.ObjectHandleOnStack):System.Void")]
        private static void FrozenStackTrace(ObjectHandleOnStack exception, ObjectHandleOnStack trace) =>
            Unsafe.AsRef<object>(trace._ptr) = Unsafe.AsRef<Exception>(exception._ptr)._stackTrace;

        [Replaces("System.Environment::get_TickCount64():System.Int64")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern long TickCount64();

        [Replaces("System.Environment::get_TickCount():System.Int32")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int TickCount();

        [Replaces("System.Diagnostics.Debugger::BreakInternal():System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void Break();

        [Replaces("System.Diagnostics.Debugger::IsLogging():System.Boolean")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern bool IsLogging();

        [Replaces("System.Diagnostics.Debugger::get_IsAttached():System.Boolean")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern bool IsAttached();
    }
}

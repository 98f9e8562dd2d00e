// Signatures, and what reflection asks of types and members, as .NET 10 keeps them.

using System;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Kiln
{
    internal static unsafe class Signatures
    {
        internal static nint MethodOf(Signature signature) => signature._pMethod.Value;

        internal static RuntimeType DeclaringType(Signature signature) => signature._declaringType;

        [Replaces("System.Signature::Init(System.Void*,System.Int32,System.RuntimeFieldHandleInternal,System.RuntimeMethodHandleInternal):System.Void")]
        private static void Init(Signature @this, void* blob, int length, RuntimeFieldHandleInternal field, RuntimeMethodHandleInternal method)
        {
            Members.SignatureReader reader = default;
            reader.Read(blob, field.Value, method.Value, @this._declaringType);
            if (method.Value != 0)
                @this._pMethod = method;
            @this._sig = reader.Blob;
            @this._csig = 1;
            @this._declaringType = reader.Declaring;
            @this._managedCallingConventionAndArgIteratorFlags = reader.Convention;
            @this._returnTypeORfieldType = reader.Result;
            @this._arguments = reader.Arguments;
        }

        /// Signatures of one module are compared as they are declared: `T` is not `int` where T is int.
        [Replaces("System.Signature::AreEqual(System.Signature,System.Signature):System.Boolean")]
        private static bool AreEqual(Signature left, Signature right) => left._sig == right._sig || Members.SameTypes(left, right);

        [Replaces("System.RuntimeTypeHandle::GetDeclaringMethodForGenericParameter(System.RuntimeType):System.IRuntimeMethodInfo")]
        private static IRuntimeMethodInfo DeclaringMethod(RuntimeType type) => Members.Info(Members.VariableMethod((MethodTable*)type.m_handle));

        [MethodImpl(MethodImplOptions.InternalCall)]
        [Native("System.RuntimeTypeHandle::GetFields(System.RuntimeType,System.IntPtr*,System.Int32*):System.Boolean")]
        private static extern bool Fields(RuntimeType type, nint* result, int* count);

        [Replaces("System.RuntimeTypeHandle::GetFields(System.RuntimeType,System.Span`1<System.IntPtr>,System.Int32&):System.Boolean")]
        private static bool GetFields(RuntimeType type, Span<nint> buffer, out int count)
        {
            int number = buffer.Length;
            bool fits;
            fixed (nint* result = buffer)
                fits = Fields(type, result, &number);
            count = number;
            return fits;
        }

        /// Instantiations that violate a constraint are not in the program, so they are not found.
        [Replaces("System.RuntimeTypeHandle::SatisfiesConstraints(System.RuntimeType,System.RuntimeType,System.Reflection.RuntimeMethodInfo,System.RuntimeType):System.Boolean")]
        private static bool SatisfiesConstraints(RuntimeType parameter, RuntimeType type, RuntimeMethodInfo method, RuntimeType argument) => true;
    }
}

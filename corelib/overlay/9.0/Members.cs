// Signatures as .NET 9 keeps them.

using System;
using System.Reflection;

namespace Kiln
{
    internal static unsafe class Signatures
    {
        internal static nint MethodOf(Signature signature) => signature.m_pMethod.Value;

        internal static RuntimeType DeclaringType(Signature signature) => signature.m_declaringType;

        [Replaces("System.Signature::GetSignature(System.Void*,System.Int32,System.RuntimeFieldHandleInternal,System.IRuntimeMethodInfo,System.RuntimeType):System.Void")]
        private static void GetSignature(Signature @this, void* blob, int length, RuntimeFieldHandleInternal field, IRuntimeMethodInfo methodInfo, RuntimeType declaringType)
        {
            Members.SignatureReader reader = default;
            reader.Read(blob, field.Value, methodInfo == null ? 0 : Members.Handle(methodInfo), declaringType);
            if (methodInfo != null)
                @this.m_pMethod = methodInfo.Value;
            @this.m_sig = reader.Blob;
            @this.m_csig = 1;
            @this.m_declaringType = reader.Declaring;
            @this.m_managedCallingConventionAndArgIteratorFlags = reader.Convention;
            @this.m_returnTypeORfieldType = reader.Result;
            @this.m_arguments = reader.Arguments;
        }

        /// Signatures of one module are compared as they are declared: `T` is not `int` where T is int.
        [Replaces("System.Signature::CompareSig(System.Signature,System.Signature):System.Boolean")]
        private static bool CompareSig(Signature left, Signature right) => left.m_sig == right.m_sig || Members.SameTypes(left, right);

        [Replaces("System.RuntimeTypeHandle::GetDeclaringMethod(System.RuntimeType):System.IRuntimeMethodInfo")]
        private static IRuntimeMethodInfo GetDeclaringMethod(RuntimeType type) => Members.Info(Members.VariableMethod((System.Runtime.CompilerServices.MethodTable*)type.m_handle));
    }
}

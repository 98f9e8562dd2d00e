// What the overlay is made of: the attribute that names the replaced method, and the natives that only the overlay calls.
//
// The overlay is compiled against a reference-only copy of System.Private.CoreLib whose members were made public. A static
// method marked [Replaces("Type::Method(params):ret")] takes the place of that method's body at compile time; an instance
// method's `this` is the first parameter, type parameters of the owner come before the method's own. Every key must resolve.
// An `extern` method marked so says that the runtime has the method replaced as a native, under its own name or that of [Native].

using System;
using System.Runtime.CompilerServices;

namespace Kiln
{
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class ReplacesAttribute : Attribute
    {
        public ReplacesAttribute(string method) { }

        /// In another assembly of the class library, which a program may not have.
        public ReplacesAttribute(string method, string assembly) { }
    }

    /// An `extern` method that the runtime exports under another name than that of the method (or of the method it replaces): as a rule the
    /// name that the same function has in another version of .NET.
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class NativeAttribute : Attribute
    {
        public NativeAttribute(string name) { }
    }

    /// Implemented by the runtime, `runtime/natives/src/kiln.rs`.
    internal static unsafe class Natives
    {
        /// kind: 0 Name, 1 ToString, 2 FullName (null for open types), 3 Namespace (null when empty), 4 AssemblyQualifiedName, 5 assembly full name, 6 assembly simple name.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern string TypeName(MethodTable* type, int kind);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern string StackTraceString(Exception exception);
        /// The function that is told of every throw (0) or of the unhandled exception (1): it takes the exception.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern void ListenToExceptions(int what, void* function);
        /// Return addresses of an exception's frames (0: a border between captured traces), or of this thread's for null; how many there are.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int Frames(Exception exception, nuint* to, int capacity);
        /// `Type.Method(params)`, null for what is not compiled code; and the flags of `abi::line_info`.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern string FrameName(nuint address, uint* flags);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern string FrameFile(nuint address, int* line);
        /// Start of the function around a return address.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern nuint FrameMethod(nuint frame);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int FrameOffset(nuint frame);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int EnumCount(MethodTable* type);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern ulong EnumValue(MethodTable* type, int index);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern string EnumName(MethodTable* type, int index);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern bool EnumIsFlags(MethodTable* type);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int ValueFieldCount(MethodTable* type);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int ValueFieldOffset(MethodTable* type, int index);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern MethodTable* ValueFieldType(MethodTable* type, int index);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern void* DefaultConstructor(MethodTable* type);
        /// Whether the constructor without parameters is not public.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern bool HidesConstructor(MethodTable* type);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern void CheckAvailable(MethodTable* type);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern object Allocate(MethodTable* type);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern object Box(MethodTable* type, ref byte value);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern RuntimeType TypeOf(MethodTable* type);
        /// Whether arguments of a generic method meet the constraints of one of its parameters.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern bool Satisfies(MethodTable* parameter, MethodTable** arguments, int count);
        /// 0 for a generic type definition: its parameters are not types of the program.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int GenericArgumentCount(MethodTable* type);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern MethodTable* GenericArgument(MethodTable* type, int index);
        /// Null when the compiler did not make that instantiation.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern MethodTable* FindInstantiation(MethodTable* definition, MethodTable** arguments, int count);
        /// Display name of the assembly a type is from: immutable, NUL-terminated UTF-8, one address per assembly is not promised.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern byte* AssemblyName(MethodTable* type);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern nint ModuleOfAssembly(byte* displayName);
        /// Null when no assembly of that simple name has types in the program.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern byte* FindAssembly(byte* simpleName);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern byte* ModuleName(nint module);
        /// One of the generic interfaces of vectors, by its definition; null where the vector does not have them.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern MethodTable* VectorInterface(MethodTable* vector, MethodTable* definition);
        /// Interfaces of a generic definition over its own parameters; -1 where they are not known.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int OpenInterfaceCount(MethodTable* definition);
        /// One of them, or with -1 the base type; null where the program does not have it.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern MethodTable* OpenSupertype(MethodTable* definition, int index);
        /// A constraint of a type parameter; null behind the last.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern MethodTable* VariableConstraint(MethodTable* type, int index);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int VariableAttributes(MethodTable* type);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern bool CanCompareBits(MethodTable* type);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern bool IsInlineArray(MethodTable* type);
    }
}

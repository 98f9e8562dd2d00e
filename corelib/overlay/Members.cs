// Reflection over members: signatures, invocation and instantiations, over the compiler's tables. The rest is the class library's own
// code over natives of the same names as CoreCLR's (`runtime/natives/src/members`).

using System;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Kiln
{
    /// Handles and modules are opaque addresses.
    internal static unsafe class Members
    {
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern nint ModuleOf(MethodTable* type);
        /// The definition of the method whose code starts at an address; null when it has no description.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern nint FrameMethod(nuint function);
        /// Says that the program lists the types of modules.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern void ListsTypes();
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int EntryPoint(nint module);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int Enum(nint module, int kind, int parent, int* tokens, int capacity);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern nint MethodModule(nint method);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern MethodTable* MethodOwner(nint method);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern byte* MethodSignature(nint method);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern nint FieldModule(nint field);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern MethodTable* FieldOwner(nint field);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern byte* FieldSignature(nint field);
        /// Moves the cursor behind the head of a method's or property's signature; the number of parameters.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int ReadHead(ref byte* at, ref int convention);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern MethodTable* ReadType(ref byte* at, nint module, MethodTable* owner, nint method);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern int MethodArgumentCount(nint method);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern MethodTable* MethodArgument(nint method, int index);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern nint TypicalMethod(nint method);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern nint StrippedMethod(nint method);
        /// Dispatches; takes the address of the value where `this` is one.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern void* Call(nint method);
        /// Does not dispatch; takes the box.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern void* Entry(nint method);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern void* Invoker(nint method);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern void* OpenThunk(MethodTable* delegateType);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern void* ObjectsThunk(MethodTable* delegateType);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern nint FindMethod(void* code);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern object FieldValue(nint field, object instance);
        /// 0 for a constant.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern nint ResolveField(nint module, int token);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern nint VariableMethod(MethodTable* type);

        internal static IRuntimeMethodInfo Info(nint method) => method == 0 ? null : new RuntimeMethodInfoStub(new RuntimeMethodHandleInternal(method), null);

        [MethodImpl(MethodImplOptions.InternalCall)] private static extern nint MethodOfToken(nint record);
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern nint FieldOfToken(nint record);

        /// What `ldtoken` of a method yields: compiled code calls this with the method's record.
        internal static IRuntimeMethodInfo MethodToken(nint record) => Info(MethodOfToken(record)) ?? throw NoRows();

        /// The same for a field.
        internal static IRuntimeFieldInfo FieldToken(nint record)
        {
            nint field = FieldOfToken(record);
            return field == 0 ? throw NoRows() : new RuntimeFieldInfoStub(new RuntimeFieldHandleInternal(field), null);
        }

        private static Exception NoRows() => new NotSupportedException("A member that this method names was not kept for reflection.");

        internal static nint Handle(IRuntimeMethodInfo method) => method.Value.Value;

        private static RuntimeType Type(MethodTable* table, nint method)
        {
            if (table == null)
                throw new NotSupportedException("A type in the signature of '" + (method == 0 ? "a member" : RuntimeMethodHandle.GetName(new RuntimeMethodHandleInternal(method))) + "' is not in this program.");
            return Natives.TypeOf(table);
        }

        /// What a signature says: of a method, of a field, or (`blob`) of a property or constant.
        internal ref struct SignatureReader
        {
            internal byte* Blob;
            internal RuntimeType Declaring;
            internal RuntimeType Result;
            internal RuntimeType[] Arguments;
            /// As `_managedCallingConventionAndArgIteratorFlags` has it.
            internal int Convention;

            internal void Read(void* blob, nint field, nint method, RuntimeType declaringType)
            {
                const int Standard = 1, HasThis = 0x20;
                nint module;
                MethodTable* owner;
                byte* at;
                bool isMethod = true;
                if (method != 0)
                {
                    module = MethodModule(method);
                    owner = MethodOwner(method);
                    at = MethodSignature(method);
                }
                else if (field != 0)
                {
                    module = FieldModule(field);
                    owner = FieldOwner(field);
                    at = FieldSignature(field);
                    isMethod = false;
                }
                else
                {
                    owner = (MethodTable*)declaringType.m_handle;
                    module = ModuleOf(owner);
                    at = (byte*)blob;
                    // The signature of a property starts with a calling convention, that of a constant with its type.
                    isMethod = *at == 0 || *at == HasThis;
                }
                Blob = at;
                Declaring = declaringType ?? Natives.TypeOf(owner);
                int convention = 0;
                int count = isMethod ? ReadHead(ref at, ref convention) : 0;
                Convention = Standard | (convention & HasThis);
                Result = Type(ReadType(ref at, module, owner, method), method);
                Arguments = new RuntimeType[count];
                for (int i = 0; i < count; i++)
                    Arguments[i] = Type(ReadType(ref at, module, owner, method), method);
            }
        }

        internal static bool SameTypes(Signature left, Signature right)
        {
            RuntimeType[] ours = left.Arguments, theirs = right.Arguments;
            if (left.ReturnType != right.ReturnType || ours.Length != theirs.Length)
                return false;
            for (int i = 0; i < ours.Length; i++)
            {
                if (ours[i] != theirs[i])
                    return false;
            }
            return true;
        }

        /// Modifiers are not kept.
        [Replaces("System.Signature::GetCustomModifiers(System.Int32,System.Boolean):System.Type[]")]
        private static Type[] GetCustomModifiers(Signature @this, int position, bool required) => System.Type.EmptyTypes;

        internal static Exception NotCompiled(nint method) =>
            new NotSupportedException("'" + Natives.TypeOf(MethodOwner(method)).ToString() + "." + RuntimeMethodHandle.GetName(new RuntimeMethodHandleInternal(method)) + Arguments(method) + "' was not compiled into this program: it cannot be called by reflection.");

        [Replaces("System.RuntimeMethodHandle::InvokeMethod(System.Object,System.Void**,System.Signature,System.Boolean):System.Object")]
        private static object InvokeMethod(object target, void** arguments, Signature sig, bool isConstructor)
        {
            nint method = Signatures.MethodOf(sig);
            if (isConstructor && target == null && Signatures.DeclaringType(sig).IsDelegate())
                return Delegates.Construct(MethodOwner(method), System.Runtime.CompilerServices.Unsafe.AsRef<object>(arguments[0]), *(nint*)arguments[1]);
            void* code = Call(method);
            delegate*<void*, object, void**, object> invoker = (delegate*<void*, object, void**, object>)Invoker(method);
            if (code == null || invoker == null)
                throw NotCompiled(method);
            MethodTable* owner = MethodOwner(method);
            // No box holds a Nullable.
            if (owner->IsNullable && target != null)
                target = RuntimeMethodHandle.ReboxToNullable(target, Natives.TypeOf(owner));
            // Of a value the address is passed.
            delegate*<void*, ref byte, void**, object> onValue = owner->IsValueType ? (delegate*<void*, ref byte, void**, object>)invoker : null;
            if (!isConstructor || target != null)
            {
                object result = onValue != null && target != null ? onValue(code, ref target.GetRawData(), arguments) : invoker(code, target, arguments);
                return sig.ReturnType.IsPointer ? Pointer.Box((void*)(nint)result, sig.ReturnType) : result;
            }
            // Strings are made by static methods.
            if (owner->HasComponentSize)
                return invoker(code, null, arguments);
            object made = Natives.Allocate(owner);
            if (onValue != null)
                onValue(code, ref made.GetRawData(), arguments);
            else
                invoker(code, made, arguments);
            return owner->IsNullable ? RuntimeMethodHandle.ReboxFromNullable(made) : made;
        }

        [Replaces("System.RuntimeFieldHandle::GetValue(System.Reflection.RtFieldInfo,System.Object,System.RuntimeType,System.RuntimeType,System.Boolean&):System.Object")]
        private static object GetFieldValue(RtFieldInfo field, object instance, RuntimeType fieldType, RuntimeType declaringType, ref bool isClassInitialized)
        {
            object value = FieldValue(field.m_fieldHandle, instance);
            isClassInitialized = true;
            return fieldType.IsPointer ? Pointer.Box((void*)(nint)value, fieldType) : value;
        }

        private static RuntimeType[] Instantiation(nint method)
        {
            int count = MethodArgumentCount(method);
            if (count == 0)
                return null;
            RuntimeType[] types = new RuntimeType[count];
            for (int i = 0; i < count; i++)
                types[i] = Natives.TypeOf(MethodArgument(method, i));
            return types;
        }

        [Replaces("System.RuntimeMethodHandle::GetMethodInstantiationInternal(System.RuntimeMethodHandleInternal):System.RuntimeType[]")]
        private static RuntimeType[] GetMethodInstantiation(RuntimeMethodHandleInternal method) => Instantiation(method.Value);

        [Replaces("System.RuntimeMethodHandle::GetMethodInstantiationInternal(System.IRuntimeMethodInfo):System.RuntimeType[]")]
        private static RuntimeType[] GetMethodInstantiation(IRuntimeMethodInfo method) => Instantiation(Handle(method));

        [Replaces("System.RuntimeMethodHandle::GetMethodInstantiationPublic(System.IRuntimeMethodInfo):System.Type[]")]
        private static Type[] GetMethodInstantiationPublic(IRuntimeMethodInfo method)
        {
            RuntimeType[] types = Instantiation(Handle(method));
            if (types == null)
                return null;
            Type[] result = new Type[types.Length];
            for (int i = 0; i < types.Length; i++)
                result[i] = types[i];
            return result;
        }

        [Replaces("System.RuntimeMethodHandle::GetTypicalMethodDefinition(System.IRuntimeMethodInfo):System.IRuntimeMethodInfo")]
        private static IRuntimeMethodInfo GetTypical(IRuntimeMethodInfo method)
        {
            nint handle = Handle(method), typical = TypicalMethod(handle);
            return handle == typical ? method : Info(typical);
        }

        [Replaces("System.RuntimeMethodHandle::StripMethodInstantiation(System.IRuntimeMethodInfo):System.IRuntimeMethodInfo")]
        private static IRuntimeMethodInfo Strip(IRuntimeMethodInfo method)
        {
            nint handle = Handle(method), stripped = StrippedMethod(handle);
            return handle == stripped ? method : Info(stripped);
        }

        [Replaces("System.RuntimeMethodHandle::ConstructInstantiation(System.IRuntimeMethodInfo,System.TypeNameFormatFlags):System.String")]
        private static string ConstructInstantiation(IRuntimeMethodInfo method, TypeNameFormatFlags format) =>
            Arguments(Handle(method), format == TypeNameFormatFlags.FormatBasic);

        private static string Arguments(nint method, bool simple = false)
        {
            RuntimeType[] types = Instantiation(method);
            if (types == null)
                return "";
            string text = "[";
            for (int i = 0; i < types.Length; i++)
                text += (i == 0 ? "" : ",") + (simple ? types[i].Name : types[i].ToString());
            return text + "]";
        }

        [Replaces("System.Reflection.MetadataImport::Enum(System.Reflection.MetadataTokenType,System.Int32,System.Reflection.MetadataEnumResult&):System.Void")]
        private static void Enumerate(ref MetadataImport @this, MetadataTokenType type, int parent, out MetadataEnumResult result)
        {
            const int Small = 16;
            result = default;
            int* small = stackalloc int[Small];
            int count = Enum(@this.m_metadataImport2, (int)type, parent, small, Small);
            result._length = count;
            if (count > Small)
            {
                int[] all = new int[count];
                fixed (int* tokens = all)
                    Enum(@this.m_metadataImport2, (int)type, parent, tokens, count);
                result._largeResult = all;
                return;
            }
            for (int i = 0; i < count; i++)
                result._smallResult[i] = small[i];
        }

        [Replaces("System.ModuleHandle::ResolveFieldHandle(System.Int32,System.RuntimeTypeHandle[],System.RuntimeTypeHandle[]):System.RuntimeFieldHandle")]
        private static RuntimeFieldHandle ResolveFieldHandle(ref ModuleHandle @this, int token, RuntimeTypeHandle[] typeArguments, RuntimeTypeHandle[] methodArguments)
        {
            RuntimeModule module = @this.GetRuntimeModule();
            nint field = ResolveField(module.m_pData, token);
            // The caller looks for a constant then.
            if (field == 0)
                throw new MissingFieldException();
            return new RuntimeFieldHandle(new RuntimeFieldInfoStub(new RuntimeFieldHandleInternal(field), null));
        }

        [Replaces("System.RuntimeType::get_GUID():System.Guid")]
        private static Guid TypeGuid(RuntimeType @this)
        {
            object[] attributes = @this.GetCustomAttributes(typeof(System.Runtime.InteropServices.GuidAttribute), false);
            if (attributes.Length == 0)
                throw new NotSupportedException("'" + @this.ToString() + "' has no GuidAttribute; the GUID that .NET computes of a type's name and members is not supported.");
            return new Guid(((System.Runtime.InteropServices.GuidAttribute)attributes[0]).Value);
        }

        [Replaces("System.RuntimeTypeHandle::GetInterfaces(System.RuntimeType):System.Type[]")]
        private static Type[] GetInterfaces(RuntimeType type) => type.GetInterfaces();

        [Replaces("System.RuntimeType::GetGenericParameterConstraints():System.Type[]")]
        private static Type[] GetGenericParameterConstraints(RuntimeType @this)
        {
            if (!@this.IsGenericParameter)
                throw new InvalidOperationException("Method may only be called on a Type for which Type.IsGenericParameter is true.");
            MethodTable* table = (MethodTable*)@this.m_handle;
            int count = 0;
            while (Natives.VariableConstraint(table, count) != null)
                count++;
            Type[] result = new Type[count];
            for (int i = 0; i < count; i++)
                result[i] = Natives.TypeOf(Natives.VariableConstraint(table, i));
            return result;
        }
    }
}

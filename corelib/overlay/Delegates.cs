// Delegates and their methods: which method a delegate calls, and delegates made of a MethodInfo (contract §7).

using System;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Kiln
{
    internal static unsafe class Delegates
    {
        [Replaces("System.Delegate::FindMethodHandle():System.IRuntimeMethodInfo")]
        private static IRuntimeMethodInfo FindMethodHandle(Delegate @this)
        {
            nint code = @this._methodPtrAux != 0 ? @this._methodPtrAux : @this._methodPtr;
            nint method = Members.FindMethod((void*)code);
            if (method == 0)
                throw new NotSupportedException("The method of this delegate was not kept for reflection.");
            return Members.Info(method);
        }

        /// How interpreted expression trees become delegates: the target is the function, the thunk boxes for it.
        [Replaces("System.Dynamic.Utils.DelegateHelpers::CreateObjectArrayDelegate(System.Type,System.Func`2<System.Object[],System.Object>):System.Delegate", "System.Linq.Expressions")]
        private static Delegate OfObjects(Type type, Func<object[], object> function)
        {
            MethodTable* table = (MethodTable*)((RuntimeType)type).m_handle;
            void* thunk = Members.ObjectsThunk(table);
            if (thunk == null)
                throw new NotSupportedException("Delegates of type '" + type.ToString() + "' cannot be made of an expression in this program.");
            Delegate made = (Delegate)Natives.Allocate(table);
            made._target = function;
            made._methodPtr = (nint)thunk;
            return made;
        }

        /// What the constructor of a delegate type does, which no IL has: a target, and code that takes it first.
        internal static object Construct(MethodTable* table, object target, nint code)
        {
            if (code == 0)
                throw new ArgumentNullException("method");
            if (target == null)
                throw new NotSupportedException("A delegate without target cannot be made of an address in this program.");
            Delegate made = (Delegate)Natives.Allocate(table);
            made._target = target;
            made._methodPtr = code;
            return made;
        }

        private static RuntimeMethodInfo Invoke(Delegate target) =>
            (RuntimeMethodInfo)target.GetType().GetMethod("Invoke") ?? throw new NotSupportedException("Delegates of type '" + target.GetType().ToString() + "' cannot be called or made by reflection in this program.");

        [Replaces("System.Delegate::DynamicInvokeImpl(System.Object[]):System.Object")]
        private static object DynamicInvoke(Delegate @this, object[] args) => Invoke(@this).Invoke(@this, BindingFlags.Default, null, args, null);

        /// A value of one type may be passed where another is wanted, as it is.
        private static bool Fits(RuntimeType from, RuntimeType to) =>
            from == to || !from.IsValueType && !to.IsValueType && !from.IsByRef && !to.IsByRef && !from.IsPointer && !to.IsPointer && to.IsAssignableFrom(from)
            || Underlying(from) == Underlying(to);

        private static Type Underlying(RuntimeType type) => type.IsEnum ? Enum.GetUnderlyingType(type) : type;

        private static bool Bind(Delegate @this, object target, RuntimeMethodInfo method, DelegateBindingFlags flags)
        {
            RuntimeMethodInfo invoke = Invoke(@this);
            RuntimeType[] given = invoke.ArgumentTypes, wanted = method.ArgumentTypes;
            bool isStatic = method.IsStatic;
            int total = wanted.Length + (isStatic ? 0 : 1);
            bool open = given.Length == total;
            if (!open && given.Length != total - 1 || method.ContainsGenericParameters)
                return false;
            if ((flags & (open ? DelegateBindingFlags.ClosedDelegateOnly : DelegateBindingFlags.OpenDelegateOnly)) != 0
                || (flags & (isStatic ? DelegateBindingFlags.InstanceMethodOnly : DelegateBindingFlags.StaticMethodOnly)) != 0
                || !open && target == null && (flags & DelegateBindingFlags.NeverCloseOverNull) != 0)
                return false;
            RuntimeType result = (RuntimeType)method.ReturnType, resultWanted = (RuntimeType)invoke.ReturnType;
            if (!Fits(result, resultWanted))
                return false;
            RuntimeType declaring = (RuntimeType)method.DeclaringType;
            for (int i = 0; i < total; i++)
            {
                RuntimeType to = isStatic ? wanted[i] : i == 0 ? declaring : wanted[i - 1];
                if (open && i == 0 && !isStatic && declaring.IsValueType)
                {
                    // Struct methods take the struct by reference.
                    if (!given[0].IsByRef || (RuntimeType)given[0].GetElementType() != declaring)
                        return false;
                    continue;
                }
                if (!open && i == 0)
                {
                    if (isStatic && to.IsValueType || target != null && !to.IsInstanceOfType(target))
                        return false;
                    continue;
                }
                if (!Fits(given[open ? i : i - 1], to))
                    return false;
            }
            nint handle = Members.Handle(method);
            void* code = !open && !isStatic && declaring.IsValueType ? Members.Entry(handle) : Members.Call(handle);
            if (code == null)
                throw Members.NotCompiled(handle);
            if (open)
            {
                void* thunk = Members.OpenThunk(RuntimeHelpers.GetMethodTable(@this));
                if (thunk == null)
                    throw new NotSupportedException("An open delegate of type '" + @this.GetType().ToString() + "' over '" + method.ToString() + "' cannot be made in this program.");
                @this._target = @this;
                @this._methodPtr = (nint)thunk;
                @this._methodPtrAux = (nint)code;
            }
            else
            {
                @this._target = target;
                @this._methodPtr = (nint)code;
            }
            @this._methodBase = method;
            return true;
        }

        [Replaces("System.Delegate::BindToMethodInfo(System.Object,System.IRuntimeMethodInfo,System.RuntimeType,System.DelegateBindingFlags):System.Boolean")]
        private static bool BindToMethodInfo(Delegate @this, object target, IRuntimeMethodInfo method, RuntimeType methodType, DelegateBindingFlags flags) =>
            Bind(@this, target, (RuntimeMethodInfo)RuntimeType.GetMethodBase(methodType, method), flags);

        [Replaces("System.Delegate::BindToMethodName(System.Object,System.RuntimeType,System.String,System.DelegateBindingFlags):System.Boolean")]
        private static bool BindToMethodName(Delegate @this, object target, RuntimeType methodType, string method, DelegateBindingFlags flags)
        {
            StringComparison comparison = (flags & DelegateBindingFlags.CaselessMatching) != 0 ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            for (Type type = methodType; type != null; type = type.BaseType)
            {
                foreach (MethodInfo candidate in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                {
                    if (candidate.Name.Equals(method, comparison) && Bind(@this, target, (RuntimeMethodInfo)candidate, flags))
                        return true;
                }
            }
            return false;
        }
    }
}

// System.Reflection.DispatchProxy: types that implement an interface by one method. The runtime makes them of the base class's table
// (`runtime/natives/src/loader/proxies.rs`); the code of their methods, one per signature, calls `Enter`, then `Invoke` of the object, then `Leave`.

using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kiln
{
    internal static unsafe class Proxies
    {
        /// `abi::proxies::ProxyTarget`.
        private struct Target
        {
            internal nint Method;
            internal nint Kept;
        }

        /// What is known of a method.
        private sealed class Known
        {
            internal readonly MethodInfo Method;
            /// Parameters whose argument is not given: `out`.
            internal readonly bool[] IsOut;
            /// Of which type an argument that is passed by reference has to be behind the call; null for all others.
            internal readonly RuntimeType[] Written;
            /// Of which type the result has to be, if it is a reference.
            internal readonly RuntimeType Result;

            internal Known(nint method)
            {
                Method = (MethodInfo)RuntimeType.GetMethodBase(Natives.TypeOf(Members.MethodOwner(method)), Members.Info(method));
                ParameterInfo[] parameters = Method.GetParametersAsSpan().ToArray();
                IsOut = new bool[parameters.Length];
                Written = new RuntimeType[parameters.Length];
                for (int i = 0; i < parameters.Length; i++)
                {
                    Type type = parameters[i].ParameterType;
                    IsOut[i] = type.IsByRef && parameters[i].IsOut && !parameters[i].IsIn;
                    Written[i] = type.IsByRef ? Checked(type.GetElementType()) : null;
                }
                Result = Method.ReturnType.IsValueType ? null : Checked(Method.ReturnType);
            }

            /// A box is looked at again when it is unboxed, which knows better.
            private static RuntimeType Checked(Type type) => type.IsPointer || type.IsEnum || Nullable.GetUnderlyingType(type) != null || type == typeof(object) ? null : (RuntimeType)type;
        }

        /// The type of proxies of an interface over a base class; null where the program has not the code.
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern MethodTable* Make(MethodTable* baseType, MethodTable* interfaceType);

        private static Known Of(Target* target)
        {
            if (target->Kept != 0)
                return Unsafe.As<Known>(GCHandle.FromIntPtr(target->Kept).Target);
            Known known = new Known(target->Method);
            target->Kept = GCHandle.ToIntPtr(GCHandle.Alloc(known));
            return known;
        }

        /// Called with the packed arguments: the method that is called.
        internal static MethodInfo Enter(void* target, object[] arguments)
        {
            Known known = Of((Target*)target);
            for (int i = 0; i < arguments.Length; i++)
            {
                if (known.IsOut[i])
                    arguments[i] = null;
            }
            return known.Method;
        }

        /// Called with what came back: references are of the types that they are taken for.
        internal static void Leave(void* target, object[] arguments, object result)
        {
            Known known = Of((Target*)target);
            for (int i = 0; i < arguments.Length; i++)
                Check(arguments[i], known.Written[i]);
            Check(result, known.Result);
        }

        private static void Check(object value, RuntimeType type)
        {
            if (type == null)
                return;
            if (value == null && type.IsValueType)
                throw new NullReferenceException();
            if (value != null && !type.IsInstanceOfType(value) && !value.GetType().IsEnum)
                throw new InvalidCastException("Unable to cast object of type '" + value.GetType().ToString() + "' to type '" + type.ToString() + "'.");
        }

        [Replaces("System.Reflection.DispatchProxyGenerator::CreateProxyInstance(System.Type,System.Type,System.String,System.String):System.Object", "System.Reflection.DispatchProxy")]
        private static object Create(Type baseType, Type interfaceType, string interfaceParameter, string proxyParameter)
        {
            if (!interfaceType.IsInterface)
                throw new ArgumentException("'" + interfaceType.ToString() + "' is no interface.", interfaceParameter);
            if (baseType.IsSealed)
                throw new ArgumentException("'" + baseType.ToString() + "' is sealed: no proxy can derive from it.", proxyParameter);
            if (baseType.IsAbstract)
                throw new ArgumentException("'" + baseType.ToString() + "' is abstract: a proxy has nothing that implements its methods.", proxyParameter);
            MethodTable* table = (MethodTable*)((RuntimeType)baseType).m_handle;
            if (!table->HasDefaultConstructor || baseType.GetConstructor(Type.EmptyTypes) == null)
                throw new ArgumentException("'" + baseType.ToString() + "' has no public constructor without parameters.", proxyParameter);
            if (interfaceType.ContainsGenericParameters)
                throw new ArgumentException("Cannot create an instance of " + interfaceType.ToString() + " because Type.ContainsGenericParameters is true.");
            delegate*<object, void> constructor = (delegate*<object, void>)Natives.DefaultConstructor(table);
            MethodTable* made = constructor == null ? null : Make(table, (MethodTable*)((RuntimeType)interfaceType).m_handle);
            if (made == null)
                throw new NotSupportedException("Proxies of '" + interfaceType.ToString() + "' over '" + baseType.ToString() + "' have no code in this program: it was not known at compile time that they are made. What typeof names, or DispatchProxy.Create as a type argument, is known.");
            object proxy = Natives.Allocate(made);
            constructor(proxy);
            return proxy;
        }
    }
}

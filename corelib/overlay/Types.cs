// Names and activation of types from the compiler's tables instead of RuntimeTypeCache (reflection over metadata).

using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Kiln
{
    internal static unsafe class Types
    {
        private static MethodTable* Table(RuntimeType type) => (MethodTable*)type.m_handle;

        [Replaces("System.RuntimeType::ToString():System.String")]
        private static string ToString(RuntimeType @this) => Natives.TypeName(Table(@this), 1);

        [Replaces("System.RuntimeType::get_Name():System.String")]
        private static string Name(RuntimeType @this) => Natives.TypeName(Table(@this), 0);

        [Replaces("System.RuntimeType::get_FullName():System.String")]
        private static string FullName(RuntimeType @this) => Natives.TypeName(Table(@this), 2);

        [Replaces("System.RuntimeType::get_Namespace():System.String")]
        private static string Namespace(RuntimeType @this) => Natives.TypeName(Table(@this), 3);

        [Replaces("System.RuntimeType::get_AssemblyQualifiedName():System.String")]
        private static string AssemblyQualifiedName(RuntimeType @this) => Natives.TypeName(Table(@this), 4);

        [Replaces("System.RuntimeType::GetBaseType():System.RuntimeType")]
        private static RuntimeType BaseType(RuntimeType @this)
        {
            MethodTable* table = Table(@this);
            if (table->IsInterface)
                return null;
            if (RuntimeTypeHandle.IsGenericVariable(@this))
                return VariableBase(@this, table);
            MethodTable* parent = @this.IsGenericTypeDefinition ? Natives.OpenSupertype(table, -1) : null;
            if (parent == null)
                parent = table->ParentMethodTable;
            return parent == null ? null : Natives.TypeOf(parent);
        }

        /// Of a type parameter: the class that it must derive from, else ValueType or Object.
        private static RuntimeType VariableBase(RuntimeType type, MethodTable* table)
        {
            for (int i = 0; ; i++)
            {
                MethodTable* constraint = Natives.VariableConstraint(table, i);
                if (constraint == null)
                    break;
                if (!constraint->IsInterface && !RuntimeTypeHandle.IsGenericVariable(Natives.TypeOf(constraint)))
                    return Natives.TypeOf(constraint);
            }
            bool isStruct = ((GenericParameterAttributes)Natives.VariableAttributes(table) & GenericParameterAttributes.NotNullableValueTypeConstraint) != 0;
            return (RuntimeType)(isStruct ? typeof(ValueType) : typeof(object));
        }

        [Replaces("System.RuntimeType::get_DeclaringType():System.Type")]
        private static Type DeclaringType(RuntimeType @this) => RuntimeTypeHandle.GetDeclaringType(@this);

        [Replaces("System.RuntimeType::GetTypeCodeImpl():System.TypeCode")]
        private static TypeCode Code(RuntimeType @this) => Type.GetRuntimeTypeCode(@this);

        [Replaces("System.RuntimeType::GetInterfaces():System.Type[]")]
        private static Type[] Interfaces(RuntimeType @this)
        {
            MethodTable* table = Table(@this);
            int open = @this.IsGenericTypeDefinition ? Natives.OpenInterfaceCount(table) : -1;
            if (open >= 0)
            {
                Type[] known = new Type[open];
                int found = 0;
                for (int i = 0; i < open; i++)
                {
                    MethodTable* over = Natives.OpenSupertype(table, i);
                    if (over != null)
                        known[found++] = Natives.TypeOf(over);
                }
                if (found != open)
                    Array.Resize(ref known, found);
                return known;
            }
            int count = table->InterfaceCount;
            if (count == 0)
                return Type.EmptyTypes;
            Type[] result = new Type[count];
            for (int i = 0; i < count; i++)
                result[i] = Natives.TypeOf(table->InterfaceMap[i]);
            return @this.IsSZArray ? WithElements(table, result) : result;
        }

        /// The interfaces of a vector: those that all arrays have, and the generic ones, which follow from its element.
        private static Type[] WithElements(MethodTable* vector, Type[] result)
        {
            Type[] generic = [typeof(IList<>), typeof(ICollection<>), typeof(IEnumerable<>), typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>)];
            foreach (Type definition in generic)
            {
                MethodTable* over = Natives.VectorInterface(vector, Table((RuntimeType)definition));
                if (over == null)
                    break;
                Array.Resize(ref result, result.Length + 1);
                result[^1] = Natives.TypeOf(over);
            }
            return result;
        }

        /// Type arguments of a type, or of the innermost element of an array.
        private static MethodTable* Root(RuntimeType type)
        {
            MethodTable* table = Table(type);
            while (table->HasComponentSize && table->ElementType != null)
                table = (MethodTable*)table->ElementType;
            return table;
        }

        [Replaces("System.RuntimeType::GetGenericArguments():System.Type[]")]
        private static Type[] GenericArguments(RuntimeType @this)
        {
            MethodTable* table = Root(@this);
            int count = Natives.GenericArgumentCount(table);
            if (count == 0)
                return Type.EmptyTypes;
            Type[] result = new Type[count];
            for (int i = 0; i < count; i++)
                result[i] = Natives.TypeOf(Natives.GenericArgument(table, i));
            return result;
        }

        [Replaces("System.RuntimeType::GetGenericArgumentsInternal():System.RuntimeType[]")]
        private static RuntimeType[] GenericArgumentsInternal(RuntimeType @this)
        {
            MethodTable* table = Root(@this);
            int count = Natives.GenericArgumentCount(table);
            RuntimeType[] result = new RuntimeType[count];
            for (int i = 0; i < count; i++)
                result[i] = Natives.TypeOf(Natives.GenericArgument(table, i));
            return result;
        }

        [Replaces("System.RuntimeType::MakeGenericType(System.Type[]):System.Type")]
        private static Type MakeGenericType(RuntimeType @this, Type[] arguments)
        {
            ArgumentNullException.ThrowIfNull(arguments);
            if (!@this.IsGenericTypeDefinition)
                throw new InvalidOperationException(@this.ToString() + " is not a GenericTypeDefinition. MakeGenericType may only be called on a type for which Type.IsGenericTypeDefinition is true.");
            MethodTable** tables = stackalloc MethodTable*[arguments.Length];
            for (int i = 0; i < arguments.Length; i++)
            {
                if (arguments[i] is not RuntimeType argument)
                    throw new ArgumentNullException();
                RuntimeType.ThrowIfTypeNeverValidGenericArgument(argument);
                tables[i] = Table(argument);
            }
            MethodTable* made;
            const string Parameter = "of type parameter '";
            try
            {
                made = Natives.FindInstantiation(Table(@this), tables, arguments.Length);
            }
            catch (TypeLoadException e) when (e.Message.Contains(Parameter))
            {
                // The runtime has refused arguments, and has said which.
                throw new ArgumentException(e.Message.Replace(Parameter, "of type '"), e);
            }
            if (made == null)
                throw new NotSupportedException("The instantiation of '" + @this.ToString() + "' over these types was not made at compile time.");
            return Natives.TypeOf(made);
        }

        /// Where a generic method is instantiated its constraints are checked as well: there is no other place that refuses it.
        [Replaces("System.RuntimeType::SanityCheckGenericArguments(System.RuntimeType[],System.RuntimeType[]):System.Void")]
        private static void CheckArguments(RuntimeType[] genericArguments, RuntimeType[] genericParameters)
        {
            ArgumentNullException.ThrowIfNull(genericArguments);
            foreach (RuntimeType argument in genericArguments)
            {
                ArgumentNullException.ThrowIfNull(argument);
                RuntimeType.ThrowIfTypeNeverValidGenericArgument(argument);
            }
            if (genericArguments.Length != genericParameters.Length)
                throw new ArgumentException(SR.Format(SR.Argument_NotEnoughGenArguments, genericArguments.Length, genericParameters.Length));
            MethodTable** tables = stackalloc MethodTable*[genericArguments.Length];
            for (int i = 0; i < genericArguments.Length; i++)
                tables[i] = Table(genericArguments[i]);
            for (int i = 0; i < genericArguments.Length; i++)
            {
                RuntimeType parameter = genericParameters[i];
                if (parameter.IsGenericMethodParameter && !Natives.Satisfies(Table(parameter), tables, genericArguments.Length))
                {
                    MethodBase method = parameter.DeclaringMethod;
                    Exception inner = new System.Security.VerificationException("Method " + method.DeclaringType.FullName + "." + method.Name + ": type argument '" + genericArguments[i].ToString() + "' violates the constraint of type parameter '" + parameter.ToString() + "'.");
                    throw new ArgumentException(SR.Format(SR.Argument_GenConstraintViolation, i.ToString(), genericArguments[i], method, parameter), inner);
                }
            }
        }

        [Replaces("System.RuntimeType::GetUninitializedObject():System.Object")]
        private static object Uninitialized(RuntimeType @this)
        {
            MethodTable* table = Table(@this);
            if (@this == typeof(string) || @this == typeof(void) || @this.HasElementType || @this.IsFunctionPointer || @this.IsDelegate())
                throw new ArgumentException(@this == typeof(string) ? "Uninitialized Strings cannot be created." : "Object could not be created.");
            if (table->IsInterface || @this.IsAbstract || @this.ContainsGenericParameters)
                throw new MemberAccessException("Cannot create an instance of " + @this.ToString() + ".");
            if (@this.IsByRefLike)
                throw new NotSupportedException("Cannot create boxed ByRef-like values.");
            if (table->IsNullable)
                table = Natives.GenericArgument(table, 0);
            return Natives.Allocate(table);
        }

        [Replaces("System.RuntimeType::Box(System.Byte&):System.Object")]
        private static object Box(RuntimeType @this, ref byte value) => Natives.Box(Table(@this), ref value);

        private static Exception Hidden(RuntimeType type) => new MissingMethodException("No parameterless constructor defined for type '" + type.ToString() + "'.");

        private static Exception NoConstructor(RuntimeType type) =>
            type.IsInterface
                ? new MissingMethodException("Cannot dynamically create an instance of type '" + type.ToString() + "'. Reason: Cannot create an instance of an interface.")
                : type.IsAbstract
                ? new MissingMethodException("Cannot dynamically create an instance of type '" + type.ToString() + "'. Reason: Cannot create an abstract class.")
                : new MissingMethodException("Cannot dynamically create an instance of type '" + type.ToString() + "'. Reason: No parameterless constructor defined.");

        [Replaces("System.RuntimeType::CreateInstanceOfT():System.Object")]
        private static object CreateInstanceOfT(RuntimeType @this)
        {
            MethodTable* table = Table(@this);
            void* constructor = Natives.DefaultConstructor(table);
            if (constructor == null)
                throw NoConstructor(@this);
            if (Natives.HidesConstructor(table))
                throw Hidden(@this);
            object instance = Natives.Allocate(table);
            try
            {
                ((delegate*<object, void>)constructor)(instance);
            }
            catch (Exception e)
            {
                throw new TargetInvocationException(e);
            }
            return instance;
        }

        /// The storage is zeroed already; most structs have no constructor of their own.
        [Replaces("System.RuntimeType::CallDefaultStructConstructor(System.Byte&):System.Void")]
        private static void CallDefaultStructConstructor(RuntimeType @this, ref byte data)
        {
            void* constructor = Natives.DefaultConstructor(Table(@this));
            if (constructor != null)
                ((delegate*<ref byte, void>)constructor)(ref data);
        }

        [Replaces("System.RuntimeType::CreateInstanceDefaultCtor(System.Boolean,System.Boolean):System.Object")]
        private static object CreateInstanceDefaultCtor(RuntimeType @this, bool publicOnly, bool wrapExceptions)
        {
            MethodTable* table = Table(@this);
            void* constructor = Natives.DefaultConstructor(table);
            @this.CreateInstanceCheckThis();
            if (@this.IsByRefLike)
                throw new NotSupportedException("Cannot create boxed ByRef-like values.");
            if (@this.IsDelegate())
                throw new ArgumentException("Delegates cannot be created without a target and a method.");
            if (constructor == null)
            {
                Natives.CheckAvailable(table);
                if (table->IsValueType)
                    return table->IsNullable ? null : Natives.Allocate(table);
                throw NoConstructor(@this);
            }
            if (publicOnly && Natives.HidesConstructor(table))
                throw Hidden(@this);
            object instance = Natives.Allocate(table);
            if (!wrapExceptions)
            {
                Construct(table, constructor, instance);
                return instance;
            }
            try
            {
                Construct(table, constructor, instance);
            }
            catch (Exception e)
            {
                throw new TargetInvocationException(e);
            }
            return instance;
        }

        private static void Construct(MethodTable* table, void* constructor, object instance)
        {
            if (table->IsValueType)
                ((delegate*<ref byte, void>)constructor)(ref instance.GetRawData());
            else
                ((delegate*<object, void>)constructor)(instance);
        }
    }
}

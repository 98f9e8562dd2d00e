// Names and activation of types from the compiler's tables instead of RuntimeTypeCache (reflection over metadata).

using System;
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
            MethodTable* parent = table->ParentMethodTable;
            return parent == null ? null : Natives.TypeOf(parent);
        }

        [Replaces("System.RuntimeType::CreateInstanceDefaultCtor(System.Boolean,System.Boolean):System.Object")]
        private static object CreateInstanceDefaultCtor(RuntimeType @this, bool publicOnly, bool wrapExceptions)
        {
            MethodTable* table = Table(@this);
            void* constructor = Natives.DefaultConstructor(table);
            if (constructor == null)
            {
                if (table->IsValueType)
                    return table->IsNullable ? null : Natives.Allocate(table);
                throw new MissingMethodException("Cannot dynamically create an instance of type '" + @this.ToString() + "'. Reason: No parameterless constructor defined.");
            }
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

// ValueType.Equals and GetHashCode over the compiler's field tables.

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kiln
{
    internal static unsafe class Values
    {
        private static object Field(MethodTable* table, int index, object instance)
        {
            ref byte address = ref Unsafe.AddByteOffset(ref instance.GetRawData(), (nuint)Natives.ValueFieldOffset(table, index));
            MethodTable* type = Natives.ValueFieldType(table, index);
            return type->IsValueType ? Natives.Box(type, ref address) : Unsafe.As<byte, object>(ref address);
        }

        private static void ThrowForInlineArray(MethodTable* table)
        {
            if (Natives.IsInlineArray(table))
                throw new NotSupportedException("Calling built-in Equals() or GetHashCode() on type marked as InlineArray is invalid.");
        }

        [Replaces("System.ValueType::Equals(System.Object):System.Boolean")]
        private static bool Equals(ValueType @this, object obj)
        {
            if (obj == null || RuntimeHelpers.GetMethodTable(@this) != RuntimeHelpers.GetMethodTable(obj))
                return false;
            MethodTable* table = RuntimeHelpers.GetMethodTable(obj);
            if (Natives.CanCompareBits(table))
                return SpanHelpers.SequenceEqual(ref ((object)@this).GetRawData(), ref obj.GetRawData(), table->GetNumInstanceFieldBytes());
            ThrowForInlineArray(table);
            int count = Natives.ValueFieldCount(table);
            for (int i = 0; i < count; i++)
            {
                object left = Field(table, i, @this);
                object right = Field(table, i, obj);
                if (left == null ? right != null : !left.Equals(right))
                    return false;
            }
            return true;
        }

        [Replaces("System.ValueType::GetHashCode():System.Int32")]
        private static int GetHashCode(ValueType @this)
        {
            MethodTable* table = RuntimeHelpers.GetMethodTable(@this);
            HashCode hash = default;
            hash.Add((nint)table);
            if (Natives.CanCompareBits(table))
            {
                hash.AddBytes(MemoryMarshal.CreateReadOnlySpan(ref ((object)@this).GetRawData(), (int)table->GetNumInstanceFieldBytes()));
                return hash.ToHashCode();
            }
            ThrowForInlineArray(table);
            int count = Natives.ValueFieldCount(table);
            for (int i = 0; i < count; i++)
            {
                // What throws is left out: CoreCLR hashes one field of a value, and where that is an inline array, its bytes.
                if (!Natives.IsInlineArray(Natives.ValueFieldType(table, i)))
                    hash.Add(Field(table, i, @this));
            }
            return hash.ToHashCode();
        }
    }
}

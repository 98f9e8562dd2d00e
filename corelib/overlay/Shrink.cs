// Bodies that drag much in for little: replaced by what they come to in a compiled program.

using System;
using System.Buffers;
using System.Runtime.CompilerServices;

namespace Kiln
{
    internal static class Shrink
    {
        /// The compiler's table is sorted; so the sort (of keys with items, for every storage type) is not needed.
        [Replaces("System.Enum+EnumInfo`1::.ctor(System.Boolean,TStorage[],System.String[]):System.Void")]
        private static void EnumInfo<TStorage>(Enum.EnumInfo<TStorage> @this, bool hasFlagsAttribute, TStorage[] values, string[] names) where TStorage : struct, System.Numerics.INumber<TStorage>
        {
            Unsafe.AsRef(in @this.HasFlagsAttribute) = hasFlagsAttribute;
            Unsafe.AsRef(in @this.Values) = values;
            Unsafe.AsRef(in @this.Names) = names;
            Unsafe.AsRef(in @this.ValuesAreSequentialFromZero) = Enum.AreSequentialFromZero(values);
        }

        /// Asks the collector for its memory load; the pools then keep what they have.
        [Replaces("System.Buffers.Utilities::GetMemoryPressure():System.Buffers.Utilities+MemoryPressure")]
        private static Utilities.MemoryPressure MemoryPressure() => Utilities.MemoryPressure.Low;

        /// Messages with constant keys are looked up by the compiler; what is left has a computed key.
        [Replaces("System.SR::GetResourceString(System.String):System.String")]
        private static string ResourceString(string key) => key;

        [Replaces("System.SR::InternalGetResourceString(System.String):System.String")]
        private static string InternalResourceString(string key) => key;

        /// The virtual machine makes the table of this cache; here nobody does, and the natives answer fast enough.
        [Replaces("System.Runtime.CompilerServices.CastCache::TryGet(System.Int32[],System.UIntPtr,System.UIntPtr):System.Runtime.CompilerServices.CastResult")]
        private static CastResult CachedCast(int[] table, nuint source, nuint target) => CastResult.MaybeCast;
    }
}

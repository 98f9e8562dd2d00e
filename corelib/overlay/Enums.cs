// Enum names and values from the compiler's tables.

using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kiln
{
    internal static unsafe class Enums
    {
        /// The infos made so far, per storage type. A program has few enum types that are printed; a scan is enough.
        private static class Cache<TStorage> where TStorage : struct, INumber<TStorage>
        {
            internal static RuntimeType[] s_types = new RuntimeType[4];
            internal static Enum.EnumInfo<TStorage>[] s_infos = new Enum.EnumInfo<TStorage>[4];
            internal static int s_count;
        }

        [Replaces("System.Enum::GetEnumInfo<TStorage>(System.RuntimeType,System.Boolean):System.Enum+EnumInfo`1<TStorage>")]
        private static Enum.EnumInfo<TStorage> GetEnumInfo<TStorage>(RuntimeType enumType, bool getNames) where TStorage : struct, INumber<TStorage>
        {
            RuntimeType[] types = Cache<TStorage>.s_types;
            int count = Cache<TStorage>.s_count;
            for (int i = 0; i < count; i++)
            {
                if ((object)types[i] == (object)enumType)
                    return Cache<TStorage>.s_infos[i];
            }
            MethodTable* table = (MethodTable*)enumType.m_handle;
            int members = Natives.EnumCount(table);
            TStorage[] values = new TStorage[members];
            string[] names = new string[members];
            for (int i = 0; i < members; i++)
            {
                ulong bits = Natives.EnumValue(table, i);
                values[i] = Unsafe.As<ulong, TStorage>(ref bits);
                names[i] = Natives.EnumName(table, i);
            }
            Enum.EnumInfo<TStorage> info = new Enum.EnumInfo<TStorage>(Natives.EnumIsFlags(table), values, names);
            if (count == types.Length)
            {
                Array.Resize(ref Cache<TStorage>.s_infos, count * 2);
                Array.Resize(ref Cache<TStorage>.s_types, count * 2);
            }
            Cache<TStorage>.s_infos[count] = info;
            Cache<TStorage>.s_types[count] = enumType;
            Cache<TStorage>.s_count = count + 1;
            return info;
        }
    }
}

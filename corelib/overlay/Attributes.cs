// Custom attributes: their objects from the blobs (ECMA-335 II.23.3). CoreCLR does this in native code.

using System;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Kiln
{
    internal static unsafe class Attributes
    {
        /// Element types of II.23.1.16 and the special ones of II.23.3.
        private const byte Boolean = 2, Char = 3, String = 0x0e, SzArray = 0x1d, TypeTag = 0x50, Boxed = 0x51, Field = 0x53, EnumTag = 0x55;

        private ref struct Reader
        {
            internal byte* At;
            internal byte* End;
            internal RuntimeModule Module;

            internal byte Byte()
            {
                if (At >= End)
                    throw new CustomAttributeFormatException();
                return *At++;
            }

            internal ulong Number(int size)
            {
                ulong value = 0;
                for (int i = 0; i < size; i++)
                    value |= (ulong)Byte() << (8 * i);
                return value;
            }

            /// A compressed length and UTF-8, or 0xFF for null (II.23.3, SerString).
            internal string Text()
            {
                if (At < End && *At == 0xff)
                {
                    At++;
                    return null;
                }
                int length = Byte();
                if ((length & 0x80) != 0)
                    length = (length & 0x40) == 0 ? (length & 0x3f) << 8 | Byte() : (length & 0x1f) << 24 | Byte() << 16 | Byte() << 8 | Byte();
                if (length > End - At)
                    throw new CustomAttributeFormatException();
                string text = System.Text.Encoding.UTF8.GetString(At, length);
                At += length;
                return text;
            }
        }

        private static RuntimeType Named(ref Reader reader, string name)
        {
            Type found = reader.Module.Assembly.GetType(name, false) ?? Type.GetType(name, false);
            return (RuntimeType)found ?? throw new TypeLoadException("Could not load type '" + name + "', which an attribute names: it is not in this program.");
        }

        private static object Scalar(ref Reader reader, RuntimeType type, int size)
        {
            ulong bits = reader.Number(size);
            return Natives.Box((MethodTable*)type.m_handle, ref Unsafe.As<ulong, byte>(ref bits));
        }

        private static int Size(RuntimeType type) => Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean or TypeCode.SByte or TypeCode.Byte => 1,
            TypeCode.Char or TypeCode.Int16 or TypeCode.UInt16 => 2,
            TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Single => 4,
            TypeCode.Int64 or TypeCode.UInt64 or TypeCode.Double => 8,
            _ => throw new CustomAttributeFormatException(),
        };

        private static object Value(ref Reader reader, RuntimeType type)
        {
            if (type == typeof(string))
                return reader.Text();
            if (type == typeof(Type))
            {
                string name = reader.Text();
                return name == null ? null : Named(ref reader, name);
            }
            if (type == typeof(object))
                return Value(ref reader, ReadType(ref reader, out _));
            if (type.IsSZArray)
                return Elements(ref reader, (RuntimeType)type.GetElementType());
            return Scalar(ref reader, type, Size(type));
        }

        private static object Elements(ref Reader reader, RuntimeType element)
        {
            uint count = (uint)reader.Number(4);
            if (count == uint.MaxValue)
                return null;
            Array array = Array.CreateInstance(element, (int)count);
            for (int i = 0; i < (int)count; i++)
                array.SetValue(Value(ref reader, element), i);
            return array;
        }

        /// A type as named arguments and boxed values say it. `type` is null for `object`.
        private static RuntimeType ReadType(ref Reader reader, out RuntimeType type)
        {
            byte tag = reader.Byte();
            type = (RuntimeType)(tag switch
            {
                Boolean => typeof(bool),
                Char => typeof(char),
                4 => typeof(sbyte),
                5 => typeof(byte),
                6 => typeof(short),
                7 => typeof(ushort),
                8 => typeof(int),
                9 => typeof(uint),
                10 => typeof(long),
                11 => typeof(ulong),
                12 => typeof(float),
                13 => typeof(double),
                String => typeof(string),
                TypeTag => typeof(Type),
                Boxed => typeof(object),
                EnumTag => Named(ref reader, reader.Text()),
                SzArray => ReadType(ref reader, out _).MakeArrayType(),
                _ => throw new CustomAttributeFormatException(),
            });
            return type;
        }

        [Replaces("System.Reflection.CustomAttribute::CreateCustomAttributeInstance(System.Reflection.RuntimeModule,System.RuntimeType,System.IRuntimeMethodInfo,System.IntPtr&,System.IntPtr,System.Int32&):System.Object")]
        private static object Create(RuntimeModule module, RuntimeType type, IRuntimeMethodInfo ctor, ref nint blob, nint end, out int namedArguments)
        {
            RuntimeConstructorInfo constructor = (RuntimeConstructorInfo)RuntimeType.GetMethodBase(type, ctor);
            Reader reader = new Reader { At = (byte*)blob, End = (byte*)end, Module = module };
            if (reader.Number(2) != 1)
                throw new CustomAttributeFormatException();
            RuntimeType[] parameters = constructor.Signature.Arguments;
            object[] arguments = new object[parameters.Length];
            for (int i = 0; i < arguments.Length; i++)
                arguments[i] = Value(ref reader, parameters[i]);
            namedArguments = (int)reader.Number(2);
            blob = (nint)reader.At;
            MethodBaseInvoker invoker = constructor.Invoker;
            return arguments.Length switch
            {
                0 => invoker.InvokeWithNoArgs(null, BindingFlags.DoNotWrapExceptions),
                1 => invoker.InvokeWithOneArg(null, BindingFlags.DoNotWrapExceptions, null, arguments, null),
                <= 4 => invoker.InvokeWithFewArgs(null, BindingFlags.DoNotWrapExceptions, null, arguments, null),
                _ => invoker.InvokeWithManyArgs(null, BindingFlags.DoNotWrapExceptions, null, arguments, null),
            };
        }

        [Replaces("System.Reflection.CustomAttribute::GetPropertyOrFieldData(System.Reflection.RuntimeModule,System.IntPtr&,System.IntPtr,System.String&,System.Boolean&,System.RuntimeType&,System.Object&):System.Void")]
        private static void NamedArgument(RuntimeModule module, ref nint blob, nint end, out string name, out bool isProperty, out RuntimeType type, out object value)
        {
            Reader reader = new Reader { At = (byte*)blob, End = (byte*)end, Module = module };
            isProperty = reader.Byte() != Field;
            RuntimeType declared = ReadType(ref reader, out type);
            name = reader.Text();
            value = Value(ref reader, declared);
            blob = (nint)reader.At;
        }
    }
}

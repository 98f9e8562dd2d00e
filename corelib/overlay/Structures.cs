// Structures in native memory, where their bytes are not those of managed memory: from the compiler's descriptions (`abi::interop::NativeForm`).

using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Kiln
{
    internal static unsafe class Structures
    {
        /// `abi::interop::field_kind`.
        internal enum Kind : uint { Same, Bool, Char, Text, WideText, Bstr, InlineText, InlineWideText, InlineArray, Struct, Class, Delegate, Date, Handle }

        /// `abi::interop::NativeField`.
        internal struct Field
        {
            internal uint Managed, Native;
            internal Kind Kind;
            internal uint Count;
            internal Kind Element;
            internal uint Size;
            internal MethodTable* Table;
        }

        /// `abi::interop::NativeForm`.
        internal struct Form
        {
            internal MethodTable* Table;
            internal byte* Refused;
            internal Field* Fields;
            internal uint FieldCount, Size;
        }

        /// The description of a type whose bytes differ, or null.
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void* Describe(MethodTable* type);
        /// How many bytes a type has that is the same on both sides; negative when it is no such type.
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int Blittable(MethodTable* type);

        private static Form* Description(MethodTable* type) => (Form*)Describe(type);

        /// The description; null when values are copied as they are, `size` bytes.
        private static Form* Of(MethodTable* type, string parameter, out nuint size)
        {
            Form* form = Description(type);
            if (form != null)
            {
                if (form->Refused != null)
                    throw new TypeLoadException(Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(form->Refused)));
                size = form->Size;
                return form;
            }
            int bytes = Blittable(type);
            if (bytes < 0)
                throw new ArgumentException(SR.Argument_MustHaveLayoutOrBeBlittable, parameter);
            size = (nuint)bytes;
            return null;
        }

        [Replaces("System.Runtime.InteropServices.Marshal::StructureToPtr(System.Object,System.IntPtr,System.Boolean):System.Void")]
        private static void StructureToPtr(object structure, nint to, bool deleteOld)
        {
            ArgumentNullException.ThrowIfNull(to, "ptr");
            ArgumentNullException.ThrowIfNull(structure);
            MethodTable* type = RuntimeHelpers.GetMethodTable(structure);
            if (type->HasInstantiation)
                throw new ArgumentException(SR.Argument_NeedNonGenericObject, nameof(structure));
            ref byte data = ref RuntimeHelpers.GetRawData(structure);
            if (structure is bool truth)
                *(int*)to = truth ? 1 : 0;
            else if (structure is char c)
                *(byte*)to = Interop.ToByte(c);
            else
            {
                Form* form = Of(type, nameof(structure), out nuint size);
                if (form == null)
                    Buffer.Memmove(ref *(byte*)to, ref data, size);
                else
                {
                    if (deleteOld)
                        Clear(form, (byte*)to);
                    ToNative(form, ref data, (byte*)to);
                }
            }
            GC.KeepAlive(structure);
        }

        [Replaces("System.Runtime.InteropServices.Marshal::PtrToStructureHelper(System.IntPtr,System.Object,System.Boolean):System.Void")]
        private static void PtrToStructure(nint from, object structure, bool allowValues)
        {
            MethodTable* type = RuntimeHelpers.GetMethodTable(structure);
            if (!allowValues && type->IsValueType)
                throw new ArgumentException(SR.Argument_StructMustNotBeValueClass, nameof(structure));
            ref byte data = ref RuntimeHelpers.GetRawData(structure);
            if (structure is bool)
                Unsafe.As<byte, bool>(ref data) = *(int*)from != 0;
            else if (structure is char)
                Unsafe.As<byte, char>(ref data) = Interop.ToChar(*(byte*)from);
            else
            {
                Form* form = Of(type, nameof(structure), out nuint size);
                if (form == null)
                    Buffer.Memmove(ref data, ref *(byte*)from, size);
                else
                    ToManaged(form, (byte*)from, ref data);
            }
            GC.KeepAlive(structure);
        }

        [Replaces("System.Runtime.InteropServices.Marshal::DestroyStructure(System.IntPtr,System.Type):System.Void")]
        private static void DestroyStructure(nint at, Type structuretype)
        {
            ArgumentNullException.ThrowIfNull(at, "ptr");
            ArgumentNullException.ThrowIfNull(structuretype);
            if (structuretype is not RuntimeType type)
                throw new ArgumentException(SR.Argument_MustBeRuntimeType, nameof(structuretype));
            if (type.IsGenericType)
                throw new ArgumentException(SR.Argument_NeedNonGenericType, nameof(structuretype));
            Form* form = Of((MethodTable*)type.m_handle, nameof(structuretype), out _);
            if (form != null)
                Clear(form, (byte*)at);
        }

        /// The native form of a value; what it points to belongs to it.
        internal static void ToNative(Form* form, ref byte managed, byte* native)
        {
            for (uint i = 0; i < form->FieldCount; i++)
            {
                Field* field = form->Fields + i;
                ToNative(field, ref Unsafe.AddByteOffset(ref managed, field->Managed), native + field->Native);
            }
        }

        private static void ToNative(Field* field, ref byte from, byte* to)
        {
            switch (field->Kind)
            {
                case Kind.Text: *(nint*)to = Marshal.StringToCoTaskMemUTF8(Unsafe.As<byte, string>(ref from)); break;
                case Kind.WideText: *(nint*)to = Marshal.StringToCoTaskMemUni(Unsafe.As<byte, string>(ref from)); break;
                case Kind.Bstr: *(nint*)to = Marshal.StringToBSTR(Unsafe.As<byte, string>(ref from)); break;
                case Kind.InlineText:
                {
                    new Span<byte>(to, (int)field->Count).Clear();
                    byte[] text = Encoding.UTF8.GetBytes(Unsafe.As<byte, string>(ref from) ?? "");
                    text.AsSpan(0, Math.Min(text.Length, (int)field->Count - 1)).CopyTo(new Span<byte>(to, (int)field->Count));
                    break;
                }
                case Kind.InlineWideText:
                {
                    new Span<char>(to, (int)field->Count).Clear();
                    string text = Unsafe.As<byte, string>(ref from) ?? "";
                    text.AsSpan(0, Math.Min(text.Length, (int)field->Count - 1)).CopyTo(new Span<char>(to, (int)field->Count));
                    break;
                }
                case Kind.InlineArray:
                {
                    Array array = Unsafe.As<byte, Array>(ref from);
                    if (array == null)
                        new Span<byte>(to, (int)(field->Count * field->Size)).Clear();
                    else if ((uint)array.Length < field->Count)
                        throw new ArgumentException(SR.Argument_WrongSizeArrayInNativeStruct);
                    else
                        Elements(field, array, to, there: true);
                    break;
                }
                case Kind.Class:
                {
                    object part = Unsafe.As<byte, object>(ref from);
                    Form* form = Description(field->Table);
                    if (part == null)
                        new Span<byte>(to, (int)form->Size).Clear();
                    else
                        ToNative(form, ref RuntimeHelpers.GetRawData(part), to);
                    break;
                }
                case Kind.Delegate: *(nint*)to = Interop.FunctionOf(Unsafe.As<byte, Delegate>(ref from)); break;
                case Kind.Date: *(double*)to = Unsafe.As<byte, DateTime>(ref from).ToOADate(); break;
                case Kind.Handle: throw new NotSupportedException("A safe handle in a structure that is kept in native memory would not stay open.");
                default: Value(field->Kind, field->Count, field->Table, ref from, to, there: true); break;
            }
        }

        /// Numbers, truth values, characters and structures: fields, or elements of arrays in place.
        private static void Value(Kind kind, uint count, MethodTable* type, ref byte managed, byte* native, bool there)
        {
            switch (kind)
            {
                case Kind.Same:
                    if (there)
                        Buffer.Memmove(ref *native, ref managed, count);
                    else
                        Buffer.Memmove(ref managed, ref *native, count);
                    break;
                case Kind.Bool when there:
                    if (count == sizeof(int))
                        *(int*)native = Unsafe.As<byte, bool>(ref managed) ? 1 : 0;
                    else
                        *native = (byte)(Unsafe.As<byte, bool>(ref managed) ? 1 : 0);
                    break;
                case Kind.Bool: Unsafe.As<byte, bool>(ref managed) = count == sizeof(int) ? *(int*)native != 0 : *native != 0; break;
                case Kind.Char when there: *native = Interop.ToByte(Unsafe.As<byte, char>(ref managed)); break;
                case Kind.Char: Unsafe.As<byte, char>(ref managed) = Interop.ToChar(*native); break;
                case Kind.Struct when there: ToNative(Description(type), ref managed, native); break;
                case Kind.Struct: ToManaged(Description(type), native, ref managed); break;
                default: throw new NotSupportedException("Arrays in structures have elements of another kind.");
            }
        }

        private static void Elements(Field* field, Array array, byte* native, bool there)
        {
            MethodTable* element = (MethodTable*)RuntimeHelpers.GetMethodTable(array)->ElementType;
            nuint size = RuntimeHelpers.GetMethodTable(array)->ComponentSize;
            ref byte data = ref MemoryMarshal.GetArrayDataReference(array);
            for (uint i = 0; i < field->Count; i++)
                Value(field->Element, field->Size, element, ref Unsafe.AddByteOffset(ref data, i * size), native + i * field->Size, there);
        }

        /// The value whose native form this is.
        internal static void ToManaged(Form* form, byte* native, ref byte managed)
        {
            for (uint i = 0; i < form->FieldCount; i++)
            {
                Field* field = form->Fields + i;
                ToManaged(field, native + field->Native, ref Unsafe.AddByteOffset(ref managed, field->Managed));
            }
        }

        private static void ToManaged(Field* field, byte* from, ref byte to)
        {
            switch (field->Kind)
            {
                case Kind.Text: Unsafe.As<byte, string>(ref to) = Marshal.PtrToStringUTF8(*(nint*)from); break;
                case Kind.WideText: Unsafe.As<byte, string>(ref to) = Marshal.PtrToStringUni(*(nint*)from); break;
                case Kind.Bstr: Unsafe.As<byte, string>(ref to) = *(nint*)from == 0 ? null : Marshal.PtrToStringBSTR(*(nint*)from); break;
                case Kind.InlineText:
                {
                    Span<byte> text = new(from, (int)field->Count);
                    int end = text.IndexOf((byte)0);
                    Unsafe.As<byte, string>(ref to) = Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
                    break;
                }
                case Kind.InlineWideText:
                {
                    Span<char> text = new(from, (int)field->Count);
                    int end = text.IndexOf('\0');
                    Unsafe.As<byte, string>(ref to) = new string(end < 0 ? text : text[..end]);
                    break;
                }
                case Kind.InlineArray:
                {
                    Array array = Array.CreateInstanceFromArrayType(Natives.TypeOf(field->Table), (int)field->Count);
                    Elements(field, array, from, there: false);
                    Unsafe.As<byte, Array>(ref to) = array;
                    break;
                }
                case Kind.Class:
                {
                    object part = Natives.Allocate(field->Table);
                    ToManaged(Description(field->Table), from, ref RuntimeHelpers.GetRawData(part));
                    Unsafe.As<byte, object>(ref to) = part;
                    break;
                }
                case Kind.Delegate: Unsafe.As<byte, Delegate>(ref to) = *(nint*)from == 0 ? null : Interop.FunctionDelegate(*(nint*)from, Natives.TypeOf(field->Table)); break;
                case Kind.Date: Unsafe.As<byte, DateTime>(ref to) = DateTime.FromOADate(*(double*)from); break;
                case Kind.Handle: throw new NotSupportedException("A safe handle is not made of a structure in native memory.");
                default: Value(field->Kind, field->Count, field->Table, ref to, from, there: false); break;
            }
        }

        /// Frees what a native form points to.
        internal static void Clear(Form* form, byte* native)
        {
            for (uint i = 0; i < form->FieldCount; i++)
            {
                Field* field = form->Fields + i;
                byte* at = native + field->Native;
                switch (field->Kind)
                {
                    case Kind.Text:
                    case Kind.WideText:
                        Marshal.FreeCoTaskMem(*(nint*)at);
                        *(nint*)at = 0;
                        break;
                    case Kind.Bstr:
                        Marshal.FreeBSTR(*(nint*)at);
                        *(nint*)at = 0;
                        break;
                    case Kind.Struct:
                    case Kind.Class:
                        Clear(Description(field->Table), at);
                        break;
                    case Kind.InlineArray when field->Element == Kind.Struct:
                        for (uint n = 0; n < field->Count; n++)
                            Clear(Description((MethodTable*)field->Table->ElementType), at + n * field->Size);
                        break;
                }
            }
        }
    }
}

// What wrappers of P/Invokes and callbacks (`crates/lower/src/stubs/convert.rs`) call for parameters and results that are objects, and C functions
// for delegates.

using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Kiln
{
    internal static unsafe class Interop
    {
        /// The native handle, which stays open until `LeaveHandle`.
        internal static nint EnterHandle(SafeHandle handle)
        {
            ArgumentNullException.ThrowIfNull(handle, "pHandle");
            bool entered = false;
            handle.DangerousAddRef(ref entered);
            return handle.DangerousGetHandle();
        }

        internal static void LeaveHandle(SafeHandle handle) => handle.DangerousRelease();

        internal static void SetHandle(SafeHandle handle, nint value) => handle.SetHandle(value);

        /// The first byte of a character's UTF-8.
        internal static byte ToByte(char c)
        {
            byte* bytes = stackalloc byte[4];
            Encoding.UTF8.GetBytes(&c, 1, bytes, 4);
            return *bytes;
        }

        /// The character that is a byte of UTF-8 by itself.
        internal static char ToChar(byte b) => b <= 0x7f ? (char)b : '\ufffd';

        /// A buffer for as many characters as the builder has room for, with what it holds: UTF-16, or UTF-8 with three bytes for each.
        internal static nint EnterBuilder(StringBuilder builder, bool wide)
        {
            if (builder == null)
                return 0;
            nuint size = ((nuint)builder.Capacity + 1) * (wide ? 2u : 3u) + 1;
            byte* buffer = (byte*)NativeMemory.AllocZeroed(size);
            string text = builder.ToString();
            if (wide)
                text.CopyTo(new Span<char>(buffer, text.Length));
            else
                Encoding.UTF8.GetBytes(text, new Span<byte>(buffer, (int)size - 1));
            return (nint)buffer;
        }

        /// What the buffer holds now, up to its end mark, is the builder's text.
        internal static void LeaveBuilder(StringBuilder builder, nint buffer, bool wide)
        {
            if (builder == null)
                return;
            builder.Clear();
            if (wide)
                builder.Append(MemoryMarshal.CreateReadOnlySpanFromNullTerminated((char*)buffer));
            else
                builder.Append(Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)buffer)));
            NativeMemory.Free((void*)buffer);
        }

        /// The native form of a structure, in memory of the caller; 0 for a null pointer. What is not converted is zero.
        internal static nint EnterStructure(ref byte managed, nint form, nint native, bool there)
        {
            if (Unsafe.IsNullRef(ref managed))
                return 0;
            NativeMemory.Clear((void*)native, ((Structures.Form*)form)->Size);
            if (there)
                Structures.ToNative((Structures.Form*)form, ref managed, (byte*)native);
            return native;
        }

        internal static void LeaveStructure(ref byte managed, nint form, nint native, bool back)
        {
            if (Unsafe.IsNullRef(ref managed))
                return;
            if (back)
                Structures.ToManaged((Structures.Form*)form, (byte*)native, ref managed);
            Structures.Clear((Structures.Form*)form, (byte*)native);
        }

        internal static nint EnterStructureOfClass(object managed, nint form, nint native, bool there) =>
            managed == null ? 0 : EnterStructure(ref RuntimeHelpers.GetRawData(managed), form, native, there);

        internal static void LeaveStructureOfClass(object managed, nint form, nint native, bool back)
        {
            if (managed != null)
                LeaveStructure(ref RuntimeHelpers.GetRawData(managed), form, native, back);
        }

        /// The C function for delegates of a type, and what delegates of the type over a C function call; null where the compiler made none.
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void* Entry(MethodTable* delegateType);
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void* Call(MethodTable* delegateType);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern void* MakeThunk(void* code, void* word);
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern void SetThunk(void* thunk, void* code, void* word);

        /// A C function that calls the delegate as long as somebody else keeps it.
        internal static nint PointerOf(Delegate target, nint entry)
        {
            if (target == null)
                return 0;
            return IsNative(target) ? target._methodPtrAux : Callback.Of(target, (void*)entry);
        }

        /// The delegate whose C function this is, or a new one that calls a function of native code.
        internal static Delegate DelegateOf(nint pointer, MethodTable* type, nint call)
        {
            if (pointer == 0)
                return null;
            Delegate known = Callback.Find(pointer);
            if (known != null)
                return known;
            MulticastDelegate made = (MulticastDelegate)Natives.Allocate(type);
            made._target = made;
            made._methodPtr = call;
            made._methodPtrAux = pointer;
            // What `MulticastDelegate` knows them by.
            made._invocationCount = -1;
            return made;
        }

        private static bool IsNative(Delegate target) => target is MulticastDelegate multicast && multicast._invocationCount == -1 && multicast._invocationList == null;

        [Replaces("System.Runtime.InteropServices.Marshal::GetFunctionPointerForDelegateInternal(System.Delegate):System.IntPtr")]
        private static nint FunctionPointer(Delegate target) => FunctionOf(target);

        /// The C function of a delegate of any type, 0 of none.
        internal static nint FunctionOf(Delegate target)
        {
            if (target == null)
                return 0;
            Type type = target.GetType();
            if (type.IsGenericType)
                throw new ArgumentException(SR.Argument_NeedNonGenericType, "delegate");
            void* entry = Entry(RuntimeHelpers.GetMethodTable(target));
            if (entry == null && !IsNative(target))
                throw new PlatformNotSupportedException("Delegates of type '" + type.ToString() + "' cannot be called by native code in this program.");
            return PointerOf(target, (nint)entry);
        }

        [Replaces("System.Runtime.InteropServices.Marshal::GetDelegateForFunctionPointerInternal(System.IntPtr,System.RuntimeType):System.Delegate")]
        internal static Delegate FunctionDelegate(nint pointer, RuntimeType type)
        {
            MethodTable* table = (MethodTable*)type.m_handle;
            void* call = Call(table);
            if (call == null && Callback.Find(pointer) == null)
                throw new PlatformNotSupportedException("Delegates of type '" + type.ToString() + "' cannot call native code in this program.");
            return DelegateOf(pointer, table, (nint)call);
        }
    }

    /// The C function of a delegate: a thunk, which is another delegate's when this one is gone.
    internal sealed unsafe class Callback
    {
        /// How many thunks wait before one is used again: native code that calls too late is told so for a while.
        private const int Resting = 64;

        private static readonly ConditionalWeakTable<Delegate, Callback> s_ofDelegate = new();
        private static readonly Dictionary<nint, nint> s_words = new();
        private static readonly Queue<nint> s_free = new();
        /// Holds nothing.
        private static readonly nint s_noDelegate = GCHandle.InternalAlloc(null, GCHandleType.Weak);

        private readonly nint _thunk;
        private readonly nint _word;
        private readonly nint _entry;

        private Callback(Delegate target, void* entry)
        {
            _entry = (nint)entry;
            _word = GCHandle.InternalAlloc(target, GCHandleType.Weak);
            if (s_free.Count > Resting)
            {
                _thunk = s_free.Dequeue();
                Interop.SetThunk((void*)_thunk, entry, (void*)_word);
            }
            else
                _thunk = (nint)Interop.MakeThunk(entry, (void*)_word);
            if (_thunk == 0)
                throw new OutOfMemoryException();
            s_words[_thunk] = _word;
        }

        ~Callback()
        {
            if (_thunk == 0)
                return;
            lock (s_free)
            {
                s_words.Remove(_thunk);
                Interop.SetThunk((void*)_thunk, (void*)_entry, (void*)s_noDelegate);
                GCHandle.InternalFree(_word);
                s_free.Enqueue(_thunk);
            }
        }

        internal static nint Of(Delegate target, void* entry)
        {
            lock (s_free)
            {
                if (!s_ofDelegate.TryGetValue(target, out Callback callback))
                    s_ofDelegate.Add(target, callback = new Callback(target, entry));
                return callback._thunk;
            }
        }

        internal static Delegate Find(nint pointer)
        {
            lock (s_free)
                return s_words.TryGetValue(pointer, out nint word) ? (Delegate)GCHandle.InternalGet(word) : null;
        }
    }
}

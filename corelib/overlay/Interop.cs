// What wrappers of P/Invokes (`crates/lower/src/stubs/pinvoke.rs`) call for parameters and results that are objects.

using System;
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
    }
}

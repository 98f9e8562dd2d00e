// Monitors and wait handles of .NET 10 over the functions that .NET 9 calls directly.

using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Kiln
{
    internal static unsafe class Locks
    {
        [Replaces("System.Threading.Monitor::Enter(System.Object):System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void Enter(object value);

        [Replaces("System.Threading.Monitor::Exit(System.Object):System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void Exit(object value);

        [Native("System.Threading.Monitor::ReliableEnter(System.Object,System.Boolean&):System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void ReliableEnter(object value, ref bool taken);

        [Replaces("System.Threading.Monitor::Enter(System.Object,System.Boolean&):System.Void")]
        private static void Enter(object value, ref bool taken)
        {
            if (taken)
                Monitor.ThrowLockTakenException();
            ReliableEnter(value, ref taken);
        }

        [Replaces("System.Threading.Monitor::ExitIfLockTaken(System.Object,System.Boolean&):System.Void")]
        private static void ExitIfLockTaken(object value, ref bool taken)
        {
            ArgumentNullException.ThrowIfNull(value, null);
            if (!taken)
                return;
            Exit(value);
            taken = false;
        }

        [Replaces("System.Threading.Monitor::TryEnter_Timeout_WithLockTaken(System.Object,System.Int32,System.Boolean&):System.Void")]
        [Native("System.Threading.Monitor::ReliableEnterTimeout(System.Object,System.Int32,System.Boolean&):System.Void")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void TryEnter(object value, int milliseconds, ref bool taken);

        [Replaces("System.Threading.Monitor::TryEnter(System.Object,System.Int32):System.Boolean")]
        private static bool TryEnter(object value, int milliseconds)
        {
            bool taken = false;
            TryEnter(value, milliseconds, ref taken);
            return taken;
        }

        [Replaces("System.Threading.Monitor::TryEnter(System.Object):System.Boolean")]
        private static bool TryEnter(object value) => TryEnter(value, 0);

        [Replaces("System.Threading.WaitHandle::WaitOneCore(System.IntPtr,System.Int32,System.Boolean):System.Int32")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int WaitOne(nint handle, int milliseconds, bool trivial);

        [Replaces("System.Threading.LowLevelLifoSemaphore::WaitNative(Microsoft.Win32.SafeHandles.SafeWaitHandle,System.Int32):System.Int32")]
        private static int WaitPrioritized(Microsoft.Win32.SafeHandles.SafeWaitHandle handle, int milliseconds)
        {
            int result = WaitOne(handle.DangerousGetHandle(), milliseconds, true);
            GC.KeepAlive(handle);
            return result;
        }

        [Native("System.Threading.WaitHandle::WaitMultipleIgnoringSyncContext(System.IntPtr*,System.Int32,System.Boolean,System.Int32):System.Int32")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int WaitMultiple(nint* handles, int count, bool all, int milliseconds);

        [Replaces("System.Threading.WaitHandle::WaitMultipleIgnoringSyncContext(System.ReadOnlySpan`1<System.IntPtr>,System.Int32,System.Boolean,System.Int32):System.Int32")]
        private static int WaitMultiple(ReadOnlySpan<nint> handles, int count, bool all, int milliseconds)
        {
            fixed (nint* first = handles)
                return WaitMultiple(first, count, all, milliseconds);
        }

        [Replaces("System.Threading.WaitHandle::SignalAndWait(System.IntPtr,System.IntPtr,System.Int32):System.Int32")]
        [Native("System.Threading.WaitHandle::SignalAndWaitNative(System.IntPtr,System.IntPtr,System.Int32):System.Int32")]
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int SignalAndWait(nint signal, nint handle, int milliseconds);
    }
}

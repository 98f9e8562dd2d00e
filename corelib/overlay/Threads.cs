// Threads: the managed half. The native record of a thread (`runtime/rt/src/thread/records.rs`) is what _DONT_USE_InternalThread holds.

using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Kiln
{
    internal static unsafe class Threads
    {
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern nint NewRecord();
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern nint CurrentRecord();
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int RecordId(nint record);
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void FreeRecord(nint record);
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern bool Start(nint record, Thread thread, void* entry, int stackSize);
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern bool Join(nint record, int milliseconds);
        /// Bits: 1 started, 2 finished, 4 background, 8 pool thread, 16 waiting.
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern int Flags(nint record);
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void SetFlag(nint record, int flag, bool on);
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern void SetName(nint record, string name);

        private static nint Record(Thread thread) => thread._DONT_USE_InternalThread;

        [Replaces("System.Threading.Thread::InitializeCurrentThread():System.Threading.Thread")]
        private static Thread InitializeCurrent()
        {
            nint record = CurrentRecord();
            // .NET 10 has no constructor for it.
            Thread thread = Unsafe.As<Thread>(Natives.Allocate((MethodTable*)typeof(Thread).TypeHandle.Value));
            thread._DONT_USE_InternalThread = record;
            thread._managedThreadId = RecordId(record);
            thread._priority = (int)ThreadPriority.Normal;
            GC.SuppressFinalize(thread);
            Thread.t_currentThread = thread;
            return thread;
        }

        [Replaces("System.Threading.Thread::Initialize():System.Void")]
        private static void Initialize(Thread @this)
        {
            nint record = NewRecord();
            @this._DONT_USE_InternalThread = record;
            @this._managedThreadId = RecordId(record);
            @this._priority = (int)ThreadPriority.Normal;
        }

        [Replaces("System.Threading.Thread::InternalFinalize():System.Void")]
        private static void Finalize(Thread @this)
        {
            nint record = Record(@this);
            if (record != 0)
            {
                @this._DONT_USE_InternalThread = 0;
                FreeRecord(record);
            }
        }

        [Replaces("System.Threading.Thread::StartCore():System.Void")]
        private static void StartCore(Thread @this)
        {
            nint record = Record(@this);
            if ((Flags(record) & 1) != 0)
                throw new ThreadStateException();
            Thread.StartHelper helper = @this._startHelper;
            if (@this._name != null)
                SetName(record, @this._name);
            delegate*<object, void> entry = &Run;
            if (!Start(record, @this, entry, helper == null ? 0 : helper._maxStackSize))
                throw new OutOfMemoryException();
        }

        /// As `Thread.StartCallback`, which no trace on .NET has.
        [StackTraceHidden]
        private static void Run(object thread)
        {
            Thread self = (Thread)thread;
            Thread.t_currentThread = self;
            Thread.StartHelper helper = self._startHelper;
            self._startHelper = null;
            helper.Run();
        }

        [Replaces("System.Threading.Thread::Join(System.Int32):System.Boolean")]
        private static bool Join(Thread @this, int milliseconds)
        {
            if (milliseconds < -1)
                throw new ArgumentOutOfRangeException(nameof(milliseconds));
            if ((Flags(Record(@this)) & 1) == 0)
                throw new ThreadStateException();
            bool joined = Join(Record(@this), milliseconds);
            GC.KeepAlive(@this);
            return joined;
        }

        [Replaces("System.Threading.Thread::get_IsAlive():System.Boolean")]
        private static bool IsAlive(Thread @this) => (Flags(Record(@this)) & 3) == 1;

        [Replaces("System.Threading.Thread::get_IsBackground():System.Boolean")]
        private static bool IsBackground(Thread @this) => (Flags(Record(@this)) & 4) != 0;

        [Replaces("System.Threading.Thread::set_IsBackground(System.Boolean):System.Void")]
        private static void SetIsBackground(Thread @this, bool value)
        {
            SetFlag(Record(@this), 4, value);
            if (!value)
                @this._mayNeedResetForThreadPool = true;
        }

        [Replaces("System.Threading.Thread::get_IsThreadPoolThread():System.Boolean")]
        private static bool IsPool(Thread @this) => (Flags(Record(@this)) & 8) != 0;

        [Replaces("System.Threading.Thread::set_IsThreadPoolThread(System.Boolean):System.Void")]
        private static void SetIsPool(Thread @this, bool value) => SetFlag(Record(@this), 8, value);

        [Replaces("System.Threading.Thread::get_Priority():System.Threading.ThreadPriority")]
        private static ThreadPriority Priority(Thread @this) => (ThreadPriority)@this._priority;

        [Replaces("System.Threading.Thread::set_Priority(System.Threading.ThreadPriority):System.Void")]
        private static void SetPriority(Thread @this, ThreadPriority value)
        {
            @this._priority = (int)value;
            if (value != ThreadPriority.Normal)
                @this._mayNeedResetForThreadPool = true;
        }

        [Replaces("System.Threading.Thread::get_ThreadState():System.Threading.ThreadState")]
        private static ThreadState State(Thread @this)
        {
            int flags = Flags(Record(@this));
            ThreadState state = (flags & 4) != 0 ? ThreadState.Background : ThreadState.Running;
            if ((flags & 1) == 0)
                state |= ThreadState.Unstarted;
            else if ((flags & 2) != 0)
                state = ThreadState.Stopped;
            else if ((flags & 16) != 0)
                state |= ThreadState.WaitSleepJoin;
            return state;
        }

        [Replaces("System.Threading.Thread::ThreadNameChanged(System.String):System.Void")]
        private static void NameChanged(Thread @this, string value)
        {
            if ((Flags(Record(@this)) & 1) != 0)
                SetName(Record(@this), value);
        }
    }
}

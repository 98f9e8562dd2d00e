//@ exit = 0
// Covers: Thread.Interrupt ends every kind of wait, mutexes are abandoned by threads that end, loops that wait let other threads run.
#nullable disable
using System;
using System.Runtime.CompilerServices;
using System.Threading;

class Program
{
    static readonly object Gate = new object();
    static volatile bool s_done;
    static int s_calls;

    /// Runs a wait in a thread that is interrupted meanwhile.
    static void Interrupted(string name, Action wait, bool early = false)
    {
        string result = "nothing";
        using var started = new ManualResetEventSlim();
        var t = new Thread(() =>
        {
            started.Set();
            while (early && !s_done) Thread.SpinWait(10);
            try { wait(); result = "went on"; }
            catch (ThreadInterruptedException) { result = "interrupted"; }
        });
        s_done = false;
        t.Start();
        started.Wait();
        if (!early) while ((t.ThreadState & ThreadState.WaitSleepJoin) == 0) Thread.Sleep(1);
        t.Interrupt();
        s_done = true;
        t.Join();
        Console.WriteLine($"{name}: {result}");
    }

    static void Abandon(string name, Func<Mutex, object> wait)
    {
        var m = new Mutex();
        var t = new Thread(() => { m.WaitOne(); m.WaitOne(); });
        t.Start();
        t.Join();
        object r;
        try { r = wait(m); } catch (AbandonedMutexException e) { r = "abandoned " + e.MutexIndex + " " + (e.Mutex == m); }
        Console.WriteLine($"{name}: {r}");
        m.ReleaseMutex();
        Console.WriteLine($"{name} again: {m.WaitOne(0)}");
        m.ReleaseMutex();
        try { m.ReleaseMutex(); } catch (ApplicationException e) { Console.WriteLine(e.GetType().Name); }
        m.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)] static void Call() => s_calls++;

    static void Loop(string name, Action round)
    {
        s_done = false;
        var t = new Thread(() => s_done = true);
        t.Start();
        while (!s_done) round();
        t.Join();
        Console.WriteLine(name);
    }

    static int Main()
    {
        Interrupted("sleep", () => Thread.Sleep(60_000));
        Interrupted("sleep forever", () => Thread.Sleep(-1));
        Interrupted("event", () => new ManualResetEvent(false).WaitOne());
        Interrupted("event time", () => new AutoResetEvent(false).WaitOne(60_000));
        Interrupted("any", () => WaitHandle.WaitAny(new WaitHandle[] { new ManualResetEvent(false), new Semaphore(0, 1) }));
        Interrupted("all", () => WaitHandle.WaitAll(new WaitHandle[] { new ManualResetEvent(true), new Mutex(), new Semaphore(0, 1) }));
        lock (Gate) Interrupted("enter", () => { lock (Gate) { } });
        lock (Gate) Interrupted("try enter", () => Monitor.TryEnter(Gate, 60_000));
        Interrupted("wait", () =>
        {
            lock (Gate)
            {
                try { Monitor.Wait(Gate); }
                catch (ThreadInterruptedException) { Console.WriteLine("has the lock: " + Monitor.IsEntered(Gate)); throw; }
            }
        });
        var forever = new Thread(() => Thread.Sleep(-1)) { IsBackground = true };
        forever.Start();
        Interrupted("join", () => forever.Join());
        Interrupted("join time", () => forever.Join(60_000));
        Interrupted("slim", () => new ManualResetEventSlim().Wait());
        Interrupted("before it waits", () => Thread.Sleep(60_000), early: true);
        Interrupted("ready event", () => new ManualResetEvent(true).WaitOne(), early: true);
        Interrupted("free lock", () => { lock (new object()) { } }, early: true);
        // Joined before: a thread that has only said that it ends (`IsAlive` is false) may still be waited for.
        var ended = new Thread(() => { });
        ended.Start();
        ended.Join();
        Interrupted("ended thread", () => ended.Join(), early: true);
        Interrupted("second wait", () =>
        {
            try { Thread.Sleep(-1); } catch (ThreadInterruptedException) { }
            Thread.Sleep(1);
        });

        Abandon("one", m => m.WaitOne());
        Abandon("time", m => m.WaitOne(1000));
        Abandon("any of two", m => WaitHandle.WaitAny(new WaitHandle[] { new ManualResetEvent(false), m }));
        Abandon("all of two", m => WaitHandle.WaitAll(new WaitHandle[] { new ManualResetEvent(true), m }));
        var waiting = new Mutex();
        var owner = new Thread(() => { waiting.WaitOne(); s_done = true; Thread.Sleep(20); });
        s_done = false;
        owner.Start();
        while (!s_done) Thread.Sleep(1);
        try { Console.WriteLine(waiting.WaitOne()); } catch (AbandonedMutexException) { Console.WriteLine("abandoned while waited for"); }

        object held = new object();
        var holder = new Thread(() => Monitor.Enter(held));
        holder.Start();
        holder.Join();
        Console.WriteLine(Monitor.TryEnter(held, 20));

        Loop("calls", Call);
        Loop("collections", GC.Collect);
        Loop("allocations", () => GC.KeepAlive(new object()));
        Loop("nothing", () => { });
        Loop("yields", () => Thread.Yield());
        Loop("virtual", () => held.ToString());
        return 0;
    }
}

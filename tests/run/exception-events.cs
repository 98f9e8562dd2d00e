//@ exit = 134
// Covers: AppDomain.FirstChanceException (throws, rethrows, exceptions of the runtime, of other threads, listeners that throw and catch, removed
// listeners), UnhandledException before the end; the text of an unhandled exception is its own ToString.
using System;
using System.Runtime.ExceptionServices;
using System.Threading;

class Own : Exception
{
    public override string Message => "own message";
    public override string ToString() { Console.WriteLine("asked for text"); return "own text"; }
}

static class Program
{
    static int depth;
    static void Listen(object? sender, FirstChanceExceptionEventArgs e)
    {
        Console.WriteLine($"thrown {e.Exception.GetType().Name} {e.Exception.Message} {sender == null}");
        if (depth++ == 0)
        {
            GC.Collect();
            try { throw new InvalidOperationException("inside"); } catch (InvalidOperationException) { }
        }
    }

    static void Main()
    {
        AppDomain.CurrentDomain.FirstChanceException += Listen;
        try { throw new Exception("first"); } catch (Exception e) { Console.WriteLine("caught " + e.Message); }
        depth = 1;
        try { try { throw new Exception("again"); } catch { throw; } } catch { }
        try { object o = "text"; Console.WriteLine((int)o); } catch (InvalidCastException) { }
        try { var a = new int[1]; Console.WriteLine(a[int.Parse("3")]); } catch (IndexOutOfRangeException) { }
        try { ExceptionDispatchInfo.Capture(new Exception("captured")).Throw(); } catch { }
        var t = new Thread(() => { try { throw new Exception("thread"); } catch { } });
        t.Start();
        t.Join();
        AppDomain.CurrentDomain.FirstChanceException -= Listen;
        try { throw new Exception("unheard"); } catch { }
        AppDomain.CurrentDomain.UnhandledException += (s, e) => Console.WriteLine($"unhandled {((Exception)e.ExceptionObject).Message} {e.IsTerminating} {s == null}");
        AppDomain.CurrentDomain.ProcessExit += (s, e) => Console.WriteLine("not reached");
        throw new Own();
    }
}

//@ exit = 0
//@ targets = ["linux-arm64"]
// Covers: exception objects — rethrow and stack traces, inner and aggregate exceptions, Data, custom types, ExceptionDispatchInfo, deep unwinding.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

class AppException : Exception
{
    public int Code { get; }
    public AppException(int code, string message, Exception? inner = null) : base(message, inner) => Code = code;
    public override string Message => $"[{Code}] {base.Message}";
}

class Resource(string name) : IDisposable { public void Dispose() => Console.Write($"~{name} "); }

class Program
{
    [MethodImpl(MethodImplOptions.NoInlining)] static void Leaf() => throw new AppException(7, "leaf");
    [MethodImpl(MethodImplOptions.NoInlining)] static void Wrap() { try { Leaf(); } catch (AppException e) { throw new InvalidOperationException("wrapped", e); } }
    [MethodImpl(MethodImplOptions.NoInlining)] static void Rethrow() { try { Leaf(); } catch (Exception) { throw; } }
    [MethodImpl(MethodImplOptions.NoInlining)] static void ThrowAgain() { try { Leaf(); } catch (Exception e) { throw e; } }
    [MethodImpl(MethodImplOptions.NoInlining)] static int Deep(int n) { if (n == 0) throw new AppException(n, "deep"); try { return Deep(n - 1) + 1; } finally { depth++; } }
    static int depth;

    static string[] Frames(Exception e) => (e.StackTrace ?? "").Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith("at Program.")).Select(l => l[11..l.IndexOf('(')]).ToArray();

    static void Main()
    {
        try { Wrap(); }
        catch (Exception e)
        {
            Console.WriteLine($"{e.Message} <- {e.InnerException!.Message} {((AppException)e.GetBaseException()).Code} {e.HResult:X}");
            Console.WriteLine(e.ToString().Split('\n')[0].Trim());
            e.Data["k"] = 5;
            Console.WriteLine(e.Data.Contains("k"));
        }
        try { Rethrow(); } catch (AppException e) { Console.WriteLine(string.Join(">", Frames(e))); }
        try { ThrowAgain(); } catch (AppException e) { Console.WriteLine(string.Join(">", Frames(e))); }
        Console.WriteLine(new Exception().StackTrace == null);
        try { Deep(500); } catch (AppException e) { Console.WriteLine($"{depth} {Frames(e).Count(f => f == "Deep")}"); }

        ExceptionDispatchInfo? saved = null;
        try { Leaf(); } catch (Exception e) { saved = ExceptionDispatchInfo.Capture(e); }
        try { saved!.Throw(); } catch (AppException e) { Console.WriteLine($"{e.Code} {Frames(e)[0]}"); }

        var many = new AggregateException("several", new AppException(1, "a"), new AggregateException(new AppException(2, "b")));
        Console.WriteLine($"{many.InnerExceptions.Count} {many.Flatten().InnerExceptions.Count} {many.Message}");
        try { many.Handle(x => x is AppException); } catch (AggregateException e) { Console.WriteLine(e.InnerExceptions.Count); }

        try { using var a = new Resource("a"); using (new Resource("b")) { throw new Exception("in using"); } } catch (Exception e) { Console.WriteLine(e.Message); }
        int caught = 0;
        for (int i = 0; i < 1000; i++) try { if (i % 3 == 0) throw new AppException(i, "loop"); } catch (AppException e) when (e.Code % 2 == 0) { caught++; } catch (AppException) { caught += 1000; }
        Console.WriteLine(caught);
        var log = new List<string>();
        try { object o = "s"; checked { try { _ = (int)o; } catch (InvalidCastException) { log.Add("cast"); int z = 0; _ = 1 / z; } finally { log.Add("fin"); } } }
        catch (ArithmeticException e) { log.Add(e.GetType().Name); }
        Console.WriteLine(string.Join(",", log));
    }
}

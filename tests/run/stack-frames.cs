//@ exit = 0
// Covers: System.Diagnostics.StackTrace and StackFrame, Exception.TargetSite, MethodBase.GetCurrentMethod; traces that filters read
// (ECMA-335 I.12.4.2.5), after rethrow and ExceptionDispatchInfo.
using System;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
P.Run();
static class P
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run()
    {
        Console.WriteLine(new StackFrame().GetMethod()!.Name);
        Console.WriteLine(Caller());
        Console.WriteLine(MethodBase.GetCurrentMethod());
        new S().M();
        new G<int>().M(1);
        new G<string>().M("");
        new G<int>().N<long>();
        new G<string>().N<object>();
        try { Thrower(3); } catch (InvalidOperationException e) {
            Console.WriteLine(e.TargetSite);
            var t = new StackTrace(e, true);
            Console.WriteLine(t.FrameCount);
            foreach (var f in t.GetFrames()) Console.WriteLine($"{f.GetMethod()?.DeclaringType}::{f.GetMethod()?.Name} {f.GetNativeOffset() > 0}");
            Console.WriteLine(WithoutLines(t));
            Console.WriteLine(new StackTrace(e, 1, false).ToString());
        }
        try { Thrower(0); } catch (Exception e) when (Show(e)) { Console.WriteLine(WithoutLines(e.StackTrace!)); }
        try { try { Thrower(1); } catch (Exception e) when (Show(e) && e.StackTrace == "") { } } catch (Exception e) { Console.WriteLine(WithoutLines(e.StackTrace!)); }
        try { try { Thrower(1); } catch (Exception) { throw; } } catch (Exception e) when (Show(e) | Show(e)) { Console.WriteLine(WithoutLines(e.StackTrace!)); }
        try { try { Thrower(1); } catch (Exception e) { System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e).Throw(); } } catch (Exception e) when (Show(e)) { Console.WriteLine(WithoutLines(e.StackTrace!)); Console.WriteLine(new StackTrace(e)); }
        Console.WriteLine(new InvalidOperationException().TargetSite == null);
        Console.WriteLine(new StackTrace(new Exception()).FrameCount);
        Console.WriteLine(new StackTrace().GetFrame(0)!.GetMethod());
        Console.WriteLine(new StackTrace(1).GetFrame(0)!.GetMethod()!.Name);
        Console.WriteLine(new StackTrace().ToString());
        Action a = () => Console.WriteLine(new StackFrame(0).GetMethod());
        a();
        Console.WriteLine(new StackFrame(100).GetMethod() == null);
    }
    // CoreCLR has the lines from the symbols beside the assembly, Kiln only with -g.
    static string WithoutLines(object trace) => string.Join('\n', $"{trace}".Split('\n').Select(l => l.Contains(" in ") ? l[..l.IndexOf(" in ")] : l));
    static bool Show(Exception e) { Console.WriteLine("filter " + WithoutLines(e.StackTrace!)); return true; }
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Thrower(int n) { if (n > 0) { Thrower(n - 1); Console.Write(""); } else throw new InvalidOperationException("x"); }
    [MethodImpl(MethodImplOptions.NoInlining)]
    static string Caller() => new StackFrame(1).GetMethod()!.Name;
}
struct S { public void M() => Console.WriteLine(MethodBase.GetCurrentMethod()); }
class G<T> {
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void M(T t) { Console.WriteLine(MethodBase.GetCurrentMethod() + " " + MethodBase.GetCurrentMethod()!.DeclaringType); }
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void N<U>() { Console.WriteLine(MethodBase.GetCurrentMethod() + " " + MethodBase.GetCurrentMethod()!.DeclaringType); Console.WriteLine(new StackFrame().GetMethod()); }
}

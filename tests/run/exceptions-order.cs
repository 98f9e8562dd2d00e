//@ exit = 0
//@ targets = ["linux-arm64"]
// Covers: ECMA-335 I.12.4.2.5 — two passes: every filter runs before any finally; order of filters, finallys and catches across frames.
using System;

class Program
{
    static void Log(string s) => Console.Write(s + " ");
    static bool Filter(string name, bool answer) { Log($"filter:{name}"); return answer; }

    static void Inner()
    {
        try
        {
            try { Log("throw"); throw new InvalidOperationException("x"); }
            finally { Log("finally:inner"); }
        }
        catch (ArgumentException) { Log("wrong"); }
        finally { Log("finally:outer"); }
    }

    static void Middle()
    {
        try { Inner(); }
        catch (Exception) when (Filter("no", false)) { Log("never"); }
        finally { Log("finally:middle"); }
    }

    static int ReturnThroughFinally(bool jump)
    {
        int x = 1;
        for (int i = 0; i < 3; i++)
        {
            try { if (i == 1) { if (jump) continue; return x; } x *= 10; }
            finally { x++; Log("f" + i); }
        }
        return x;
    }

    static bool ThrowingFilter() { Log("filter throws"); throw new Exception("swallowed"); }

    static string Nested(int n)
    {
        try
        {
            try { if (n == 0) throw new ArgumentNullException("p"); if (n == 1) throw new FormatException("f"); return "none"; }
            catch (ArgumentException e) when (e.ParamName == "p") { Log("specific"); throw new Exception("replaced", e); }
            finally { Log("fin"); }
        }
        catch (Exception e) { return e.Message + "/" + e.InnerException?.GetType().Name; }
    }

    static void Main()
    {
        try { Middle(); }
        catch (InvalidOperationException e) when (Filter("yes", true)) { Log("caught " + e.Message); }
        finally { Log("finally:main"); }
        Console.WriteLine();
        Console.WriteLine(ReturnThroughFinally(false));
        Console.WriteLine(ReturnThroughFinally(true));
        try { try { throw new Exception("original"); } catch when (ThrowingFilter()) { Log("not here"); } }
        catch (Exception e) { Console.WriteLine(e.Message); }
        for (int i = 0; i < 3; i++) Console.WriteLine(Nested(i));

        int local = 0;
        try { try { local = 1; throw new Exception(); } finally { local += 10; } }
        catch when (local == 1) { Log($"filter saw 1, handler sees {local}"); }
        Console.WriteLine();
        try
        {
            try { throw new Exception("first"); }
            finally { Log("before"); throw new Exception("second"); }
        }
        catch (Exception e) { Console.WriteLine(e.Message); }
        try { try { throw new Exception("a"); } catch { try { throw new Exception("b"); } catch (Exception e) { Log(e.Message); } throw; } }
        catch (Exception e) { Console.WriteLine(e.Message); }
        Func<int> thrower = () => throw new NotSupportedException();
        try { _ = thrower() + thrower(); } catch (NotSupportedException) { Console.WriteLine("through a delegate"); }
    }
}

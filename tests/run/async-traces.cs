//@ exit = 134
// Covers: traces of asynchronous methods and iterators are in terms of the source (StateMachineAttribute), through awaits, AggregateException and
// an unhandled exception of an asynchronous Main; hidden methods.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
class P {
    // CoreCLR has the lines from the symbols beside the assembly, Kiln only with -g.
    static string WithoutLines(object trace) => string.Join('\n', $"{trace}".Split('\n').Select(l => l.Contains(" in ") ? l[..l.IndexOf(" in ")] : l));
    static async Task A(int n) { await Task.Yield(); if (n == 0) throw new InvalidOperationException("deep"); await A(n - 1); }
    static async Task<int> V() { await A(2); return 1; }
    static IEnumerable<int> I(int n) { yield return 1; Console.WriteLine(1 / n); }
    static void Drain(IEnumerable<int> e) { foreach (int i in e) Console.WriteLine(i); }
    [StackTraceHidden] static void Hidden() { Drain(I(0)); }
    static async Task Main() {
        try { await V(); } catch (Exception e) { Console.WriteLine(WithoutLines(e)); Console.WriteLine(e.TargetSite); }
        try { V().Wait(); } catch (AggregateException e) { Console.WriteLine(WithoutLines(e.InnerException!.StackTrace!)); }
        foreach (var m in new Action[] { () => Drain(I(0)), () => Hidden() }) try { m(); } catch (Exception e) { Console.WriteLine(WithoutLines(e.StackTrace!)); }
        await V();
    }
}

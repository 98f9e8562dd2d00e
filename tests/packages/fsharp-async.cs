//@ packages = ["FSharp.Core 10.1.401"]
//@ slow = true
// Covers: FSharp.Core: asynchronous workflows (as the compiler of F# makes them of calls of the builder), an agent with a mailbox, cancellation, exceptions,
// tasks, events, quotations.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Control;
using Microsoft.FSharp.Core;
using Microsoft.FSharp.Quotations;

class Program
{
    abstract record Message;
    sealed record Add(int Value) : Message;
    sealed record Get(FSharpAsyncReplyChannel<int> Channel) : Message;
    sealed record Stop : Message;

    static FSharpAsyncBuilder Async => ExtraTopLevelOperators.DefaultAsyncBuilder;
    static FSharpFunc<A, R> Fn<A, R>(Func<A, R> f) => FuncConvert.FromFunc(f);
    static FSharpAsync<T> Delay<T>(Func<FSharpAsync<T>> f) => Async.Delay(Fn<Unit, FSharpAsync<T>>(_ => f()));
    static FSharpAsync<R> Bind<A, R>(FSharpAsync<A> a, Func<A, FSharpAsync<R>> f) => Async.Bind(a, Fn(f));
    static T Run<T>(FSharpAsync<T> a, CancellationToken? token = null) =>
        FSharpAsync.RunSynchronously(a, FSharpOption<int>.None, token is { } t ? FSharpOption<CancellationToken>.Some(t) : FSharpOption<CancellationToken>.None);
    static string Show<T>(T value) =>
        PrintfModule.PrintFormatToStringThen(new PrintfFormat<FSharpFunc<T, string>, Unit, string, string, object>("%A")).Invoke(value);

    static FSharpAsync<int> Square(int x) => Delay(() => Bind(FSharpAsync.Sleep(1), (Unit _) => Async.Return(x * x)));

    static FSharpMailboxProcessor<Message> Agent()
    {
        FSharpAsync<Unit> Loop(FSharpMailboxProcessor<Message> box, int n) => Delay(() => Bind(box.Receive(FSharpOption<int>.None), (Message m) =>
        {
            switch (m)
            {
                case Add add: return Async.ReturnFrom(Loop(box, n + add.Value));
                case Get get:
                    get.Channel.Reply(n);
                    return Async.ReturnFrom(Loop(box, n));
                default: return Async.Return<Unit>(null);
            }
        }));
        return FSharpMailboxProcessor<Message>.Start(Fn<FSharpMailboxProcessor<Message>, FSharpAsync<Unit>>(box => Loop(box, 0)), FSharpOption<CancellationToken>.None);
    }

    static void Main()
    {
        Console.WriteLine(Show(Run(FSharpAsync.Parallel(Enumerable.Range(1, 5).Select(Square)))));
        FSharpMailboxProcessor<Message> agent = Agent();
        for (int i = 1; i <= 100; i++) agent.Post(new Add(i));
        Console.WriteLine(agent.PostAndReply(Fn<FSharpAsyncReplyChannel<int>, Message>(c => new Get(c)), FSharpOption<int>.None));
        agent.Post(new Stop());

        FSharpAsync<int> failing = Delay<int>(() => throw new InvalidOperationException("inner"));
        FSharpChoice<int, Exception> caught = Run(FSharpAsync.Catch(failing));
        Console.WriteLine(caught is FSharpChoice<int, Exception>.Choice2Of2 failed ? failed.Item.Message : "ok");
        FSharpAsync<string> handled = Async.TryWith(Bind(failing, (int n) => Async.Return(n.ToString())), Fn<Exception, FSharpAsync<string>>(e => Async.Return("handled " + e.Message)));
        Console.WriteLine(Run(handled));
        FSharpAsync<int> finally_ = Async.TryFinally(Async.Return(3), Fn<Unit, Unit>(_ => { Console.WriteLine("finally"); return null; }));
        Console.WriteLine(Run(finally_));

        var source = new CancellationTokenSource();
        source.Cancel();
        try { Run(FSharpAsync.Sleep(10000), source.Token); }
        catch (OperationCanceledException) { Console.WriteLine("cancelled"); }

        int sum = 0;
        Run(Async.For(ListModule.OfSeq(new[] { 1, 2, 3 }), Fn<int, FSharpAsync<Unit>>(n => { sum += n; return Async.Zero(); })));
        int rounds = 0;
        Run(Async.While(Fn<Unit, bool>(_ => rounds < 3), Delay(() => { rounds++; return Async.Zero(); })));
        Console.WriteLine(sum + " " + rounds);
        Console.WriteLine(Run(FSharpAsync.AwaitTask(Task.Run(() => 22))) + Run(Square(4)));
        Console.WriteLine(FSharpAsync.StartAsTask(Square(5), FSharpOption<TaskCreationOptions>.None, FSharpOption<CancellationToken>.None).Result);
        Console.WriteLine(Show(Run(FSharpAsync.Choice(new[] { Async.Return(FSharpOption<int>.None), Async.Return(FSharpOption<int>.Some(2)) }))));

        var e = new FSharpEvent<int>();
        var seen = new List<int>();
        EventModule.Add(Fn<int, Unit>(x => { seen.Add(x); return null; }), EventModule.Filter(Fn<int, bool>(x => x > 1), e.Publish));
        foreach (int n in new[] { 1, 2, 3 }) e.Trigger(n);
        Console.WriteLine(string.Join(",", seen));

        var x = FSharpVar.Global("x", typeof(int));
        FSharpExpr lambda = FSharpExpr.Lambda(x, FSharpExpr.IfThenElse(FSharpExpr.Value(true), FSharpExpr.Var(x), FSharpExpr.Value(1)));
        Console.WriteLine(lambda.Type.Name + " " + lambda + " " + string.Join(",", lambda.GetFreeVars().Select(v => v.Name)));
    }
}

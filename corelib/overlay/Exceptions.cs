// Stack traces come from the program's method table, not from reflection over metadata.

using System;
using System.Runtime.ExceptionServices;

namespace Kiln
{
    internal static class Exceptions
    {
        [Replaces("System.Exception::GetStackTrace():System.String")]
        private static string GetStackTrace(Exception @this) => Natives.StackTraceString(@this);

        [Replaces("System.Exception::get_Source():System.String")]
        private static string Source(Exception @this) => @this._source ??= @this.HasBeenThrown ? Assemblies.EntryName() : null;

        [Replaces("System.Runtime.Loader.AssemblyLoadContext::OnProcessExit():System.Void")]
        private static void OnProcessExit() { }

        // The events keep their listeners here, so that the runtime hears of them only in programs that have any.
        private static UnhandledExceptionEventHandler s_unhandled;
        private static EventHandler<FirstChanceExceptionEventArgs> s_thrown;

        [Replaces("System.AppContext::add_UnhandledException(System.UnhandledExceptionEventHandler):System.Void")]
        private static unsafe void AddUnhandled(UnhandledExceptionEventHandler value)
        {
            lock (typeof(UnhandledExceptionEventHandler))
                s_unhandled += value;
            Natives.ListenToExceptions(1, (delegate*<object, void>)&RaiseUnhandled);
        }

        [Replaces("System.AppContext::remove_UnhandledException(System.UnhandledExceptionEventHandler):System.Void")]
        private static void RemoveUnhandled(UnhandledExceptionEventHandler value)
        {
            lock (typeof(UnhandledExceptionEventHandler))
                s_unhandled -= value;
        }

        private static void RaiseUnhandled(object exception) => s_unhandled?.Invoke(null, new UnhandledExceptionEventArgs(exception, true));

        [Replaces("System.AppContext::add_FirstChanceException(System.EventHandler`1<System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs>):System.Void")]
        private static unsafe void AddThrown(EventHandler<FirstChanceExceptionEventArgs> value)
        {
            lock (typeof(FirstChanceExceptionEventArgs))
                s_thrown += value;
            Natives.ListenToExceptions(0, (delegate*<object, void>)&RaiseThrown);
        }

        [Replaces("System.AppContext::remove_FirstChanceException(System.EventHandler`1<System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs>):System.Void")]
        private static void RemoveThrown(EventHandler<FirstChanceExceptionEventArgs> value)
        {
            lock (typeof(FirstChanceExceptionEventArgs))
                s_thrown -= value;
        }

        private static void RaiseThrown(object exception) => s_thrown?.Invoke(null, new FirstChanceExceptionEventArgs((Exception)exception));
    }
}

// Stack traces come from the program's method table, not from reflection over metadata.

using System;

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
    }
}

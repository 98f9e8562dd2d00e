// Reflection over members needs the metadata, which a compiled program does not carry: these roots say so, and what only they
// reach is not compiled.

using System;
using System.Diagnostics;
using System.Reflection;

namespace Kiln
{
    internal static class Reflection
    {
        [Replaces("System.Attribute::Equals(System.Object):System.Boolean")]
        private static bool AttributeEquals(Attribute @this, object obj) => ReferenceEquals(@this, obj);

        [Replaces("System.Attribute::GetHashCode():System.Int32")]
        private static int AttributeHash(Attribute @this) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(@this);
    }

    /// Traces are text from the program's method table; there are no frames with methods.
    internal static class Traces
    {
        [Replaces("System.Diagnostics.StackTrace::CaptureStackTrace(System.Int32,System.Boolean,System.Exception):System.Void")]
        private static void Capture(StackTrace @this, int skip, bool files, Exception e)
        {
            @this._numOfFrames = 0;
            @this._methodsToSkip = 0;
        }

        [Replaces("System.Diagnostics.StackTrace::ToString(System.Diagnostics.StackTrace+TraceFormat):System.String")]
        private static string ToString(StackTrace @this, StackTrace.TraceFormat format) => Natives.StackTraceString(null);

        [Replaces("System.Diagnostics.StackTrace::ToString(System.Diagnostics.StackTrace+TraceFormat,System.Text.StringBuilder):System.Void")]
        private static void ToString(StackTrace @this, StackTrace.TraceFormat format, System.Text.StringBuilder to) => to.Append(Natives.StackTraceString(null));

        [Replaces("System.Diagnostics.StackFrame::BuildStackFrame(System.Int32,System.Boolean):System.Void")]
        private static void Build(StackFrame @this, int skip, bool files) { }

        [Replaces("System.Environment::get_StackTrace():System.String")]
        private static string Current() => Natives.StackTraceString(null);
    }
}

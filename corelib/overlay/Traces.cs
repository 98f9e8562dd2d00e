// Stack traces and frames: words that stand for addresses of code and the calls inlined there, whose names, lines and methods the
// program's tables have.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Kiln
{
    internal static unsafe class Traces
    {
        private const uint Hidden = 1 << 30;
        private const uint Async = 1 << 29;

        /// As the runtime's `trace::Frame` has them.
        private const int DepthShift = 48;
        private const ulong AddressMask = (1UL << DepthShift) - 1;

        /// Stands between a captured trace and what was added when it was thrown again.
        private const nuint Mark = 0;

        /// The exception's frames, or of the current stack from the first method outside of this namespace on.
        private static nuint[] Frames(Exception e)
        {
            var frames = new nuint[64];
            while (true)
            {
                fixed (nuint* p = frames)
                {
                    int count = Natives.Frames(e, p, frames.Length);
                    if (count <= frames.Length)
                    {
                        return frames.AsSpan(0, count).ToArray();
                    }
                    frames = new nuint[count + 16];
                }
            }
        }

        /// How many of the first frames belong to the capture itself.
        private static int OwnFrames(nuint[] frames)
        {
            int n = 0;
            while (n < frames.Length && Name(frames[n], out _) is string name
                && (name.StartsWith("System.Diagnostics.Stack", StringComparison.Ordinal) || name.StartsWith("Kiln.Traces.", StringComparison.Ordinal)
                    || name.StartsWith("System.Environment.get_StackTrace", StringComparison.Ordinal)))
            {
                n++;
            }
            return n;
        }

        /// Fills a frame. The address is where the IL offset would be, which is not known: relative to this method's code, with the
        /// values that mean "unknown" left out. How many inlined calls lie within the frame is where the native offset would be, which
        /// the address tells.
        private static void Fill(StackFrame frame, nuint address, bool files)
        {
            frame._ilOffset = (int)((nint)((ulong)address & AddressMask) - Base) ^ int.MinValue;
            frame._nativeOffset = (int)(address >> DepthShift);
            if (files)
            {
                int line;
                frame._fileName = Natives.FrameFile(address, &line);
                frame._lineNumber = line;
            }
        }

        private static nint Base => (nint)(delegate*<nuint[], int>)&OwnFrames;

        private static nuint Address(StackFrame frame) => frame._ilOffset == StackFrame.OFFSET_UNKNOWN
            ? 0
            : (nuint)((frame._ilOffset ^ int.MinValue) + Base) | (nuint)(uint)frame._nativeOffset << DepthShift;

        [Replaces("System.Diagnostics.StackFrame::GetNativeOffset():System.Int32")]
        private static int NativeOffset(StackFrame @this) =>
            @this._ilOffset == StackFrame.OFFSET_UNKNOWN ? StackFrame.OFFSET_UNKNOWN : Natives.FrameOffset(Address(@this));

        [Replaces("System.Diagnostics.StackTrace::CaptureStackTrace(System.Int32,System.Boolean,System.Exception):System.Void")]
        private static void Capture(StackTrace @this, int skip, bool files, Exception e)
        {
            nuint[] addresses = Frames(e);
            if (e is null)
            {
                skip += OwnFrames(addresses);
            }
            var frames = new List<StackFrame>(addresses.Length);
            foreach (nuint address in addresses)
            {
                if (address == Mark)
                {
                    if (frames.Count > 0)
                    {
                        frames[^1]._isLastFrameFromForeignExceptionStackTrace = true;
                    }
                    continue;
                }
                // No frame of the current stack: this one is filled right here.
                var frame = (StackFrame)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(StackFrame));
                Fill(frame, address, files);
                frames.Add(frame);
            }
            @this._stackFrames = frames.ToArray();
            @this._methodsToSkip = Math.Min(skip, frames.Count);
            @this._numOfFrames = frames.Count - @this._methodsToSkip;
        }

        [Replaces("System.Diagnostics.StackFrame::BuildStackFrame(System.Int32,System.Boolean):System.Void")]
        private static void Build(StackFrame @this, int skip, bool files)
        {
            nuint[] addresses = Frames(null);
            skip += OwnFrames(addresses);
            if ((uint)skip < (uint)addresses.Length)
            {
                Fill(@this, addresses[skip], files);
            }
        }

        [Replaces("System.Diagnostics.StackFrame::GetILOffset():System.Int32")]
        private static int ILOffset(StackFrame @this) => StackFrame.OFFSET_UNKNOWN;

        [Replaces("System.Diagnostics.StackFrame::GetMethod():System.Reflection.MethodBase")]
        private static MethodBase Method(StackFrame @this) => @this._method ??= MethodAt(Address(@this));

        private static MethodBase MethodAt(nuint address)
        {
            nint method = address == 0 ? 0 : Members.FrameMethod(Natives.FrameMethod(address));
            return method == 0 ? null : RuntimeType.GetMethodBase(null, new RuntimeMethodHandleInternal(method));
        }

        /// Null for methods without a description: those of the class library.
        [Replaces("System.Exception::get_TargetSite():System.Reflection.MethodBase")]
        private static MethodBase TargetSite(Exception @this)
        {
            if (@this._exceptionMethod is null)
            {
                nuint first;
                if (Natives.Frames(@this, &first, 1) > 0)
                {
                    @this._exceptionMethod = MethodAt(first);
                }
            }
            return @this._exceptionMethod;
        }

        /// The method that called `MethodBase.GetCurrentMethod`.
        [Replaces("System.Reflection.MethodBase::GetCurrentMethod():System.Reflection.MethodBase")]
        private static MethodBase CurrentMethod()
        {
            foreach (nuint address in Frames(null))
            {
                if (Name(address, out _) is string name && !name.StartsWith("Kiln.Traces.", StringComparison.Ordinal)
                    && !name.StartsWith("System.Reflection.MethodBase.GetCurrentMethod(", StringComparison.Ordinal))
                {
                    return MethodAt(address);
                }
            }
            return null;
        }

        /// `Method at offset N in file:line:column FILE:N:0`.
        [Replaces("System.Diagnostics.StackFrame::ToString():System.String")]
        private static string FrameText(StackFrame @this)
        {
            string name = Name(Address(@this), out _);
            if (name is null)
            {
                return "<null>\n";
            }
            int parameters = name.IndexOf('(');
            int start = name.LastIndexOf('.', parameters < 0 ? name.Length - 1 : parameters) + 1;
            string method = name.Substring(start, (parameters < 0 ? name.Length : parameters) - start);
            return $"{method} at offset {NativeOffset(@this)} in file:line:column {@this._fileName ?? "<filename unknown>"}:{@this._lineNumber}:{@this._columnNumber}\n";
        }

        private static string Name(nuint address, out uint flags)
        {
            uint value = 0;
            string name = address == 0 ? null : Natives.FrameName(address, &value);
            flags = value;
            return name;
        }

        [Replaces("System.Diagnostics.StackTrace::ToString(System.Diagnostics.StackTrace+TraceFormat):System.String")]
        private static string ToString(StackTrace @this, StackTrace.TraceFormat format)
        {
            var text = new StringBuilder(256);
            Append(@this, format, text);
            return text.ToString();
        }

        [Replaces("System.Diagnostics.StackTrace::ToString(System.Diagnostics.StackTrace+TraceFormat,System.Text.StringBuilder):System.Void")]
        private static void Append(StackTrace @this, StackTrace.TraceFormat format, StringBuilder to)
        {
            bool first = true;
            for (int i = 0; i < @this._numOfFrames; i++)
            {
                StackFrame frame = @this.GetFrame(i);
                uint flags = 0;
                string name = frame is null ? null : Name(Address(frame), out flags);
                // The last frame is there even when it asks to be left out.
                if (name is null || (flags & Hidden) != 0 && i != @this._numOfFrames - 1)
                {
                    continue;
                }
                to.Append(first ? "   at " : "\n   at ").Append(name);
                if (frame._fileName is string file)
                {
                    to.Append(" in ").Append(file).Append(":line ").Append(frame._lineNumber);
                }
                first = false;
                if (frame._isLastFrameFromForeignExceptionStackTrace && (flags & Async) == 0)
                {
                    to.Append("\n--- End of stack trace from previous location ---");
                }
            }
            if (format == StackTrace.TraceFormat.TrailingNewLine)
            {
                to.Append('\n');
            }
        }

        [Replaces("System.Environment::get_StackTrace():System.String")]
        private static string Current() => Natives.StackTraceString(null);
    }
}

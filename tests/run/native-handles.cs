//@ exit = 0
// Covers: ECMA-335 II.15.5 — P/Invokes with safe handles, string builders, strings and vectors.
#nullable disable
using System;
using System.Runtime.InteropServices;
using System.Text;

class FileHandle : SafeHandle
{
    public static int Closed;
    public FileHandle() : base(-1, true) { }
    public override bool IsInvalid => handle == -1;
    protected override bool ReleaseHandle() { Closed++; return Native.close((int)handle) == 0; }
}

static class Native
{
    [DllImport("libc", SetLastError = true)] public static extern FileHandle open(string path, int flags);
    [DllImport("libc")] public static extern nint read(FileHandle file, byte[] buffer, nint count);
    [DllImport("libc")] public static extern int close(int file);
    [DllImport("libc")] public static extern nint strcpy(StringBuilder to, string from);
    [DllImport("libc")] public static extern nint strcat(StringBuilder to, StringBuilder from);
    [DllImport("libc")] public static extern nint strlen(StringBuilder text);
    [DllImport("libc", CharSet = CharSet.Unicode)] public static extern nint memset(StringBuilder to, int value, nint count);
}

class Program
{
    static void Try(string name, Func<object> f)
    {
        object r;
        try { r = f() ?? "null"; } catch (Exception e) { r = e.GetType().Name; }
        Console.WriteLine($"{name}: {r}");
    }

    static int Main()
    {
        using (var zero = Native.open("/dev/zero", 0))
        {
            Try("valid", () => !zero.IsInvalid && !zero.IsClosed);
            Try("read", () => { var b = new byte[] { 1, 2, 3, 4 }; var n = Native.read(zero, b, 3); GC.Collect(); return n + " " + string.Join(",", b); });
        }
        Try("closed", () => FileHandle.Closed);
        Try("missing", () => { using var f = Native.open("/nowhere/at/all", 0); return Marshal.GetLastPInvokeError(); });
        Try("null handle", () => Native.read(null, new byte[1], 1));
        Try("used after close", () => { var f = Native.open("/dev/null", 0); f.Dispose(); return Native.read(f, new byte[1], 1); });
        Try("copied", () => { var b = new StringBuilder(32); Native.strcpy(b, "grüße"); return b + " " + b.Length; });
        Try("appended", () => { var b = new StringBuilder("ab", 20); Native.strcat(b, new StringBuilder("cd")); return b.ToString(); });
        Try("length", () => Native.strlen(new StringBuilder("häuser")));
        Try("wide", () => { var b = new StringBuilder("abcdef", 10); Native.memset(b, 0x41, 4); return b.ToString(); });
        return 0;
    }
}

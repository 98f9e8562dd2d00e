//@ exit = 17
//@ args = ["one", "two words", "", "--flag=x", "é"]
// Covers: Environment — command line, variables, folders, exit code set and overridden, process exit handlers; Main(string[]).
using System;
using System.Linq;

class Program
{
    static void Main(string[] args)
    {
        Console.WriteLine($"{args.Length} {string.Join("|", args)}");
        Console.WriteLine(string.Join("|", Environment.GetCommandLineArgs().Skip(1)));
        Environment.SetEnvironmentVariable("KILN_TEST_VARIABLE", "value");
        Console.WriteLine($"{Environment.GetEnvironmentVariable("KILN_TEST_VARIABLE")} {Environment.GetEnvironmentVariable("KILN_NO_SUCH") == null} {Environment.ExpandEnvironmentVariables("<%KILN_TEST_VARIABLE%>")} {Environment.GetEnvironmentVariables().Contains("KILN_TEST_VARIABLE")}");
        Environment.SetEnvironmentVariable("KILN_TEST_VARIABLE", null);
        Console.WriteLine(Environment.GetEnvironmentVariable("KILN_TEST_VARIABLE") ?? "removed");
        Console.WriteLine($"{Environment.NewLine == "\n"} {Environment.ProcessorCount > 0} {Environment.ProcessId > 0} {Environment.Is64BitProcess} {Environment.Version.Major} {OperatingSystem.IsLinux()} {Environment.OSVersion.Platform} {Environment.HasShutdownStarted}");
        Console.WriteLine($"{System.IO.Directory.Exists(Environment.CurrentDirectory)} {Environment.MachineName.Length > 0} {Environment.UserName.Length > 0} {Environment.SystemPageSize >= 4096} {Environment.WorkingSet > 0}");
        Console.WriteLine($"{IntPtr.Size} {System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture} {AppContext.BaseDirectory.EndsWith('/')} {AppContext.TryGetSwitch("No.Such.Switch", out _)}");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.WriteLine($"exiting {Environment.ExitCode}");
        Environment.ExitCode = 17;
    }
}

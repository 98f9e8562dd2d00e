//@ packages = ["CommandLineParser 2.9.1"]
// Covers: CommandLineParser: options, verbs, sequences, enums, help.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CommandLine;
using CommandLine.Text;

enum Mode { Fast, Slow }
class Options
{
    [Option('v', "verbose", HelpText = "Say more.")] public bool Verbose { get; set; }
    [Option('n', "number", Default = 5, HelpText = "A number.")] public int Number { get; set; }
    [Option("ratio")] public double? Ratio { get; set; }
    [Option('m', "mode", Default = Mode.Slow)] public Mode Mode { get; set; }
    [Option("names", Separator = ',')] public IEnumerable<string> Names { get; set; }
    [Option("ids")] public IEnumerable<int> Ids { get; set; }
    [Option("when")] public DateTime? When { get; set; }
    [Value(0, MetaName = "input", Required = true, HelpText = "The file.")] public string Input { get; set; }
    [Value(1, Max = 2)] public IList<string> Rest { get; set; }
    [Usage(ApplicationAlias = "tool")] public static IEnumerable<Example> Examples => new[] { new Example("Normal use", new Options { Input = "file.txt", Verbose = true }) };
}
[Verb("add", HelpText = "Adds.")] class Add { [Option('f')] public bool Force { get; set; } [Value(0)] public string What { get; set; } }
[Verb("remove", aliases: new[] { "rm" }, HelpText = "Removes.")] class Remove { [Option("depth", SetName = "d")] public int Depth { get; set; } [Option("all", SetName = "a")] public bool All { get; set; } }
class Frozen { public Frozen(bool flag, string name) { Flag = flag; Name = name; } [Option('b')] public bool Flag { get; } [Option('s')] public string Name { get; } }
static class P
{
    static void T(string n, Action a) { try { Console.WriteLine("== " + n); a(); } catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message); if (Environment.GetEnvironmentVariable("TRACE") != null) Console.WriteLine(e); } }
    static readonly Parser Parser = new(s => { s.HelpWriter = null; s.CaseInsensitiveEnumValues = true; s.MaximumDisplayWidth = 80; });
    static void Show(params string[] args) => Parser.ParseArguments<Options>(args).WithParsed(o => Console.WriteLine($"{o.Verbose} {o.Number} {o.Ratio} {o.Mode} [{string.Join("|", o.Names)}] [{string.Join("|", o.Ids)}] {o.When:yyyy} {o.Input} [{string.Join("|", o.Rest)}]")).WithNotParsed(es => Console.WriteLine(string.Join(",", es.Select(e => e.Tag))));
    static void Main()
    {
        T("all", () => Show("in.txt", "-v", "-n", "7", "--ratio=1.5", "--mode", "fast", "--names", "a,b", "--ids", "1", "2", "--when", "2020-01-02"));
        T("defaults", () => Show("x", "r1", "r2"));
        T("missing", () => Show("-v"));
        T("bad", () => Show("x", "-n", "abc", "--mode", "none", "--unknown"));
        T("verbs", () => { foreach (var args in new[] { "add -f thing", "rm --depth 2", "remove --all --depth 1", "nope", "" }) Console.WriteLine(Parser.ParseArguments<Add, Remove>(args.Split(' ', StringSplitOptions.RemoveEmptyEntries)).MapResult((Add a) => "add " + a.Force + a.What, (Remove r) => "rm " + r.Depth + r.All, es => string.Join(",", es.Select(e => e.Tag)))); });
        T("immutable", () => Parser.ParseArguments<Frozen>(new[] { "-b", "-s", "q" }).WithParsed(f => Console.WriteLine(f.Flag + f.Name)));
        T("help", () => { var r = Parser.ParseArguments<Options>(new[] { "--help" }); Console.WriteLine(HelpText.AutoBuild(r, h => { h.Heading = "tool 1"; h.Copyright = "c"; return h; }, e => e)); });
        T("verbhelp", () => { var r = Parser.ParseArguments<Add, Remove>(new[] { "help" }); Console.WriteLine(HelpText.AutoBuild(r, h => { h.Heading = "tool 1"; h.Copyright = "c"; return h; }, e => e, verbsIndex: true)); });
        T("unparse", () => Console.WriteLine(Parser.FormatCommandLine(new Options { Input = "f", Verbose = true, Number = 3, Names = new[] { "a", "b" }, Mode = Mode.Fast })));
    }
}

// The C# compiler driver: runs Roslyn's compiler library over one or more response files in one process.
//
// A NuGet copy of Roslyn is a library without `csc.dll`; this is the small part of it that Kiln needs. Each argument names
// a response file with one csc option per line. All compilations share their metadata references, which is what makes a
// batch of small programs fast: the second one costs a tenth of the first.
//
// Output, one record per line, fields separated by tabs:
//   diag  SEVERITY CODE FILE LINE COLUMN ENDLINE ENDCOLUMN MESSAGE     (positions count from one; no file: empty)
//   done  RESPONSE-FILE ok|failed
// Exit code: 0 when every compilation produced its output, else 1.
//
// `--serve SOCKET SECONDS` does the same for whoever connects to a Unix domain socket, and ends when nobody did for so long: most of a
// short compilation is the JIT compiling Roslyn. A client writes the names of response files, a line each, and an empty line; it reads the
// records, and the end of the stream. The socket's folder is its owner's alone.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

static class KilnCsc
{
    static readonly Dictionary<(string, long, DateTime, MetadataReferenceProperties), MetadataReference> References = new();

    static int Main(string[] arguments)
    {
        if (arguments.Length == 3 && arguments[0] == "--serve") return Serve(arguments[1], int.Parse(arguments[2]));
        return CompileAll(arguments, Console.OpenStandardOutput()) ? 0 : 1;
    }

    static int Serve(string path, int seconds)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            // Another server was quicker.
            return 1;
        }
        listener.Listen(16);
        while (listener.Poll(TimeSpan.FromSeconds(seconds), SelectMode.SelectRead))
        {
            // One after the other: compilations use all processors themselves.
            try
            {
                using Socket client = listener.Accept();
                using var stream = new NetworkStream(client);
                var reader = new StreamReader(stream);
                var files = new List<string>();
                while (reader.ReadLine() is { Length: > 0 } line) files.Add(line);
                CompileAll(files, stream);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // The client is gone.
            }
        }
        File.Delete(path);
        return 0;
    }

    static bool CompileAll(IEnumerable<string> responseFiles, Stream to)
    {
        TextWriter output = new StreamWriter(to, new System.Text.UTF8Encoding(false));
        var all = true;
        foreach (string file in responseFiles)
        {
            var diagnostics = new List<Diagnostic>();
            bool ok = Compile(File.ReadAllLines(file), diagnostics);
            foreach (Diagnostic d in diagnostics)
                if (d.Severity >= DiagnosticSeverity.Warning && !d.IsSuppressed)
                    Report(output, d);
            output.WriteLine("done\t" + file + "\t" + (ok ? "ok" : "failed"));
            output.Flush();
            all &= ok;
        }
        return all;
    }

    static bool Compile(string[] options, List<Diagnostic> diagnostics)
    {
        CSharpCommandLineArguments args = CSharpCommandLineParser.Default.Parse(options, Directory.GetCurrentDirectory(), null);
        diagnostics.AddRange(args.Errors);
        if (args.Errors.Any(e => e.Severity == DiagnosticSeverity.Error)) return false;

        // The library leaves missing files to its caller; csc's own codes are kept.
        foreach (CommandLineSourceFile source in args.SourceFiles)
            if (!File.Exists(source.Path)) diagnostics.Add(Missing("CS2001", "Source file '{0}' could not be found.", source.Path));
            else if (!Readable(source.Path)) diagnostics.Add(Missing("CS1504", "Source file '{0}' could not be opened.", source.Path));
        foreach (CommandLineReference reference in args.MetadataReferences)
            if (!File.Exists(reference.Reference)) diagnostics.Add(Missing("CS0006", "Metadata file '{0}' could not be found", reference.Reference));
        if (diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error)) return false;

        var trees = new SyntaxTree[args.SourceFiles.Length];
        Parallel.For(0, trees.Length, i =>
        {
            string path = args.SourceFiles[i].Path;
            using FileStream stream = File.OpenRead(path);
            var text = SourceText.From(stream, args.Encoding, args.ChecksumAlgorithm, canBeEmbedded: args.EmbeddedFiles.Length > 0);
            trees[i] = CSharpSyntaxTree.ParseText(text, args.ParseOptions, path);
        });

        CSharpCompilationOptions compilationOptions = args.CompilationOptions
            .WithAssemblyIdentityComparer(DesktopAssemblyIdentityComparer.Default)
            .WithStrongNameProvider(new DesktopStrongNameProvider(args.KeyFileSearchPaths))
            .WithSourceReferenceResolver(new SourceFileResolver(ImmutableArray<string>.Empty, args.BaseDirectory, args.PathMap));
        CSharpCompilation compilation = CSharpCompilation.Create(
            args.CompilationName ?? Path.GetFileNameWithoutExtension(args.OutputFileName!),
            trees, args.MetadataReferences.Select(Reference), compilationOptions);

        bool separatePdb = args.EmitPdb && args.EmitOptions.DebugInformationFormat != DebugInformationFormat.Embedded;
        string target = Path.Combine(args.OutputDirectory, args.OutputFileName ?? "a.dll");
        string pdb = args.PdbPath ?? Path.ChangeExtension(target, ".pdb");
        var image = new MemoryStream();
        MemoryStream? symbols = separatePdb ? new MemoryStream() : null;
        EmitResult result = compilation.Emit(image, symbols,
            options: args.EmitOptions.WithPdbFilePath(separatePdb ? pdb : Path.GetFileName(pdb)), manifestResources: args.ManifestResources);
        diagnostics.AddRange(result.Diagnostics);
        if (!result.Success) return false;
        // Nothing is left behind by a compilation that failed: the files are written last.
        File.WriteAllBytes(target, image.ToArray());
        if (symbols != null) File.WriteAllBytes(pdb, symbols.ToArray());
        return true;
    }

    static bool Readable(string path)
    {
        try
        {
            File.OpenRead(path).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static Diagnostic Missing(string code, string format, string path) => Diagnostic.Create(
        new DiagnosticDescriptor(code, format, format, "Compiler", DiagnosticSeverity.Error, true), Location.None, path);

    static MetadataReference Reference(CommandLineReference reference)
    {
        // A server lives longer than a file.
        var file = new FileInfo(reference.Reference);
        var key = (reference.Reference, file.Length, file.LastWriteTimeUtc, reference.Properties);
        if (!References.TryGetValue(key, out MetadataReference? found))
            References.Add(key, found = MetadataReference.CreateFromFile(reference.Reference, reference.Properties));
        return found;
    }

    static void Report(TextWriter output, Diagnostic d)
    {
        FileLinePositionSpan span = d.Location.GetMappedLineSpan();
        string message = d.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        string severity = d.Severity == DiagnosticSeverity.Error ? "error" : "warning";
        output.WriteLine(string.Join('\t', "diag", severity, d.Id, span.Path ?? "",
            (span.StartLinePosition.Line + 1).ToString(), (span.StartLinePosition.Character + 1).ToString(),
            (span.EndLinePosition.Line + 1).ToString(), (span.EndLinePosition.Character + 1).ToString(),
            message.Replace('\t', ' ').Replace('\n', ' ').Replace("\r", "")));
    }
}

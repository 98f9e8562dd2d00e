//! The list of diagnostic codes: Kiln's own and those of .NET's trimming and ahead-of-time analysis (ILxxxx), one row each, with cause and way
//! out.

/// A code of the list below.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Code(&'static str);

impl Code {
    /// `KILN0101`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether it is about what the program's source asks for, and holds whatever optimisation leaves of it (ILxxxx).
    #[must_use]
    pub fn is_of_source(self) -> bool {
        self.0.starts_with("IL")
    }
}

/// What `kiln explain` prints.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    /// `KILN0101`.
    pub code: &'static str,
    /// Short title.
    pub title: &'static str,
    /// Cause and way out.
    pub text: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal, $text:literal;)*) => {
        $( #[doc = $title] pub const $name: Code = Code($code); )*
        /// All codes, ascending.
        pub const CODES: &[CodeInfo] = &[$(CodeInfo { code: $code, title: $title, text: $text }),*];
    };
}

codes! {
    REQUIRES_UNREFERENCED_CODE = "IL2026", "a member that may need what trimming leaves out", "The member has `[RequiresUnreferencedCode]`: it looks members up in a way that no analysis follows, and those that nothing else names may not be in the program. Call something else (the message often says what; serialisers have source generators), put `[RequiresUnreferencedCode]` on the caller too, so that its own callers are asked, or, where what it needs is certainly kept, say so with `[UnconditionalSuppressMessage(\"Trimming\", \"IL2026\")]`.";
    UNREFERENCED_CODE_MISMATCH = "IL2046", "an override and what it overrides differ in [RequiresUnreferencedCode]", "`[RequiresUnreferencedCode]` must be the same on a member and on what it overrides or implements: a caller sees only one of them. Put it on both, or on neither.";
    TRIM_WARNINGS = "IL2104", "an assembly has trim warnings", "An assembly that the program references, and not the program's own, has warnings of the kinds IL2xxx. Whoever maintains it can act on them: look for a newer version, or for one that says it is trimmable. `--expand-warnings` shows each.";
    NO_ASSEMBLY_LOCATION = "IL3000", "the path of an assembly is empty", "The assemblies of a native program are part of it and no files, so `Assembly.Location` is empty. `AppContext.BaseDirectory` is the folder of the program, `Environment.ProcessPath` its own file.";
    NO_ASSEMBLY_FILE = "IL3001", "an assembly has no files", "The assemblies of a native program are part of it and no files, so `Assembly.GetFile` and `GetFiles` throw. Embedded resources are read with `GetManifestResourceStream`.";
    REQUIRES_ASSEMBLY_FILES = "IL3002", "a member that needs assemblies as files", "The member has `[RequiresAssemblyFiles]`: it needs assemblies as files on disk, which a native program has none of. Call something else, or put `[RequiresAssemblyFiles]` on the caller too, so that its own callers are asked.";
    ASSEMBLY_FILES_MISMATCH = "IL3003", "an override and what it overrides differ in [RequiresAssemblyFiles]", "`[RequiresAssemblyFiles]` must be the same on a member and on what it overrides or implements: a caller sees only one of them. Put it on both, or on neither.";
    REQUIRES_DYNAMIC_CODE = "IL3050", "a member that may need code made at run time", "The member has `[RequiresDynamicCode]`: it may need code that is made while the program runs, such as a generic instantiation over a value type that nothing names. What was compiled works; other code throws when it is asked for. Call something else (the message often says what), put `[RequiresDynamicCode]` on the caller too, so that its own callers are asked, or say with `[UnconditionalSuppressMessage(\"AOT\", \"IL3050\")]` that what it needs is there.";
    DYNAMIC_CODE_MISMATCH = "IL3051", "an override and what it overrides differ in [RequiresDynamicCode]", "`[RequiresDynamicCode]` must be the same on a member and on what it overrides or implements: a caller sees only one of them. Put it on both, or on neither.";
    AOT_WARNINGS = "IL3053", "an assembly has warnings about ahead-of-time compilation", "An assembly that the program references, and not the program's own, has warnings of the kinds IL3050 to IL3058. Whoever maintains it can act on them: look for a newer version. `--expand-warnings` shows each.";
    USAGE = "KILN0001", "command line is wrong", "An option, an argument or a combination of them is not known. `kiln help` lists the commands, `kiln COMMAND --help` the options of one.";
    UNSUPPORTED_TARGET = "KILN0002", "target not supported", "Kiln compiles for the runtime identifiers that the message lists, and not yet for the others that .NET has. -r takes one of them; without -r the program is for the machine that Kiln runs on.";
    INPUT_NOT_FOUND = "KILN0101", "input file not found or not readable", "The path given on the command line does not exist, is a folder, or cannot be read. Check the spelling and the permissions.";
    NOT_AN_ASSEMBLY = "KILN0102", "input is not a .NET assembly", "The file is not a PE image with CLI metadata (ECMA-335 II.25). A native dll, an apphost executable or a truncated download look like this. Give the managed dll, e.g. bin/Release/net9.0/App.dll.";
    BAD_METADATA = "KILN0103", "assembly is malformed", "The image is truncated or its metadata contradicts itself. Build it again; if it comes from an obfuscator, use the original.";
    REFERENCE_NOT_FOUND = "KILN0104", "referenced assembly not found", "An assembly that the program references is neither beside the application, nor in its deps.json, nor in the framework. The program is built without it; a method that needs it throws FileNotFoundException, as on .NET. Copy it beside the application, or name the file or its folder with --reference.";
    REFERENCE_VERSION = "KILN0105", "referenced assembly has a lower version", "The assembly found is older than the one the program was compiled against. Methods may be missing, and .NET would refuse to load it. Put the right version, or a higher one, beside the application.";
    NO_ENTRY_POINT = "KILN0106", "assembly has no entry point", "The assembly was compiled as a library (no Main). Compile it as an application: <OutputType>Exe</OutputType> in its project.";
    UNSUPPORTED_INPUT = "KILN0107", "input kind not supported", "Kiln takes C# sources (.cs), or one assembly of IL (.dll, .exe). Modules of multi-file assemblies (netmodules) and mixed-mode assemblies (C++/CLI) are not supported.";
    BAD_DEPS = "KILN0108", "dependency manifest is malformed", "App.deps.json beside the application is not the JSON that the .NET SDK writes. Build the application again, or remove the file.";
    NO_SYMBOL = "KILN0109", "nothing has that name", "`kiln why` or --filter found no type, method or other symbol of the program whose name contains the text. Names are those of `kiln dump`: Ns.Type::Method. What is not part of the program has no reason to be in it.";
    NO_SYMBOLS = "KILN0110", "no debug symbols", "With -g, lines come from the portable PDB inside an assembly or beside it (App.pdb). Without one, with one of another build, or with one in the old Windows format, its methods have no lines. Compile with -debug:embedded or -debug:portable (in a project file: DebugType).";
    BAD_RUNTIMECONFIG = "KILN0111", "runtime configuration is malformed", "App.runtimeconfig.json beside the application is not what the .NET SDK writes: JSON whose runtimeOptions.configProperties are texts, numbers, true or false. Build the application again, or remove the file; --feature sets a switch without it.";
    UNSUPPORTED_SWITCH = "KILN0112", "feature switch not supported", "The switch, from --feature or App.runtimeconfig.json, asks for what Kiln's runtime does not have yet: cultures other than the invariant one (System.Globalization.Invariant=false), events (System.Diagnostics.Tracing.EventSource.IsSupported=true). This is a warning: the program is built without.";
    NATIVES_NEEDED = "KILN0113", "native libraries are needed", "The application's packages have native libraries for the target, which the program loads from its own folder. `kiln build` writes the program alone; `kiln publish` copies them beside it.";
    TYPE_LOAD = "KILN0201", "type could not be loaded", "A type that the program uses does not load: a missing base type, an illegal layout or a missing assembly. Code that uses it throws TypeLoadException at run time.";
    METHOD_LOAD = "KILN0202", "method could not be loaded", "A method or field that the program calls was not found. The call throws MissingMethodException at run time.";
    EXPANSION = "KILN0203", "generic code multiplies without end", "Generic code makes larger and larger instantiations of itself, and more of them at each step: `void F<T>() { F<A<T>>(); F<B<T>>(); }`. A runtime makes only those that the program gets to; ahead of time all would have to be compiled. Those nearest to what starts the program are; code that needs one of the others throws TypeLoadException. `kiln why --count` shows which definitions have the most instantiations.";
    INVALID_IL = "KILN0301", "method body is invalid", "The IL of the method is not valid. The method throws InvalidProgramException at run time.";
    UNSUPPORTED_IL = "KILN0302", "IL instruction not supported", "jmp, arglist, mkrefany, refanyval and refanytype are not supported. The method throws PlatformNotSupportedException at run time.";
    CSHARP_FAILED = "KILN0401", "C# compilation failed", "Roslyn reported errors; they are listed above with their own codes.";
    NO_CSHARP_COMPILER = "KILN0402", "C# compiler not found", "C# sources need Roslyn: a .NET SDK on the PATH, or Kiln's own copy (cargo xtask setup). Assemblies (.dll) build without it.";
    LINK_FAILED = "KILN0501", "linking failed", "The linker reported an error. Native libraries or start files may be missing (Debian: libc6-dev; for other targets `cargo xtask setup` installs them).";
    OUTPUT_NOT_WRITABLE = "KILN0502", "output cannot be written", "The output path is a folder, lies in a folder that does not exist, or is not writable. Nothing was written.";
    DISK_FULL = "KILN0503", "no space left", "The disk is full. Nothing was written to the output path. Free some space, or move the cache with KILN_CACHE.";
    NO_LINKER = "KILN0504", "linker not found", "Kiln links with LLVM's lld, and there is none, or the one found or named cannot be run. Install it (Debian: lld-22; `cargo xtask setup` does) or set KILN_LLD.";
    NO_RUNTIME = "KILN0505", "Kiln's runtime library not found", "libkilnrt.a, which is linked into every program, is not beside the kiln executable, or cannot be read. Build it with `cargo xtask build` (with `--target RID` for another target), or set KILN_RUNTIME.";
    NO_FRAMEWORK = "KILN0601", ".NET class library not found", "Kiln compiles the real .NET class library (shared/Microsoft.NETCore.App/9.0.x). It is looked for in --framework, KILN_FRAMEWORK, the dotnet on the PATH or in DOTNET_ROOT, and Kiln's cache (filled by `cargo xtask setup`).";
    BAD_FRAMEWORK = "KILN0602", ".NET class library not usable", "The folder has no System.Private.CoreLib.dll, or one of a version that Kiln does not know.";
    CACHE_NOT_WRITABLE = "KILN0603", "cache folder cannot be written", "The cache is KILN_CACHE or the user's cache folder. Without it every build starts from nothing.";
    NO_THREAD = "KILN0604", "no thread", "The system refused a thread: the limit of processes (ulimit -u) or of memory (ulimit -v) is reached.";
    LIBRARY_LAYOUT = "KILN0605", "class library is laid out in another way", "Kiln's runtime reads and writes some fields of System.Private.CoreLib's types directly (strings, arrays, delegates, exceptions, RuntimeType, …). One of them is not where the release that Kiln was made for has it, or is missing: the message names the type, the field and both offsets. A program built with it would corrupt its memory, so none is. The class library is a preview, was changed, or is newer than this version of Kiln.";
    UNKNOWN_FRAMEWORK = "KILN0606", "version of .NET not known", "The class library is of a major version of .NET that this version of Kiln was not made for; the message lists those it knows. What differs between major versions (native functions, replaced method bodies, layouts) is compiled into Kiln. Install one of them, or name its folder with --framework or KILN_FRAMEWORK.";
    BAD_CACHE_FILE = "KILN0607", "exported cache cannot be used", "`kiln cache import` takes the file that `kiln cache export` of the same version of Kiln wrote, with the same LLVM: the machine code that others made would never be asked for. The file is damaged, of another version, or something else.";
    CODEGEN_FAILED = "KILN0801", "code generation failed", "LLVM refused a function that Kiln made. This is a bug in Kiln; the message names the function, and has the command that reproduces it: it compiles that function alone.";
    OPTIMIZATION_FAILED = "KILN0802", "optimisation failed", "Optimisation with facts about the whole program left code that cannot be lowered, or that needs something which the analysed program does not have. This is a bug in Kiln; the message names the method. `--opt-fuel 0` builds without such optimisation, and other numbers find the rewrite that is wrong.";
    INTERNAL = "KILN0901", "internal error", "A bug in Kiln. The message names the stage, and the method where it is known, and has the command that reproduces it.";
}

/// The row of a code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static CodeInfo> {
    CODES.iter().find(|c| c.code.eq_ignore_ascii_case(code))
}

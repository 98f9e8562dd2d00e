// What the entry point requires nobody can be told; in it nothing is said, since it says that it passes it on.
using System.Diagnostics.CodeAnalysis;

static class Program
{
    [RequiresUnreferencedCode("r")] static void Needs() { }

    [RequiresUnreferencedCode("m"), RequiresDynamicCode("m"), RequiresAssemblyFiles("m")]
    static void Main() => Needs(); // IL2123 IL3005 IL3057
}

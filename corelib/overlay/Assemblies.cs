// Assemblies by their display name: m_assembly is the address of a NUL-terminated UTF-8 string in the program's tables.

using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kiln
{
    internal static unsafe class Assemblies
    {
        private static RuntimeAssembly[] s_known = new RuntimeAssembly[4];
        private static int s_count;

        private static ReadOnlySpan<byte> Name(byte* name) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);

        private static RuntimeAssembly Get(byte* name)
        {
            lock (typeof(RuntimeAssembly))
            {
                for (int i = 0; i < s_count; i++)
                {
                    if (Name((byte*)s_known[i].m_assembly).SequenceEqual(Name(name)))
                        return s_known[i];
                }
                RuntimeAssembly assembly = new RuntimeAssembly();
                assembly.m_assembly = (nint)name;
                if (s_count == s_known.Length)
                    Array.Resize(ref s_known, s_count * 2);
                s_known[s_count++] = assembly;
                return assembly;
            }
        }

        /// The originals throw: only the runtime makes these.
        [Replaces("System.Reflection.RuntimeAssembly::.ctor():System.Void")]
        private static void AssemblyConstructor(RuntimeAssembly @this) { }

        [Replaces("System.Reflection.RuntimeModule::.ctor():System.Void")]
        private static void ModuleConstructor(RuntimeModule @this) { }

        [Replaces("System.RuntimeTypeHandle::GetAssembly(System.RuntimeType):System.Reflection.RuntimeAssembly")]
        private static RuntimeAssembly Of(RuntimeType type) => Get(Natives.AssemblyName((MethodTable*)type.m_handle));

        [Replaces("System.Reflection.RuntimeAssembly::get_FullName():System.String")]
        private static string FullName(RuntimeAssembly @this) => @this.m_fullname ??= new string((sbyte*)@this.m_assembly);

        [Replaces("System.Reflection.RuntimeAssembly::GetName(System.Boolean):System.Reflection.AssemblyName")]
        private static AssemblyName GetName(RuntimeAssembly @this, bool copied) => new AssemblyName(@this.FullName);

        [Replaces("System.Reflection.RuntimeAssembly::GetSimpleName():System.String")]
        private static string SimpleName(RuntimeAssembly @this)
        {
            string full = @this.FullName;
            int end = full.IndexOf(',');
            return end < 0 ? full : full.Substring(0, end);
        }

        [Replaces("System.Reflection.RuntimeAssembly::GetVersion():System.Version")]
        private static Version GetVersion(RuntimeAssembly @this) => @this.GetName(false).Version;

        [Replaces("System.Reflection.RuntimeAssembly::get_Location():System.String")]
        private static string Location(RuntimeAssembly @this) => "";

        [Replaces("System.Reflection.RuntimeAssembly::get_ImageRuntimeVersion():System.String")]
        private static string ImageRuntimeVersion(RuntimeAssembly @this) => "v4.0.30319";

        [Replaces("System.Reflection.RuntimeAssembly::get_IsCollectible():System.Boolean")]
        private static bool IsCollectible(RuntimeAssembly @this) => false;

        [Replaces("System.Reflection.RuntimeAssembly::get_IsDynamic():System.Boolean")]
        private static bool IsDynamic(RuntimeAssembly @this) => false;

        [Replaces("System.Reflection.Assembly::GetEntryAssemblyInternal():System.Reflection.RuntimeAssembly")]
        private static RuntimeAssembly Entry()
        {
            string name = EntryDisplayName();
            if (name == null)
                return null;
            fixed (byte* utf8 = System.Text.Encoding.UTF8.GetBytes(name + "\0"))
            {
                lock (typeof(RuntimeAssembly))
                {
                    for (int i = 0; i < s_count; i++)
                    {
                        if (Name((byte*)s_known[i].m_assembly).SequenceEqual(Name(utf8)))
                            return s_known[i];
                    }
                    // The name must not move: it stays for the life of the program.
                    int size = name.Length * 3 + 1;
                    byte* copy = (byte*)NativeMemory.Alloc((nuint)size);
                    ReadOnlySpan<byte> from = Name(utf8);
                    from.CopyTo(new Span<byte>(copy, size));
                    copy[from.Length] = 0;
                    return Get(copy);
                }
            }
        }

        /// The caller is not known; nearly always it is the program itself.
        [Replaces("System.Reflection.Assembly::GetExecutingAssembly(System.Threading.StackCrawlMark&):System.Reflection.RuntimeAssembly")]
        private static RuntimeAssembly Executing(ref System.Threading.StackCrawlMark mark) => Entry();

        [Replaces("System.RuntimeTypeHandle::GetModule(System.RuntimeType):System.Reflection.RuntimeModule")]
        private static RuntimeModule Module(RuntimeType type)
        {
            RuntimeModule module = new RuntimeModule();
            Unsafe.AsRef(in module.m_runtimeAssembly) = Of(type);
            return module;
        }

        /// There is no type `<Module>` at run time.
        [Replaces("System.ModuleHandle::GetModuleType(System.Reflection.RuntimeModule):System.RuntimeType")]
        private static RuntimeType ModuleType(RuntimeModule module) => null;

        [Replaces("System.Reflection.RuntimeModule::get_ScopeName():System.String")]
        private static string ScopeName(RuntimeModule @this) => @this.m_runtimeAssembly.GetSimpleName() + ".dll";

        [Replaces("System.Reflection.RuntimeModule::get_Name():System.String")]
        private static string ModuleName(RuntimeModule @this) => @this.m_runtimeAssembly.GetSimpleName() + ".dll";

        /// The folder of the program with a separator at the end.
        [Replaces("System.AppContext::GetBaseDirectoryCore():System.String")]
        private static string BaseDirectory()
        {
            string path = Environment.ProcessPath;
            return path == null ? "" : path.Substring(0, path.LastIndexOf('/') + 1);
        }

        internal static string EntryDisplayName() => AppContext.GetData("Kiln.EntryAssembly") as string;

        /// For `Exception.Source`.
        internal static string EntryName()
        {
            string full = EntryDisplayName();
            if (full == null)
                return "<unknown>";
            int end = full.IndexOf(',');
            return end < 0 ? full : full.Substring(0, end);
        }
    }
}

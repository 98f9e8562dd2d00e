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

        internal static RuntimeAssembly Get(byte* name)
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

        [Replaces("System.Reflection.RuntimeAssembly::GetSimpleName():System.String")]
        private static string SimpleName(RuntimeAssembly @this)
        {
            string full = @this.FullName;
            int end = full.IndexOf(',');
            return end < 0 ? full : full.Substring(0, end);
        }

        [Replaces("System.Reflection.RuntimeAssembly::GetVersion():System.Version")]
        private static Version GetVersion(RuntimeAssembly @this) => @this.GetName(false).Version;

        [Replaces("System.Reflection.RuntimeAssembly::GetFlags():System.Reflection.AssemblyNameFlags")]
        private static AssemblyNameFlags GetFlags(RuntimeAssembly @this) => @this.GetName(false).Flags;

        [Replaces("System.Reflection.RuntimeAssembly::GetLocale():System.Globalization.CultureInfo")]
        private static System.Globalization.CultureInfo GetLocale(RuntimeAssembly @this) =>
            @this.GetName(false).CultureInfo ?? System.Globalization.CultureInfo.InvariantCulture;

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
                byte* known = Natives.FindAssembly(utf8);
                if (known != null)
                    return Get(known);
                lock (typeof(RuntimeAssembly))
                {
                    for (int i = 0; i < s_count; i++)
                    {
                        if (Name((byte*)s_known[i].m_assembly).SequenceEqual(Name(utf8)))
                            return s_known[i];
                    }
                    return Get(Immortal(utf8));
                }
            }
        }

        /// A copy that does not move and stays for the life of the program.
        private static byte* Immortal(byte* text)
        {
            ReadOnlySpan<byte> from = Name(text);
            byte* copy = (byte*)NativeMemory.Alloc((nuint)from.Length + 1);
            from.CopyTo(new Span<byte>(copy, from.Length));
            copy[from.Length] = 0;
            return copy;
        }

        /// The assembly of the program with this simple name, or null.
        internal static RuntimeAssembly Find(string simple)
        {
            fixed (byte* utf8 = System.Text.Encoding.UTF8.GetBytes(simple + "\0"))
            {
                byte* known = Natives.FindAssembly(utf8);
                return known == null ? null : Get(known);
            }
        }

        /// Nothing is loaded at run time: the assembly is in the program, or it is one that only forwards types (a facade of the class
        /// library, whose names start like these), or it is not found.
        [Replaces("System.Reflection.RuntimeAssembly::InternalLoad(System.Reflection.AssemblyName,System.Threading.StackCrawlMark&,System.Runtime.Loader.AssemblyLoadContext,System.Reflection.RuntimeAssembly,System.Boolean):System.Reflection.RuntimeAssembly")]
        private static RuntimeAssembly Load(AssemblyName name, ref System.Threading.StackCrawlMark mark, System.Runtime.Loader.AssemblyLoadContext context, RuntimeAssembly requesting, bool throwOnFileNotFound)
        {
            string simple = name.Name;
            if (!string.IsNullOrEmpty(name.CultureName))
            {
                if (Manifests.Satellite(simple, name.CultureName) is RuntimeAssembly satellite)
                    return satellite;
                return throwOnFileNotFound ? throw NotFound(name) : null;
            }
            if (Find(simple) is RuntimeAssembly found)
                return found;
            if (simple.StartsWith("System.", StringComparison.OrdinalIgnoreCase) || simple is "System" or "mscorlib" or "netstandard")
            {
                fixed (byte* utf8 = System.Text.Encoding.UTF8.GetBytes(name.FullName + "\0"))
                {
                    lock (typeof(RuntimeAssembly))
                    {
                        for (int i = 0; i < s_count; i++)
                        {
                            if (Name((byte*)s_known[i].m_assembly).SequenceEqual(Name(utf8)))
                                return s_known[i];
                        }
                        return Get(Immortal(utf8));
                    }
                }
            }
            if (throwOnFileNotFound)
                throw NotFound(name);
            return null;
        }

        // The runtime's message names all parts and ends with a new line.
        private static Exception NotFound(AssemblyName name)
        {
            string full = name.FullName;
            if (!full.Contains(", Culture="))
                full += ", Culture=neutral";
            if (!full.Contains(", PublicKeyToken="))
                full += ", PublicKeyToken=null";
            return new System.IO.FileNotFoundException("Could not load file or assembly '" + full + "'. The system cannot find the file specified.\n", full);
        }

        /// The caller is not known; nearly always it is the program itself.
        [Replaces("System.Reflection.Assembly::GetExecutingAssembly(System.Threading.StackCrawlMark&):System.Reflection.RuntimeAssembly")]
        private static RuntimeAssembly Executing(ref System.Threading.StackCrawlMark mark) => Entry();

        private static RuntimeModule[] s_modules = new RuntimeModule[4];
        private static int s_moduleCount;

        /// One object per module: members are equal when their modules are.
        internal static RuntimeModule GetModule(RuntimeAssembly assembly)
        {
            nint data = Natives.ModuleOfAssembly((byte*)assembly.m_assembly);
            lock (typeof(RuntimeModule))
            {
                for (int i = 0; i < s_moduleCount; i++)
                {
                    if (s_modules[i].m_pData == data)
                        return s_modules[i];
                }
                RuntimeModule module = new RuntimeModule();
                Unsafe.AsRef(in module.m_runtimeAssembly) = assembly;
                Unsafe.AsRef(in module.m_pData) = data;
                if (s_moduleCount == s_modules.Length)
                    Array.Resize(ref s_modules, s_moduleCount * 2);
                s_modules[s_moduleCount++] = module;
                return module;
            }
        }

        [Replaces("System.RuntimeTypeHandle::GetModule(System.RuntimeType):System.Reflection.RuntimeModule")]
        private static RuntimeModule Module(RuntimeType type) => GetModule(Of(type));

        [Replaces("System.Reflection.RuntimeAssembly::GetManifestModule(System.Reflection.RuntimeAssembly):System.Reflection.RuntimeModule")]
        private static RuntimeModule ManifestModule(RuntimeAssembly assembly) => GetModule(assembly);

        /// The one row of the table Assembly.
        [Replaces("System.Reflection.RuntimeAssembly::GetToken(System.Reflection.RuntimeAssembly):System.Int32")]
        private static int Token(RuntimeAssembly assembly) => 0x20000001;

        [Replaces("System.Reflection.RuntimeAssembly::get_EntryPoint():System.Reflection.MethodInfo")]
        private static MethodInfo EntryPoint(RuntimeAssembly @this)
        {
            RuntimeModule module = GetModule(@this);
            int token = Members.EntryPoint(module.m_pData);
            return token == 0 ? null : (MethodInfo)RuntimeType.GetMethodBase(module, token);
        }

        /// There is no type `<Module>` at run time.
        [Replaces("System.ModuleHandle::GetModuleType(System.Reflection.RuntimeModule):System.RuntimeType")]
        private static RuntimeType ModuleType(RuntimeModule module) => null;

        [Replaces("System.Reflection.RuntimeModule::get_ScopeName():System.String")]
        private static string ScopeName(RuntimeModule @this)
        {
            byte* name = Natives.ModuleName(@this.m_pData);
            return *name == 0 ? @this.m_runtimeAssembly.GetSimpleName() + ".dll" : new string((sbyte*)name);
        }

        [Replaces("System.Reflection.RuntimeModule::get_Name():System.String")]
        private static string ModuleName(RuntimeModule @this) => ScopeName(@this);

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

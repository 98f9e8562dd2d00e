// What assemblies say of themselves: names with keys, references, modules, lists of types. Resources are natives.

using System;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Kiln
{
    /// An assembly is the address of its display name.
    internal static unsafe class Manifests
    {
        /// Display name of an assembly that it refers to; null behind the last.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern byte* Reference(nint assembly, int index);
        /// Null when it has none.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern byte* PublicKey(nint assembly, ref int size);
        /// Display name of an assembly with types in the program, the application's first; null behind the last.
        [MethodImpl(MethodImplOptions.InternalCall)] internal static extern byte* Loaded(int index);

        /// Display name of an assembly that is described, one without types included; null behind the last.
        [MethodImpl(MethodImplOptions.InternalCall)] private static extern byte* Known(int index);

        /// The resources of an assembly in a language, or null.
        internal static RuntimeAssembly Satellite(string simple, string culture)
        {
            for (int i = 0; Known(i) != null; i++)
            {
                AssemblyName name = new AssemblyName(new string((sbyte*)Known(i)));
                if (string.Equals(name.Name, simple, StringComparison.OrdinalIgnoreCase) && string.Equals(name.CultureName, culture, StringComparison.OrdinalIgnoreCase))
                    return Assemblies.Get(Known(i));
            }
            return null;
        }

        [Replaces("System.Reflection.RuntimeAssembly::GetPublicKey():System.Byte[]")]
        private static byte[] GetPublicKey(RuntimeAssembly @this)
        {
            int size = 0;
            byte* key = PublicKey(@this.m_assembly, ref size);
            return new ReadOnlySpan<byte>(key, size).ToArray();
        }

        [Replaces("System.Reflection.RuntimeAssembly::GetName(System.Boolean):System.Reflection.AssemblyName")]
        private static AssemblyName GetName(RuntimeAssembly @this, bool copied)
        {
            AssemblyName name = new AssemblyName(@this.FullName);
            // This also sets the flag that the name has a key, which CoreCLR sets for assemblies without one too.
            name.SetPublicKey(GetPublicKey(@this));
            return name;
        }

        [Replaces("System.Reflection.RuntimeAssembly::GetReferencedAssemblies():System.Reflection.AssemblyName[]")]
        private static AssemblyName[] GetReferencedAssemblies(RuntimeAssembly @this)
        {
            int count = 0;
            while (Reference(@this.m_assembly, count) != null)
                count++;
            AssemblyName[] names = new AssemblyName[count];
            for (int i = 0; i < count; i++)
                names[i] = new AssemblyName(new string((sbyte*)Reference(@this.m_assembly, i)));
            return names;
        }

        /// The assemblies that have types in the program.
        [Replaces("System.Runtime.Loader.AssemblyLoadContext::GetLoadedAssemblies():System.Reflection.Assembly[]")]
        private static Assembly[] GetLoadedAssemblies()
        {
            int count = 0;
            while (Loaded(count) != null)
                count++;
            Assembly[] all = new Assembly[count];
            for (int i = 0; i < count; i++)
                all[i] = Assemblies.Get(Loaded(i));
            return all;
        }

        [Replaces("System.Reflection.RuntimeAssembly::GetModulesInternal(System.Boolean,System.Boolean):System.Reflection.RuntimeModule[]")]
        private static RuntimeModule[] GetModules(RuntimeAssembly @this, bool load, bool resources) => new[] { Assemblies.GetModule(@this) };

        [Replaces("System.Reflection.RuntimeAssembly::GetModule(System.String):System.Reflection.Module")]
        private static Module GetModule(RuntimeAssembly @this, string name)
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            RuntimeModule module = Assemblies.GetModule(@this);
            return string.Equals(module.ScopeName, name, StringComparison.OrdinalIgnoreCase) ? module : null;
        }

        /// There is no file: CoreCLR says the same of assemblies in a single-file application.
        [Replaces("System.Reflection.RuntimeModule::GetFullyQualifiedName():System.String")]
        private static string FullyQualifiedName(RuntimeModule @this) => "<Unknown>";

        [Replaces("System.Reflection.RuntimeModule::GetDefinedTypes():System.RuntimeType[]")]
        private static RuntimeType[] DefinedTypes(RuntimeModule @this)
        {
            const int TypeDef = 0x02000000;
            Members.ListsTypes();
            int count = Members.Enum(@this.m_pData, TypeDef, 0, null, 0);
            int[] tokens = new int[count];
            fixed (int* buffer = tokens)
                Members.Enum(@this.m_pData, TypeDef, 0, buffer, count);
            RuntimeType[] types = new RuntimeType[count];
            int found = 0;
            ModuleHandle handle = new ModuleHandle(@this);
            foreach (int token in tokens)
            {
                if (handle.ResolveTypeHandle(token).GetRuntimeType() is RuntimeType type)
                    types[found++] = type;
            }
            Array.Resize(ref types, found);
            return types;
        }

        [Replaces("System.Reflection.RuntimeAssembly::GetExportedTypes():System.Type[]")]
        private static Type[] ExportedTypes(RuntimeAssembly @this)
        {
            RuntimeType[] all = DefinedTypes(Assemblies.GetModule(@this));
            int count = 0;
            foreach (RuntimeType type in all)
                count += type.IsVisible ? 1 : 0;
            Type[] types = new Type[count];
            count = 0;
            foreach (RuntimeType type in all)
            {
                if (type.IsVisible)
                    types[count++] = type;
            }
            return types;
        }
    }
}

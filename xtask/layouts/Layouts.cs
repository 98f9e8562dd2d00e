// Prints what CoreCLR laid out: for every non-generic class and value type of the framework its instance size and the
// offsets of its own instance fields. `cargo xtask check-framework` compares this with Kiln's layouts.
//
//   T <assembly> <type token, hex> <size> <C|V>     size: value types the value's bytes, classes with the MethodTable pointer
//   F <field token, hex> <offset>                   value types from the value, classes from the object pointer
//
// Sources of the numbers: the MethodTable's base size (u32 at 4: header + MethodTable pointer + fields, rounded up) minus the padding that
// CoreCLR keeps in EEClass is not reachable from here, so sizes of value types come from a two-element array's stride (component size, u16 at 0)
// and sizes of classes from the base size; a FieldDesc holds the offset in the low 27 bits of its fourth u32.

using System;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;

internal static unsafe class Layouts
{
    private static int Main(string[] args)
    {
        using StreamWriter output = new StreamWriter(Console.OpenStandardOutput());
        string[] paths = Directory.GetFiles(args[0], "*.dll");
        Array.Sort(paths, StringComparer.Ordinal);
        foreach (string path in paths)
        {
            Assembly assembly;
            try
            {
                assembly = Assembly.Load(new AssemblyName(Path.GetFileNameWithoutExtension(path)));
            }
            catch (Exception)
            {
                continue;
            }
            foreach (Type type in Types(assembly))
                Print(output, assembly.GetName().Name, type);
        }
        return 0;
    }

    private static Type[] Types(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return Array.FindAll(e.Types, t => t != null);
        }
        catch (Exception)
        {
            return Array.Empty<Type>();
        }
    }

    private static void Print(StreamWriter output, string assembly, Type type)
    {
        if (type.ContainsGenericParameters || type.IsInterface || type.IsEnum)
            return;
        try
        {
            byte* table = (byte*)type.TypeHandle.Value;
            bool hasComponents = (*(uint*)table & 0x80000000) != 0;
            if (hasComponents)
                return;
            uint size = *(uint*)(table + 4) - 8;
            if (type.IsValueType && !type.IsByRefLike && type != typeof(void))
                size = *(ushort*)(byte*)type.MakeArrayType().TypeHandle.Value is ushort stride and not 0 ? stride : size - 8;
            else if (type.IsValueType)
                size = 0;
            output.WriteLine($"T\t{assembly}\t{type.MetadataToken:x8}\t{size}\t{(type.IsValueType ? 'V' : 'C')}");
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                uint offset = ((uint*)field.FieldHandle.Value)[3] & 0x7ffffff;
                output.WriteLine($"F\t{field.MetadataToken:x8}\t{(type.IsValueType ? offset : offset + 8)}");
            }
        }
        catch (Exception)
        {
            // A type that CoreCLR itself refuses to load (built for another system) has no layout to compare with.
        }
    }
}

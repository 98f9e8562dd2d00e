// Assemblies by file: nothing is loaded at run time. A file that holds an assembly of this program stands for it; of others only the name
// can be read (ECMA-335 II.24.2, II.22).

using System;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;

namespace Kiln
{
    internal static class Loading
    {
        private static Exception Refused(string what) =>
            new PlatformNotSupportedException(what + " cannot be loaded: this program was compiled ahead of time and loads no assemblies that it was not compiled with.");

        [Replaces("System.Runtime.Loader.AssemblyLoadContext::InternalLoadFromPath(System.String,System.String):System.Reflection.RuntimeAssembly")]
        private static RuntimeAssembly FromPath(AssemblyLoadContext @this, string assemblyPath, string nativeImagePath)
        {
            string path = assemblyPath ?? nativeImagePath;
            if (!File.Exists(path))
                throw new FileNotFoundException("Could not load file or assembly '" + path + "'. The system cannot find the file specified.", path);
            AssemblyName name = NameOf(path);
            return Assemblies.Find(name.Name) ?? throw Refused("'" + name.FullName + "'");
        }

        [Replaces("System.Runtime.Loader.AssemblyLoadContext::InternalLoad(System.ReadOnlySpan`1<System.Byte>,System.ReadOnlySpan`1<System.Byte>):System.Reflection.Assembly")]
        private static Assembly FromBytes(AssemblyLoadContext @this, ReadOnlySpan<byte> assembly, ReadOnlySpan<byte> symbols)
        {
            AssemblyName name = NameIn(assembly);
            return Assemblies.Find(name.Name) ?? throw Refused("'" + name.FullName + "'");
        }

        [Replaces("System.Reflection.AssemblyName::GetAssemblyName(System.String):System.Reflection.AssemblyName")]
        private static AssemblyName GetAssemblyName(string assemblyFile)
        {
            ArgumentException.ThrowIfNullOrEmpty(assemblyFile);
            return NameOf(assemblyFile);
        }

        private static AssemblyName NameOf(string path) => NameIn(File.ReadAllBytes(path));

        private static AssemblyName NameIn(ReadOnlySpan<byte> bytes)
        {
            try
            {
                return new Image(bytes).Name();
            }
            catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
            {
                throw new BadImageFormatException();
            }
        }
    }

    /// The file of an assembly. What does not fit in throws ArgumentOutOfRangeException or IndexOutOfRangeException.
    internal ref struct Image
    {
        private const int Assembly = 0x20;

        /// Rows up to the table Assembly: numbers of bytes, heaps (S, G, B), simple indices (`:xx`, a table) and coded ones (lower case).
        private static readonly string[] s_rows =
        {
            "2SGGG", "rSS", "4SSt:04:06", ":04", "2SB", ":06", "422SB:08", ":08", "22S", ":02t", "pSB", "2cB", "auB", "fB", "2dB", "24:02", "4:04",
            "B", ":02:14", ":14", "2St", ":02:17", ":17", "2SB", "2:06s", ":02mm", "S", "B", "2xS:1A", "4:04", "44", "4",
        };

        private readonly ReadOnlySpan<byte> _file;
        private ReadOnlySpan<byte> _strings, _blobs, _tables;

        internal Image(ReadOnlySpan<byte> file)
        {
            _file = file;
            _strings = _blobs = _tables = default;
            int pe = Int(file, 0x3c);
            if (Int(file, pe) != 0x4550)
                throw new BadImageFormatException();
            int optional = pe + 24;
            int directories = optional + (Short(file, optional) == 0x20b ? 112 : 96);
            int cli = Offset(pe, Int(file, directories + 14 * 8));
            int root = Offset(pe, Int(file, cli + 8));
            if (Int(file, root) != 0x424a5342)
                throw new BadImageFormatException();
            int at = root + 16 + Int(file, root + 12);
            int streams = Short(file, at + 2);
            at += 4;
            for (int i = 0; i < streams; i++)
            {
                ReadOnlySpan<byte> name = file.Slice(at + 8);
                name = name.Slice(0, name.IndexOf((byte)0));
                ReadOnlySpan<byte> stream = file.Slice(root + Int(file, at), Int(file, at + 4));
                if (name.SequenceEqual("#Strings"u8))
                    _strings = stream;
                else if (name.SequenceEqual("#Blob"u8))
                    _blobs = stream;
                else if (name.SequenceEqual("#~"u8) || name.SequenceEqual("#-"u8))
                    _tables = stream;
                at += 8 + (name.Length + 4 & ~3);
            }
        }

        private static int Short(ReadOnlySpan<byte> from, int at) => from[at] | from[at + 1] << 8;

        private static int Int(ReadOnlySpan<byte> from, int at) => Short(from, at) | Short(from, at + 2) << 16;

        private int Offset(int pe, int rva)
        {
            int section = pe + 24 + Short(_file, pe + 20);
            for (int i = Short(_file, pe + 6); i > 0 && rva != 0; i--, section += 40)
            {
                int start = Int(_file, section + 12);
                if (rva >= start && rva < start + Int(_file, section + 16))
                    return rva - start + Int(_file, section + 20);
            }
            throw new BadImageFormatException();
        }

        private int Rows(int table)
        {
            ulong valid = (uint)Int(_tables, 8) | (ulong)(uint)Int(_tables, 12) << 32;
            if ((valid >> table & 1) == 0)
                return 0;
            return Int(_tables, 24 + 4 * System.Numerics.BitOperations.PopCount(valid & (1UL << table) - 1));
        }

        private int HeapIndex(char heap) => (_tables[6] & (heap == 'S' ? 1 : heap == 'G' ? 2 : 4)) != 0 ? 4 : 2;

        /// Size of a coded index (II.24.2.6): two bytes when the tag leaves enough bits for the longest of its tables.
        private int Coded(int tag, ReadOnlySpan<byte> tables)
        {
            foreach (byte table in tables)
            {
                if (Rows(table) >= 1 << 16 - tag)
                    return 4;
            }
            return 2;
        }

        private int Coded(char kind) => kind switch
        {
            'r' => Coded(2, [0x00, 0x1a, 0x23, 0x01]),
            't' => Coded(2, [0x02, 0x01, 0x1b]),
            'p' => Coded(3, [0x02, 0x01, 0x1a, 0x06, 0x1b]),
            'c' => Coded(2, [0x04, 0x08, 0x17]),
            'a' => Coded(5, [0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14, 0x11, 0x1a, 0x1b, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b]),
            'u' => Coded(3, [0x06, 0x0a]),
            'f' => Coded(1, [0x04, 0x08]),
            'd' => Coded(2, [0x02, 0x06, 0x20]),
            's' => Coded(1, [0x14, 0x17]),
            'm' => Coded(1, [0x06, 0x0a]),
            _ => Coded(1, [0x04, 0x06]),
        };

        private int RowSize(string row)
        {
            int size = 0;
            for (int i = 0; i < row.Length; i++)
            {
                char c = row[i];
                if (c is '2' or '4')
                    size += c - '0';
                else if (c is 'S' or 'G' or 'B')
                    size += HeapIndex(c);
                else if (c == ':')
                {
                    int table = Convert.ToInt32(row.Substring(i + 1, 2), 16);
                    size += Rows(table) > 0xffff ? 4 : 2;
                    i += 2;
                }
                else
                    size += Coded(c);
            }
            return size;
        }

        private int Index(char heap, ref int at)
        {
            int size = HeapIndex(heap);
            int index = size == 4 ? Int(_tables, at) : Short(_tables, at);
            at += size;
            return index;
        }

        private string Text(int index)
        {
            ReadOnlySpan<byte> text = _strings.Slice(index);
            return System.Text.Encoding.UTF8.GetString(text.Slice(0, text.IndexOf((byte)0)));
        }

        private byte[] Blob(int index)
        {
            int length = _blobs[index];
            int head = 1;
            if ((length & 0x80) != 0)
            {
                head = (length & 0x40) == 0 ? 2 : 4;
                length = head == 2 ? (length & 0x3f) << 8 | _blobs[index + 1] : (length & 0x1f) << 24 | _blobs[index + 1] << 16 | _blobs[index + 2] << 8 | _blobs[index + 3];
            }
            return _blobs.Slice(index + head, length).ToArray();
        }

        /// What the one row of the table Assembly says (II.22.2).
        internal AssemblyName Name()
        {
            if (Rows(Assembly) == 0)
                throw new BadImageFormatException();
            int at = 24;
            for (int table = 0; table < 64; table++)
                at += Rows(table) != 0 ? 4 : 0;
            for (int table = 0; table < Assembly; table++)
                at += Rows(table) * (Rows(table) == 0 ? 0 : RowSize(s_rows[table]));
            int flags = Int(_tables, at + 12);
            AssemblyName name = new AssemblyName();
            name.Version = new Version(Short(_tables, at + 4), Short(_tables, at + 6), Short(_tables, at + 8), Short(_tables, at + 10));
            at += 16;
            byte[] key = Blob(Index('B', ref at));
            name.Name = Text(Index('S', ref at));
            name.CultureName = Text(Index('S', ref at));
            if ((flags & 1) != 0)
                name.SetPublicKey(key);
            else
                name.SetPublicKeyToken(key);
            name.Flags = (AssemblyNameFlags)(flags & 0xff0f);
            return name;
        }
    }
}

//@ exit = 0
// Covers: AssemblyLoadContext and assemblies by file — the default context has all of the program's own, names can be read from files, what is no assembly is refused.
#nullable disable
using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;

class Program
{
    static void Try(string name, Func<object> f)
    {
        object r;
        try { r = f() ?? "null"; } catch (Exception e) { r = e.GetType().Name; }
        Console.WriteLine($"{name}: {r}");
    }

    class Own : AssemblyLoadContext { public Own() : base("own", true) { } protected override Assembly Load(AssemblyName name) => null; }

    static byte[] Image(bool wide, bool key)
    {
        // The smallest image with one row in Module and one in Assembly.
        var m = new MemoryStream();
        var w = new BinaryWriter(m);
        void At(int n) { while (m.Length < n) w.Write((byte)0); }
        w.Write((ushort)0x5a4d); At(0x3c); w.Write(0x40); w.Write(0x4550); w.Write((ushort)(wide ? 0x8664 : 0x14c)); w.Write((ushort)1); w.Write(0); w.Write(0L);
        w.Write((ushort)(wide ? 240 : 224)); w.Write((ushort)0x2022);
        int optional = (int)m.Length;
        w.Write((ushort)(wide ? 0x20b : 0x10b)); At(optional + 4); w.Write(512); At(optional + 32); w.Write(0x2000); w.Write(512); w.Write((ushort)4); At(optional + 48);
        w.Write((ushort)4); At(optional + 56); w.Write(0x4000); w.Write(512); At(optional + 68); w.Write((ushort)3);
        At(optional + (wide ? 108 : 92)); w.Write(16);
        At(optional + (wide ? 112 : 96) + 14 * 8); w.Write(0x2000); w.Write(72);
        At(optional + (wide ? 240 : 224));
        w.Write(".text\0\0\0"u8); w.Write(512); w.Write(0x2000); w.Write(512); w.Write(512); At((int)m.Length + 12); w.Write(0x60000020);
        At(512);
        w.Write(72); w.Write((ushort)2); w.Write((ushort)5); w.Write(0x2048); w.Write(300); w.Write(1); At(512 + 72);
        int root = (int)m.Length;
        w.Write(0x424a5342); w.Write((ushort)1); w.Write((ushort)1); w.Write(0); w.Write(12); w.Write("v4.0.30319\0\0"u8); w.Write((ushort)0); w.Write((ushort)4);
        void Stream(int offset, int size, string name) { w.Write(offset); w.Write(size); foreach (char c in name) w.Write((byte)c); for (int i = 4 - name.Length % 4; i > 0; i--) w.Write((byte)0); }
        Stream(108, 100, "#~"); Stream(208, 32, "#Strings"); Stream(240, 24, "#Blob"); Stream(264, 16, "#GUID");
        At(root + 108);
        w.Write(0); w.Write((byte)2); w.Write((byte)0); w.Write((byte)0); w.Write((byte)1); w.Write(1L | 1L << 0x20); w.Write(0L); w.Write(1); w.Write(1);
        w.Write((ushort)0); w.Write((ushort)1); w.Write((ushort)1); w.Write((ushort)0); w.Write((ushort)0);
        w.Write(0x8004); w.Write((ushort)1); w.Write((ushort)2); w.Write((ushort)3); w.Write((ushort)4); w.Write(key ? 1 : 0); w.Write((ushort)(key ? 1 : 0)); w.Write((ushort)1); w.Write((ushort)0);
        At(root + 208); w.Write("\0Small\0de-DE\0"u8); At(root + 240); w.Write((byte)0); w.Write((byte)16); w.Write(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0 }); At(root + 264); w.Write(new byte[16]);
        At(1024);
        return m.ToArray();
    }

    static string Name(byte[] bytes)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, bytes);
        try { var n = AssemblyName.GetAssemblyName(path); return n.FullName + "; " + n.Name + " " + n.Version + " " + n.CultureName + " " + n.Flags; }
        finally { File.Delete(path); }
    }

    static int Main()
    {
        var own = typeof(Program).Assembly;
        var d = AssemblyLoadContext.Default;
        Try("default", () => AssemblyLoadContext.GetLoadContext(own) == d);
        Try("default core", () => AssemblyLoadContext.GetLoadContext(typeof(object).Assembly) == d);
        Try("name", () => d.Name + " " + d.IsCollectible);
        Try("in all", () => AssemblyLoadContext.All.Contains(d));
        Try("has own", () => d.Assemblies.Contains(own));
        Try("null", () => AssemblyLoadContext.GetLoadContext(null));
        Try("by name", () => d.LoadFromAssemblyName(own.GetName()) == own);
        Try("by name core", () => d.LoadFromAssemblyName(new AssemblyName("System.Private.CoreLib")) == typeof(object).Assembly);
        Try("missing", () => d.LoadFromAssemblyName(new AssemblyName("No.Such.Assembly")));
        Try("path missing", () => d.LoadFromAssemblyPath("/nowhere/at/all.dll"));
        Try("path relative", () => d.LoadFromAssemblyPath("all.dll"));
        Try("path null", () => d.LoadFromAssemblyPath(null));
        Try("load from missing", () => Assembly.LoadFrom("/nowhere/at/all.dll"));
        Try("load file missing", () => Assembly.LoadFile("/nowhere/at/all.dll"));
        Try("load empty", () => Assembly.Load(new byte[0]));
        Try("load junk", () => Assembly.Load(new byte[100]));
        Try("unload default", () => { d.Unload(); return null; });
        Try("own", () => { var c = new Own(); string s = c.Name + " " + c.IsCollectible + " " + c.Assemblies.Count() + " " + AssemblyLoadContext.All.Contains(c); c.Unload(); return s; });
        Try("own name", () => new Own().LoadFromAssemblyName(typeof(object).Assembly.GetName()) == typeof(object).Assembly);
        Try("reflection", () => { using (d.EnterContextualReflection()) return AssemblyLoadContext.CurrentContextualReflectionContext == d; });
        Try("dynamic", () => own.IsDynamic + " " + own.IsCollectible + " " + own.ReflectionOnly);
        Try("locale", () => own.GetName().CultureName + "|" + own.GetName().Flags);
        Try("name small", () => Name(Image(false, false)));
        Try("name wide", () => Name(Image(true, true)));
        Try("name junk", () => Name(new byte[300]));
        Try("name empty", () => Name(new byte[0]));
        Try("name cut", () => Name(Image(false, true)[..700]));
        Try("name missing", () => AssemblyName.GetAssemblyName("/nowhere/at/all.dll"));
        Try("name null", () => AssemblyName.GetAssemblyName(null));
        Try("name nothing", () => AssemblyName.GetAssemblyName(""));
        return 0;
    }
}

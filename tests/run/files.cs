//@ exit = 0
// Covers: File, Directory, Path, FileStream, StreamReader and StreamWriter on real files; errors for what is missing.
using System;
using System.IO;
using System.Linq;
using System.Text;

class Program
{
    static void Main()
    {
        string root = Directory.CreateTempSubdirectory("kiln-test").FullName;
        try { Run(root); } finally { Directory.Delete(root, recursive: true); }
        Console.WriteLine(Directory.Exists(root));
    }

    static void Run(string root)
    {
        string file = Path.Combine(root, "a.txt");
        File.WriteAllText(file, "line one\nline two\r\nlast é");
        Console.WriteLine($"{File.Exists(file)} {new FileInfo(file).Length} {File.ReadAllLines(file).Length} {File.ReadAllText(file).Length} {File.ReadLines(file).Last()}");
        File.AppendAllLines(file, new[] { "", "appended" });
        File.Copy(file, file + ".bak");
        File.Move(file + ".bak", Path.Combine(root, "b.txt"), overwrite: true);
        try { File.Copy(file, Path.Combine(root, "b.txt")); } catch (IOException e) { Console.WriteLine(e.GetType().Name); }
        Console.WriteLine(File.ReadAllLines(Path.Combine(root, "b.txt"))[^1]);

        string sub = Path.Combine(root, "x", "y");
        Directory.CreateDirectory(sub);
        for (int i = 0; i < 3; i++) File.WriteAllBytes(Path.Combine(sub, $"f{i}.bin"), new byte[] { 1, 2, (byte)i });
        Console.WriteLine(string.Join(" ", Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(root, f)).Order(StringComparer.Ordinal)));
        Console.WriteLine(string.Join(" ", Directory.EnumerateDirectories(root).Select(Path.GetFileName)) + " " + Directory.GetFiles(sub, "*1.bin").Length);

        string data = Path.Combine(root, "data.bin");
        using (var stream = new FileStream(data, FileMode.Create, FileAccess.ReadWrite))
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            writer.Write(42); writer.Write("text"); writer.Write(2.5); writer.Write(true);
            writer.Flush();
            stream.Seek(-1, SeekOrigin.End);
            Console.WriteLine($"{stream.Length} {stream.Position} {stream.ReadByte()} {stream.ReadByte()}");
            stream.Position = 0;
            using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
            Console.WriteLine($"{reader.ReadInt32()} {reader.ReadString()} {reader.ReadDouble()} {reader.ReadBoolean()}");
            stream.SetLength(4);
        }
        Console.WriteLine(new FileInfo(data).Length);
        using (var writer = new StreamWriter(Path.Combine(root, "big.txt"))) for (int i = 0; i < 20000; i++) writer.WriteLine($"row {i}");
        using (var reader = new StreamReader(Path.Combine(root, "big.txt")))
        {
            int rows = 0; string? line, last = null;
            while ((line = reader.ReadLine()) != null) { rows++; last = line; }
            Console.WriteLine($"{rows} {last} {reader.EndOfStream}");
        }
        File.WriteAllText(file, "\uFEFFbom", new UTF8Encoding(false));
        Console.WriteLine($"{File.ReadAllText(file)} {File.ReadAllBytes(file).Length}");

        foreach (Action a in new Action[] { () => File.ReadAllText(Path.Combine(root, "none")), () => File.ReadAllText(Path.Combine(root, "no", "dir")), () => File.ReadAllBytes(sub), () => Directory.Delete(root), () => Directory.GetFiles(file) })
            try { a(); Console.WriteLine("fine"); } catch (Exception e) { Console.WriteLine($"{e.GetType().Name}: {e.Message.Replace(root, "ROOT")}"); }
        File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        File.Delete(Path.Combine(root, "never there"));
        Console.WriteLine($"{File.GetLastWriteTimeUtc(file):s} {File.GetAttributes(sub)} {File.GetUnixFileMode(file) & UnixFileMode.UserRead}");
    }
}

//@ exit = 0
// Covers: System.IO.Compression — gzip, deflate and zlib streams, damaged input, concatenated members, zip archives.
using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;

static class Program
{
    static readonly byte[] Data = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300).Select(i => "line " + i * 7919 % 1000 + "\n")));

    static byte[] Pack(Func<Stream, Stream> make, byte[] data)
    {
        var to = new MemoryStream();
        using (Stream stream = make(to))
            stream.Write(data);
        return to.ToArray();
    }

    static byte[] Unpack(Func<Stream, Stream> make, byte[] data)
    {
        var to = new MemoryStream();
        using (Stream stream = make(new MemoryStream(data)))
            stream.CopyTo(to);
        return to.ToArray();
    }

    static void Check(string name, Func<object> what)
    {
        string result;
        try { result = what().ToString(); }
        catch (Exception e) { result = e.GetType() + ": " + e.Message; }
        Console.WriteLine(name + ": " + result);
    }

    static Stream Gunzip(Stream s) => new GZipStream(s, CompressionMode.Decompress);
    static Stream Gzip(Stream s) => new GZipStream(s, CompressionLevel.Optimal, true);

    static void Main()
    {
        foreach (CompressionLevel level in Enum.GetValues<CompressionLevel>())
        {
            Check("gzip " + level, () => Unpack(Gunzip, Pack(s => new GZipStream(s, level, true), Data)).SequenceEqual(Data));
            Check("deflate " + level, () => Unpack(s => new DeflateStream(s, CompressionMode.Decompress), Pack(s => new DeflateStream(s, level, true), Data)).SequenceEqual(Data));
            Check("zlib " + level, () => Unpack(s => new ZLibStream(s, CompressionMode.Decompress), Pack(s => new ZLibStream(s, level, true), Data)).SequenceEqual(Data));
        }
        Check("smaller", () => Pack(Gzip, Data).Length < Data.Length / 2);
        Check("not gzip", () => Unpack(Gunzip, new byte[12]).Length);
        Check("not deflate", () => Unpack(s => new DeflateStream(s, CompressionMode.Decompress), new byte[] { 255, 255, 255 }).Length);
        Check("not zlib", () => Unpack(s => new ZLibStream(s, CompressionMode.Decompress), new byte[] { 0x78, 0x9c, 255, 255, 255 }).Length);
        Check("empty", () => Unpack(Gunzip, Array.Empty<byte>()).Length);
        Check("two members", () => Unpack(Gunzip, Pack(Gzip, new byte[] { 1, 2 }).Concat(Pack(Gzip, new byte[] { 3 })).ToArray()).Length);
        Check("wrong checksum", () =>
        {
            byte[] packed = Pack(Gzip, Data);
            packed[^6] ^= 1;
            return Unpack(Gunzip, packed).Length;
        });
        Check("flush", () =>
        {
            var to = new MemoryStream();
            using var stream = new DeflateStream(to, CompressionLevel.Fastest, true);
            stream.Write(Data, 0, 100);
            stream.Flush();
            return to.Length > 0;
        });
        Check("archive", () =>
        {
            var file = new MemoryStream();
            using (var archive = new ZipArchive(file, ZipArchiveMode.Create, true))
                foreach (string name in new[] { "a.txt", "folder/b.txt", "ü.txt" })
                {
                    using var writer = new StreamWriter(archive.CreateEntry(name).Open());
                    writer.Write("content of " + name + new string('x', 200));
                }
            using var read = new ZipArchive(file);
            return string.Join(", ", read.Entries.Select(e =>
            {
                using var reader = new StreamReader(e.Open());
                return $"{e.FullName} {e.Length} {e.CompressedLength < e.Length} {e.Crc32:x} {reader.ReadToEnd()[..13]}";
            }));
        });
        Check("not an archive", () => new ZipArchive(new MemoryStream(new byte[100])).Entries.Count);
    }
}

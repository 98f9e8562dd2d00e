//@ exit = 0
// Covers: streams in memory — MemoryStream, BufferedStream, StringReader, TextWriter, BinaryReader limits, CopyTo, own Stream classes.
using System;
using System.IO;
using System.Linq;
using System.Text;

class Rot(Stream inner) : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => 0; set => throw new NotSupportedException("no seeking"); }
    public override int Read(byte[] buffer, int offset, int count)
    {
        int n = inner.Read(buffer, offset, Math.Min(count, 3));
        for (int i = offset; i < offset + n; i++) buffer[i] ^= 0x20;
        return n;
    }
    public override void Flush() { }
    public override long Seek(long o, SeekOrigin s) => throw new NotSupportedException();
    public override void SetLength(long v) { }
    public override void Write(byte[] b, int o, int c) => throw new NotSupportedException();
    protected override void Dispose(bool disposing) { Console.Write("(disposed)"); base.Dispose(disposing); }
}

class Program
{
    static void Main()
    {
        var memory = new MemoryStream();
        memory.Write("hello "u8);
        memory.WriteByte((byte)'w');
        memory.Write(Encoding.ASCII.GetBytes("orld"), 0, 4);
        Console.WriteLine($"{memory.Length} {memory.Position} {Encoding.ASCII.GetString(memory.ToArray())} {memory.Capacity >= 11}");
        memory.Position = 6;
        byte[] buffer = new byte[3];
        Console.WriteLine($"{memory.Read(buffer)} {Encoding.ASCII.GetString(buffer)} {memory.ReadByte()} {memory.Seek(-2, SeekOrigin.End)} {memory.Read(buffer, 0, 3)} {memory.Read(buffer, 0, 3)}");
        memory.SetLength(5);
        memory.Position = 0;
        using (var rot = new Rot(memory)) using (var reader = new StreamReader(rot)) Console.WriteLine(reader.ReadToEnd());
        var copy = new MemoryStream();
        new MemoryStream(Enumerable.Range(0, 300).Select(i => (byte)i).ToArray()).CopyTo(copy, 64);
        Console.WriteLine($"{copy.Length} {copy.GetBuffer()[299]}");
        try { new MemoryStream(new byte[2], writable: false).WriteByte(1); } catch (NotSupportedException) { Console.WriteLine("read only"); }
        try { var closed = new MemoryStream(); closed.Dispose(); closed.ReadByte(); } catch (ObjectDisposedException) { Console.WriteLine("closed"); }
        try { new BinaryReader(new MemoryStream(new byte[3])).ReadInt32(); } catch (EndOfStreamException) { Console.WriteLine("end of stream"); }
        try { new Rot(memory).Position = 1; } catch (NotSupportedException e) { Console.WriteLine(e.Message); }

        var writer = new BinaryWriter(copy);
        copy.SetLength(0);
        writer.Write7BitEncodedInt(300); writer.Write('é'); writer.Write(1.5m); writer.Write((Half)2); writer.Write(new byte[] { 7 }); writer.Write(long.MinValue);
        Console.WriteLine(Convert.ToHexString(copy.ToArray()));
        copy.Position = 0;
        var binary = new BinaryReader(copy);
        Console.WriteLine($"{binary.Read7BitEncodedInt()} {binary.ReadChar()} {binary.ReadDecimal()} {binary.ReadHalf()} {binary.ReadBytes(1)[0]} {binary.ReadInt64()} {binary.PeekChar()}");

        var text = new StringReader("one\r\ntwo\nthree");
        Console.WriteLine($"{text.ReadLine()} {(char)text.Peek()} {(char)text.Read()} {text.ReadLine()} {text.ReadToEnd()} {text.ReadLine() == null}");
        var output = new StringWriter { NewLine = "|" };
        output.WriteLine("a{0}", 1);
        output.Write(2.5);
        output.WriteLine();
        output.Write(new[] { 'x', 'y' }, 1, 1);
        Console.WriteLine(output);
        var utf16 = new MemoryStream();
        using (var w = new StreamWriter(utf16, Encoding.Unicode, 16, leaveOpen: true)) { w.Write("ab"); w.Flush(); w.Write('c'); }
        Console.WriteLine($"{Convert.ToHexString(utf16.ToArray())} {new StreamReader(new MemoryStream(utf16.ToArray()), true).ReadToEnd()}");
        using var buffered = new BufferedStream(new MemoryStream(), 4);
        buffered.Write("0123456789"u8);
        buffered.Position = 3;
        Console.WriteLine($"{(char)buffered.ReadByte()} {buffered.Length} {Stream.Null.Read(buffer)}");
    }
}

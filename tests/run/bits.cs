//@ exit = 0
// Covers: ECMA-335 III.3.55–58 — and, or, xor, not, shifts (masked counts), and the BitOperations intrinsics.
using System;
using System.Buffers.Binary;
using System.Numerics;

class Program
{
    static T Opaque<T>(T value) => value;

    static void Main()
    {
        int i = Opaque(-8);
        Console.WriteLine($"{i >> 1} {i >>> 1} {i << 29} {i >> 33} {1 << Opaque(32)} {1 << Opaque(-1)}");
        long l = Opaque(-8L);
        Console.WriteLine($"{l >> 1} {l >>> 1} {l << 61} {1L << Opaque(64)} {1L << Opaque(63)}");
        uint u = Opaque(0xDEADBEEF);
        Console.WriteLine($"{u >> 4:X} {u << 4:X} {~u:X} {u & 0xFF00:X} {u | 0xF:X} {u ^ uint.MaxValue:X}");
        byte b = Opaque((byte)0x81);
        Console.WriteLine($"{b << 1} {b >> 1} {(byte)~b} {(sbyte)b >> 1}");
        bool t = Opaque(true), f = Opaque(false);
        Console.WriteLine($"{t & f} {t | f} {t ^ t} {!t} {t ^ f}");

        foreach (uint x in new uint[] { 0, 1, 0x80000000, 0x00F0_0000, uint.MaxValue })
        {
            uint v = Opaque(x);
            Console.WriteLine($"{v:X8}: {BitOperations.LeadingZeroCount(v)} {BitOperations.TrailingZeroCount(v)} {BitOperations.PopCount(v)} " +
                $"{BitOperations.Log2(v)} {BitOperations.RotateLeft(v, 4):X8} {BitOperations.RotateRight(v, 4):X8} {BitOperations.IsPow2(v)} {BitOperations.RoundUpToPowerOf2(v)}");
        }
        foreach (ulong x in new ulong[] { 0, 1, 1UL << 63, 0x00F0_0000_0000, ulong.MaxValue })
        {
            ulong v = Opaque(x);
            Console.WriteLine($"{v:X16}: {BitOperations.LeadingZeroCount(v)} {BitOperations.TrailingZeroCount(v)} {BitOperations.PopCount(v)} {BitOperations.RotateLeft(v, 68):X16}");
        }
        Console.WriteLine($"{BinaryPrimitives.ReverseEndianness(0x11223344):X} {BinaryPrimitives.ReverseEndianness((ushort)0x1122):X} {BinaryPrimitives.ReverseEndianness(0x1122334455667788L):X}");
        Span<byte> buffer = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(buffer, 0x0102030405060708);
        Console.WriteLine($"{buffer[0]} {BinaryPrimitives.ReadInt32LittleEndian(buffer):X} {BinaryPrimitives.ReadUInt16BigEndian(buffer[6..]):X} {BitConverter.IsLittleEndian}");
        Console.WriteLine($"{BitOperations.Crc32C(0, 0x12345678u):X8} {ulong.PopCount(0xFF)} {int.TrailingZeroCount(0)} {short.RotateLeft(0x1234, 8):X}");
    }
}

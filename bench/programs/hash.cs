// Integer kernels over bytes: SHA-256, CRC-32, FNV and a xorshift generator, all written out.
using System;
using System.Numerics;

class Program
{
    static readonly uint[] K = MakeK();

    static uint[] MakeK()
    {
        var k = new uint[64];
        int found = 0;
        for (int p = 2; found < 64; p++)
        {
            bool prime = true;
            for (int q = 2; q * q <= p; q++) if (p % q == 0) { prime = false; break; }
            if (prime) { double root = Math.Cbrt(p); k[found++] = (uint)((root - Math.Floor(root)) * 4294967296.0); }
        }
        return k;
    }

    static void Block(ReadOnlySpan<byte> data, Span<uint> state)
    {
        Span<uint> w = stackalloc uint[64];
        for (int i = 0; i < 16; i++) w[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(data.Slice(i * 4));
        for (int i = 16; i < 64; i++)
        {
            uint s0 = BitOperations.RotateRight(w[i - 15], 7) ^ BitOperations.RotateRight(w[i - 15], 18) ^ w[i - 15] >> 3;
            uint s1 = BitOperations.RotateRight(w[i - 2], 17) ^ BitOperations.RotateRight(w[i - 2], 19) ^ w[i - 2] >> 10;
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int i = 0; i < 64; i++)
        {
            uint t1 = h + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25)) + (e & f ^ ~e & g) + K[i] + w[i];
            uint t2 = (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22)) + (a & b ^ a & c ^ b & c);
            h = g; g = f; f = e; e = d + t1; d = c; c = b; b = a; a = t1 + t2;
        }
        state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
    }

    static void Main()
    {
        var data = new byte[1 << 20];
        ulong x = 88172645463325252;
        for (int i = 0; i < data.Length; i++) { x ^= x << 13; x ^= x >> 7; x ^= x << 17; data[i] = (byte)x; }
        Span<uint> state = stackalloc uint[8] { 1, 2, 3, 4, 5, 6, 7, 8 };
        for (int round = 0; round < 90; round++)
            for (int i = 0; i < data.Length; i += 64) Block(data.AsSpan(i, 64), state);
        var table = new uint[256];
        for (uint i = 0; i < 256; i++) { uint c = i; for (int k = 0; k < 8; k++) c = (c & 1) != 0 ? 0xEDB88320 ^ c >> 1 : c >> 1; table[i] = c; }
        uint crc = ~0u;
        ulong fnv = 14695981039346656037;
        for (int round = 0; round < 120; round++)
            foreach (byte b in data) { crc = table[(byte)(crc ^ b)] ^ crc >> 8; fnv = (fnv ^ b) * 1099511628211; }
        Console.WriteLine($"{state[0]:x8}{state[7]:x8} {~crc:x8} {fnv:x16}");
    }
}

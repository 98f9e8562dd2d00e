//@ exit = 0
// Covers: System.Security.Cryptography's hash functions and HMAC: known answers, input in pieces of every size around the blocks,
// results in the middle, duplicates that go their own way, keys longer than a block, PBKDF2, output of any size (SHAKE).
using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;

static class Program
{
    static readonly HashAlgorithmName[] Names =
    {
        HashAlgorithmName.MD5, HashAlgorithmName.SHA1, HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512,
        HashAlgorithmName.SHA3_256, HashAlgorithmName.SHA3_384, HashAlgorithmName.SHA3_512,
    };

    static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = (byte)(i * 31 + (i >> 8));
        return bytes;
    }

    static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    static void Whole()
    {
        Console.WriteLine(Hex(MD5.HashData(Encoding.ASCII.GetBytes("abc"))));
        Console.WriteLine(Hex(SHA1.HashData(Encoding.ASCII.GetBytes("abc"))));
        Console.WriteLine(Hex(SHA256.HashData(Encoding.ASCII.GetBytes("abc"))));
        Console.WriteLine(Hex(SHA384.HashData(Encoding.ASCII.GetBytes("abc"))));
        Console.WriteLine(Hex(SHA512.HashData(Encoding.ASCII.GetBytes("abc"))));
        Console.WriteLine(SHA3_256.IsSupported + " " + Shake128.IsSupported);
        Console.WriteLine(Hex(SHA3_512.HashData(ReadOnlySpan<byte>.Empty)));
        using var stream = new MemoryStream(Bytes(100_000));
        Console.WriteLine(Hex(SHA256.HashData(stream)));
        using (var sha = SHA512.Create())
        {
            sha.TransformBlock(Bytes(200), 0, 200, null, 0);
            sha.TransformFinalBlock(Bytes(10), 0, 10);
            Console.WriteLine(Hex(sha.Hash!));
            Console.WriteLine(Hex(sha.ComputeHash(Bytes(3))));
        }
    }

    static void Pieces(HashAlgorithmName name)
    {
        byte[] data = Bytes(600);
        using var hash = IncrementalHash.CreateHash(name);
        // Every length around the blocks of all functions, in two pieces; the hash is used again after each.
        string all = "";
        foreach (int length in new[] { 0, 1, 55, 56, 57, 63, 64, 65, 71, 72, 73, 103, 104, 105, 111, 112, 113, 119, 127, 128, 129, 135, 136, 137, 255, 256, 257, 600 })
        {
            int first = length / 3;
            hash.AppendData(data, 0, first);
            hash.AppendData(data.AsSpan(first, length - first));
            all += Hex(hash.GetHashAndReset());
        }
        Console.WriteLine($"{name}: {hash.HashLengthInBytes} {Hex(SHA256.HashData(Encoding.ASCII.GetBytes(all)))}");

        hash.AppendData(data, 0, 100);
        string early = Hex(hash.GetCurrentHash());
        string again = Hex(hash.GetCurrentHash());
        hash.AppendData(data, 100, 200);
        string late = Hex(hash.GetHashAndReset());
        Console.WriteLine($"  {early == again} {early == late} {late}");
        Console.WriteLine("  " + Hex(hash.GetHashAndReset()));
    }

    static void Keyed(HashAlgorithmName name)
    {
        byte[] data = Bytes(300);
        // A key as long as a block is used as it is, a longer one by its hash.
        foreach (int size in new[] { 0, 1, 64, 65, 128, 129, 144, 200 })
        {
            using var mac = IncrementalHash.CreateHMAC(name, Bytes(size));
            mac.AppendData(data, 0, 17);
            byte[] early = mac.GetCurrentHash();
            mac.AppendData(data, 17, 283);
            byte[] code = mac.GetHashAndReset();
            mac.AppendData(data, 0, 17);
            byte[] same = mac.GetHashAndReset();
            Console.WriteLine($"{name} {size}: {Hex(code)} {CryptographicOperations.FixedTimeEquals(early, same)}");
        }
    }

    // A duplicate has the state of its original, and is independent of it from then on.
    static void Duplicates()
    {
        byte[] data = Bytes(100);
        using var one = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        one.AppendData(data);
        using var other = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        other.AppendData(one.GetCurrentHash());
        one.AppendData(data);
        other.AppendData(data);
        Console.WriteLine(Hex(one.GetHashAndReset()));
        Console.WriteLine(Hex(other.GetHashAndReset()));

        using var shake = new Shake256();
        shake.AppendData(data);
        byte[] current = shake.GetCurrentHash(40);
        shake.AppendData(data);
        Console.WriteLine(Hex(current) + " " + Hex(shake.GetHashAndReset(200)));
        Console.WriteLine(Hex(Shake128.HashData(data, 5)));

        using var hmac = new HMACSHA256(data);
        Console.WriteLine(Hex(hmac.ComputeHash(data)));
        Console.WriteLine(Hex(hmac.ComputeHash(data)));
        hmac.Key = Bytes(7);
        Console.WriteLine(Hex(hmac.ComputeHash(data)));
    }

    static int Main()
    {
        Whole();
        foreach (HashAlgorithmName name in Names)
            Pieces(name);
        foreach (HashAlgorithmName name in Names)
            Keyed(name);
        Duplicates();
        foreach (HashAlgorithmName name in Names[1..])
            Console.WriteLine($"{name} {Hex(Rfc2898DeriveBytes.Pbkdf2("password", Bytes(8), 1000, name, 77))}");
        Console.WriteLine(Hex(HMACMD5.HashData(Bytes(20), Encoding.ASCII.GetBytes("what do ya want for nothing?"))));
        return 0;
    }
}

//@ exit = 0
// Covers: small whole programs — sieve, matrix product, n-queens, Levenshtein, SHA-256 by hand, big loops over arrays and locals.
using System;
using System.Numerics;
using System.Text;

class Program
{
    static int Sieve(int n) { var c = new bool[n + 1]; int count = 0; for (int i = 2; i <= n; i++) { if (c[i]) continue; count++; for (long j = (long)i * i; j <= n; j += i) c[j] = true; } return count; }
    static double Trace(int n) { var a = new double[n, n]; var b = new double[n][]; for (int i = 0; i < n; i++) { b[i] = new double[n]; for (int j = 0; j < n; j++) { a[i, j] = i + j; b[i][j] = i - j; } } double t = 0; for (int i = 0; i < n; i++) for (int k = 0; k < n; k++) t += a[i, k] * b[k][i]; return t; }
    static int Queens(int n, int row = 0, int cols = 0, int d1 = 0, int d2 = 0) { if (row == n) return 1; int count = 0; for (int free = ((1 << n) - 1) & ~(cols | d1 | d2); free != 0; free &= free - 1) { int bit = free & -free; count += Queens(n, row + 1, cols | bit, (d1 | bit) << 1, (d2 | bit) >> 1); } return count; }
    static int Distance(string a, string b) { var d = new int[a.Length + 1, b.Length + 1]; for (int i = 0; i <= a.Length; i++) for (int j = 0; j <= b.Length; j++) d[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)); return d[a.Length, b.Length]; }
    static int Ackermann(int m, int n) => m == 0 ? n + 1 : n == 0 ? Ackermann(m - 1, 1) : Ackermann(m - 1, Ackermann(m, n - 1));

    static uint[] Primes(int n, Func<double, double> root) { var r = new uint[n]; int found = 0; for (int p = 2; found < n; p++) { bool prime = true; for (int q = 2; q * q <= p; q++) if (p % q == 0) { prime = false; break; } if (prime) { double f = root(p); r[found++] = (uint)((f - Math.Floor(f)) * 4294967296.0); } } return r; }
    static string Sha256(byte[] message)
    {
        uint[] k = Primes(64, Math.Cbrt), h = Primes(8, Math.Sqrt), w = new uint[64];
        int padded = (message.Length + 9 + 63) / 64 * 64;
        Array.Resize(ref message, padded);
        ulong bits = 8;
        int length = Array.LastIndexOf(message, (byte)'.') + 1;
        message[length] = 0x80;
        bits *= (ulong)length;
        for (int i = 0; i < 8; i++) message[padded - 1 - i] = (byte)(bits >> (8 * i));
        for (int block = 0; block < padded; block += 64)
        {
            for (int i = 0; i < 16; i++) w[i] = (uint)(message[block + i * 4] << 24 | message[block + i * 4 + 1] << 16 | message[block + i * 4 + 2] << 8 | message[block + i * 4 + 3]);
            for (int i = 16; i < 64; i++) w[i] = w[i - 16] + w[i - 7] + (BitOperations.RotateRight(w[i - 15], 7) ^ BitOperations.RotateRight(w[i - 15], 18) ^ w[i - 15] >> 3) + (BitOperations.RotateRight(w[i - 2], 17) ^ BitOperations.RotateRight(w[i - 2], 19) ^ w[i - 2] >> 10);
            uint[] v = (uint[])h.Clone();
            for (int i = 0; i < 64; i++)
            {
                uint t1 = v[7] + (BitOperations.RotateRight(v[4], 6) ^ BitOperations.RotateRight(v[4], 11) ^ BitOperations.RotateRight(v[4], 25)) + (v[4] & v[5] ^ ~v[4] & v[6]) + k[i] + w[i];
                uint t2 = (BitOperations.RotateRight(v[0], 2) ^ BitOperations.RotateRight(v[0], 13) ^ BitOperations.RotateRight(v[0], 22)) + (v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]);
                Array.Copy(v, 0, v, 1, 7);
                v[4] += t1;
                v[0] = t1 + t2;
            }
            for (int i = 0; i < 8; i++) h[i] += v[i];
        }
        return string.Concat(Array.ConvertAll(h, x => x.ToString("x8")));
    }

    static void Main()
    {
        Console.WriteLine($"{Sieve(100_000)} {Trace(60)} {Queens(8)} {Distance("kitten sitting", "sitting kitten")} {Ackermann(2, 9)}");
        Console.WriteLine(Sha256(Encoding.ASCII.GetBytes("The quick brown fox jumps over the lazy dog.")));
        ulong x = 88172645463325252;
        double mean = 0;
        for (int i = 1; i <= 100_000; i++) { x ^= x << 13; x ^= x >> 7; x ^= x << 17; mean += ((x >> 11) * (1.0 / (1UL << 53)) - mean) / i; }
        Console.WriteLine($"{x} {mean:F6}");
        int[] fib = new int[50];
        for (int i = 0; i < fib.Length; i++) fib[i] = i < 2 ? i : unchecked(fib[i - 1] + fib[i - 2]);
        Console.WriteLine($"{fib[46]} {fib[49]}");
        var v1 = new Vector3(1, 2, 3);
        Console.WriteLine($"{Vector3.Dot(v1, v1)} {Vector3.Cross(v1, Vector3.UnitX)} {v1.Length():F4} {Matrix4x4.CreateTranslation(1, 2, 3).Translation} {new Vector<int>(3)[0]} {Vector.Sum(Vector<int>.One) == Vector<int>.Count}");
    }
}

//@ exit = 0
// Covers: ECMA-335 III.3.2, III.3.19 — add.ovf, sub.ovf, mul.ovf and conv.ovf, signed and unsigned.
using System;

class Program
{
    static T Opaque<T>(T value) => value;

    static void Try(string name, Func<object> action)
    {
        try { Console.WriteLine($"{name}: {action()}"); }
        catch (OverflowException) { Console.WriteLine($"{name}: overflow"); }
    }

    static void Main()
    {
        int max = Opaque(int.MaxValue), min = Opaque(int.MinValue), one = Opaque(1);
        uint umax = Opaque(uint.MaxValue);
        long lmax = Opaque(long.MaxValue), lmin = Opaque(long.MinValue);
        ulong ulmax = Opaque(ulong.MaxValue);
        checked
        {
            Try("max+1", () => max + one);
            Try("max+0", () => max + (one - 1));
            Try("min-1", () => min - one);
            Try("min*-1", () => min * -one);
            Try("46341^2", () => Opaque(46341) * Opaque(46341));
            Try("46340^2", () => Opaque(46340) * Opaque(46340));
            Try("-min", () => -min);
            Try("umax+1", () => umax + (uint)one);
            Try("0u-1", () => (umax - umax) - (uint)one);
            Try("umax*umax", () => umax * umax);
            Try("lmax+1", () => lmax + one);
            Try("lmin-1", () => lmin - one);
            Try("lmax*2", () => lmax * 2);
            Try("3037000499^2", () => Opaque(3037000499L) * Opaque(3037000499L));
            Try("3037000500^2", () => Opaque(3037000500L) * Opaque(3037000500L));
            Try("ulmax+1", () => ulmax + (ulong)one);
            Try("ulmax*1", () => ulmax * (ulong)one);
            Try("ulmax*2", () => ulmax * 2);

            Try("(byte)255", () => (byte)Opaque(255));
            Try("(byte)256", () => (byte)Opaque(256));
            Try("(byte)-1", () => (byte)Opaque(-1));
            Try("(sbyte)-128", () => (sbyte)Opaque(-128));
            Try("(sbyte)128", () => (sbyte)Opaque(128));
            Try("(short)40000u", () => (short)Opaque(40000u));
            Try("(ushort)65535", () => (ushort)Opaque(65535L));
            Try("(char)65536", () => (char)Opaque(65536));
            Try("(uint)-1", () => (uint)Opaque(-1));
            Try("(int)umax", () => (int)umax);
            Try("(ulong)-1L", () => (ulong)Opaque(-1L));
            Try("(long)ulmax", () => (long)ulmax);
            Try("(nint)lmax", () => (nint)lmax);
            Try("(int)2147483647.9", () => (int)Opaque(2147483647.9));
            Try("(int)2147483648.0", () => (int)Opaque(2147483648.0));
            Try("(uint)-0.9", () => (uint)Opaque(-0.9));
            Try("(uint)-1.0", () => (uint)Opaque(-1.0));
            Try("(long)9.3e18", () => (long)Opaque(9.3e18));
            Try("(ulong)1.8e19f", () => (ulong)Opaque(1.8e19f));
            Try("(byte)NaN", () => (byte)Opaque(double.NaN));
        }
        unchecked { Console.WriteLine((byte)Opaque(-1) + max); }
    }
}

// Exceptions: throw and catch at several depths, with filters and finally blocks.
using System;
using System.Runtime.CompilerServices;

class Program
{
    sealed class Failure(int code) : Exception { public int Code => code; }
    static int cleanups;

    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Deep(int depth, int code)
    {
        if (depth == 0) throw new Failure(code);
        try { return Deep(depth - 1, code) + 1; }
        finally { cleanups++; }
    }

    static void Main()
    {
        int caught = 0, filtered = 0;
        for (int i = 0; i < 60_000; i++)
        {
            try { Deep(i % 12, i); }
            catch (Failure f) when (f.Code % 3 == 0) { filtered++; }
            catch (Failure) { caught++; }
        }
        int parsed = 0;
        for (int i = 0; i < 40_000; i++)
        {
            try { parsed += int.Parse(i % 2 == 0 ? "12" : "x"); }
            catch (FormatException) { parsed--; }
        }
        int[] array = new int[4];
        int bounds = 0;
        for (int i = 0; i < 60_000; i++)
            try { array[i % 8]++; } catch (IndexOutOfRangeException) { bounds++; }
        long fast = 0;
        for (int i = 0; i < 100_000_000; i++)
            try { fast += i & 3; } finally { fast ^= 1; }
        Console.WriteLine($"{caught} {filtered} {cleanups} {parsed} {bounds} {fast}");
    }
}

// Floating point and branches that depend on data: how long points stay bounded.
using System;

class Program
{
    static int Iterations(double cr, double ci, int limit)
    {
        double zr = 0, zi = 0;
        for (int i = 0; i < limit; i++)
        {
            double r2 = zr * zr, i2 = zi * zi;
            if (r2 + i2 > 4) return i;
            zi = 2 * zr * zi + ci;
            zr = r2 - i2 + cr;
        }
        return limit;
    }

    static void Main()
    {
        const int size = 2200, limit = 200;
        long total = 0;
        uint hash = 17;
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++)
            {
                int n = Iterations(3.0 * x / size - 2.2, 3.0 * y / size - 1.5, limit);
                total += n;
                hash = hash * 31 + (uint)n;
            }
        Console.WriteLine($"{total} {hash}");
    }
}

// Integers in small arrays: how often permutations must be flipped.
using System;

class Program
{
    static void Main()
    {
        const int n = 11;
        var p = new int[n];
        var q = new int[n];
        var s = new int[n];
        int sign = 1, maxFlips = 0, sum = 0;
        for (int i = 0; i < n; i++) p[i] = s[i] = i;
        while (true)
        {
            int first = p[0];
            if (first != 0)
            {
                for (int i = 1; i < n; i++) q[i] = p[i];
                int flips = 1;
                while (true)
                {
                    int next = q[first];
                    if (next == 0) break;
                    q[first] = first;
                    if (first >= 3)
                        for (int i = 1, j = first - 1; i < j; i++, j--) (q[i], q[j]) = (q[j], q[i]);
                    first = next;
                    flips++;
                }
                sum += sign * flips;
                if (flips > maxFlips) maxFlips = flips;
            }
            if (sign == 1) { (p[0], p[1]) = (p[1], p[0]); sign = -1; continue; }
            (p[1], p[2]) = (p[2], p[1]);
            sign = 1;
            for (int i = 2; i < n; i++)
            {
                if (s[i] != 0) { s[i]--; break; }
                if (i == n - 1) { Console.WriteLine($"{sum} {maxFlips}"); return; }
                s[i] = i;
                int t = p[0];
                for (int j = 0; j <= i; j++) p[j] = p[j + 1];
                p[i + 1] = t;
            }
        }
    }
}

// Floating point division and array traversal: the largest eigenvalue of an infinite matrix, cut off.
using System;

class Program
{
    static double A(int i, int j) => 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);

    static void Times(double[] v, double[] result)
    {
        for (int i = 0; i < result.Length; i++) { double sum = 0; for (int j = 0; j < v.Length; j++) sum += A(i, j) * v[j]; result[i] = sum; }
    }

    static void TransposedTimes(double[] v, double[] result)
    {
        for (int i = 0; i < result.Length; i++) { double sum = 0; for (int j = 0; j < v.Length; j++) sum += A(j, i) * v[j]; result[i] = sum; }
    }

    static void Main()
    {
        const int n = 4000;
        var u = new double[n];
        var v = new double[n];
        var t = new double[n];
        Array.Fill(u, 1);
        for (int i = 0; i < 10; i++)
        {
            Times(u, t);
            TransposedTimes(t, v);
            Times(v, t);
            TransposedTimes(t, u);
        }
        double vbv = 0, vv = 0;
        for (int i = 0; i < n; i++) { vbv += u[i] * v[i]; vv += v[i] * v[i]; }
        Console.WriteLine(Math.Sqrt(vbv / vv).ToString("F9"));
    }
}

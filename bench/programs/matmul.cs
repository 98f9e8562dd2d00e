// Matrix products over jagged and rectangular arrays: index arithmetic and bounds checks.
using System;

class Program
{
    static void Main()
    {
        const int n = 1000;
        var a = new double[n][];
        var b = new double[n][];
        var c = new double[n][];
        for (int i = 0; i < n; i++)
        {
            a[i] = new double[n]; b[i] = new double[n]; c[i] = new double[n];
            for (int j = 0; j < n; j++) { a[i][j] = (i - j) * 0.01; b[i][j] = (i + j) * 0.02; }
        }
        for (int i = 0; i < n; i++)
        {
            double[] row = c[i];
            for (int k = 0; k < n; k++)
            {
                double x = a[i][k];
                double[] from = b[k];
                for (int j = 0; j < n; j++) row[j] += x * from[j];
            }
        }
        Console.WriteLine($"{c[10][20]:F4} {c[n - 1][n - 1]:F4}");

        const int m = 600;
        var p = new int[m, m];
        var q = new int[m, m];
        var r = new int[m, m];
        for (int i = 0; i < m; i++) for (int j = 0; j < m; j++) { p[i, j] = i * j % 17; q[i, j] = i + j; }
        for (int i = 0; i < m; i++)
            for (int j = 0; j < m; j++)
            {
                int sum = 0;
                for (int k = 0; k < m; k++) sum += p[i, k] * q[k, j];
                r[i, j] = sum;
            }
        Console.WriteLine($"{r[5, 7]} {r[m - 1, m - 1]}");
    }
}

//@ exit = 0
// Covers: ECMA-335 III.3.15–17, III.3.66 — branches, loops, goto, dense and sparse switches over integers and strings.
using System;

class Program
{
    static string Dense(int value)
    {
        switch (value)
        {
            case 0: return "zero";
            case 1: case 2: return "few";
            case 3: goto case 5;
            case 4: return "four";
            case 5: return "five";
            case -1: return "minus";
            default: return "other";
        }
    }

    static int Sparse(long value) => value switch { 1 => 10, 1000 => 20, 1_000_000 => 30, long.MinValue => 40, _ => -1 };

    static int Words(string? text) => text switch
    {
        "alpha" => 1, "beta" => 2, "gamma" => 3, "delta" => 4, "epsilon" => 5, "zeta" => 6, "eta" => 7, "theta" => 8, "" => 9, null => 10, _ => 0,
    };

    static int Find(int[,] grid, int wanted)
    {
        for (int y = 0; y < grid.GetLength(0); y++)
            for (int x = 0; x < grid.GetLength(1); x++)
            {
                if (grid[y, x] < 0) goto done;
                if (grid[y, x] == wanted) return y * 10 + x;
            }
        done:
        return -1;
    }

    static int Collatz(int n)
    {
        int steps = 0;
        again:
        if (n == 1) return steps;
        n = (n & 1) == 0 ? n / 2 : 3 * n + 1;
        steps++;
        goto again;
    }

    static bool Log(string name, bool value) { Console.Write(name); return value; }

    static void Main()
    {
        for (int i = -2; i < 7; i++) Console.Write(Dense(i) + " ");
        Console.WriteLine(Dense(int.MaxValue));
        Console.WriteLine($"{Sparse(1)} {Sparse(1000)} {Sparse(1_000_000)} {Sparse(long.MinValue)} {Sparse(2)}");
        foreach (string? word in new[] { "alpha", "theta", "eta", "zet", "", null, "ALPHA" }) Console.Write(Words(word) + " ");
        Console.WriteLine();
        Console.WriteLine($"{Find(new[,] { { 1, 2 }, { 3, 4 } }, 3)} {Find(new[,] { { 1, -1 }, { 3, 4 } }, 3)}");
        Console.WriteLine($"{Collatz(27)} {Collatz(1)}");

        bool result = Log("a", false) && Log("b", true) || Log("c", true) && !Log("d", false);
        Console.WriteLine(" " + result);
        int evaluated = 0, index = 0;
        int[] array = { 5, 6, 7 };
        array[index++] += array[index++] * ++evaluated;
        Console.WriteLine($"{array[0]} {index} {evaluated}");

        int count = 0;
        do { if (count == 3) { count += 10; continue; } count++; } while (count < 20);
        Console.WriteLine(count);
        for (int i = 0, j = 10; i < j; i += 2, j--) if (i == 4) continue; else Console.Write($"{i}:{j} ");
        Console.WriteLine();
        var (q, r) = (17 / 5, 17 % 5);
        (q, r) = (r, q);
        Console.WriteLine($"{q} {r}");
    }
}

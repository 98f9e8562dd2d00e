// The example that ARCHITECTURE.md follows through every stage: a virtual call, a loop over an array, a checked addition.
using System;
using System.Runtime.CompilerServices;

class Counter
{
    protected int total;
    public virtual void Add(int value) => total += value;
    public int Total => total;
}

class Program
{
    // Without this it would become part of Main.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static int Sum(Counter counter, int[] values)
    {
        foreach (int value in values)
            counter.Add(value);
        return counter.Total;
    }

    static void Main() => Console.WriteLine(Sum(new Counter(), new[] { 1, 2, 3 }));
}

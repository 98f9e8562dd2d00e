// One line from the real class library: Console, List<T>, LINQ, interpolation and number formatting.
using System;
using System.Collections.Generic;
using System.Linq;

class Program
{
    static void Main()
    {
        var primes = new List<int>();
        for (int candidate = 2; primes.Count < 10; candidate++)
            if (primes.All(p => candidate % p != 0))
                primes.Add(candidate);
        Console.WriteLine($"Hello from Kiln: the first {primes.Count} primes sum to {primes.Sum():N0}, their squares to {primes.Sum(p => p * p):N0}.");
    }
}

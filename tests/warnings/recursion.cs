// Generic code that makes larger and larger instantiations of itself: once for each definition.
using System;

// IL3054
class Chain<T> { public object Next() => new Chain<Chain<T>>(); }
struct Around<T> { public T Value; }

static class Program
{
    static object Nest<T>(int n) => n == 0 ? typeof(T) : Nest<Around<T>>(n - 1); // IL3054
    static object Flat<T>(int n) => n == 0 ? typeof(T) : Flat<T>(n - 1);
    static object Swap<T, U>(int n) => n == 0 ? typeof(T) : Swap<U, T>(n - 1);

    static void Main(string[] args)
    {
        Console.WriteLine(Nest<int>(args.Length));
        Console.WriteLine(new Chain<string>().Next());
        Console.WriteLine(Flat<int>(args.Length));
        Console.WriteLine(Swap<int, long>(args.Length));
    }
}

//@ exit = 0
// Covers: ECMA-335 II.9.2 — generic recursion goes as deep as the program does: over references (shared code) and values (code of its own),
// through methods, classes, static fields, virtual and interface methods; what never ends throws once it is too deep, and arrays of arrays
// of any rank are no depth to speak of.
using System;
using System.Collections.Generic;

class Box<T> { public static int Count; public T Value; public virtual string Down(int n) => n == 0 ? typeof(T).Name : new Box<Box<T>>().Down(n - 1); }
struct Wrap<T> { public T Value; }
interface IDown { int Down(int n); }
class Impl<T> : IDown { public int Down(int n) { IDown next = new Impl<List<T>>(); return n == 0 ? 0 : 1 + next.Down(n - 1); } }
class Doubles<T> { public virtual int Down(int n) => n == 0 ? 0 : 1 + new Doubles<KeyValuePair<T, T>>().Down(n - 1); }
class Problem<T> : Exception { }
class Thrower<T> { public static string Test() { try { throw new Problem<T>(); } catch (Problem<T> e) { return e.GetType().GetGenericArguments()[0].ToString(); } } }

static class Program
{
    static object kept;
    static int Shared<T>(int n) { if (n == 0) return 0; kept = new Box<T>(); Box<T>.Count++; return Box<T>.Count + Shared<Box<T>>(n - 1); }
    static int Arrays<T>(int n) { if (n == 0) return 0; kept = new T[1]; return 1 + Arrays<T[]>(n - 1); }
    static int Two<T>(int n) { if (n == 0) return 0; kept = new Dictionary<int, T>(); return 1 + Two<List<Box<T>>>(n - 2); }
    static int Values<T>(int n) { if (n == 0) return 0; kept = new Wrap<T>(); return 1 + Values<Wrap<T>>(n - 1); }
    static string Endless<T>(int n) { kept = new Box<T>(); return n == 0 ? "?" : Endless<Box<T>>(n - 1); }
    static void Main()
    {
        foreach (int n in new[] { 1, 5, 12, 13, 20, 40 })
            Console.WriteLine($"{Shared<string>(n)} {Arrays<object>(n)} {Two<Uri>(n & ~1)} {new Impl<string>().Down(n)} {new Box<object>().Down(n)}");
        Console.WriteLine($"{Values<int>(8)} {new Doubles<int>().Down(5)}");
        Console.WriteLine(Thrower<Dictionary<int[,,,][], Dictionary<object[][][,,,], Wrap<double[,,,,,,][]>>>>.Test());
        Console.WriteLine(Thrower<Wrap<string[][][][][][][][][][][][][][]>>.Test());
        object nested = (1, (2, (3, (4, (5, (6, (7, (8, (9, (10, (11, (12, 13))))))))))));
        Console.WriteLine(nested);
    }
}

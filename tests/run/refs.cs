//@ exit = 0
// Covers: ECMA-335 I.8.2.1.1 — managed pointers: ref, in, out, ref returns, ref fields, conditional refs, into locals, fields, elements.
using System;
using System.Runtime.CompilerServices;

class Node { public int Value; public Node? Next; public string Name = ""; }
ref struct Cursor { public ref int Current; public int Steps; public Cursor(ref int start) { Current = ref start; } public void Advance() { Current = ref Unsafe.Add(ref Current, 1); Steps++; } }

class Program
{
    static int field = 10;
    static void Swap<T>(ref T a, ref T b) => (a, b) = (b, a);
    static ref int Max(ref int a, ref int b) { if (a > b) return ref a; return ref b; }
    static bool TryHalf(int n, out int half) { half = n / 2; return n % 2 == 0; }
    static ref int Find(int[] array, Predicate<int> test)
    {
        for (int i = 0; i < array.Length; i++) if (test(array[i])) return ref array[i];
        return ref Unsafe.NullRef<int>();
    }
    static double Norm(in (double X, double Y) v) => Math.Sqrt(v.X * v.X + v.Y * v.Y);
    static ref int FieldOf(Node node) => ref node.Value;
    static void Churn() { for (int i = 0; i < 2000; i++) _ = new object[20]; GC.Collect(); }

    static void Main()
    {
        int a = 1, b = 2;
        Swap(ref a, ref b);
        Max(ref a, ref b) = 99;
        Console.WriteLine($"{a} {b} {TryHalf(7, out int half)} {half} {TryHalf(8, out half)} {half}");
        string s = "left", t = "right";
        Swap(ref s, ref t);
        Console.WriteLine($"{s} {t} {Norm((3, 4))}");

        int[] numbers = { 1, 5, 9 };
        Find(numbers, n => n > 4) *= 10;
        ref int missing = ref Find(numbers, n => n > 1000);
        Console.WriteLine($"{string.Join(",", numbers)} {Unsafe.IsNullRef(ref missing)}");
        Find(numbers, n => n == 9)++;
        ref int alias = ref numbers[0];
        alias = ref numbers[2];
        alias = -1;
        Console.WriteLine(string.Join(",", numbers));
        (a > b ? ref a : ref b) = 0;
        Console.WriteLine($"{a} {b}");

        // The only reference to the object is a pointer into it, across a collection that moves everything.
        ref int inner = ref FieldOf(new Node { Value = 7, Name = "gone" });
        Churn();
        inner++;
        Console.WriteLine(inner);
        ref int st = ref field;
        Churn();
        st += 5;
        Console.WriteLine(field);

        var cursor = new Cursor(ref numbers[0]);
        cursor.Advance();
        Churn();
        cursor.Current += 1000;
        Console.WriteLine($"{numbers[1]} {cursor.Steps}");
        Node node = new() { Name = "x" };
        ref Node? next = ref node.Next;
        next = new Node { Name = "y" };
        next.Next = new Node { Name = "z" };
        Churn();
        for (Node? n = node; n != null; n = n.Next) Console.Write(n.Name);
        Console.WriteLine();
        ref readonly int ro = ref numbers[1];
        numbers[1] = 3;
        Console.WriteLine($"{ro} {Unsafe.AreSame(ref numbers[0], ref Unsafe.Add(ref numbers[1], -1))}");
    }
}

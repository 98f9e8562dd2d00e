//@ exit = 0
// Covers: ECMA-335 III.4.26, III.4.9 — the element type that counts in stelem and ldelema is the array's own: vectors, shared generics, general arrays, SetValue, Copy.
using System;
using System.Collections.Generic;

class Program
{
    static string Try(Action a) { try { a(); return "ok "; } catch (Exception e) { return e.GetType().Name + " "; } }
    static void Store<T>(T[] array, T value) => array[0] = value;
    static ref T Address<T>(T[] array) => ref array[0];
    static ref readonly T ReadOnly<T>(T[] array) => ref array[0];
    static void Set<T>(T[,] array, T value) => array[0, 0] = value;

    static void Main()
    {
        // The arrays are on the stack with their exact type when the store comes.
        Console.WriteLine(Try(() => { object[] a = new string[1]; a[0] = new object(); }) + Try(() => { object[] a = new string[1]; a[0] = "s"; }) + Try(() => { object[] a = new string[1]; a[0] = null!; }) + Try(() => { object[,] a = new string[1, 1]; a[0, 0] = 5; }));
        object[] strings = new string[2];
        Console.WriteLine(Try(() => strings[0] = 5) + Try(() => strings[0] = "s") + Try(() => strings[1] = null!) + (strings[0] ?? "null"));
        Console.WriteLine(Try(() => Store<object>(new string[1], 5)) + Try(() => Store<object>(new string[1], "s")) + Try(() => Store<IComparable>(new string[1], 5)) + Try(() => Store<object>(new IComparable[1], 5)) + Try(() => Store(new int[1], 5)));
        Console.WriteLine(Try(() => Address<object>(new string[1]) = "x") + Try(() => Address<object>(new object[1]) = "x") + Try(() => Console.Write(ReadOnly<object>(new string[1]) == null)) + Try(() => { object[] a = new string[1]; ref object slot = ref a[0]; slot = 1; }));
        Console.WriteLine(Try(() => Set<object>(new string[1, 1], 5)) + Try(() => Set<object>(new string[1, 1], "s")));
        Console.WriteLine(Try(() => { object[][] a = new string[1][]; a[0] = new object[1]; }) + Try(() => { IEnumerable<object>[] a = new List<string>[1]; a[0] = new object[1]; }) + Try(() => { IEnumerable<object>[] a = new IEnumerable<string>[1]; a[0] = new List<string>(); }) + Try(() => { Delegate[] a = new Func<string>[1]; a[0] = (Func<object>)(() => 1); }));
        Console.WriteLine(Try(() => { Array a = new int[2]; a.SetValue("x", 0); }) + Try(() => { Array a = new long[2]; a.SetValue(3, 0); Console.Write(a.GetValue(0)); }) + Try(() => Array.Copy(new object[] { "y", 1 }, new string[2], 2)) + Try(() => Array.Copy(new object[] { 1, 2 }, new int[2], 2)) + Try(() => Array.Copy(new int[] { 1, 2 }, new object[2], 2)));
    }
}

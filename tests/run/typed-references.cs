//@ exit = 0
// Covers: ECMA-335 III.4.19, III.4.22, III.4.23 — typed references: what they refer to is read and written through them, their type is told,
// and another type is refused; as arguments, of references, structs, enums, generic and array types.
using System;

struct Pair { public int A; public string B; }
enum Colour { Red, Green }
static class Program
{
    static void Set(TypedReference reference, int value) => __refvalue(reference, int) = value;
    static string Kind(TypedReference reference) => __reftype(reference).ToString();
    static T Get<T>(ref T place) { TypedReference r = __makeref(place); return __refvalue(r, T); }
    static void Try(Func<object> f)
    {
        try { Console.WriteLine(f()); }
        catch (Exception e) { Console.WriteLine(e.GetType() + ": " + e.Message); }
    }
    static void Main()
    {
        int number = 1;
        Set(__makeref(number), 42);
        Console.WriteLine(number);
        string text = "text";
        TypedReference reference = __makeref(text);
        __refvalue(reference, string) += "!";
        Console.WriteLine(text + " " + Kind(reference));
        Pair pair = new Pair { A = 1, B = "b" };
        reference = __makeref(pair);
        __refvalue(reference, Pair).A++;
        Console.WriteLine(pair.A + " " + Kind(__makeref(pair.B)) + " " + Kind(reference));
        Colour colour = Colour.Green;
        Console.WriteLine(Kind(__makeref(colour)) + " " + __refvalue(__makeref(colour), Colour));
        int[] array = { 1, 2, 3 };
        Set(__makeref(array[1]), 20);
        Console.WriteLine(array[1] + " " + Kind(__makeref(array)));
        Console.WriteLine(Get(ref text) + Get(ref number) + Get(ref colour));
        object boxed = TypedReference.ToObject(__makeref(number));
        Console.WriteLine(boxed + " " + boxed.GetType() + " " + TypedReference.GetTargetType(__makeref(pair)));
        Try(() => { long other = 1; return __refvalue(__makeref(other), int); });
        Try(() => { object other = "s"; return __refvalue(__makeref(other), string); });
        Try(() => { uint other = 7; return __refvalue(__makeref(other), uint); });
    }
}

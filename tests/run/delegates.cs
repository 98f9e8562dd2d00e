//@ exit = 0
//@ targets = ["linux-arm64"]
// Covers: ECMA-335 II.14.6 — delegates: static, instance, virtual, interface, open and closed over null; multicast; equality; exceptions.
using System;
using System.Linq;

delegate int Op(int a, int b);
delegate bool TryGet<T>(string key, out T value);
delegate ref int Chooser(int[] array);
delegate void Mutate(ref int x);
interface ISpeak { string Speak(); }
class Dog : ISpeak { public virtual string Speak() => "woof"; public string Name = "rex"; }
class Puppy : Dog { public override string Speak() => "yip"; }
struct Acc { public int Total; public int Add(int n) => Total += n; }

static class Extensions { public static string Shout(this string s, int n) => s.ToUpperInvariant() + new string('!', n); public static int Len(this string? s) => s?.Length ?? -1; }

class Program
{
    static string trace = "";
    static int Add(int a, int b) { trace += "+"; return a + b; }
    static int Mul(int a, int b) { trace += "*"; return a * b; }
    static bool Lookup(string key, out int value) { value = key.Length; return key != ""; }
    static ref int First(int[] a) => ref a[0];
    static Op Pick(bool add) => add ? Add : Mul;

    static void Main()
    {
        Op op = Add;
        op += Mul;
        op += Add;
        Console.WriteLine($"{op(3, 4)} {trace} {op.GetInvocationList().Length}");
        op -= Add;
        Console.WriteLine($"{op(3, 4)} {op.GetInvocationList().Length} {op - Mul == new Op(Add)} {(op - op) == null} {op == (Op)Add + Mul}");
        Op? none = op - Add - Mul;
        Console.WriteLine($"{none == null} {none?.Invoke(1, 2) ?? -1} {Delegate.Combine(null, op) == op} {(op + null) == op}");
        try { none!(1, 2); } catch (NullReferenceException) { Console.WriteLine("null delegate"); }

        Dog dog = new Puppy();
        Func<string> speak = dog.Speak, viaInterface = ((ISpeak)dog).Speak;
        Console.WriteLine($"{speak()} {viaInterface()} {speak.Equals((Func<string>)dog.Speak)} {speak == (Func<string>)new Puppy().Speak} {speak.Target == dog} {((Func<int, int, int>)Add).Target == null}");
        Func<int, string> shout = "hey".Shout;
        Func<int> length = ((string?)null).Len;
        Console.WriteLine($"{shout(2)} {length()} {speak.Method.Name}");
        var acc = new Acc { Total = 10 };
        Func<int, int> boxedAdd = acc.Add;
        boxedAdd(5);
        Console.WriteLine($"{boxedAdd(5)} {acc.Total}");
        try { Dog? missing = null; _ = (Func<string>)missing!.Speak; } catch (NullReferenceException) { Console.WriteLine("null target"); }
        var open = typeof(Dog).GetMethod("Speak")!.CreateDelegate<Func<Dog, string>>();
        Console.WriteLine($"{open(dog)} {open(new Dog())}");

        TryGet<int> lookup = Lookup;
        Console.WriteLine($"{lookup("four", out int found)} {found}");
        int[] data = { 1, 2 };
        Chooser chooser = First;
        chooser(data) = 42;
        Mutate twice = (ref int x) => x *= 2;
        twice += (ref int x) => x++;
        twice(ref data[0]);
        Console.WriteLine($"{data[0]} {Pick(true)(2, 3)} {Pick(false)(2, 3)}");
        Action chain = () => Console.Write("one ");
        chain += () => throw new InvalidOperationException("two");
        chain += () => Console.Write("never ");
        try { chain(); } catch (InvalidOperationException e) { Console.WriteLine(e.Message); }
        Console.WriteLine(string.Join(",", new[] { "b", "a" }.Select(s => s.ToUpperInvariant()).OrderBy(x => x)));
        Func<int, Func<int, Func<int, int>>> curried = a => b => c => a * 100 + b * 10 + c;
        Console.WriteLine(curried(1)(2)(3));
        Console.WriteLine(op.DynamicInvoke(5, 6));
    }
}

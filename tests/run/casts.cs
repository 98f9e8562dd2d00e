//@ exit = 0
// Covers: ECMA-335 III.4.3, III.4.6 — castclass, isinst, unbox, unbox.any against classes, interfaces, arrays, generics and type parameters.
using System;
using System.Collections.Generic;

interface I0 { } interface I1 : I0 { } interface I2 { }
class A : I1 { } class B : A { } sealed class C : B, I2 { } class D : A, I2 { }
class G<T> : I0 { } class H<T> : G<List<T>> { } class K : H<int> { }
struct V : I2 { public int N; }

class Program
{
    static bool Is<T>(object? o) => o is T;
    static string As<T>(object? o) where T : class => o as T is null ? "-" : "+";
    static string Cast<T>(object? o) { try { _ = (T)o!; return "ok"; } catch (InvalidCastException) { return "bad"; } catch (NullReferenceException) { return "null"; } }

    static void Main()
    {
        object?[] all = { new A(), new B(), new C(), new D(), new G<int>(), new H<int>(), new K(), new G<string>(), new V(), 5, "s", null, new A[0], new C[0], new int[0], new A[0, 0], new A[0][], (Action)Main, DayOfWeek.Monday };
        foreach (object? o in all)
            Console.WriteLine($"{o?.GetType().Name ?? "null",-12} {As<A>(o)}{As<B>(o)}{As<C>(o)}{As<D>(o)}{As<I0>(o)}{As<I1>(o)}{As<I2>(o)} {As<G<List<int>>>(o)}{As<H<int>>(o)}{As<G<string>>(o)} " +
                $"{As<object[]>(o)}{As<A[]>(o)}{As<I1[]>(o)}{As<Array>(o)}{As<A[,]>(o)}{As<IEnumerable<A>>(o)}{As<IList<object>>(o)}{As<ICloneable>(o)} {As<ValueType>(o)}{As<Enum>(o)}{As<IComparable>(o)}{As<Delegate>(o)}{As<string>(o)} " +
                $"{(Is<int>(o) ? 1 : 0)}{(Is<int?>(o) ? 1 : 0)}{(Is<V>(o) ? 1 : 0)}{(Is<DayOfWeek>(o) ? 1 : 0)} {Cast<int>(o)} {Cast<int?>(o)} {Cast<A>(o)} {Cast<I2>(o)}");
        object boxed = new V { N = 1 };
        ((V)boxed).ToString();
        V copy = (V)boxed;
        copy.N = 9;
        Console.WriteLine($"{((V)boxed).N} {copy.N} {(boxed as V?)?.N} {boxed is V { N: 1 }} {ReferenceEquals(boxed, (I2)boxed)}");
        A a = new C();
        I2 i = (I2)a;
        C c = (C)i;
        Console.WriteLine($"{ReferenceEquals(a, c)} {c is I0} {i is A} {(object)c is not D} {a.GetType() == typeof(C)} {typeof(I0).IsAssignableFrom(typeof(K))} {typeof(A).IsInstanceOfType(c)}");
        foreach (Action bad in new Action[] { () => _ = (D)a, () => _ = (string)(object)a, () => _ = (List<A>)(object)new List<C>(), () => _ = (int[])(object)new long[0], () => _ = (V)(object)5, () => _ = (Action<int>)(object)(Action)Main })
            try { bad(); } catch (InvalidCastException e) { Console.WriteLine(e.Message); }
    }
}

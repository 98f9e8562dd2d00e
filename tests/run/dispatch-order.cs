//@ exit = 0
// Covers: ECMA-335 II.12.2, II.9.11 — which implementation a call reaches where several would fit: variant interfaces implemented twice or
// again below, methods that became equal, interfaces listed again and implied, defaults in diamonds (most specific, ambiguous,
// missing), generic virtual methods in all of these, arrays of integers of one size.
#pragma warning disable 1956
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

class A0 { }
class A1 : A0 { }
interface IOut<out T> { string M(); string G<X>(); }
class Base : IOut<A0> { string IOut<A0>.M() => "base"; string IOut<A0>.G<X>() => "base " + typeof(X).Name; }
class Derived : Base, IOut<A1> { string IOut<A1>.M() => "derived"; string IOut<A1>.G<X>() => "derived " + typeof(X).Name; }
class Twice : IOut<A1>, IOut<string>
{
    string IOut<A1>.M() => "first"; string IOut<string>.M() => "second";
    string IOut<A1>.G<X>() => "first"; string IOut<string>.G<X>() => "second";
}
interface IIn<in T> { string Put(); }
class Sinks : IIn<A0>, IIn<object> { string IIn<A0>.Put() => "of A0"; string IIn<object>.Put() => "of object"; }

class Pair<T, U> { public virtual string F(T t) => "T"; public virtual string F(U u) => "U"; }
interface IF<T> { string F(T t); }
class Equal : Pair<int, int>, IF<int> { }

interface IRoot { string R() => "root"; string V<X>() => "root " + typeof(X).Name; }
interface ILeft : IRoot { string IRoot.R() => "left"; string IRoot.V<X>() => "left " + typeof(X).Name; }
interface IRight : IRoot { string IRoot.R() => "right"; string IRoot.V<X>() => "right " + typeof(X).Name; }
interface IBoth : ILeft, IRight { string IRoot.R() => "both"; string IRoot.V<X>() => "both " + typeof(X).Name; }
class OnlyLeft : ILeft { }
class Solved : ILeft, IRight, IBoth { }
class SolvedByClass : ILeft, IRight { string IRoot.R() => "class"; string IRoot.V<X>() => "class " + typeof(X).Name; }
class Below : SolvedByClass, ILeft { }
interface IDefault<out T> { string D() => "default of " + typeof(T).Name; string E<X>() => typeof(T).Name + typeof(X).Name; }
interface ISpecial : IDefault<string> { string IDefault<string>.D() => "special"; }
class Defaults : IDefault<A1>, ISpecial { }
class Mixed : ISpecial, IDefault<A1> { string IDefault<A1>.D() => "class"; }
interface IGeneric<T> { string W(T t) => "generic"; }
class Generic<T> : IGeneric<T> { }
class Special<T> : Generic<T>, IGeneric<int> { string IGeneric<int>.W(int t) => "int"; }

abstract class Shape { public abstract Shape Copy(); public abstract object Any(); }
class Round : Shape { public override Round Copy() => new Round(); public override string Any() => "round"; }
class Ball : Round { public override Ball Copy() => new Ball(); public override string ToString() => "ball"; }

interface IStatic<T> where T : IStatic<T> { static virtual string Name() => "default " + typeof(T).Name; static abstract string Abs(); }
struct S1 : IStatic<S1> { public static string Abs() => "S1"; }
class S2 : IStatic<S2> { static string IStatic<S2>.Name() => "own"; static string IStatic<S2>.Abs() => "S2"; }

static class Program
{
    [MethodImpl(MethodImplOptions.NoInlining)] static object Id(object o) => o;
    static string Con<T>(T t) where T : IOut<object> => t.M() + t.G<T>().Length;
    static string Stat<T>() where T : IStatic<T> => T.Name() + " " + T.Abs();
    static void Try(Func<object> f)
    {
        try { Console.WriteLine(f()); }
        catch (Exception e) { Console.WriteLine(e.GetType().Name); }
    }
    static void Main()
    {
        foreach (object o in new object[] { new Base(), new Derived(), new Twice() })
        {
            Try(() => ((IOut<A0>)Id(o)).M()); Try(() => ((IOut<object>)Id(o)).M()); Try(() => ((IOut<object>)Id(o)).G<int>());
            Try(() => ((IOut<A0>)Id(o)).G<string>()); Try(() => Con((IOut<object>)Id(o)));
        }
        Try(() => ((IIn<A1>)Id(new Sinks())).Put()); Try(() => ((IIn<string>)Id(new Sinks())).Put());
        Try(() => ((IF<int>)Id(new Equal())).F(1));
        foreach (object o in new object[] { new OnlyLeft(), new Solved(), new SolvedByClass(), new Below() })
        {
            Try(() => ((IRoot)Id(o)).R()); Try(() => ((IRoot)Id(o)).V<int>()); Try(() => ((IRoot)Id(o)).V<string>()); Try(() => ((ILeft)Id(o)).R());
        }
        foreach (object o in new object[] { new Defaults(), new Mixed() })
        {
            Try(() => ((IDefault<object>)Id(o)).D()); Try(() => ((IDefault<string>)Id(o)).D()); Try(() => ((IDefault<A0>)Id(o)).D());
            Try(() => ((IDefault<A1>)Id(o)).E<int>()); Try(() => ((IDefault<object>)Id(o)).E<string>());
        }
        Try(() => ((IGeneric<int>)Id(new Special<int>())).W(1)); Try(() => ((IGeneric<string>)Id(new Special<string>())).W(""));
        Try(() => ((Shape)Id(new Ball())).Copy()); Try(() => ((Round)Id(new Ball())).Copy().Any()); Try(() => ((Shape)Id(new Round())).Any());
        Try(() => Stat<S1>()); Try(() => Stat<S2>());
        Try(() => { int n = 0; foreach (int x in (IEnumerable<int>)Id(new uint[] { 1, uint.MaxValue })) n += x; return n; });
        Try(() => ((IList<byte>)Id(new sbyte[] { 1, -2 }))[1]); Try(() => ((ICollection<int>)Id(new DayOfWeek[3])).Count);
        Try(() => ((IReadOnlyList<DayOfWeek>)Id(new[] { 1, 3 }))[1]); Try(() => ((IList<ulong>)Id(new long[] { -1 })).Contains(ulong.MaxValue));
    }
}

//@ exit = 0
// Covers: generic methods of a generic class that are found by a name made at run time, from shared code, over what functions that return functions take:
// numbers and references in one instantiation, in any mixture.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

// A function of one argument; one of several returns another.
abstract class Fn<A, R> { public abstract R Apply(A argument); }

class Given<A, R> : Fn<A, R>
{
    readonly Func<A, R> code;
    public Given(Func<A, R> code) => this.code = code;
    public override R Apply(A argument) => code(argument);
}

// What a text with holes is made of, for a state of some type: each method is for a number of arguments that it takes at once.
class Steps<State, Result>
{
    static string Show<T>(T value) => typeof(T).Name + ":" + value;
    static object Last1<A>(Func<object[], Result> end) => new Given<A, Result>(a => end(new object[] { Show(a) }));
    static object Last2<A, B>(Func<object[], Result> end) => new Given<A, Fn<B, Result>>(a => new Given<B, Result>(b => end(new object[] { Show(a), Show(b) })));
    static object Last3<A, B, C>(Func<object[], Result> end) =>
        new Given<A, Fn<B, Fn<C, Result>>>(a => new Given<B, Fn<C, Result>>(b => new Given<C, Result>(c => end(new object[] { Show(a), Show(b), Show(c) }))));
    static object More1<A, Rest>(Func<object[], object> next) => new Given<A, Rest>(a => (Rest)next(new object[] { Show(a) }));
    static object More2<A, B, Rest>(Func<object[], object> next) => new Given<A, Fn<B, Rest>>(a => new Given<B, Rest>(b => (Rest)next(new object[] { Show(a), Show(b) })));
}

class Maker<F, State, Result>
{
    static List<Type> Taken(Type function)
    {
        var all = new List<Type>();
        for (; function.IsGenericType && function.GetGenericTypeDefinition() == typeof(Fn<,>); function = function.GetGenericArguments()[1])
            all.Add(function.GetGenericArguments()[0]);
        return all;
    }

    static object Make(Type function, List<object> before, Func<object[], Result> end)
    {
        List<Type> taken = Taken(function);
        object[] With(object[] more) => before.Concat(more).ToArray();
        if (taken.Count <= 3)
        {
            MethodInfo last = typeof(Steps<State, Result>).GetMethod("Last" + taken.Count, BindingFlags.NonPublic | BindingFlags.Static);
            return last.MakeGenericMethod(taken.ToArray()).Invoke(null, new object[] { (Func<object[], Result>)(more => end(With(more))) });
        }
        int now = taken.Count % 2 + 1;
        Type rest = function;
        for (int i = 0; i < now; i++) rest = rest.GetGenericArguments()[1];
        MethodInfo some = typeof(Steps<State, Result>).GetMethod("More" + now, BindingFlags.NonPublic | BindingFlags.Static);
        Type[] types = taken.Take(now).Append(rest).ToArray();
        return some.MakeGenericMethod(types).Invoke(null, new object[] { (Func<object[], object>)(more => Make(rest, With(more).ToList(), end)) });
    }

    public static F Of(Func<object[], Result> end) => (F)Make(typeof(F), new List<object>(), end);
}

class P
{
    static F Text<F>(string name) => Maker<F, object, string>.Of(all => name + "(" + string.Join(", ", all) + ")");
    static F Count<F>() => Maker<F, object, object>.Of(all => all.Length);

    enum Colour { Red, Green }

    static void Main()
    {
        Console.WriteLine(Text<Fn<int, string>>("one").Apply(1));
        Console.WriteLine(Text<Fn<string, string>>("text").Apply("a"));
        Console.WriteLine(Text<Fn<int, Fn<string, string>>>("two").Apply(1).Apply("b"));
        Console.WriteLine(Text<Fn<string, Fn<double, string>>>("two").Apply("c").Apply(2.5));
        Console.WriteLine(Text<Fn<int, Fn<string, Fn<double, string>>>>("three").Apply(1).Apply("d").Apply(2.5));
        Console.WriteLine(Text<Fn<Colour, Fn<long, Fn<DateTime, string>>>>("values").Apply(Colour.Green).Apply(5).Apply(new DateTime(2020, 1, 2)).Replace("2020", "y"));
        Console.WriteLine(Text<Fn<int, Fn<int, Fn<int, Fn<string, string>>>>>("four").Apply(1).Apply(2).Apply(3).Apply("e"));
        Console.WriteLine(Text<Fn<char, Fn<uint, Fn<byte, Fn<long, Fn<sbyte, Fn<ushort, string>>>>>>>("six").Apply('q').Apply(7).Apply(8).Apply(9).Apply(10).Apply(11));
        Console.WriteLine(Text<Fn<string, Fn<int[], Fn<List<int>, Fn<decimal, Fn<object, string>>>>>>("five").Apply("f").Apply(new int[2]).Apply(new List<int>()).Apply(1.25m).Apply("o"));
        Console.WriteLine(Count<Fn<float, Fn<string, object>>>().Apply(1).Apply(""));
    }
}

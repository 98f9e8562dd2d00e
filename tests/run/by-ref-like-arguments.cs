//@ exit = 0
//@ csharp = 13
// Covers: ECMA-335 II.10.1.7 and its augments — reflection makes no generic type over what may hold a byref, unless the parameter allows it.
using System;
using System.Collections.Generic;

static class Program
{
    ref struct Own { }
    class Plain<T> { }
    class Allows<T> where T : allows ref struct { }
    class Both<T, U> where T : struct where U : struct, allows ref struct { }

    static void Try(Type definition, params Type[] over)
    {
        try { Console.WriteLine(definition.MakeGenericType(over)); }
        catch (ArgumentException e) { Console.WriteLine($"{definition.Name}: {e.GetType()}"); }
    }

    static void Main()
    {
        Try(typeof(List<>), typeof(Span<int>));
        Try(typeof(Nullable<>), typeof(Span<int>));
        Try(typeof(Plain<>), typeof(Own));
        Try(typeof(Plain<>), typeof(int));
        Try(typeof(Allows<>), typeof(Own));
        Try(typeof(Allows<>), typeof(Span<string>));
        Try(typeof(Both<,>), typeof(int), typeof(Own));
        Try(typeof(Both<,>), typeof(Own), typeof(Own));
        Try(typeof(Both<,>), typeof(int), typeof(string));
        Try(typeof(Func<>), typeof(Span<int>));
        Try(typeof(Comparison<>), typeof(Span<int>));
        Try(typeof(Dictionary<,>), typeof(string), typeof(ReadOnlySpan<char>));
        Try(typeof(IEnumerable<>), typeof(Span<int>));
    }
}

//@ exit = 0
// Covers: System.Type — pointers, references and arrays over types are the same types as in code; which of them there cannot be.
#nullable disable
using System;
using System.Collections;
using System.Collections.Generic;
using System.Reflection;

class Node { public int V = 3; }

unsafe class Program
{
    static void Try(string name, Func<object> f)
    {
        object r;
        try { r = f() ?? "null"; } catch (Exception e) { r = (e is TargetInvocationException ? "inner " : "") + (e.InnerException ?? e).GetType().Name; }
        Console.WriteLine($"{name}: {r}");
    }
    ref struct Local { }
    static void Text(Action f)
    {
        try { f(); } catch (TypeLoadException e) { Console.WriteLine(e.Message); }
    }
    public static void ByRef(ref int x, int* p) { }

    static int Main()
    {
        // Identity of derived types.
        Try("ptr", () => typeof(int*) == typeof(int).MakePointerType());
        Try("ptr2", () => typeof(long).MakePointerType() == typeof(long).MakePointerType());
        Try("ptr3", () => typeof(int**) == typeof(int*).MakePointerType());
        Try("byref", () => typeof(Program).GetMethod("ByRef").GetParameters()[0].ParameterType == typeof(int).MakeByRefType());
        Try("byref elem", () => typeof(int).MakeByRefType().GetElementType() == typeof(int));
        Try("ptr param", () => typeof(Program).GetMethod("ByRef").GetParameters()[1].ParameterType == typeof(int*));
        Try("byref byref", () => typeof(int).MakeByRefType().MakeByRefType());
        Try("byref ptr", () => typeof(int).MakeByRefType().MakePointerType());
        Try("byref array", () => typeof(int).MakeByRefType().MakeArrayType());
        Try("typedref byref", () => typeof(TypedReference).MakeByRefType());
        Try("typedref ptr", () => typeof(TypedReference).MakePointerType());
        Try("typedref array", () => typeof(TypedReference).MakeArrayType());
        Try("span array", () => typeof(Span<int>).MakeArrayType());
        Try("span byref", () => typeof(Span<int>).MakeByRefType().Name);
        Try("void ptr", () => typeof(void).MakePointerType() == typeof(void*));
        Try("void array", () => typeof(void).MakeArrayType());
        Try("void byref", () => typeof(void).MakeByRefType());
        Try("string ptr", () => typeof(string).MakePointerType().FullName);
        Try("rank 0", () => typeof(int).MakeArrayType(0));
        Try("rank 33", () => typeof(int).MakeArrayType(33));
        Text(() => typeof(int).MakeArrayType(33));
        Text(() => typeof(Span<int>).MakeArrayType());
        Text(() => typeof(Local).MakeArrayType(2));
        Text(() => typeof(int).MakeByRefType().MakeArrayType());
        Text(() => typeof(int).MakeByRefType().MakeArrayType(3));
        Text(() => typeof(void).MakeArrayType(1));
        Text(() => typeof(Node).MakeByRefType().MakePointerType());
        Text(() => typeof(string).MakeByRefType().MakeByRefType());
        Try("rank 1", () => typeof(int).MakeArrayType(1).Name + (typeof(int).MakeArrayType(1) == typeof(int[])));
        Try("rank 2", () => typeof(int).MakeArrayType(2) == typeof(int[,]));
        Try("ranks", () => typeof(Node).MakeArrayType(3).FullName);
        Try("ptr array", () => typeof(int*).MakeArrayType().FullName);
        return 0;
    }
}

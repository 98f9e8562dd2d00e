//@ exit = 0
// Covers: reflection — pointers and numbers as arguments, what Activator and GetUninitializedObject refuse, delegates by their constructor.
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
    delegate int* Ptr(int* p);
    static int* Same(int* p) => p + 1;
    delegate void VoidPtr(void* p, void** q, out int r);
    static void Take(void* p, void** q, out int r) { r = (int)p + (int)q; }

    static int Main()
    {
        // DynamicInvoke and pointers.
        Try("dyn ptr", () => { Ptr d = Same; object r = d.DynamicInvoke((IntPtr)8); return r.GetType() + " " + (long)Pointer.Unbox(r); });
        Try("dyn pointer", () => { Ptr d = Same; return (long)Pointer.Unbox(d.DynamicInvoke(Pointer.Box((void*)16, typeof(int*)))); });
        Try("dyn wrong", () => { Ptr d = Same; return d.DynamicInvoke(Pointer.Box((void*)16, typeof(long*))); });
        Try("dyn null", () => { Ptr d = Same; return (long)Pointer.Unbox(d.DynamicInvoke(new object[] { null })); });
        Try("dyn int", () => { Ptr d = Same; return d.DynamicInvoke(8); });
        Try("dyn void", () => { VoidPtr d = Take; var a = new object[] { (IntPtr)3, (UIntPtr)4, 0 }; d.DynamicInvoke(a); return a[2]; });
        Try("dyn void any", () => { VoidPtr d = Take; var a = new object[] { Pointer.Box((void*)16, typeof(int*)), Pointer.Box((void*)1, typeof(void**)), 0 }; d.DynamicInvoke(a); return a[2]; });

        // Widening.
        Try("widen", () => ((Func<long, long>)(x => x + 1)).DynamicInvoke((short)4));
        Try("widen2", () => ((Func<double, double>)(x => x / 2)).DynamicInvoke(5));
        Try("widen3", () => ((Func<int, int>)(x => x)).DynamicInvoke('a'));
        Try("widen4", () => ((Func<short, short>)(x => x)).DynamicInvoke(4));
        Try("widen5", () => ((Func<DayOfWeek, DayOfWeek>)(x => x)).DynamicInvoke(3));
        Try("widen6", () => ((Func<int, int>)(x => x)).DynamicInvoke(DayOfWeek.Friday));
        Try("widen7", () => ((Func<bool, bool>)(x => x)).DynamicInvoke(1));
        Try("widen8", () => ((Func<uint, uint>)(x => x)).DynamicInvoke((byte)200));
        Try("widen9", () => ((Func<nint, nint>)(x => x)).DynamicInvoke(1));

        // Delegates are made by newobj; Activator makes them, too.
        Try("actor", () => Activator.CreateInstance(typeof(Action<object>), null, IntPtr.Zero));
        Try("actor2", () => { Action<object> a = Console.WriteLine; return ((Func<int>)Activator.CreateInstance(typeof(Func<int>), "abc", typeof(string).GetMethod("get_Length").MethodHandle.GetFunctionPointer()))(); });
        Try("actor3", () => Activator.CreateInstance(typeof(Action)));
        Try("abstract", () => Activator.CreateInstance(typeof(Array)));
        Try("interface", () => Activator.CreateInstance(typeof(IList)));
        Try("static", () => Activator.CreateInstance(typeof(Math)));
        Try("open", () => Activator.CreateInstance(typeof(List<>)));
        Try("void", () => Activator.CreateInstance(typeof(void)));
        Try("string", () => Activator.CreateInstance(typeof(string), 'x', 3));
        Try("typedref", () => Activator.CreateInstance(typeof(TypedReference)));
        Try("span", () => Activator.CreateInstance(typeof(Span<int>)));
        Try("ptr act", () => Activator.CreateInstance(typeof(int*)));
        Try("nullable", () => Activator.CreateInstance(typeof(int?)));
        Try("uninit abstract", () => System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(Array)));
        Try("uninit string", () => System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(string)));
        Try("uninit deleg", () => System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(Action)));
        Try("uninit span", () => System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(Span<int>)));
        Try("uninit node", () => ((Node)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(Node))).V);
        return 0;
    }
}

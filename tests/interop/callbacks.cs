using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;

static unsafe class Program
{
    const string Lib = "callbacks";
    record struct Point(double X, double Y);
    record struct Three(long A, long B, long C);
    record struct One(float V);

    [DllImport(Lib)] static extern long sort(int* v, int n, delegate* unmanaged<int*, int*, int> compare);
    [DllImport(Lib)] static extern long many(delegate* unmanaged<sbyte, ushort, long, Three, double, Point, long, long, Point, float, long> f);
    [DllImport(Lib)] static extern Three make(delegate* unmanaged<int, Three, Three> f, int n);
    [DllImport(Lib)] static extern float wrap(delegate* unmanaged<One, One> f, float v);
    [DllImport(Lib)] static extern int nest(delegate* unmanaged<int, int> f, int n);
    [DllImport(Lib)] static extern int on_a_thread(delegate* unmanaged<int, int> f);
    [DllImport(Lib)] static extern int wait_for(int fd);
    [DllImport(Lib)] static extern int send_to(int fd, int c);
    [DllImport(Lib)] static extern int open_pipe(int* fds);
    [DllImport(Lib, EntryPoint = "send_to"), SuppressGCTransition] static extern int send_fast(int fd, int c);

    static readonly List<object> Kept = new();
    static long calls;

    // Allocates and collects: the frames on both sides of the native ones hold references.
    static void Churn()
    {
        Kept.Add(new string('x', 100 + (int)(calls % 7)));
        if (++calls % 50 == 0) GC.Collect();
    }

    [UnmanagedCallersOnly] static int Compare(int* a, int* b) { Churn(); return (*a).CompareTo(*b); }
    [UnmanagedCallersOnly] static long Many(sbyte a, ushort b, long c, Three d, double e, Point f, long g, long h, Point i, float j)
    {
        Console.WriteLine($"{a} {b} {c} {d} {e} {f} {g} {h} {i} {j}");
        return a + b + c + d.A + d.B + d.C + (long)(e + f.X + f.Y) + g + h + (long)(i.X + i.Y + j);
    }
    [UnmanagedCallersOnly] static Three Make(int n, Three t) => new(t.A * n, t.B * n, t.C * n);
    [UnmanagedCallersOnly] static One Wrap(One o) => new(o.V + 1);
    [UnmanagedCallersOnly]
    static int Nest(int n)
    {
        Churn();
        string before = new string('n', n + 1);
        int r = n == 0 ? 0 : nest(&Nest, n - 1);
        Churn();
        return before.Length == n + 1 && before.All(c => c == 'n') ? r : -1000;
    }
    [UnmanagedCallersOnly] static int OnThread(int n)
    {
        Churn();
        var list = Enumerable.Range(0, n).Select(i => i.ToString()).ToList();
        GC.Collect();
        return list.Sum(int.Parse) + (Thread.CurrentThread.ManagedThreadId == mainThread ? 1000 : 0);
    }
    static int mainThread;

    static void Main()
    {
        mainThread = Thread.CurrentThread.ManagedThreadId;
        var values = new int[60];
        for (int i = 0; i < values.Length; i++) values[i] = i * 7919 % 61;
        var kept = new object[] { "one", new List<int> { 1, 2, 3 } };
        fixed (int* v = values) Console.WriteLine(sort(v, values.Length, &Compare));
        Console.WriteLine(string.Join(",", values));
        Console.WriteLine(kept[0] + " " + ((List<int>)kept[1]).Count);
        Console.WriteLine(many(&Many));
        Console.WriteLine(make(&Make, 5));
        Console.WriteLine(wrap(&Wrap, 1.5f));
        Console.WriteLine(nest(&Nest, 12));
        for (int i = 0; i < 3; i++) Console.WriteLine(on_a_thread(&OnThread));
        // Through a pointer, without a wrapper; and a pointer to a method called right away.
        delegate* unmanaged<One, One> direct = &Wrap;
        Console.WriteLine(direct(new One(5)));

        // A thread that waits in native code does not keep others from running.
        int* fds = stackalloc int[2];
        Console.WriteLine(open_pipe(fds));
        int reader = fds[0], writer = fds[1], got = 0;
        var t = new Thread(() => { string s = new string('w', 3); got = wait_for(reader) + s.Length; });
        t.Start();
        for (int i = 0; i < 200; i++) Churn();
        Thread.Sleep(20);
        GC.Collect();
        Console.WriteLine(send_to(writer, 65));
        t.Join();
        Console.WriteLine(send_fast(writer, 66) + " " + wait_for(reader));
        Console.WriteLine(got);
    }
}

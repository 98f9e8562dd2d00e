// `[Requires…]` on members, types and properties: who is warned, where, and who is not.
// A line that ends in `// ILxxxx …` gives these codes, each once or `xN`; no other line gives any.
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;

[assembly: UnconditionalSuppressMessage("Trimming", "IL2026", Scope = "member", Target = "~M:Suppressed.Far(System.Int32,System.Collections.Generic.List{System.String},System.Int32[]@)")]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2026", Scope = "type", Target = "T:FarType.Inner")]

class Danger
{
    [RequiresUnreferencedCode("it loads by name", Url = "https://example.org")]
    public static int Load(string name) => name.Length;

    [RequiresDynamicCode("it makes code")]
    public static T Make<T>(List<T> list, int at) => list[at];

    [RequiresAssemblyFiles("it reads files")]
    public static void Files() { }

    [RequiresAssemblyFiles]
    public static int Property => 1;

    public static int Setter { get; [RequiresUnreferencedCode("set")] set; }

    [RequiresUnreferencedCode("both")]
    [RequiresDynamicCode("both")]
    public static void Both() { }

    [RequiresUnreferencedCode("a constructor")]
    public Danger() { }

    [RequiresUnreferencedCode("virtual")]
    public virtual void Virtual() { }

    public void Harmless() { }

    [RequiresUnreferencedCode("generic")]
    public static void Generic<T>() { }
}

[RequiresUnreferencedCode("the whole class")]
class Whole
{
    public static int Field = 3;
    public const int Constant = 4;
    public int Instance = 5;
    public Whole() { Danger.Load("in scope"); }
    public static void Static() { Danger.Load("in scope"); }
    public void Method() { Action a = () => Danger.Load("in scope"); a(); }
    public class Nested { public static void Static() { Danger.Load("x"); } }
}

class WithParts
{
    [RequiresUnreferencedCode("only its constructor")]
    public WithParts() { }
    public void Method() { }
    static WithParts() { Count = Danger.Load("static constructor"); } // IL2026
    public static int Count;
}

class InScope
{
    [RequiresUnreferencedCode("passed on")]
    public static void Method()
    {
        Danger.Load("a");
        Action lambda = () => Danger.Load("b");
        lambda();
        int Local() => Danger.Load("c");
        Local();
        Danger.Both(); // IL3050
    }

    [RequiresUnreferencedCode("passed on")]
    public static IEnumerable<int> Iterator() { yield return Danger.Load("a"); }

    [RequiresUnreferencedCode("passed on")]
    public static async Task Async() { await Task.Yield(); Danger.Load("a"); }

    public static int Property
    {
        [RequiresUnreferencedCode("passed on")]
        get => Danger.Load("a");
    }

    // The one overload passes it on and the other does not: the compiler names their lambdas alike.
    [RequiresUnreferencedCode("passed on")]
    public static void Overloaded(int captured) { Func<int> f = () => Danger.Load("a" + captured); f(); }
    public static void Overloaded(string captured) { Func<int> f = () => Danger.Load("a" + captured); f(); } // IL2026
}

class Suppressed
{
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "tested")]
    public static void Method() { Danger.Load("a"); Action f = () => Danger.Load("b"); f(); }

    [UnconditionalSuppressMessage("Trimming", "IL2026:With a title")]
    public static void Titled() { Danger.Load("a"); }

    [UnconditionalSuppressMessage("Trimming", "IL3050")]
    public static void OfAnother() { Danger.Load("a"); } // IL2026

    [UnconditionalSuppressMessage("Trimming", "IL2026")]
    public static int Property => Danger.Load("a");

    [UnconditionalSuppressMessage("Trimming", "IL2026")]
    public static async Task Async() { await Task.Yield(); Danger.Load("a"); }

    [SuppressMessage("Trimming", "IL2026")]
    public static void ByTheConditionalOne() { Danger.Load("a"); } // IL2026

    public static void Far(int a, List<string> b, ref int[] c) { Danger.Load("a"); }
    public static void Far(int a) { Danger.Load("a"); } // IL2026

    [UnconditionalSuppressMessage("Trimming", "IL2026")]
    public class Type
    {
        public static void Method() { Danger.Load("a"); }
        public class Inner { public static void Method() { Danger.Load("a"); } }
    }
}

class FarType
{
    public static void Method() { Danger.Load("a"); } // IL2026
    public class Inner { public static void Method() { Danger.Load("a"); } }
}

class Parts
{
    public static void Lambda() { Action a = () => Danger.Load("l"); a(); } // IL2026
    public static void Captured(int c) { Action a = () => Danger.Load("l" + c); a(); } // IL2026
    public static void Local() { void F() { Danger.Load("l"); } F(); } // IL2026
    public static IEnumerable<int> Iterator() { yield return Danger.Load("i"); } // IL2026
    public static async Task<int> Async(int n) { await Task.Yield(); return Danger.Load("a") + n; } // IL2026
    public static async IAsyncEnumerable<int> Both() { await Task.Yield(); yield return Danger.Load("a"); } // IL2026
    public static async Task Nested() { await Task.Yield(); Func<Task> f = async () => { await Task.Yield(); Danger.Load("n"); }; await f(); } // IL2026
    public static int Property => Danger.Load("p"); // IL2026
    public static int Field = Danger.Load("f"); // IL2026
    public static int Twice() => Danger.Load("1") + Danger.Load("2"); // IL2026x2
    public static void Caught() { try { Danger.Load("t"); } catch (Exception) when (Danger.Load("f") > 0) { Danger.Load("c"); } finally { Danger.Load("d"); } } // IL2026x4
}

interface IThing
{
    [RequiresUnreferencedCode("thing")]
    void Annotated();
    void Plain();
    [RequiresDynamicCode("thing")]
    void Default() { }
}

class Thing : IThing
{
    public void Annotated() { } // IL2046
    [RequiresUnreferencedCode("thing")]
    public void Plain() { } // IL2046
}

class AgreeingThing : IThing
{
    [RequiresUnreferencedCode("thing")]
    public void Annotated() { }
    public void Plain() { }
    [RequiresDynamicCode("thing")]
    public void Default() { }
}

class Base
{
    public virtual void Plain() { }
    [RequiresDynamicCode("base")]
    public virtual void Annotated() { }
    [RequiresAssemblyFiles("base")]
    public virtual void Files() { }
}

class Derived : Base
{
    [RequiresUnreferencedCode("derived")]
    public override void Plain() { } // IL2046
    public override void Annotated() { } // IL3051
    public override void Files() { } // IL3003
}

class Made<T> where T : new() { public T Value = new T(); }

static class Program
{
    static void New<T>() where T : new() => new T();
    static void NotNew<T>() { }

    // Code that a switch excludes is not in the program.
    static bool Off => RuntimeFeature.IsDynamicCodeSupported;

    static void Calls()
    {
        Danger.Load("m"); // IL2026
        Danger.Make(new List<int> { 1 }, 0); // IL3050
        Danger.Files(); // IL3002
        Console.WriteLine(Danger.Property); // IL3002
        Danger.Setter = 3; // IL2026
        Console.WriteLine(Danger.Setter);
        Danger.Both(); // IL2026 IL3050
        var d = new Danger(); // IL2026
        d.Virtual(); // IL2026
        d.Harmless();
        Danger.Generic<int>(); // IL2026
        Danger.Generic<string>(); // IL2026
        Whole.Static(); // IL2026
        Whole.Field = Whole.Constant; // IL2026
        var w = new Whole(); // IL2026
        w.Method();
        Console.WriteLine(w.Instance);
        new WithParts().Method(); // IL2026
        Whole.Nested.Static();
        InScope.Method(); // IL2026
        InScope.Iterator().ToList(); // IL2026
        InScope.Async().Wait(); // IL2026
        Console.WriteLine(InScope.Property); // IL2026
        InScope.Overloaded(1); // IL2026
        InScope.Overloaded("");
        int[] c = { };
        Suppressed.Method(); Suppressed.Titled(); Suppressed.OfAnother(); Suppressed.ByTheConditionalOne();
        Suppressed.Far(1, new List<string>(), ref c); Suppressed.Far(1); Suppressed.Async().Wait();
        Suppressed.Type.Method(); Suppressed.Type.Inner.Method(); Console.WriteLine(Suppressed.Property);
        FarType.Method(); FarType.Inner.Method();
    }

    static void Delegates()
    {
        Func<string, int> f = Danger.Load; // IL2026
        f("q");
        Action v = new Danger().Virtual; // IL2026x2
        v();
    }

    static void Virtuals(IThing thing, Base b)
    {
        thing.Annotated(); // IL2026
        thing.Plain();
        thing.Default(); // IL3050
        b.Plain();
        b.Annotated(); // IL3050
        b.Files(); // IL3002
    }

    static void Constructors()
    {
        New<Danger>(); // IL2026
        New<object>();
        NotNew<Danger>();
        Console.WriteLine(new Made<Danger>().Value); // IL2026
    }

    static void Excluded()
    {
        if (RuntimeFeature.IsDynamicCodeSupported) Danger.Make(new List<int>(), 0);
        if (!RuntimeFeature.IsDynamicCodeCompiled) return;
        Danger.Make(new List<int>(), 0);
    }

    static void NeverCalled() { Danger.Load("x"); }

    static void Main()
    {
        Calls();
        Delegates();
        Virtuals(new Thing(), new Derived());
        Virtuals(new AgreeingThing(), new Base());
        Constructors();
        Excluded();
        Parts.Lambda(); Parts.Captured(1); Parts.Local(); Parts.Iterator().ToList(); Parts.Async(3).Wait(); Parts.Nested().Wait();
        Parts.Both().GetAsyncEnumerator().MoveNextAsync();
        Console.WriteLine(Parts.Property + Parts.Field + Parts.Twice());
        Parts.Caught();
    }
}

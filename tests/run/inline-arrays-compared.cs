//@ exit = 0
// Covers: [InlineArray] — the Equals and GetHashCode of ValueType throw for one, also where it is a field; its own are called.
// CoreCLR forgets that after the first question about a type without references, so that each of those is asked one.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

[InlineArray(4)]
struct Four<T>
{
    private T first;
}

[InlineArray(1)]
struct One
{
    private nint first;
}

struct Holder<T>
{
    public int Number;
    public Four<T> Items;
}

[InlineArray(1)]
struct OneByte
{
    private byte first;
}

struct HolderOfOne
{
    public OneByte Item;
    public int Number;
}

[InlineArray(2)]
struct Own
{
    private string first;
    public override bool Equals(object other) => other is Own own && own[0] == this[0];
    public override int GetHashCode() => 7;
}

struct HolderOfOwn
{
    public Own Item;
    public string Text;
}

static class Program
{
    static void Try(string label, Func<object> function)
    {
        try
        {
            Console.WriteLine($"{label}: {function()}");
        }
        catch (NotSupportedException e)
        {
            Console.WriteLine($"{label}: {e.Message}");
        }
    }

    static void Compare<T>(string label, T a, T b) where T : struct
    {
        Try(label + " equals", () => a.Equals(b));
        Try(label + " null", () => a.Equals(null));
        Try(label + " of another type", () => a.Equals("text"));
        Try(label + " comparer", () => EqualityComparer<T>.Default.Equals(a, b));
        Try(label + " in a list", () => new List<T> { a }.Contains(b));
        Try(label + " in a tuple", () => (1, a).Equals((1, b)));
        Try(label + " boxed", () => object.Equals(a, b));
    }

    static void Main()
    {
        Try("numbers equal", () => default(Four<int>).Equals(default(Four<int>)));
        Try("comparer of numbers", () => EqualityComparer<Four<long>>.Default.Equals(default, default));
        Try("tuple of numbers", () => (1, default(Four<byte>)).Equals((1, default(Four<byte>))));
        Try("boxed fractions", () => object.Equals(default(Four<float>), default(Four<float>)));
        Try("one equals", () => default(One).Equals(default(One)));
        Try("holder of numbers", () => default(Holder<uint>).Equals(default(Holder<uint>)));
        Try("holder of one", () => default(HolderOfOne).Equals(default(HolderOfOne)));
        Try("null", () => default(Four<char>).Equals(null));
        Try("another type", () => default(Four<char>).Equals(default(Four<sbyte>)));
        Compare("texts", default(Four<string>), default(Four<string>));
        Compare("holder of texts", default(Holder<string>), default(Holder<string>));
        Compare("unlike holders", new Holder<string> { Number = 1 }, default(Holder<string>));
        Own own = default;
        own[0] = "same";
        Compare("own", own, own);
        Compare("holder of own", new HolderOfOwn { Item = own, Text = "t" }, new HolderOfOwn { Item = own, Text = "t" });
        Compare("unlike holders of own", new HolderOfOwn { Item = own }, default(HolderOfOwn));
        Try("hash of numbers", () => default(Four<ulong>).GetHashCode());
        Try("hash of texts", () => default(Four<string>).GetHashCode());
        Try("hash of own", () => own.GetHashCode());
        Try("hash of a holder", () => new Holder<string> { Number = 3 }.GetHashCode() == new Holder<string> { Number = 3 }.GetHashCode());
        Try("set of numbers", () => new HashSet<Four<ushort>> { default, default }.Count);
        Try("set of own", () => new HashSet<Own> { own, own, default }.Count);
    }
}

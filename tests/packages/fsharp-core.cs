//@ packages = ["FSharp.Core 10.1.401"]
// Covers: FSharp.Core: formats with holes, over mixtures of numbers and references; any value shown by its structure; unions and records found by reflection
// (classes as the compiler of F# makes them); lists, maps, sets, sequences; structural comparison.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using Microsoft.FSharp.Reflection;

[CompilationMapping(SourceConstructFlags.RecordType)]
sealed class Point
{
    [CompilationMapping(SourceConstructFlags.Field, 0)] public int X { get; }
    [CompilationMapping(SourceConstructFlags.Field, 1)] public double Y { get; }
    [CompilationMapping(SourceConstructFlags.Field, 2)] public FSharpOption<string> Name { get; }
    public Point(int x, double y, FSharpOption<string> name) { X = x; Y = y; Name = name; }
}

[CompilationMapping(SourceConstructFlags.SumType)]
abstract class Shape
{
    public static class Tags { public const int Circle = 0; public const int Box = 1; public const int Nothing = 2; }
    public abstract int Tag { get; }

    public sealed class Circle : Shape
    {
        internal Circle(double radius) => this.radius = radius;
        [CompilationMapping(SourceConstructFlags.Field, 0, 0)] public double radius { get; }
        public override int Tag => Tags.Circle;
    }

    public sealed class Box : Shape
    {
        internal Box(byte width, string label) { this.width = width; this.label = label; }
        [CompilationMapping(SourceConstructFlags.Field, 1, 0)] public byte width { get; }
        [CompilationMapping(SourceConstructFlags.Field, 1, 1)] public string label { get; }
        public override int Tag => Tags.Box;
    }

    sealed class _Nothing : Shape { public override int Tag => Tags.Nothing; }

    static readonly Shape nothing = new _Nothing();
    [CompilationMapping(SourceConstructFlags.UnionCase, 0)] public static Shape NewCircle(double radius) => new Circle(radius);
    [CompilationMapping(SourceConstructFlags.UnionCase, 1)] public static Shape NewBox(byte width, string label) => new Box(width, label);
    [CompilationMapping(SourceConstructFlags.UnionCase, 2)] public static Shape Nothing => nothing;
}

enum Colour { Red, Green }

class Program
{
    static F Text<F>(string format) => PrintfModule.PrintFormatToStringThen(new PrintfFormat<F, Unit, string, string, object>(format));
    static void Line<F>(string format, Func<F, Unit> call) =>
        call(PrintfModule.PrintFormatLineToTextWriter(Console.Out, new PrintfFormat<F, TextWriter, Unit, Unit, object>(format)));
    static string Show<T>(T value) => Text<FSharpFunc<T, string>>("%A").Invoke(value);
    static FSharpList<T> List<T>(params T[] items) => ListModule.OfSeq(items);
    static FSharpFunc<A, R> Fn<A, R>(Func<A, R> f) => FuncConvert.FromFunc(f);
    static FSharpFunc<A, FSharpFunc<B, R>> Fn<A, B, R>(Func<A, B, R> f) => FuncConvert.FromFunc(f);

    static void Main()
    {
        Formats();
        Structures();
        Reflected();
        Collections();
        Compared();
    }

    static void Formats()
    {
        Console.WriteLine(Text<FSharpFunc<int, string>>("%d!").Invoke(42));
        Console.WriteLine(Text<FSharpFunc<int, FSharpFunc<string, FSharpFunc<bool, string>>>>("%d %s %b").Invoke(1).Invoke("two").Invoke(true));
        Console.WriteLine(Text<FSharpFunc<int, FSharpFunc<int, FSharpFunc<int, FSharpFunc<int, string>>>>>("%5d|%-5d|%05d|%+d").Invoke(1).Invoke(2).Invoke(3).Invoke(4));
        Console.WriteLine(Text<FSharpFunc<double, FSharpFunc<double, FSharpFunc<decimal, string>>>>("%.3f %e %M").Invoke(3.14159).Invoke(12345.678).Invoke(1.25m));
        Console.WriteLine(Text<FSharpFunc<char, FSharpFunc<uint, FSharpFunc<long, FSharpFunc<byte, FSharpFunc<sbyte, FSharpFunc<ushort, FSharpFunc<ulong, string>>>>>>>>("%c %u %d %x %i %X %o")
            .Invoke('q').Invoke(7).Invoke(8).Invoke(255).Invoke(-9).Invoke(255).Invoke(8));
        Console.WriteLine(Text<FSharpFunc<int, FSharpFunc<float, FSharpFunc<int, FSharpFunc<string, string>>>>>("%*g|%*s|").Invoke(7).Invoke(1.5f).Invoke(4).Invoke("ab"));
        Console.WriteLine(Text<FSharpFunc<object, FSharpFunc<Colour, string>>>("%O %A").Invoke(new DateTime(2024, 2, 29).Year).Invoke(Colour.Green));
        var add = Text<FSharpFunc<int, FSharpFunc<int, string>>>("%d+%d").Invoke(1);
        Console.WriteLine(add.Invoke(2) + " " + add.Invoke(3));
        Line<FSharpFunc<string, FSharpFunc<int, Unit>>>("%s=%d", f => f.Invoke("line").Invoke(5));
        var writes = Fn<TextWriter, Unit>(w => { w.Write("inner"); return null; });
        var writesNumber = Fn<TextWriter, int, Unit>((w, n) => { w.Write("<" + n + ">"); return null; });
        Line<FSharpFunc<FSharpFunc<TextWriter, Unit>, FSharpFunc<FSharpFunc<TextWriter, FSharpFunc<int, Unit>>, FSharpFunc<int, Unit>>>>("%t|%a", f => f.Invoke(writes).Invoke(writesNumber).Invoke(9));
        try { Text<FSharpFunc<string, string>>("%d"); Console.WriteLine("accepted"); }
        catch (ArgumentException e) { Console.WriteLine(e.GetType().Name); }
    }

    static void Structures()
    {
        Console.WriteLine(Show(new Point(1, 2.5, FSharpOption<string>.Some("p"))));
        Console.WriteLine(Show(List(Shape.NewCircle(1.5), Shape.NewBox(7, "b"), Shape.Nothing)));
        Console.WriteLine(Show(FSharpOption<FSharpOption<int>>.Some(FSharpOption<int>.Some(3))) + " " + Show(FSharpOption<int>.None));
        Console.WriteLine(Show(FSharpValueOption<int>.NewValueSome(4)) + " " + Show(FSharpResult<int, string>.NewError("no")) + " " + Show(FSharpChoice<int, string>.NewChoice1Of2(1)));
        Console.WriteLine(Show(Tuple.Create(1, "a", 2.5)) + " " + Show((1, 'c')) + " " + Show(new[] { "x", "y" }) + " " + Show(new[] { 1.5, 2 }));
        Console.WriteLine(Show(MapModule.OfSeq(new[] { Tuple.Create("b", 2), Tuple.Create("a", 1) })) + " " + Show(SetModule.OfSeq(new[] { 3, 1, 2 })));
        Console.WriteLine(Show(new int[,] { { 1, 2 }, { 3, 4 } }) + " " + Show(BigInteger.Pow(2, 100)) + " " + Show((byte)1) + " " + Show(2L) + " " + Show("text"));
        Console.WriteLine(Show(SeqModule.Initialize(4, Fn<int, int>(i => i * i))));
    }

    static void Reflected()
    {
        foreach (UnionCaseInfo c in FSharpType.GetUnionCases(typeof(Shape), null))
            Console.WriteLine(c.Tag + " " + c.Name + "(" + string.Join(", ", c.GetFields().Select(f => f.Name + ":" + f.PropertyType.Name)) + ")");
        Tuple<UnionCaseInfo, object[]> parts = FSharpValue.GetUnionFields(Shape.NewBox(3, "l"), typeof(Shape), null);
        Console.WriteLine(parts.Item1.Name + " " + string.Join(",", parts.Item2));
        var made = (Shape.Circle)FSharpValue.MakeUnion(FSharpType.GetUnionCases(typeof(Shape), null)[0], new object[] { 4.5 }, null);
        Console.WriteLine(made.radius);
        Console.WriteLine(string.Join(",", FSharpType.GetRecordFields(typeof(Point), null).Select(p => p.Name)));
        var point = (Point)FSharpValue.MakeRecord(typeof(Point), new object[] { 5, 6.5, null }, null);
        Console.WriteLine(point.X + " " + point.Y + " " + string.Join("|", FSharpValue.GetRecordFields(point, null)));
        Console.WriteLine(FSharpType.IsUnion(typeof(FSharpList<int>), null) + " " + FSharpType.IsTuple(typeof(Tuple<int, int>)) + " " + FSharpType.IsFunction(typeof(FSharpFunc<int, int>)));
        Type function = FSharpType.MakeFunctionType(typeof(int), typeof(string));
        var called = (FSharpFunc<int, string>)FSharpValue.MakeFunction(function, Fn<object, object>(o => "f" + o));
        Console.WriteLine(called.Invoke(8) + " " + FSharpValue.GetTupleField(Tuple.Create('x', 9), 1));
        Console.WriteLine(FSharpValue.MakeTuple(new object[] { 1, "s" }, FSharpType.MakeTupleType(new[] { typeof(int), typeof(string) })));
    }

    static void Collections()
    {
        FSharpList<int> numbers = ListModule.OfSeq(Enumerable.Range(1, 10));
        Console.WriteLine(Show(ListModule.Map(Fn<FSharpList<int>, int>(w => ListModule.Sum(w)), ListModule.Windowed(3, numbers))));
        Console.WriteLine(Show(ListModule.GroupBy(Fn<string, int>(s => s.Length), List("a", "bb", "c", "dd"))));
        Console.WriteLine(ListModule.Fold(Fn<int, int, int>((a, b) => a * 2 + b), 0, numbers));
        FSharpMap<int, string> map = MapModule.Empty<int, string>().Add(3, "c").Add(1, "a").Add(2, "b").Change(2, Fn<FSharpOption<string>, FSharpOption<string>>(o => FSharpOption<string>.Some(o.Value + "!")));
        Console.WriteLine(Show(MapModule.ToList(map)) + " " + MapModule.Fold(FuncConvert.FromFunc<string, int, string, string>((a, k, v) => a + k + v), "", map));
        var fibonacci = SeqModule.Unfold(Fn<Tuple<BigInteger, BigInteger>, FSharpOption<Tuple<BigInteger, Tuple<BigInteger, BigInteger>>>>(
            p => FSharpOption<Tuple<BigInteger, Tuple<BigInteger, BigInteger>>>.Some(Tuple.Create(p.Item1, Tuple.Create(p.Item2, p.Item1 + p.Item2)))), Tuple.Create(BigInteger.Zero, BigInteger.One));
        Console.WriteLine(Show(SeqModule.ToList(SeqModule.Take(12, fibonacci))));
        Console.WriteLine(Show(ArrayModule.Parallel.Map(Fn<int, int>(x => x * x), new[] { 1, 2, 3 })) + " " + Show(Array2DModule.Initialize(2, 2, Fn<int, int, int>((i, j) => i * 2 + j))));
        Console.WriteLine(Show(ListModule.Zip3(List(1, 2), List('a', 'b'), List(true, false))) + " " + Show(ListModule.ChunkBySize(4, numbers)));
    }

    static void Compared()
    {
        Console.WriteLine(List(1, 2, 3).Equals(List(1, 2, 3)) + " " + (List("a").GetHashCode() == List("a").GetHashCode()) + " " + Math.Sign(((IComparable)List(1, 2)).CompareTo(List(1, 3))));
        Console.WriteLine(FSharpOption<int>.Some(3).Equals(FSharpOption<int>.Some(3)) + " " + SetModule.OfSeq(new[] { 1, 2 }).IsSubsetOf(SetModule.OfSeq(new[] { 1, 2, 3 })));
        Console.WriteLine(Show(ListModule.Sort(List(Tuple.Create(2, "b"), Tuple.Create(1, "z"), Tuple.Create(2, "a")))));
        Console.WriteLine(LanguagePrimitives.HashCompare.GenericEqualityIntrinsic(new[] { 1, 2 }, new[] { 1, 2 }) + " " + LanguagePrimitives.HashCompare.GenericComparisonIntrinsic(Tuple.Create(1, 2.5), Tuple.Create(1, 3.5)));
    }
}

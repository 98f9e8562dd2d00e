//@ exit = 0
// Covers: System.Runtime.Intrinsics.X86 — the instruction sets that every processor of the target has: all of their operations, immediates that are not constant, delegates.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

static unsafe class Program
{
    static ulong hash = 14695981039346656037;
    static void B<T>(T value) where T : unmanaged { byte* p = (byte*)&value; for (int i = 0; i < sizeof(T); i++) hash = (hash ^ p[i]) * 1099511628211; }
    static void F(Vector128<float> v) => B(Sse.And(v, Sse.CompareOrdered(v, v)));
    static void F(Vector128<double> v) => B(Sse2.And(v, Sse2.CompareOrdered(v, v)));
    static void Show(string what) { Console.WriteLine($"{what} {hash:x16}"); hash = 14695981039346656037; }

    [MethodImpl(MethodImplOptions.NoInlining)] static T Opaque<T>(T value) => value;

    static void Singles(Vector128<float> a, Vector128<float> b)
    {
        F(Sse.Add(a, b)); F(Sse.AddScalar(a, b)); F(Sse.Subtract(a, b)); F(Sse.SubtractScalar(a, b)); F(Sse.Multiply(a, b)); F(Sse.MultiplyScalar(a, b)); F(Sse.Divide(a, b)); F(Sse.DivideScalar(a, b));
        B(Sse.And(a, b)); B(Sse.AndNot(a, b)); B(Sse.Or(a, b)); B(Sse.Xor(a, b)); F(Sse.Min(a, b)); F(Sse.Max(a, b)); F(Sse.MinScalar(a, b)); F(Sse.MaxScalar(a, b)); F(Sse.Sqrt(a)); F(Sse.SqrtScalar(a)); F(Sse.SqrtScalar(a, b));
        B(Sse.CompareEqual(a, b)); B(Sse.CompareNotEqual(a, b)); B(Sse.CompareLessThan(a, b)); B(Sse.CompareLessThanOrEqual(a, b)); B(Sse.CompareGreaterThan(a, b)); B(Sse.CompareGreaterThanOrEqual(a, b));
        B(Sse.CompareNotLessThan(a, b)); B(Sse.CompareNotLessThanOrEqual(a, b)); B(Sse.CompareNotGreaterThan(a, b)); B(Sse.CompareNotGreaterThanOrEqual(a, b)); B(Sse.CompareOrdered(a, b)); B(Sse.CompareUnordered(a, b));
        B(Sse.CompareScalarEqual(a, b)); B(Sse.CompareScalarLessThan(a, b)); B(Sse.CompareScalarNotLessThan(a, b)); B(Sse.CompareScalarUnordered(a, b));
        B(Sse.CompareScalarOrderedEqual(a, b)); B(Sse.CompareScalarOrderedLessThan(a, b)); B(Sse.CompareScalarOrderedGreaterThanOrEqual(a, b)); B(Sse.CompareScalarUnorderedNotEqual(a, b)); B(Sse.CompareScalarUnorderedLessThanOrEqual(a, b));
        B(Sse.ConvertToInt32(a)); B(Sse.ConvertToInt32WithTruncation(a)); B(Sse.X64.ConvertToInt64(a)); B(Sse.X64.ConvertToInt64WithTruncation(b)); B(Sse.ConvertScalarToVector128Single(a, -7)); B(Sse.X64.ConvertScalarToVector128Single(a, long.MaxValue));
        B(Sse.MoveHighToLow(a, b)); B(Sse.MoveLowToHigh(a, b)); B(Sse.MoveScalar(a, b)); B(Sse.MoveMask(a)); B(Sse.Shuffle(a, b, 0x1B)); B(Sse.Shuffle(a, b, 0xC6)); B(Sse.UnpackLow(a, b)); B(Sse.UnpackHigh(a, b));
        F(Sse3.AddSubtract(a, b)); F(Sse3.HorizontalAdd(a, b)); F(Sse3.HorizontalSubtract(a, b)); B(Sse3.MoveHighAndDuplicate(a)); B(Sse3.MoveLowAndDuplicate(a));
        B(Sse41.Blend(a, b, 5)); B(Sse41.BlendVariable(a, b, a)); F(Sse41.Ceiling(a)); F(Sse41.Floor(a)); F(Sse41.RoundToZero(a)); F(Sse41.RoundToNearestInteger(a)); F(Sse41.RoundCurrentDirection(a)); F(Sse41.RoundToPositiveInfinity(a));
        F(Sse41.CeilingScalar(a)); F(Sse41.FloorScalar(a, b)); F(Sse41.RoundToNearestIntegerScalar(a, b)); B(Sse41.Insert(a, b, 0x9A)); B(Sse41.Extract(a, 2)); B(Sse2.ConvertToVector128Int32(a)); B(Sse2.ConvertToVector128Int32WithTruncation(a)); F(Sse2.ConvertToVector128Double(a));
        float* m = stackalloc float[8]; Sse.Store(m, a); Sse.StoreLow(m + 4, b); Sse.StoreHigh(m + 1, b); Sse.StoreScalar(m + 7, a); m[6] = 1;
        B(Sse.LoadVector128(m)); B(Sse.LoadVector128(m + 3)); B(Sse.LoadScalarVector128(m + 2)); B(Sse.LoadLow(a, m)); B(Sse.LoadHigh(b, m + 1)); Sse.Prefetch0(m); Sse.PrefetchNonTemporal(m); Sse.StoreFence();
    }

    static void Doubles(Vector128<double> a, Vector128<double> b)
    {
        F(Sse2.Add(a, b)); F(Sse2.AddScalar(a, b)); F(Sse2.Subtract(a, b)); F(Sse2.Multiply(a, b)); F(Sse2.MultiplyScalar(a, b)); F(Sse2.Divide(a, b)); F(Sse2.Min(a, b)); F(Sse2.Max(a, b)); F(Sse2.MaxScalar(a, b)); F(Sse2.Sqrt(a)); F(Sse2.SqrtScalar(a, b)); B(Sse2.AndNot(a, b));
        B(Sse2.CompareEqual(a, b)); B(Sse2.CompareNotEqual(a, b)); B(Sse2.CompareLessThan(a, b)); B(Sse2.CompareGreaterThanOrEqual(a, b)); B(Sse2.CompareNotGreaterThan(a, b)); B(Sse2.CompareScalarNotEqual(a, b)); B(Sse2.CompareScalarOrderedGreaterThan(a, b)); B(Sse2.CompareScalarUnorderedEqual(a, b));
        B(Sse2.ConvertToInt32(a)); B(Sse2.ConvertToInt32WithTruncation(a)); B(Sse2.X64.ConvertToInt64(a)); B(Sse2.X64.ConvertToInt64WithTruncation(a)); B(Sse2.ConvertScalarToVector128Double(a, 5)); F(Sse2.ConvertScalarToVector128Double(a, Vector128.Create(2.5f))); F(Sse2.ConvertScalarToVector128Single(Vector128.Create(1f, 2, 3, 4), a));
        B(Sse2.ConvertToVector128Int32(a)); B(Sse2.ConvertToVector128Int32WithTruncation(a)); F(Sse2.ConvertToVector128Single(a)); B(Sse2.MoveScalar(a, b)); B(Sse2.MoveMask(a)); B(Sse2.Shuffle(a, b, 1)); B(Sse2.UnpackHigh(a, b));
        F(Sse3.AddSubtract(a, b)); F(Sse3.HorizontalAdd(a, b)); B(Sse3.MoveAndDuplicate(a)); B(Sse41.Blend(a, b, 2)); B(Sse41.BlendVariable(a, b, b)); F(Sse41.Ceiling(a)); F(Sse41.RoundToZeroScalar(a, b)); F(Sse41.RoundToNegativeInfinity(a));
        double x = 3.5; B(Sse3.LoadAndDuplicateToVector128(&x)); B(Sse2.LoadLow(a, &x)); B(Sse2.LoadHigh(a, &x)); B(Sse2.LoadScalarVector128(&x)); Sse2.StoreHigh(&x, a); B(x);
        if (a.Equals(a) && b.Equals(b)) F(Sse41.DotProduct(a, b, 0x31));
    }

    static void Bytes(Vector128<byte> a, Vector128<byte> b)
    {
        B(Sse2.Add(a, b)); B(Sse2.AddSaturate(a, b)); B(Sse2.AddSaturate(a.AsSByte(), b.AsSByte())); B(Sse2.Subtract(a, b)); B(Sse2.SubtractSaturate(a, b)); B(Sse2.SubtractSaturate(a.AsSByte(), b.AsSByte())); B(Sse2.Average(a, b)); B(Sse2.Min(a, b)); B(Sse2.Max(a, b)); B(Sse41.Min(a.AsSByte(), b.AsSByte()));
        B(Sse2.CompareEqual(a, b)); B(Sse2.CompareGreaterThan(a.AsSByte(), b.AsSByte())); B(Sse2.CompareLessThan(a.AsSByte(), b.AsSByte())); B(Sse2.MoveMask(a)); B(Sse2.SumAbsoluteDifferences(a, b)); B(Sse2.UnpackLow(a, b)); B(Sse2.UnpackHigh(a, b)); B(Sse2.ShiftLeftLogical128BitLane(a, 3)); B(Sse2.ShiftRightLogical128BitLane(a, 17));
        B(Ssse3.Shuffle(a, b)); B(Ssse3.AlignRight(a, b, 5)); B(Ssse3.AlignRight(a, b, 21)); B(Ssse3.AlignRight(a, b, 40)); B(Ssse3.Abs(a.AsSByte())); B(Ssse3.Sign(a.AsSByte(), b.AsSByte())); B(Ssse3.MultiplyAddAdjacent(a, b.AsSByte()));
        B(Sse41.BlendVariable(a, b, a)); B(Sse41.Extract(a, 13)); B(Sse41.Insert(a, 200, 7)); B(Sse41.ConvertToVector128Int16(a)); B(Sse41.ConvertToVector128Int32(a.AsSByte())); B(Sse41.ConvertToVector128Int64(a)); B(Sse41.MultipleSumAbsoluteDifferences(a, b, 5)); B(Sse41.TestC(a, b)); B(Sse41.TestZ(a, b)); B(Sse41.TestNotZAndNotC(a, b)); B(Sse41.TestZ(a, Sse2.Xor(a, a)));
        byte* m = stackalloc byte[32]; Sse2.Store(m, a); Sse2.Store(m + 16, b); B(Sse2.LoadVector128(m + 5)); B(Sse3.LoadDquVector128(m + 1)); B(Sse41.ConvertToVector128Int16(m + 3)); B(Sse41.ConvertToVector128Int32((sbyte*)m)); B(Sse41.ConvertToVector128Int64((ushort*)m)); Sse2.MaskMove(a, b, m + 9); B(Sse2.LoadVector128(m + 9));
    }

    static void Words(Vector128<short> a, Vector128<short> b)
    {
        B(Sse2.AddSaturate(a, b)); B(Sse2.SubtractSaturate(a.AsUInt16(), b.AsUInt16())); B(Sse2.MultiplyLow(a, b)); B(Sse2.MultiplyHigh(a, b)); B(Sse2.MultiplyHigh(a.AsUInt16(), b.AsUInt16())); B(Sse2.MultiplyAddAdjacent(a, b)); B(Sse2.Min(a, b)); B(Sse2.Max(a, b)); B(Sse2.Average(a.AsUInt16(), b.AsUInt16()));
        B(Sse2.PackSignedSaturate(a, b)); B(Sse2.PackUnsignedSaturate(a, b)); B(Sse2.ShiftLeftLogical(a, 3)); B(Sse2.ShiftLeftLogical(a, 16)); B(Sse2.ShiftRightLogical(a, 7)); B(Sse2.ShiftRightArithmetic(a, 200)); B(Sse2.ShiftRightArithmetic(a, Vector128.Create(2L, 5).AsInt16())); B(Sse2.ShiftLeftLogical(a, Vector128.Create(20L, 0).AsInt16()));
        B(Sse2.ShuffleHigh(a, 0x1B)); B(Sse2.ShuffleLow(a, 0x2D)); B(Sse2.Extract(a.AsUInt16(), 6)); B(Sse2.Insert(a, -5, 3)); B(Sse2.CompareGreaterThan(a, b)); B(Ssse3.HorizontalAdd(a, b)); B(Ssse3.HorizontalAddSaturate(a, b)); B(Ssse3.HorizontalSubtract(a, b)); B(Ssse3.HorizontalSubtractSaturate(a, b)); B(Ssse3.MultiplyHighRoundScale(a, b)); B(Ssse3.Abs(a)); B(Ssse3.Sign(a, b));
        B(Sse41.Blend(a, b, 0xA5)); B(Sse41.MinHorizontal(a.AsUInt16())); B(Sse41.Max(a.AsUInt16(), b.AsUInt16())); B(Sse41.ConvertToVector128Int32(a)); B(Sse41.ConvertToVector128Int64(a.AsUInt16()));
    }

    static void Ints(Vector128<int> a, Vector128<int> b)
    {
        B(Sse2.Multiply(a.AsUInt32(), b.AsUInt32())); B(Sse41.Multiply(a, b)); B(Sse41.MultiplyLow(a, b)); B(Sse2.PackSignedSaturate(a, b)); B(Sse41.PackUnsignedSaturate(a, b)); B(Sse2.Shuffle(a, 0x1E)); B(Sse2.ShiftLeftLogical(a, 31)); B(Sse2.ShiftRightLogical(a, 33)); B(Sse2.ShiftRightArithmetic(a, 31)); B(Sse2.ShiftRightLogical(a, Vector128.Create(4L, 0).AsInt32()));
        B(Sse2.CompareGreaterThan(a, b)); B(Ssse3.HorizontalAdd(a, b)); B(Ssse3.HorizontalSubtract(a, b)); B(Ssse3.Abs(a)); B(Ssse3.Sign(a, b)); B(Sse41.Min(a, b)); B(Sse41.Max(a.AsUInt32(), b.AsUInt32())); B(Sse41.Extract(a, 6)); B(Sse41.Insert(a, 77, 2)); B(Sse41.ConvertToVector128Int64(a.AsUInt32())); B(Sse2.ConvertToVector128Single(a)); B(Sse2.ConvertToVector128Double(a)); B(Sse2.ConvertToInt32(a)); B(Sse2.ConvertScalarToVector128Int32(-3));
        var (c, d) = (a.AsInt64(), b.AsInt64()); B(Sse41.CompareEqual(c, d)); B(Sse42.CompareGreaterThan(c, d)); B(Sse2.ShiftLeftLogical(c, 63)); B(Sse2.ShiftRightLogical(c, 40)); B(Sse41.X64.Extract(c, 1)); B(Sse41.X64.Insert(c, 5, 0)); B(Sse2.MoveScalar(c)); B(Sse2.UnpackLow(c, d)); B(Sse2.X64.ConvertToInt64(c)); B(Sse2.X64.ConvertScalarToVector128Int64(-9)); B(Sse2.Add(c, d)); B(Sse2.Subtract(c, d));
    }

    static void Scalars()
    {
        uint crc = 0xFFFFFFFF; foreach (byte x in new byte[] { 1, 200, 7 }) crc = Sse42.Crc32(crc, x);
        crc = Sse42.Crc32(crc, (ushort)0x1234); crc = Sse42.Crc32(crc, 0x12345678u); B(crc); B(Sse42.X64.Crc32(crc, 0x123456789ABCDEF0));
        foreach (uint x in new uint[] { 0, 1, 0x80000000, 0xFFFFFFFF, 0x00F0 }) { B(Popcnt.PopCount(x)); B(Popcnt.X64.PopCount((ulong)x << 7)); }
        X86Base.Pause(); var (eax, _, _, _) = X86Base.CpuId(0, 0); Console.WriteLine(eax >= 1);
        Sse2.MemoryFence(); Sse2.LoadFence();
    }

    // The immediate is a part of the instruction: all of them are there where it is not known.
    static void Immediates()
    {
        var a = Vector128.Create(1, 2, 3, 4); var f = Vector128.Create(1f, 2, 3, 4); var b = Vector128.Create((byte)1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        for (int i = 0; i < 256; i += 17)
        {
            byte n = Opaque((byte)i);
            B(Sse2.Shuffle(a, n)); B(Sse.Shuffle(f, f, n)); B(Sse2.ShiftLeftLogical(a, n)); B(Sse2.ShiftRightArithmetic(a, n)); B(Ssse3.AlignRight(b, b, n)); B(Sse2.ShiftRightLogical128BitLane(b, n)); B(Sse41.Blend(f, f, n)); B(Sse41.Insert(f, f, n));
        }
        for (byte i = 0; i < 4; i++) { B(Sse41.Extract(a, Opaque(i))); B(Sse41.Insert(a, 9, Opaque(i))); }
        Func<Vector128<int>, Vector128<int>, Vector128<int>> add = Sse2.Add; B(add(a, a));
        delegate*<Vector128<float>, Vector128<float>> sqrt = &Sse.Sqrt; B(sqrt(f));
        B((Vector128<int>)typeof(Sse41).GetMethod("MultiplyLow", new[] { typeof(Vector128<int>), typeof(Vector128<int>) }).Invoke(null, new object[] { a, a }));
    }

    static void Main()
    {
        Console.WriteLine($"{Sse.IsSupported} {Sse2.X64.IsSupported} {Sse3.IsSupported} {Ssse3.IsSupported} {Sse41.IsSupported} {Sse42.X64.IsSupported} {Popcnt.IsSupported} {X86Base.IsSupported} {Vector128.IsHardwareAccelerated}");
        float[] s = { 0f, -0f, 1.5f, -2.5f, float.NaN, float.PositiveInfinity, 3e9f, -3e9f, 0.5f, 2.5f, -1f, float.MaxValue };
        double[] d = { 0, -0.0, 1.5, -2.5, double.NaN, double.NegativeInfinity, 3e9, -3e19, 0.5 };
        for (int i = 0; i < 9; i++) for (int k = 0; k < 9; k++) { fixed (float* p = s) Singles(*(Vector128<float>*)(p + i % 9), *(Vector128<float>*)(p + k)); fixed (double* p = d) Doubles(*(Vector128<double>*)(p + i % 8), *(Vector128<double>*)(p + k % 8)); }
        Show("floats");
        var random = new Random(3); byte[] bytes = new byte[256]; random.NextBytes(bytes); for (int i = 64; i < 128; i++) bytes[i] = (byte)(i % 5 == 0 ? 0x80 : i % 3 == 0 ? 0xFF : i % 2 == 0 ? 0x7F : i);
        fixed (byte* p = bytes)
            for (int i = 0; i < 200; i += 7) { var (a, b) = (*(Vector128<byte>*)(p + i), *(Vector128<byte>*)(p + 240 - i)); Bytes(a, b); Words(a.AsInt16(), b.AsInt16()); Ints(a.AsInt32(), b.AsInt32()); }
        Show("integers"); Scalars(); Show("scalars"); Immediates(); Show("immediates");
    }
}

//@ exit = 0
// Covers: System.Runtime.Intrinsics.X86 — instruction sets that a processor may have: asked when the program runs; a method that asks and uses; one that uses; what throws.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

static unsafe class Program
{
    static ulong hash = 14695981039346656037;
    static void B<T>(T value) where T : unmanaged { byte* p = (byte*)&value; for (int i = 0; i < sizeof(T); i++) hash = (hash ^ p[i]) * 1099511628211; }
    static void Show(string what) { Console.WriteLine($"{what} {hash:x16}"); hash = 14695981039346656037; }
    [MethodImpl(MethodImplOptions.NoInlining)] static T Opaque<T>(T value) => value;

    static void Floats(Vector256<float> a, Vector256<float> b, Vector256<double> c, Vector256<double> d)
    {
        B(Avx.Add(a, b)); B(Avx.Subtract(c, d)); B(Avx.Multiply(a, b)); B(Avx.Divide(c, d)); B(Avx.Min(a, b)); B(Avx.Max(c, d)); B(Avx.Sqrt(Avx.Multiply(a, a))); B(Avx.And(a, b)); B(Avx.AndNot(c, d)); B(Avx.Or(a, b)); B(Avx.Xor(c, d)); B(Avx.AddSubtract(a, b)); B(Avx.HorizontalAdd(a, b)); B(Avx.HorizontalSubtract(c, d));
        B(Avx.Compare(a, b, FloatComparisonMode.OrderedLessThanSignaling)); B(Avx.Compare(c, d, FloatComparisonMode.UnorderedNotEqualNonSignaling)); B(Avx.CompareEqual(a, b)); B(Avx.CompareNotGreaterThan(c, d)); B(Avx.CompareScalar(a.GetLower(), b.GetLower(), FloatComparisonMode.OrderedGreaterThanOrEqualNonSignaling));
        B(Avx.Blend(a, b, 0x5A)); B(Avx.BlendVariable(c, d, c)); B(Avx.Ceiling(a)); B(Avx.Floor(c)); B(Avx.RoundToNearestInteger(a)); B(Avx.RoundToZero(c)); B(Avx.DotProduct(a, b, 0xF1)); B(Avx.Shuffle(a, b, 0x1B)); B(Avx.Shuffle(c, d, 5)); B(Avx.UnpackLow(a, b)); B(Avx.UnpackHigh(c, d)); B(Avx.DuplicateEvenIndexed(a)); B(Avx.DuplicateOddIndexed(a));
        B(Avx.Permute(a, 0x1B)); B(Avx.Permute(c, 5)); B(Avx.PermuteVar(a, Vector256.Create(3, 2, 1, 0, 7, 1, 2, 6))); B(Avx.PermuteVar(c, Vector256.Create(2L, 0, 0, 2))); B(Avx.Permute2x128(a, b, 0x21)); B(Avx.Permute2x128(a, b, 0x83)); B(Avx.ExtractVector128(c, 1)); B(Avx.InsertVector128(a, b.GetLower(), 1));
        B(Avx.ConvertToVector128Int32(c)); B(Avx.ConvertToVector128Int32WithTruncation(c)); B(Avx.ConvertToVector128Single(c)); B(Avx.ConvertToVector256Double(a.GetLower())); B(Avx.ConvertToVector256Int32(a)); B(Avx.ConvertToVector256Single(a.AsInt32())); B(Avx.MoveMask(a)); B(Avx.TestC(a, b)); B(Avx.TestZ(c, d)); B(Avx.TestNotZAndNotC(a.AsInt32(), b.AsInt32()));
        float* m = stackalloc float[20]; Avx.Store(m, a); Avx.Store(m + 8, b); B(Avx.LoadVector256(m + 3)); B(Avx.MaskLoad(m, b)); Avx.MaskStore(m + 2, b, a); B(Avx.LoadVector256(m + 2)); B(Avx.BroadcastScalarToVector256(m + 1)); B(Avx.BroadcastVector128ToVector256(m + 4)); B(Avx.BroadcastScalarToVector128(m));
    }

    static void Ints(Vector256<byte> a, Vector256<byte> b)
    {
        var (w, x) = (a.AsInt16(), b.AsInt16()); var (i, j) = (a.AsInt32(), b.AsInt32()); var (q, r) = (a.AsInt64(), b.AsInt64());
        B(Avx2.Add(a, b)); B(Avx2.AddSaturate(a, b)); B(Avx2.SubtractSaturate(w, x)); B(Avx2.And(i, j)); B(Avx2.AndNot(i, j)); B(Avx2.Average(a, b)); B(Avx2.Min(w, x)); B(Avx2.Max(i.AsUInt32(), j.AsUInt32())); B(Avx2.Abs(w)); B(Avx2.Sign(i, j)); B(Avx2.CompareEqual(q, r)); B(Avx2.CompareGreaterThan(i, j));
        B(Avx2.MultiplyLow(i, j)); B(Avx2.MultiplyHigh(w, x)); B(Avx2.Multiply(i, j)); B(Avx2.Multiply(i.AsUInt32(), j.AsUInt32())); B(Avx2.MultiplyAddAdjacent(w, x)); B(Avx2.MultiplyAddAdjacent(a, b.AsSByte())); B(Avx2.MultiplyHighRoundScale(w, x)); B(Avx2.SumAbsoluteDifferences(a, b)); B(Avx2.MultipleSumAbsoluteDifferences(a, b, 0x2A));
        B(Avx2.PackSignedSaturate(i, j)); B(Avx2.PackUnsignedSaturate(w, x)); B(Avx2.UnpackHigh(a, b)); B(Avx2.UnpackLow(q, r)); B(Avx2.HorizontalAdd(i, j)); B(Avx2.HorizontalSubtractSaturate(w, x)); B(Avx2.Shuffle(a, b)); B(Avx2.Shuffle(i, 0x1B)); B(Avx2.ShuffleHigh(w, 0x1B)); B(Avx2.AlignRight(a, b, 19)); B(Avx2.Blend(w, x, 0x35)); B(Avx2.Blend(i, j, 0xC5)); B(Avx2.BlendVariable(a, b, a));
        B(Avx2.ShiftLeftLogical(w, 5)); B(Avx2.ShiftRightArithmetic(i, 40)); B(Avx2.ShiftRightLogical(q, Vector128.Create(7L, 0))); B(Avx2.ShiftLeftLogical128BitLane(a, 5)); B(Avx2.ShiftRightLogical128BitLane(a, 3)); B(Avx2.ShiftLeftLogicalVariable(i, j.AsUInt32())); B(Avx2.ShiftRightLogicalVariable(q, Vector256.Create(1UL, 63, 64, 99))); B(Avx2.ShiftRightArithmeticVariable(i, Vector256.Create(0u, 1, 31, 32, 33, 9, 200, 4)));
        B(Avx2.Permute4x64(q, 0x1B)); B(Avx2.PermuteVar8x32(i, j)); B(Avx2.Permute2x128(a, b, 0x13)); B(Avx2.ExtractVector128(a, 1)); B(Avx2.InsertVector128(a, b.GetUpper(), 0)); B(Avx2.BroadcastScalarToVector256(a.GetLower())); B(Avx2.BroadcastScalarToVector128(w.GetLower())); B(Avx2.ConvertToVector256Int16(a.GetLower())); B(Avx2.ConvertToVector256Int64(i.GetLower())); B(Avx2.MoveMask(a)); B(Avx2.ConvertToInt32(i));
        int* m = stackalloc int[32]; for (int n = 0; n < 32; n++) m[n] = n * 1000003; B(Avx2.GatherVector256(m, Vector256.Create(1, 5, 9, 0, 31, 2, 2, 8), 4)); B(Avx2.GatherVector128((long*)m, Vector128.Create(3L, 1), 8)); B(Avx2.GatherMaskVector256(i, m, Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7), j, 4)); B(Avx2.MaskLoad(m, i)); Avx2.MaskStore(m, j, i); int* aligned = (int*)((long)m + 31 & ~31L); for (int n = 0; n < 8; n++) aligned[n] = n; B(Avx2.LoadAlignedVector256NonTemporal(aligned)); for (int n = 0; n < 32; n++) m[n] = n;
        B(Avx2.BroadcastVector128ToVector256(m)); B(Avx2.ConvertToVector256Int32((byte*)m));
    }

    static void Fused(Vector256<double> a, Vector256<double> b, Vector128<float> c)
    {
        B(Fma.MultiplyAdd(a, b, a)); B(Fma.MultiplySubtract(a, b, b)); B(Fma.MultiplyAddNegated(a, b, a)); B(Fma.MultiplySubtractNegated(a, b, a)); B(Fma.MultiplyAddSubtract(a, b, a)); B(Fma.MultiplySubtractAdd(a, b, a)); B(Fma.MultiplyAddScalar(c, c, c)); B(Fma.MultiplySubtractNegatedScalar(c, c, c));
    }

    static void Bits(uint x, ulong y)
    {
        if (Bmi1.X64.IsSupported) { B(Bmi1.AndNot(x, 0xFF00FF)); B(Bmi1.X64.AndNot(y, 5)); B(Bmi1.BitFieldExtract(x, 3, 9)); B(Bmi1.X64.BitFieldExtract(y, (ushort)0x1004)); B(Bmi1.ExtractLowestSetBit(x)); B(Bmi1.GetMaskUpToLowestSetBit(x)); B(Bmi1.X64.ResetLowestSetBit(y)); B(Bmi1.TrailingZeroCount(x)); B(Bmi1.X64.TrailingZeroCount(y)); }
        if (Bmi2.X64.IsSupported) { B(Bmi2.ZeroHighBits(x, 11)); B(Bmi2.X64.ParallelBitDeposit(y, 0xF0F0F0F0)); B(Bmi2.ParallelBitExtract(x, 0x0FF0)); ulong low; B(Bmi2.X64.MultiplyNoFlags(y, y, &low)); B(low); B(Bmi2.MultiplyNoFlags(x, x)); }
        if (Lzcnt.X64.IsSupported) { B(Lzcnt.LeadingZeroCount(x)); B(Lzcnt.X64.LeadingZeroCount(y)); }
    }

    static void Ciphers(Vector128<byte> a, Vector128<byte> b)
    {
        if (Aes.IsSupported) { B(Aes.Encrypt(a, b)); B(Aes.EncryptLast(a, b)); B(Aes.Decrypt(a, b)); B(Aes.DecryptLast(a, b)); B(Aes.InverseMixColumns(a)); B(Aes.KeygenAssist(a, 0x1B)); B(Aes.KeygenAssist(a, Opaque((byte)0x36))); }
        if (Pclmulqdq.IsSupported) { B(Pclmulqdq.CarrylessMultiply(a.AsInt64(), b.AsInt64(), 0x11)); B(Pclmulqdq.CarrylessMultiply(a.AsUInt64(), b.AsUInt64(), Opaque((byte)1))); }
    }

    // Asks and uses in one method, with a loop, references and an exception across it.
    static int Sum(int[] numbers, string name)
    {
        if (numbers == null) throw new ArgumentNullException(name);
        int sum = 0, at = 0;
        try
        {
            if (Avx2.IsSupported)
            {
                var all = Vector256<int>.Zero;
                fixed (int* p = numbers) for (; at + 8 <= numbers.Length; at += 8) all = Avx2.Add(all, Avx.LoadVector256(p + at));
                sum = Vector256.Sum(all); GC.Collect();
            }
            for (; at <= numbers.Length; at++) sum += numbers[at];
        }
        catch (IndexOutOfRangeException) { sum += name.Length; }
        finally { at = 0; }
        return sum;
    }

    // Uses without asking: its callers ask.
    static Vector256<int> Twice(Vector256<int> v) => Avx2.ShiftLeftLogical(v, 1);
    static T Generic<T>(T value) where T : class { if (Avx2.IsSupported) { B(Twice(Vector256.Create(7))); return value; } return value; }
    static int Filtered(Vector256<int> v) { try { if (Avx2.IsSupported) B(Avx2.Abs(v)); throw new Exception("x"); } catch (Exception e) when (e.Message == "x" && Avx.IsSupported == Opaque(Avx.IsSupported)) { return 1; } }

    static void Missing(string name, bool supported, Action use)
    {
        try { use(); Console.WriteLine(name + (supported ? " is there" : " ?")); }
        catch (PlatformNotSupportedException e) { Console.WriteLine(name + (supported ? " ?" : " throws: " + e.Message)); }
    }

    static void Main()
    {
        Console.WriteLine($"{Avx.IsSupported} {Avx2.IsSupported} {Fma.IsSupported} {Bmi1.IsSupported} {Bmi2.X64.IsSupported} {Lzcnt.IsSupported} {Aes.IsSupported} {Pclmulqdq.IsSupported}");
        float[] s = { 0f, -0f, 1.5f, -2.5f, 9f, 7.25f, 3e7f, -3e7f, 0.5f, 2.5f, -1f, 1e30f, 8, 9, 10, 11 };
        var random = new Random(5); byte[] bytes = new byte[512]; random.NextBytes(bytes);
        fixed (float* f = s) fixed (byte* p = bytes)
            for (int i = 0; i < 8; i++)
            {
                var a = *(Vector256<float>*)(f + i); var b = *(Vector256<float>*)(f + 8 - i); var c = Vector256.Create(a[0], a[1], -2.5, 1e10); var d = Vector256.Create(b[1], b[2], 3.5, -7);
                if (Avx.IsSupported) Floats(a, b, c, d);
                if (Avx2.IsSupported) Ints(*(Vector256<byte>*)(p + i * 9), *(Vector256<byte>*)(p + 300 - i * 11));
                if (Fma.IsSupported) Fused(c, d, a.GetLower());
                Bits(*(uint*)(p + i), *(ulong*)(p + i * 3)); Ciphers(*(Vector128<byte>*)(p + i), *(Vector128<byte>*)(p + 50));
            }
        Show("all");
        var numbers = new int[77]; for (int i = 0; i < 77; i++) numbers[i] = i * 7 - 40;
        Console.WriteLine(Sum(numbers, "numbers") + " " + Sum(new int[3], "x") + " " + Generic("text") + " " + Filtered(Vector256.Create(-3)));
        try { Sum(null, "none"); } catch (ArgumentNullException e) { Console.WriteLine(e.ParamName); }
        Missing("Avx2", Avx2.IsSupported, () => Avx2.Add(Vector256<int>.Zero, Vector256<int>.Zero));
        Missing("Aes", Aes.IsSupported, () => Aes.Encrypt(default, default));
        Missing("Bmi2", Bmi2.IsSupported, () => Bmi2.ParallelBitExtract(Opaque(7u), 5));
        Missing("AdvSimd", System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported, () => System.Runtime.Intrinsics.Arm.AdvSimd.Abs(Vector128<int>.Zero));
        Missing("Wasm", System.Runtime.Intrinsics.Wasm.PackedSimd.IsSupported, () => System.Runtime.Intrinsics.Wasm.PackedSimd.Abs(Vector128<int>.Zero));
        Func<Vector256<int>, Vector256<int>> twice = Twice; if (Avx2.IsSupported) Console.WriteLine(twice(Vector256.Create(21)));
    }
}

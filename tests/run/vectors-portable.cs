//@ exit = 0
// Covers: System.Runtime.Intrinsics — portable vectors of all sizes agree bit by bit: NaN, signed zero, overflow, shift counts beyond the width, indices out of range.
using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

static unsafe class Program
{
    // Bytes that are interesting as integers, singles and doubles.
    static readonly byte[] Data = Make();

    static byte[] Make()
    {
        var data = new byte[64 * 24];
        var random = new Random(7);
        random.NextBytes(data);
        float[] singles = { 0f, -0f, 1.5f, -2.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3e9f, -3e9f, 1e-40f, 0.5f, 2147483648f, 4294967296f, -1f, float.MaxValue, float.MinValue };
        double[] doubles = { 0, -0.0, 1.5, -2.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e19 };
        int[] ints = { 0, -1, int.MinValue, int.MaxValue, 1, 31, 32, 33, 255, -128, 65535, 32768, 7, 8, 15, 16 };
        Buffer.BlockCopy(singles, 0, data, 0, 64);
        Buffer.BlockCopy(doubles, 0, data, 64, 64);
        Buffer.BlockCopy(ints, 0, data, 128, 64);
        Buffer.BlockCopy(singles, 4, data, 192, 60);
        Buffer.BlockCopy(doubles, 8, data, 256, 56);
        for (int i = 0; i < 64; i++) data[320 + i] = (byte)i;
        return data;
    }

    static ulong hash;

    static void Bytes<T>(T value) where T : unmanaged
    {
        byte* p = (byte*)&value;
        for (int i = 0; i < sizeof(T); i++) hash = (hash ^ p[i]) * 1099511628211;
    }

    static void Show(string what)
    {
        Console.WriteLine($"{what} {hash:x16}");
        hash = 14695981039346656037;
    }

    // A NaN's sign and payload are the processor's business.
    static Vector128<T> Canon<T>(Vector128<T> v)
    {
        if (typeof(T) == typeof(float)) { var f = v.AsSingle(); return Vector128.ConditionalSelect(Vector128.Equals(f, f), f, Vector128<float>.Zero).As<float, T>(); }
        if (typeof(T) == typeof(double)) { var f = v.AsDouble(); return Vector128.ConditionalSelect(Vector128.Equals(f, f), f, Vector128<double>.Zero).As<double, T>(); }
        return v;
    }
    static Vector256<T> Canon<T>(Vector256<T> v) => Vector256.Create(Canon(v.GetLower()), Canon(v.GetUpper()));

    static void Any128<T>(string name) where T : unmanaged
    {
        fixed (byte* data = Data)
            for (int i = 0; i + 32 <= Data.Length; i += 16)
            {
                var a = Vector128.Load((T*)(data + i));
                var b = Vector128.Load((T*)(data + (i + 208) % (Data.Length - 16)));
                var m = Vector128.LoadUnsafe(ref *(T*)(data + (i + 640) % (Data.Length - 16)));
                Bytes(Canon(a + b)); Bytes(Canon(a - b)); Bytes(Canon(a * b)); Bytes(a & b); Bytes(a | b); Bytes(a ^ b); Bytes(~a);
                Bytes(Canon(a * m[1])); Bytes(Vector128.AndNot(a, b)); Bytes(Vector128.ConditionalSelect(m, a, b));
                Bytes(Vector128.Equals(a, b)); Bytes(Vector128.LessThan(a, b)); Bytes(Vector128.LessThanOrEqual(a, b));
                Bytes(Vector128.GreaterThan(a, b)); Bytes(Vector128.GreaterThanOrEqual(a, b));
                Bytes(Vector128.EqualsAll(a, a)); Bytes(Vector128.EqualsAny(a, b)); Bytes(Vector128.LessThanAll(a, b)); Bytes(Vector128.GreaterThanAny(a, b));
                Bytes(a == b); Bytes(a != b); Bytes(a == a);
                Bytes(Canon(Vector128.Min(a, b))); Bytes(Canon(Vector128.Max(a, b))); Bytes(Canon(Vector128.Abs(a))); Bytes(Canon(-a));
                Bytes(a.GetElement(1)); Bytes(a.ToScalar()); Bytes(a.WithElement(1, b.ToScalar())); Bytes(Vector128.Create(a.ToScalar()));
                Bytes(Vector128.CreateScalar(a.ToScalar())); Bytes(a.GetLower()); Bytes(a.GetUpper()); Bytes(a.WithLower(b.GetUpper())); Bytes(a.WithUpper(b.GetLower()));
                Bytes(Vector128.Create(a.GetUpper(), b.GetLower())); Bytes(a.ToVector256()); Bytes(a.ExtractMostSignificantBits());
                T* to = stackalloc T[64];
                a.Store(to); Bytes(to[1]); Vector128.StoreUnsafe(b, ref to[1]); Bytes(to[0]); Bytes(to[2]);
                for (int n = 0; n < Vector128<T>.Count; n++) Bytes(a[n]);
            }
        Show("Vector128<" + name + ">");
    }

    static void Any256<T>(string name) where T : unmanaged
    {
        fixed (byte* data = Data)
            for (int i = 0; i + 64 <= Data.Length; i += 32)
            {
                var a = Vector256.Load((T*)(data + i));
                var b = Vector256.Load((T*)(data + (i + 208) % (Data.Length - 32)));
                Bytes(Canon(a + b)); Bytes(Canon(a - b)); Bytes(Canon(a * b)); Bytes(a & b); Bytes(a | b); Bytes(a ^ b); Bytes(~a);
                Bytes(Vector256.Equals(a, b)); Bytes(Vector256.LessThan(a, b)); Bytes(Vector256.GreaterThanOrEqual(a, b)); Bytes(a == b); Bytes(Vector256.EqualsAny(a, b));
                Bytes(Canon(Vector256.Min(a, b))); Bytes(Canon(Vector256.Max(a, b))); Bytes(a.ExtractMostSignificantBits()); Bytes(a.GetLower()); Bytes(a.GetUpper());
                Bytes(Vector256.ConditionalSelect(b, a, b)); Bytes(Vector256.Create(a.ToScalar())); Bytes(Other(a, b)); Bytes(a.ToVector512()); Bytes(a.WithElement(2, b[1]));
            }
        Show("Vector256<" + name + ">");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Vector256<T> Other<T>(Vector256<T> a, Vector256<T> b) => Vector256.Create(a.GetUpper(), b.GetLower());

    static void Any512<T>(string name) where T : unmanaged
    {
        fixed (byte* data = Data)
            for (int i = 0; i + 128 <= Data.Length; i += 64)
            {
                var a = Vector512.Load((T*)(data + i));
                var b = Vector512.Load((T*)(data + i + 64));
                Bytes(a & b); Bytes(a | b); Bytes(a ^ b); Bytes(Vector512.Equals(a, b)); Bytes(Vector512.LessThan(a, b)); Bytes(a == b); Bytes(a.ExtractMostSignificantBits());
                Bytes(Canon((a + b).GetLower())); Bytes(Canon((a - b).GetUpper())); Bytes(a.GetUpper());
            }
        Show("Vector512<" + name + ">");
    }

    static void Any64<T>(string name) where T : unmanaged
    {
        fixed (byte* data = Data)
            for (int i = 0; i + 32 <= Data.Length; i += 8)
            {
                var a = Vector64.Load((T*)(data + i));
                var b = Vector64.Load((T*)(data + i + 16));
                Bytes(a & b); Bytes(~a); Bytes(Vector64.Equals(a, b)); Bytes(Vector64.LessThan(a, b)); Bytes(a == b); Bytes(a.ExtractMostSignificantBits()); Bytes(a.ToVector128());
                Bytes(Canon((a + b).ToVector128())); Bytes(Canon((a * b).ToVector128())); Bytes(a.ToScalar());
            }
        Show("Vector64<" + name + ">");
    }

    static void All<T>(string name) where T : unmanaged { Any64<T>(name); Any128<T>(name); Any256<T>(name); Any512<T>(name); }

    static void Integers()
    {
        fixed (byte* data = Data)
            for (int i = 0; i + 32 <= Data.Length; i += 16)
            {
                byte* p = data + i;
                foreach (int n in new[] { 0, 1, 7, 8, 15, 16, 31, 32, 33, 63, 64, 100, -1 })
                {
                    Bytes(Vector128.ShiftLeft(Vector128.Load((byte*)p), n)); Bytes(Vector128.ShiftLeft(Vector128.Load((short*)p), n)); Bytes(Vector128.Load((int*)p) << n); Bytes(Vector128.Load((ulong*)p) << n);
                    Bytes(Vector128.ShiftRightArithmetic(Vector128.Load((sbyte*)p), n)); Bytes(Vector128.Load((short*)p) >> n); Bytes(Vector128.Load((uint*)p) >> n); Bytes(Vector128.Load((long*)p) >> n);
                    Bytes(Vector128.ShiftRightLogical(Vector128.Load((sbyte*)p), n)); Bytes(Vector128.Load((short*)p) >>> n); Bytes(Vector256.Load((int*)p) >>> n); Bytes(Vector128.Load((long*)p) >>> n);
                }
                Bytes(Vector128.Sum(Vector128.Load((byte*)p))); Bytes(Vector128.Sum(Vector128.Load((short*)p))); Bytes(Vector128.Sum(Vector128.Load((int*)p))); Bytes(Vector256.Sum(Vector256.Load((long*)p)));
                Bytes(Vector128.Dot(Vector128.Load((int*)p), Vector128.Load((int*)p + 2)));
                Bytes(Vector128.Narrow(Vector128.Load((short*)p), Vector128.Load((short*)p + 3))); Bytes(Vector128.Narrow(Vector128.Load((uint*)p), Vector128.Load((uint*)p + 3))); Bytes(Vector128.Narrow(Vector128.Load((long*)p), Vector128.Load((long*)p + 1)));
                Bytes(Vector128.WidenLower(Vector128.Load((byte*)p))); Bytes(Vector128.WidenUpper(Vector128.Load((sbyte*)p))); Bytes(Vector128.WidenUpper(Vector128.Load((ushort*)p))); Bytes(Vector128.WidenLower(Vector128.Load((int*)p)));
                var (low, high) = Vector128.Widen(Vector128.Load((short*)p)); Bytes(low); Bytes(high);
                byte* q = data + 320 + i % 48;
                Bytes(Vector128.Shuffle(Vector128.Load((byte*)p), Vector128.Load((byte*)q))); Bytes(Vector128.Shuffle(Vector128.Load((short*)p), Vector128.Load((short*)q))); Bytes(Vector128.Shuffle(Vector128.Load((int*)p), Vector128.Create(3, 0, -1, 4)));
                Bytes(Vector128.Shuffle(Vector128.Load((ushort*)p), Vector128.Create((ushort)7, 1, 8, 65535, 0, 3, 3, 5))); Bytes(Vector128.Shuffle(Vector128.Load((long*)p), Vector128.Create(1L, 0))); Bytes(Vector128.Shuffle(Vector128.Load((float*)p), Vector128.Create(1, 1, 9, 2)));
                Bytes(Vector256.Shuffle(Vector256.Load((byte*)p), Vector256.Load((byte*)q))); Bytes(Vector256.Shuffle(Vector256.Load((int*)p), Vector256.Create(7, 6, 5, 4, 8, -1, 1, 0)));
            }
        Show("integers");
    }

    static void Floats()
    {
        fixed (byte* data = Data)
            for (int i = 0; i + 32 <= Data.Length; i += 16)
            {
                var s = Vector128.Load((float*)(data + i));
                var d = Vector128.Load((double*)(data + i));
                Bytes(Canon(Vector128.Sqrt(s))); Bytes(Canon(Vector128.Sqrt(d))); Bytes(Canon(Vector128.Ceiling(s))); Bytes(Canon(Vector128.Floor(d))); Bytes(Canon(Vector128.Truncate(s))); Bytes(Canon(Vector128.Round(d))); Bytes(Canon(Vector128.Round(s)));
                Bytes(Vector128.ConvertToInt32(s)); Bytes(Vector128.ConvertToUInt32(s)); Bytes(Vector128.ConvertToInt64(d)); Bytes(Vector128.ConvertToUInt64(d));
                Bytes(Vector128.ConvertToSingle(s.AsInt32())); Bytes(Vector128.ConvertToSingle(s.AsUInt32())); Bytes(Vector128.ConvertToDouble(d.AsInt64())); Bytes(Vector128.ConvertToDouble(d.AsUInt64()));
                Bytes(Canon(Vector128.WidenLower(s))); Bytes(Canon(Vector128.WidenUpper(s))); Bytes(Canon(Vector128.Narrow(d, d)));
                Bytes(Canon(s / s)); Bytes(Canon(d / d[1])); Bytes(Canon(Vector128.FusedMultiplyAdd(d, d, d))); Bytes(Canon(Vector128.CopySign(s, -s)));
                Bytes(Vector128.IsNaN(s)); Bytes(Vector128.IsNegative(d)); Bytes(Canon(Vector128.Clamp(s, Vector128.Create(-1f), Vector128.Create(1f))));
            }
        Show("floats");
    }

    static void Errors()
    {
        var v = Vector128.Create(1, 2, 3, 4);
        foreach (int n in new[] { -1, 4, 3 })
            try { Console.WriteLine(v.GetElement(n) + " " + v.WithElement(n, 9)); } catch (ArgumentOutOfRangeException) { Console.WriteLine("out of range"); }
        try { Console.WriteLine(v.GetElement(4)); } catch (ArgumentOutOfRangeException) { Console.WriteLine("out of range"); }
        try { Console.WriteLine(Vector128<bool>.Count); } catch (NotSupportedException) { Console.WriteLine("not supported"); }
        try { Console.WriteLine(Vector128.Add(default(Vector128<char>), default)); } catch (NotSupportedException) { Console.WriteLine("not supported"); }
        Console.WriteLine(v + " " + Vector256.Create(1.5) + " " + (v == Vector128.Create(1, 2, 3, 4)) + " " + v.Equals(v) + " " + v.GetHashCode().Equals(Vector128.Create(1, 2, 3, 4).GetHashCode()));
        object box = v; Console.WriteLine((Vector128<int>)box + v);
        Vector128<int>[] array = { v, -v, v * 2 }; Console.WriteLine(array[1] + array[2]);
        Func<Vector128<int>, Vector128<int>, Vector128<int>> add = Vector128.Add; Console.WriteLine(add(v, v));
        (int, Vector128<byte>, string) tuple = (1, Vector128<byte>.AllBitsSet, "x"); Console.WriteLine(tuple);
    }

    static void OfAnySize()
    {
        // As many elements as there are: only what does not depend on it is shown.
        int[] numbers = new int[64]; for (int i = 0; i < 64; i++) numbers[i] = i * i - 100;
        var sum = Vector<int>.Zero; var most = new Vector<int>(int.MinValue); int matches = 0;
        for (int i = 0; i < numbers.Length; i += Vector<int>.Count)
        {
            var v = new Vector<int>(numbers, i);
            sum += v; most = Vector.Max(most, v); matches += -Vector.Sum(Vector.GreaterThan(v, new Vector<int>(5)));
        }
        int max = int.MinValue; for (int i = 0; i < Vector<int>.Count; i++) max = Math.Max(max, most[i]);
        Console.WriteLine($"{Vector.Sum(sum)} {max} {matches} {Vector.Dot(sum, Vector<int>.One)} {Vector.EqualsAll(sum, sum)}");
        var q = new Vector4(1, 2, 3, 4); var r = new Vector3(1, -2, 3); Console.WriteLine($"{q * q + Vector4.One} {Vector3.Dot(r, r)} {Vector3.Abs(r)} {Vector4.Min(q, new Vector4(2))} {Quaternion.Identity * new Quaternion(1, 2, 3, 4)}");
    }

    static void Main()
    {
        hash = 14695981039346656037;
        All<byte>("byte"); All<sbyte>("sbyte"); All<short>("short"); All<ushort>("ushort"); All<int>("int"); All<uint>("uint"); All<long>("long"); All<ulong>("ulong");
        All<float>("float"); All<double>("double"); All<nint>("nint"); All<nuint>("nuint");
        Integers(); Floats(); Errors(); OfAnySize();
    }
}

//@ exit = 0
// Covers: Marshal.SizeOf, OffsetOf, StructureToPtr, PtrToStructure and DestroyStructure of structures that are something else to native code:
// truth values, characters, strings, arrays and structures in place, delegates, dates, classes with bases, packing, explicit layout; what is refused.
#nullable disable
using System; using System.Text; using System.Collections.Generic; using System.Runtime.InteropServices; using System.Runtime.CompilerServices;
enum E { A, B } enum L : long { X }
struct Bools { public bool A; [MarshalAs(UnmanagedType.U1)] public bool B; [MarshalAs(UnmanagedType.VariantBool)] public bool C; [MarshalAs(UnmanagedType.I1)] public bool D; }
[StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)] struct Wide { public char A; public string S; [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 5)] public string T; public byte End; }
[StructLayout(LayoutKind.Sequential, CharSet = CharSet.Ansi)] struct Ansi { public char A; public string S; [MarshalAs(UnmanagedType.ByValTStr, SizeConst = 5)] public string T; [MarshalAs(UnmanagedType.LPWStr)] public string W; public byte End; }
struct Arrays { public byte H; [MarshalAs(UnmanagedType.ByValArray, SizeConst = 3)] public int[] V; public byte End; [MarshalAs(UnmanagedType.ByValArray, SizeConst = 2)] public bool[] B; [MarshalAs(UnmanagedType.ByValArray, SizeConst = 2)] public Inner[] S; [MarshalAs(UnmanagedType.ByValArray, SizeConst = 4)] public char[] C; }
struct Inner { public byte X; public bool Y; }
struct Nested { public byte A; public Inner I; public E En; public L Lo; public Guid G; public decimal D; }
delegate int Fn(int x);
struct WithFn { public Fn F; public nint P; public Fn G; }
[StructLayout(LayoutKind.Sequential)] class Base { public int A; public byte B; }
[StructLayout(LayoutKind.Sequential)] class Derived : Base { public byte C; public string S; }
[StructLayout(LayoutKind.Sequential)] class DeepBlit : Base { public long Q; }
[StructLayout(LayoutKind.Explicit)] class Ex { [FieldOffset(4)] public int A; [FieldOffset(8)] public bool B; }
[StructLayout(LayoutKind.Explicit, Size = 40)] struct ExS { [FieldOffset(0)] public int A; [FieldOffset(4)] public bool B; [FieldOffset(8)] public string S; }
[StructLayout(LayoutKind.Sequential, Pack = 1)] struct Packed { public byte A; public bool B; public string S; public short C; }
[StructLayout(LayoutKind.Sequential, Pack = 2, Size = 50)] struct Packed2 { public byte A; public long B; public bool C; }
struct Objects { public object O; } struct ListS { public List<int> L; } struct Dates { public DateTime D; } struct Arr { public int[] V; } struct HasClass { public Base B; } struct SH { public Microsoft.Win32.SafeHandles.SafeFileHandle H; }
struct Gen<T> { public T A; public byte B; } class Plain { public int A; } [StructLayout(LayoutKind.Auto)] struct Auto { public int A; } struct Empty { } struct HasEmpty { public Empty E; public int A; }
struct Time { public TimeSpan T; public DateTimeOffset O; } struct Null { public int? N; } struct Tup { public (int, byte) T; } struct Ptr { public unsafe int* P; public unsafe delegate* unmanaged<int, int> F; }
struct Bstr { [MarshalAs(UnmanagedType.BStr)] public string S; } struct Utf8 { [MarshalAs(UnmanagedType.LPUTF8Str)] public string S; } struct Err { [MarshalAs(UnmanagedType.Error)] public int E; [MarshalAs(UnmanagedType.SysInt)] public nint N; [MarshalAs(UnmanagedType.I8)] public long Q; }
struct Bad { [MarshalAs(UnmanagedType.I8)] public int Q; } struct Sb { public StringBuilder S; } [StructLayout(LayoutKind.Sequential, Size = 3)] struct Small { public byte A; } struct Vec { public System.Numerics.Vector3 V; public bool B; }
unsafe struct Fixed { public fixed char C[3]; public fixed bool B[3]; public int A; } [InlineArray(3)] struct Inl { public int A; } struct HasInl { public Inl I; public bool B; }
struct Chars { public char A; public char B; public short C; } struct RefS { [MarshalAs(UnmanagedType.LPStruct)] public Guid G; } struct Intf { public IDisposable D; } struct Refd { public Type T; }
unsafe class P {
 static void Try(string n, Func<object> f) { object r; try { r = f() ?? "null"; } catch (Exception e) { r = e.GetType().Name + ": " + e.Message; } Console.WriteLine($"{n}: {r}"); }
 static void Size<T>() => Try(typeof(T).ToString(), () => { string s = ""; foreach (var f in typeof(T).GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public)) { object o; try { o = Marshal.OffsetOf(typeof(T), f.Name); } catch (Exception e) { o = e.GetType().Name + " " + e.Message; } s += " " + f.Name + "@" + o; } string z; try { z = Marshal.SizeOf<T>().ToString(); } catch (Exception e) { z = e.GetType().Name + " " + e.Message; } return z + s; });
 static string Hex(nint p, int n) { var s = new StringBuilder(); for (int i = 0; i < n; i++) s.Append(((byte*)p)[i].ToString("x2")); return s.ToString(); }
 static void Main() {
  Size<E>(); Size<L>(); Size<Bools>(); Size<Wide>(); Size<Ansi>(); Size<Arrays>(); Size<Inner>(); Size<Nested>(); Size<WithFn>(); Size<Base>(); Size<Derived>(); Size<DeepBlit>(); Size<Ex>(); Size<ExS>(); Size<Packed>(); Size<Packed2>();
  Size<Objects>(); Size<ListS>(); Size<Dates>(); Size<Arr>(); Size<HasClass>(); Size<SH>(); Size<Gen<int>>(); Size<Gen<bool>>(); Size<Plain>(); Size<Auto>(); Size<Empty>(); Size<HasEmpty>(); Size<Time>(); Size<Null>(); Size<Tup>(); Size<Ptr>(); Size<Bstr>(); Size<Utf8>(); Size<Err>(); Size<Bad>(); Size<Sb>(); Size<Small>(); Size<Vec>(); Size<Fixed>(); Size<Inl>(); Size<HasInl>(); Size<Chars>(); Size<RefS>(); Size<Intf>(); Size<Refd>();
  Size<int>(); Size<string>(); Size<object>(); Size<Fn>(); Size<int[]>(); Size<DateTime>(); Size<decimal>(); Size<Guid>(); Size<int?>(); Size<IDisposable>(); Size<TimeSpan>();
  Try("boxed enum", () => Marshal.SizeOf((object)E.A)); Try("typeof gen", () => Marshal.SizeOf(typeof(Gen<int>))); Try("open", () => Marshal.SizeOf(typeof(Gen<>))); Try("ptr", () => Marshal.SizeOf(typeof(int*))); Try("byref", () => Marshal.SizeOf(typeof(int).MakeByRefType())); Try("void", () => Marshal.SizeOf(typeof(void)));
  var d = new Derived { A = 1, B = 2, C = 3, S = "text" }; nint m = Marshal.AllocHGlobal(256);
  void Clear() { for (int i = 0; i < 256; i++) ((byte*)m)[i] = 0; }
  Clear(); Try("derived", () => { Marshal.StructureToPtr(d, m, false); var e = Marshal.PtrToStructure<Derived>(m); var s = e.A + " " + e.B + " " + e.C + " " + e.S + " " + Marshal.PtrToStringUTF8(((nint*)m)[2]); Marshal.DestroyStructure<Derived>(m); return s + " " + ((nint*)m)[2]; });
  Clear(); Try("into", () => { Marshal.StructureToPtr(d, m, false); var e = new Derived(); Marshal.PtrToStructure(m, e); return e.S + e.C; });
  Clear(); Try("bools", () => { Marshal.StructureToPtr(new Bools { A = true, B = true, C = true }, m, false); var b = Marshal.PtrToStructure<Bools>(m); return Hex(m, 12) + b.A + b.B + b.C + b.D; });
  Clear(); Try("wide", () => { Marshal.StructureToPtr(new Wide { A = 'é', S = "s→", T = "longer than", End = 7 }, m, false); var b = Marshal.PtrToStructure<Wide>(m); return Hex(m, 2) + Hex(m + 16, 16) + b.A + b.S + b.T + b.End; });
  Clear(); Try("ansi", () => { Marshal.StructureToPtr(new Ansi { A = 'é', S = "sé", T = "longér than", W = "wide", End = 7 }, m, false); var b = Marshal.PtrToStructure<Ansi>(m); return Hex(m, 2) + Hex(m + 16, 8) + (int)b.A + b.S + b.T + b.W + b.End; });
  Clear(); Try("ansi null", () => { Marshal.StructureToPtr(new Ansi(), m, false); var b = Marshal.PtrToStructure<Ansi>(m); return Hex(m, 40) + (b.S == null) + (b.T == null) + (b.T?.Length); });
  Clear(); Try("arrays", () => { Marshal.StructureToPtr(new Arrays { H = 1, V = new[] { 1, 2, 3, 4 }, End = 9, B = new[] { true, true }, S = new[] { new Inner { X = 3, Y = true }, new Inner { X = 4 } }, C = new[] { 'a', 'b', 'c', 'd' } }, m, false); var b = Marshal.PtrToStructure<Arrays>(m); return Hex(m, 52) + string.Join(",", b.V) + string.Join(",", b.B) + b.S[0].X + b.S[0].Y + b.S[1].X + new string(b.C); });
  Clear(); Try("arrays short", () => { Marshal.StructureToPtr(new Arrays { V = new[] { 1 }, B = new[] { true, true } , S = new Inner[2], C = new char[4]}, m, false); return Hex(m, 44); });
  Clear(); Try("arrays null", () => { Marshal.StructureToPtr(new Arrays(), m, false); var b = Marshal.PtrToStructure<Arrays>(m); return Hex(m, 44) + b.V.Length; });
  Clear(); Try("fn", () => { Fn f = x => x + 1; Marshal.StructureToPtr(new WithFn { F = f, P = 5 }, m, false); var b = Marshal.PtrToStructure<WithFn>(m); return (b.F == f) + " " + b.P + " " + (b.G == null) + " " + (*(nint*)m == Marshal.GetFunctionPointerForDelegate(f)); });
  Clear(); Try("nested", () => { Marshal.StructureToPtr(new Nested { A = 1, I = new Inner { X = 2, Y = true }, En = E.B, Lo = (L)77, G = Guid.Empty, D = 1.5m }, m, false); var b = Marshal.PtrToStructure<Nested>(m); return b.A + " " + b.I.X + b.I.Y + b.En + b.Lo + b.G + b.D; });
  Clear(); Try("packed", () => { Marshal.StructureToPtr(new Packed { A = 1, B = true, S = "p", C = 3 }, m, false); var b = Marshal.PtrToStructure<Packed>(m); return b.A + " " + b.B + b.S + b.C; });
  Clear(); Try("explicit", () => { Marshal.StructureToPtr(new ExS { A = 1, B = true, S = "e" }, m, false); var b = Marshal.PtrToStructure<ExS>(m); return b.A + " " + b.B + b.S; });
  Clear(); Try("explicit class", () => { Marshal.StructureToPtr(new Ex { A = 1, B = true }, m, false); var b = Marshal.PtrToStructure<Ex>(m); return b.A + " " + b.B + Hex(m, 12); });
  Clear(); Try("dates", () => { Marshal.StructureToPtr(new Dates { D = new DateTime(2020, 1, 2) }, m, false); return *(double*)m + " " + Marshal.PtrToStructure<Dates>(m).D.Ticks; });
  Try("struct into", () => { Marshal.PtrToStructure(m, (object)new Bools()); return 0; });
  Try("plain", () => { Marshal.StructureToPtr(new Plain(), m, false); return 0; }); Try("plain back", () => Marshal.PtrToStructure<Plain>(m)); Try("objects", () => { Marshal.StructureToPtr(new Objects { O = "x" }, m, false); return 0; });
  Try("string", () => { Marshal.StructureToPtr("x", m, false); return 0; }); Try("generic", () => { Marshal.StructureToPtr(new Gen<int> { A = 3, B = 4 }, m, false); return Hex(m, 8); }); Try("enum", () => { Marshal.StructureToPtr(E.B, m, false); return Hex(m, 4) + Marshal.PtrToStructure<E>(m); }); Try("int", () => { Marshal.StructureToPtr(7, m, false); return Hex(m, 4) + Marshal.PtrToStructure<int>(m); });  Try("bool", () => { Marshal.StructureToPtr(true, m, false); return Hex(m, 4) + Marshal.PtrToStructure<bool>(m); });
  Try("null structure", () => Marshal.PtrToStructure<Bools?>(0)); Try("null class", () => Marshal.PtrToStructure<Derived>(0)); Try("destroy auto", () => { Marshal.DestroyStructure<Auto>(m); return 0; });
  Clear(); Try("delete old", () => { for (int i = 0; i < 3; i++) Marshal.StructureToPtr(d, m, i > 0); return Marshal.PtrToStructure<Derived>(m).S; });
 }
}

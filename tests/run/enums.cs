//@ exit = 0
// Covers: enums — underlying types, names and parsing, flags, boxing, generic constraints, HasFlag, formatting, values outside the list.
using System;
using System.Collections.Generic;
using System.Linq;

enum Color { Red, Green = 5, Blue, Crimson = Red }
[Flags] enum Access : byte { None = 0, Read = 1, Write = 2, Execute = 4, All = Read | Write | Execute }
enum Wide : ulong { Top = ulong.MaxValue, One = 1 }
enum Signed : sbyte { Minus = -1, Zero, Plus }

enum Letters { A = 3, B = 1, C = 3, D = 4, E = 1, F = 5, G = 9, H = 2, I = 6, J = 5, K = 3, L = 5, M = 8, N = 9, O = 7, P = 9, Q = 3, R = 20, S = 3, T = 20, U = 1, V = 3, W = 2, X = 20, Y = 5, Z = 0 }

class Program
{
    static string Describe<T>(T value) where T : struct, Enum => $"{typeof(T).Name}.{value}={Convert.ToString(value.GetTypeCode())}";
    static int Hash<T>(T value) where T : Enum => value.GetHashCode();

    static void Main()
    {
        Color c = Color.Green;
        Access rw = Access.Read | Access.Write;
        Console.WriteLine($"{c} {(int)c} {c + 1} {(Color)42} {rw} {(Access)8} {(Access)9} {Access.All} {default(Access)} {Wide.Top} {(Wide)7} {Signed.Minus}");
        Console.WriteLine($"{c:D} {c:X} {rw:G} {rw:F} {rw:X} {Wide.Top:D} {Signed.Minus:X} {(Color)42:G}");
        Console.WriteLine($"{rw.HasFlag(Access.Write)} {rw.HasFlag(Access.Execute)} {(rw & ~Access.Read)} {rw ^ Access.All} {~Access.None}");
        Console.WriteLine($"{string.Join(",", Enum.GetNames<Color>())} {string.Join(",", Enum.GetValues<Signed>())} {Enum.GetName(Color.Blue)} {Enum.GetName((Color)9) ?? "null"} {Enum.IsDefined((Color)5)} {Enum.IsDefined((Color)4)}");
        Console.WriteLine($"{Enum.Parse<Color>("Blue")} {Enum.Parse<Color>("green", true)} {Enum.Parse<Access>("Read, Execute")} {Enum.TryParse("9", out Color nine)} {nine} {Enum.TryParse<Color>("Purple", out _)} {Enum.Parse(typeof(Wide), "One")}");
        Console.WriteLine($"{Enum.GetUnderlyingType(typeof(Access))} {Enum.ToObject(typeof(Color), 6)} {Describe(c)} {Describe(Wide.One)} {Hash(Color.Blue)} {Hash(Signed.Minus)}");
        object boxed = Color.Blue;
        Console.WriteLine($"{boxed.Equals(Color.Blue)} {boxed.Equals(6)} {(int)boxed} {boxed is Color} {boxed is int} {boxed is Enum} {boxed is IComparable} {Color.Red.CompareTo(Color.Blue)} {boxed.GetType().IsEnum}");
        var counts = new Dictionary<Color, int> { [Color.Red] = 1 };
        counts[Color.Crimson]++;
        Console.WriteLine($"{counts.Count} {counts[Color.Red]} {new[] { Signed.Plus, Signed.Minus, Signed.Zero }.Order().First()} {new HashSet<Access> { rw, Access.Write | Access.Read }.Count}");
        Console.WriteLine(c switch { Color.Red => "r", Color.Green => "g", _ => "?" } + $" {(Color?)null} {Color.Red == Color.Crimson} {(byte)Access.All << 1} {Color.Blue - Color.Red} {EqualityComparer<Wide>.Default.Equals(Wide.One, (Wide)1)}");
        for (Signed s = Signed.Minus; s <= Signed.Plus; s++) Console.Write(s + " ");
        Console.WriteLine();
        // Names of one value: .NET sorts more than 16 constants with a sort that is not stable.
        Console.WriteLine(string.Join(",", Enum.GetNames(typeof(System.Reflection.TypeAttributes))));
        Console.WriteLine($"{default(System.Reflection.TypeAttributes)} {Enum.GetName((Letters)3)} {(Letters)20} {string.Join(",", Enum.GetNames<Letters>())}");
        try { Enum.Parse<Color>(""); } catch (ArgumentException e) { Console.WriteLine(e.GetType().Name); }
    }
}

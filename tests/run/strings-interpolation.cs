//@ exit = 0
// Covers: interpolated strings — handlers, alignment, formats, nesting, IFormattable and ISpanFormattable values, culture.
using System;
using System.Globalization;
using System.Runtime.CompilerServices;

readonly struct Money : IFormattable
{
    public readonly decimal Amount;
    public Money(decimal amount) => Amount = amount;
    public string ToString(string? format, IFormatProvider? provider) => $"<{format ?? "null"}:{Amount.ToString(provider)}>";
    public override string ToString() => "plain";
}

class NoFormat { public override string ToString() => "object"; }

[InterpolatedStringHandler]
ref struct Lazily
{
    public string Text;
    public Lazily(int literal, int holes, bool enabled, out bool append) { Text = $"{literal}/{holes}:"; append = enabled; }
    public void AppendLiteral(string s) => Text += s;
    public void AppendFormatted<T>(T value) => Text += $"[{typeof(T).Name}={value}]";
}

class Program
{
    static int calls;
    static int Count() => ++calls;
    static void Log(bool enabled, [InterpolatedStringHandlerArgument("enabled")] Lazily text) => Console.WriteLine(text.Text);

    static void Main()
    {
        int n = 42;
        double d = 1234.5678;
        Console.WriteLine($"{n} {n,6} {n,-6}| {n:X4} {n,8:D5} {d:F2} {d:N1} {d,12:E3}|");
        Console.WriteLine($"{{braces}} {"nested " + $"{n + 1} and {$"{n * 2}"}"} {(n > 40 ? "big" : "small")}");
        object? nothing = null;
        string? text = null;
        Console.WriteLine($"[{nothing}][{text}][{nothing,3}][{new NoFormat()}][{new NoFormat(),8}]");
        Console.WriteLine($"{new Money(1.5m)} {new Money(2.5m):C} {new Money(3m),10:Q}");
        Console.WriteLine($"{true} {'c'} {DayOfWeek.Friday} {DayOfWeek.Friday:D} {Guid.Empty} {new DateTime(2024, 2, 29):yyyy-MM-dd} {TimeSpan.FromMinutes(90)}");
        Console.WriteLine(string.Format("{0} {1,5} {0:X} {2}", 255, "r", null));
        Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0:0.00}|{1:#,##0}|{2:00000}", 3.14159, 1234567, 42));
        FormattableString formattable = $"{n} of {d:F1}";
        Console.WriteLine($"{formattable.Format} {formattable.ArgumentCount} {FormattableString.Invariant(formattable)}");
        Log(true, $"n={n} s={"x"} c={Count()}");
        Log(false, $"n={n} c={Count()}");
        Console.WriteLine(calls);
        Span<char> buffer = stackalloc char[16];
        Console.WriteLine($"{buffer.TryWrite($"<{n}>", out int written)} {written} {buffer[..written]} {buffer.TryWrite($"{new string('x', 20)}", out _)}");
        Console.WriteLine($$"""{{{n}}} {literal}""");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{d:G3}"));
        try { Console.WriteLine(string.Format("{0} {1}", 1)); } catch (FormatException e) { Console.WriteLine(e.GetType().Name); }
    }
}

// A calculator: records, pattern matching, exceptions, exit codes.
//   kiln run samples/calc.cs -- "2 * (3 + 4) - 1"
try
{
    string text = string.Concat(args);
    int at = 0;
    double result = Evaluate(ParseSum(text, ref at));
    if (at != text.Length) throw new FormatException($"unexpected `{text[at]}`");
    Console.WriteLine(result);
    return 0;
}
catch (FormatException e)
{
    Console.Error.WriteLine($"calc: {e.Message}");
    return 1;
}

static double Evaluate(Expression e) => e switch
{
    Number(var value) => value,
    Binary('+', var l, var r) => Evaluate(l) + Evaluate(r),
    Binary('-', var l, var r) => Evaluate(l) - Evaluate(r),
    Binary('*', var l, var r) => Evaluate(l) * Evaluate(r),
    Binary('/', var l, var r) => Evaluate(l) / Evaluate(r),
    _ => throw new InvalidOperationException(),
};

static Expression ParseSum(string s, ref int at)
{
    Expression left = ParseProduct(s, ref at);
    while (Take(s, ref at, "+-") is { } op) left = new Binary(op, left, ParseProduct(s, ref at));
    return left;
}

static Expression ParseProduct(string s, ref int at)
{
    Expression left = ParseAtom(s, ref at);
    while (Take(s, ref at, "*/") is { } op) left = new Binary(op, left, ParseAtom(s, ref at));
    return left;
}

static Expression ParseAtom(string s, ref int at)
{
    if (Take(s, ref at, "(") != null)
    {
        Expression inner = ParseSum(s, ref at);
        if (Take(s, ref at, ")") == null) throw new FormatException("a `)` is missing");
        return inner;
    }
    while (at < s.Length && s[at] == ' ') at++;
    int start = at;
    while (at < s.Length && (char.IsAsciiDigit(s[at]) || s[at] == '.')) at++;
    if (start == at) throw new FormatException("a number is missing");
    return new Number(double.Parse(s.AsSpan(start, at - start)));
}

static char? Take(string s, ref int at, string wanted)
{
    while (at < s.Length && s[at] == ' ') at++;
    return at < s.Length && wanted.Contains(s[at]) ? s[at++] : null;
}

abstract record Expression;
record Number(double Value) : Expression;
record Binary(char Operator, Expression Left, Expression Right) : Expression;

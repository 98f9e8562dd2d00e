//@ exit = 0
// Covers: expression trees that are compiled at run time (interpreted, as without dynamic code): members, closures, calls, all shapes of delegates.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;

class Person
{
    public string Name { get; set; } = "n";
    public int Age = 3;
    public static int Count = 4;
    public Person() { }
    public Person(string name) => Name = name;
    public int Add(int x) => x + Age;
    public virtual string Hello() => "hello " + Name;
    public static T Same<T>(T t) => t;
    public static Person operator +(Person a, Person b) => new(a.Name + b.Name);
}
struct Wide { public long A, B, C; public string S; public Wide(long a, string s) { A = a; B = 2 * a; C = 3 * a; S = s; } }
delegate void Change(ref int x, ref string s);
delegate Wide Widen(Wide w, double d, byte b, char c, decimal m);

class Program
{
    static void Main()
    {
        int local = 5;
        Expression<Func<int, int, int>> add = (a, b) => a * 10 + b + local;
        Func<int, int, int> adder = add.Compile();
        Console.WriteLine(adder(1, 2));
        local = 100;
        Console.WriteLine(adder(1, 2));

        Expression<Func<Person, string>> name = p => p.Name + "/" + p.Add(4) + "/" + p.Age + "/" + Person.Count + "/" + p.Hello();
        Console.WriteLine(name.Compile()(new Person("bob")));
        Expression<Func<string, Person>> make = s => new Person(s + "!") { Age = 9 } + new Person("x");
        Console.WriteLine(make.Compile()("amy").Name);
        Expression<Func<int, string>> choose = n => n > 3 ? "big" : n == 0 ? "none" : "small " + Person.Same(n);
        Console.WriteLine(string.Join(" ", new[] { 5, 0, 2 }.Select(choose.Compile())));
        Expression<Func<object, bool>> test = o => o is string && ((string)o).Length > 2;
        Console.WriteLine($"{test.Compile()("abc")} {test.Compile()(5)}");
        Expression<Func<int?, double, double?>> lifted = (x, y) => x + y;
        Console.WriteLine($"{lifted.Compile()(2, 0.5)} {lifted.Compile()(null, 1) == null}");
        Expression<Func<int, int[]>> array = n => new[] { n, n + 1, n * n };
        Console.WriteLine(string.Join(",", array.Compile()(7)));
        Expression<Func<Func<int, int>, int>> invoke = f => f(3) + 1;
        Console.WriteLine(invoke.Compile()(x => x * x));
        Expression<Func<List<int>, int>> indexed = l => l[1] + l.Count;
        Console.WriteLine(indexed.Compile()(new List<int> { 10, 20 }));
        Expression<Action<string>> print = s => Console.WriteLine("printed " + s);
        print.Compile()("once");
        Expression<Func<DayOfWeek, bool>> weekend = d => d == DayOfWeek.Saturday || d == DayOfWeek.Sunday;
        Console.WriteLine($"{weekend.Compile()(DayOfWeek.Sunday)} {weekend.Compile()(DayOfWeek.Monday)}");
        Expression<Func<int, Func<int, int>>> curried = a => b => a - b;
        Console.WriteLine(curried.Compile()(10)(4));
        Expression<Func<long, byte, char, float, bool, decimal, string>> many = (a, b, c, d, e, f) => $"{a}{b}{c}{d}{e}{f}";
        Console.WriteLine(many.Compile()(1, 2, '3', 4.5f, true, 6.7m));

        ParameterExpression number = Expression.Parameter(typeof(int).MakeByRefType(), "x"), text = Expression.Parameter(typeof(string).MakeByRefType(), "s");
        Change change = Expression.Lambda<Change>(Expression.Block(
            Expression.Assign(number, Expression.Add(number, Expression.Constant(1))),
            Expression.Assign(text, Expression.Constant("changed"))), number, text).Compile();
        int value = 41;
        string word = "old";
        change(ref value, ref word);
        Console.WriteLine($"{value} {word}");

        ParameterExpression w = Expression.Parameter(typeof(Wide)), d = Expression.Parameter(typeof(double)), b = Expression.Parameter(typeof(byte)), c = Expression.Parameter(typeof(char)), m = Expression.Parameter(typeof(decimal));
        Widen widen = Expression.Lambda<Widen>(Expression.New(typeof(Wide).GetConstructor(new[] { typeof(long), typeof(string) })!,
            Expression.Add(Expression.Field(w, "C"), Expression.Convert(b, typeof(long))), Expression.Field(w, "S")), w, d, b, c, m).Compile();
        Wide wide = widen(new Wide(5, "s"), 1, 2, '3', 4);
        Console.WriteLine($"{wide.A} {wide.B} {wide.C} {wide.S}");

        // A loop: factorial.
        ParameterExpression n = Expression.Parameter(typeof(int), "n"), result = Expression.Variable(typeof(int), "result");
        LabelTarget done = Expression.Label(typeof(int));
        Expression body = Expression.Block(new[] { result }, Expression.Assign(result, Expression.Constant(1)),
            Expression.Loop(Expression.IfThenElse(Expression.GreaterThan(n, Expression.Constant(1)), Expression.MultiplyAssign(result, Expression.PostDecrementAssign(n)), Expression.Break(done, result)), done));
        Console.WriteLine(Expression.Lambda<Func<int, int>>(body, n).Compile()(6));
        Expression tryCatch = Expression.TryCatch(Expression.Divide(Expression.Constant(1), n), Expression.Catch(typeof(DivideByZeroException), Expression.Constant(-1)));
        Func<int, int> divide = Expression.Lambda<Func<int, int>>(tryCatch, n).Compile();
        Console.WriteLine($"{divide(1)} {divide(0)}");

        try { ((Expression<Func<string, int>>)(s => s.Length)).Compile()(null!); } catch (NullReferenceException e) { Console.WriteLine(e.GetType().Name); }
        try { ((Expression<Func<int, int>>)(x => checked(x * 2))).Compile()(int.MaxValue); } catch (OverflowException e) { Console.WriteLine(e.GetType().Name); }

        Func<int, int> one = ((Expression<Func<int, int>>)(x => x + 1)).Compile(), two = ((Expression<Func<int, int>>)(x => x + 2)).Compile();
        Func<int, int> both = one + two;
        Console.WriteLine($"{both(1)} {both.GetInvocationList().Length} {one == two} {one.Equals(one)} {(both - two)!(1)}");
        Console.WriteLine(((Func<int, int>)Expression.Lambda(typeof(Func<int, int>), Expression.Negate(n), n).Compile())(3));
        Console.WriteLine(Expression.Lambda(Expression.Multiply(n, n), n).Compile(preferInterpretation: true).DynamicInvoke(7));

        // Lambdas over parts of a tree: their delegate types are made at run time.
        string held = "captured";
        Person person = new();
        int[] numbers = { 4, 5 };
        Expression<Func<bool>> parts = () => held == "captured" && person.Name == "n" && numbers[1] == 5 && person != null;
        Parts(parts.Body);
        ParameterExpression other = Expression.Parameter(typeof(Person), "other");
        Console.WriteLine(Expression.Lambda(Expression.Property(other, "Name"), other).Compile().DynamicInvoke(new Person { Name = "made" }));
        Console.WriteLine(((Func<Person, Person>)Expression.Lambda(other, other).Compile())(person) == person);
    }

    static void Parts(Expression e)
    {
        if (e is BinaryExpression binary)
        {
            Parts(binary.Left);
            Parts(binary.Right);
        }
        Console.WriteLine($"{e.NodeType} {e.Type.Name} {Expression.Lambda(e).Compile().DynamicInvoke() ?? "null"}");
    }
}

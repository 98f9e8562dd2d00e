//@ stage = "mir"
//@ filter = "Program::Sum"
// Covers: a loop over an array, a virtual call, a null check and a bounds check in MIR.
class Counter
{
    protected int total;
    public virtual void Add(int value) => total += value;
    public int Total => total;
}

class Program
{
    static int Sum(Counter counter, int[] values)
    {
        foreach (int value in values)
            counter.Add(value);
        return counter.Total;
    }

    static void Main() => Sum(new Counter(), new[] { 1, 2, 3 });
}

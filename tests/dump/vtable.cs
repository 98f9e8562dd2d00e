//@ stage = "vtable"
//@ filter = "Level"
// Covers: ECMA-335 II.12.2 — slots of overridden, hidden and new virtual methods, and interface maps with explicit implementations.
interface ILevel { string Name(); int Depth { get; } string Describe() => Name() + Depth; }
abstract class LevelBase : ILevel { public abstract string Name(); public virtual int Depth => 0; public override string ToString() => Name(); }
class LevelOne : LevelBase { public override string Name() => "one"; public override int Depth => 1; public virtual void Extra() { } }
class LevelTwo : LevelOne, ILevel { public new virtual int Depth => 20; string ILevel.Describe() => "two"; public sealed override void Extra() { } }

class Program
{
    static void Main() { }
}

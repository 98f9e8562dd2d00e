//@ exit = 0
// Covers: ECMA-335 I.8.7, II.9.5 — covariance and contravariance of interfaces and delegates, covariant returns, casts between them.
using System;
using System.Collections.Generic;
using System.Linq;

class Animal { public virtual string Name => "animal"; public virtual Animal Child() => new Animal(); }
class Cat : Animal { public override string Name => "cat"; public override Cat Child() => new Kitten(); public string Purr() => "purr"; }
class Kitten : Cat { public override string Name => "kitten"; public override Kitten Child() => this; }

interface IProducer<out T> { T Make(); }
interface IConsumer<in T> { string Take(T value); }
interface IBoth<in A, out B> { B Map(A value); }
class CatProducer : IProducer<Cat> { public Cat Make() => new Kitten(); }
class AnyConsumer : IConsumer<Animal> { public string Take(Animal a) => "took " + a.Name; }
class Mapper : IBoth<object, string> { public string Map(object o) => $"mapped {o}"; }
class Twice : IProducer<string>, IProducer<Animal> { string IProducer<string>.Make() => "text"; Animal IProducer<Animal>.Make() => new Cat(); }

class Program
{
    static string Feed(Animal a) => "fed " + a.Name;
    static Kitten Adopt() => new Kitten();

    static void Main()
    {
        IProducer<Animal> producer = new CatProducer();
        IConsumer<Kitten> consumer = new AnyConsumer();
        IBoth<string, object> both = new Mapper();
        Console.WriteLine($"{producer.Make().Name} {consumer.Take(new Kitten())} {both.Map("x")}");
        object o = producer;
        Console.WriteLine($"{o is IProducer<object>} {o is IProducer<Cat>} {o is IProducer<Kitten>} {o is IProducer<string>} {consumer is IConsumer<object>}");
        Console.WriteLine($"{((IProducer<object>)new Twice()).Make() is string or Animal} {((IProducer<Animal>)new Twice()).Make().Name}");

        Func<Animal> make = Adopt;
        Func<object> wider = make;
        Action<Kitten> eat = k => Console.Write(Feed(k) + " ");
        Func<Kitten, string> feed = Feed;
        Func<Animal, string> general = Feed;
        Func<Cat, object> narrowed = general;
        Console.WriteLine($"{wider()} {feed(new Kitten())} {narrowed(new Cat())} {(object)general is Func<Cat, string>} {(object)feed is Func<Animal, string>}");
        eat(new Kitten());
        Action<object> objects = x => Console.WriteLine("object " + x.GetType().Name);
        Action<string> strings = objects;
        strings("s");

        IEnumerable<object> sequence = new List<string> { "a", "b" };
        IReadOnlyList<Animal> list = new Cat[] { new Kitten(), new Cat() };
        Console.WriteLine($"{string.Join(",", sequence)} {list[0].Name} {list.Count} {sequence is IEnumerable<string>} {sequence is IEnumerable<int>}");
        // Variance is for references only.
        object ints = new List<int>();
        Console.WriteLine($"{ints is IEnumerable<object>} {ints is IEnumerable<int>} {(object)new int[0] is IEnumerable<uint>} {(object)new string[0] is IEnumerable<object>} {(object)new string[0] is IList<object>}");
        IEnumerator<Animal> e = ((IEnumerable<Animal>)new[] { new Kitten() }).GetEnumerator();
        Console.WriteLine($"{e.MoveNext()} {e.Current.Name}");
        Animal animal = new Cat();
        Console.WriteLine($"{animal.Child().Name} {new Cat().Child().Purr()} {new Kitten().Child().Name} {animal.Child().GetType().Name}");
        IComparer<Cat> byName = Comparer<Animal>.Create((x, y) => string.CompareOrdinal(x.Name, y.Name));
        Console.WriteLine(string.Join(",", new List<Cat> { new Kitten(), new Cat() }.Order(byName).Select(c => c.Name)));
    }
}

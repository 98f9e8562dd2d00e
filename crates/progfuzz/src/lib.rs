//! The differential fuzzer of whole programs: random C# that ends, on Kiln and on CoreCLR.
//!
//! A program is made from a sequence of choices ([`choices`]): types first ([`declare`]), then members ([`bodies`]) of statements ([`stmt`])
//! and expressions ([`expr`], [`arith`], [`values`]). It always compiles and always ends: a method calls only methods of a lower rank, and loops
//! burn fuel. Programs run in batches ([`check`]); one that behaves differently is made smaller by itself ([`reduce`]).

#![forbid(unsafe_code)]

pub mod arith;
pub mod bodies;
pub mod check;
pub mod choices;
pub mod costs;
pub mod decl;
pub mod declare;
pub mod expr;
pub mod generate;
pub mod numbers;
pub mod patterns;
pub mod reduce;
pub mod scope;
pub mod shapes;
pub mod stmt;
pub mod text;
pub mod types;
pub mod values;

#[cfg(test)]
mod tests {
    use crate::choices::Choices;
    use crate::generate::program;

    #[test]
    fn a_seed_makes_the_same_program_again_and_so_do_its_choices() {
        for seed in 0..20 {
            let first = program(Choices::random(seed), "P");
            let again = program(Choices::random(seed), "P");
            assert_eq!(first.source, again.source);
            let replayed = program(Choices::replay(first.choices.taken().to_vec()), "P");
            assert_eq!(first.source, replayed.source);
        }
    }

    #[test]
    fn no_choices_make_the_smallest_program() {
        let smallest = program(Choices::replay(Vec::new()), "P");
        assert!(smallest.source.lines().count() < 10, "{}", smallest.source);
    }

    #[test]
    fn no_program_is_long() {
        let lengths = (0..2000).map(|seed| program(Choices::random(seed), "P").source.len());
        assert!(lengths.max() < Some(100_000));
    }

    #[test]
    fn programs_of_some_seeds_have_everything_that_the_generator_knows() {
        let all: String = (0..400).map(|seed| program(Choices::random(seed), "P").source).collect();
        for part in [
            "interface I",
            "abstract class",
            " : struct",
            "override ",
            "async Task<",
            "yield return",
            "catch (Thrown",
            "finally",
            "stackalloc",
            "checked(",
            "ref ",
            "switch",
            "<out T0>",
            "Func<",
            "record struct",
            "record class",
            " with {",
            "operator +",
            " where U1 : I",
            "Four<",
            "Dictionary<",
            "Interlocked.",
            "GetInvocationList",
            "lock (",
            "Vector256.",
            "CreateSaturating",
            "System.Half",
            "[.. ",
            "await K.Later",
            "IMaker<",
            "new Cursor<",
            "when K.W(",
        ] {
            assert!(all.contains(part), "nothing has `{part}`");
        }
    }
}

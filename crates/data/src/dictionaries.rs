//! Generic dictionaries of exact types and methods, and the constants that say where a lookup is in them (contract §6).

use crate::DataError;
use crate::image::Image;
use crate::method_tables::type_dictionary_name;
use crate::record::{Address, Record};
use kiln_abi::dispatch::MethodDictionaryFields;
use kiln_analysis::generics::{Found, method_context, resolve_lookup, type_context};
use kiln_lir::{Lookup, LookupCtx, Sym};
use kiln_typesys::GenericArgs;

/// Emits dictionaries and slot offsets.
pub(crate) fn emit(image: &mut Image<'_>) -> Result<(), DataError> {
    let program = image.program;
    for &t in &program.type_dictionaries {
        let mut r = Record::default();
        if let Some((ctx, args)) = type_context(image.ts, t) {
            slots(image, &ctx, &args, &mut r);
        }
        let name = type_dictionary_name(image, t);
        // An empty dictionary still has an address.
        if r.len() == 0 {
            r.pointer(Address::NULL);
        }
        image.constant(&name, "dictionary", 8, r);
    }
    for &m in &program.method_dictionaries {
        let owner = image.method_table(image.ts.method_owner(m));
        let mut r = Record::of(MethodDictionaryFields { owner: owner.into(), slots: [] });
        let (ctx, args) = method_context(image.ts, m);
        slots(image, &ctx, &args, &mut r);
        let name = image.name(&Sym::MethodDictionary(m));
        image.constant(&name, "dictionary", 8, r);
    }
    crate::beyond::emit(image);
    for (ctx, lookups) in &program.layouts {
        for l in lookups {
            let index = program.dictionary_index(ctx, l).unwrap_or(0);
            let offset = u32::try_from(index * 8).map_err(|_| DataError::TooLarge("a dictionary"))?;
            let name = image.name(&Sym::DictSlotOffset(*ctx, *l));
            image.constant(&name, "dictionary", 4, Record::array::<u32>([offset]));
        }
    }
    Ok(())
}

fn slots(image: &mut Image<'_>, ctx: &LookupCtx, args: &GenericArgs, r: &mut Record) {
    let program = image.program;
    let Some(layout) = program.layouts.get(ctx) else { return };
    for l in layout {
        match resolve_lookup(image.ts, l, args) {
            Found::Sym(s) if !image.program.refused.contains(&s) => {
                let name = match l {
                    Lookup::MethodEntry(_) | Lookup::UnboxingEntry(_) | Lookup::ConstrainedEntry(..) => image.code(&s),
                    _ => image.name(&s),
                };
                r.pointer(name);
            }
            _ => {
                let address = image.beyond(l);
                r.pointer(address);
            }
        }
    }
}

//! Interfaces that proxies can have, and the code of their methods (`abi::proxies`).
//!
//! From the described interfaces of a program that makes proxies, and its calls of generic virtual methods.

use crate::LinkName;
use crate::image::Image;
use crate::record::{Address, Record};
use kiln_abi::proxies as abi;
use kiln_analysis::{Reflection, proxy_method};
use kiln_support::FxHashSet;
use kiln_typesys::{MethodDesc, TypeDesc};

/// The symbol of the whole.
const ROOT: &str = "kiln_proxies";

/// Emits everything; nothing where no proxies are made.
pub(super) fn emit(image: &mut Image<'_>, plan: &Reflection) -> Option<&'static str> {
    if !plan.proxies {
        return None;
    }
    let ts = image.ts;
    let open: Vec<TypeDesc> = plan.proxied(ts).collect();
    let (mut interfaces, mut methods, mut generics) = (Record::default(), Record::default(), Record::default());
    for &t in &open {
        let Some(table) = image.method_table(t) else { continue };
        for &m in ts.methods(t).iter().filter(|&&m| ts.method_generic_count(m) == 0) {
            let (Some(code), Some((_, def))) = (code(image, m), ts.method_def(m)) else { continue };
            methods.push(abi::ProxyMethodFields {
                interface: table.clone().into(),
                code: code.into(),
                slot: ts.interface_slot(m),
                token: def.token().0,
            });
        }
        interfaces.pointer(table);
    }
    let known: FxHashSet<TypeDesc> = open.into_iter().collect();
    for &m in &image.program.gvm_handles {
        if known.contains(&ts.method_owner(m)) {
            generic(image, &mut generics, m);
        }
    }
    let r = Record::of(abi::ProxiesFields {
        interfaces: "proxies:interfaces".into(),
        interface_count: interfaces.count::<*const u8>(),
        methods: "proxies:methods".into(),
        method_count: methods.count::<abi::ProxyMethod>(),
        generics: "proxies:generics".into(),
        generic_count: generics.count::<abi::ProxyGeneric>(),
    });
    image.constant("proxies:interfaces", "reflection", 8, interfaces);
    image.constant("proxies:methods", "reflection", 8, methods);
    image.constant("proxies:generics", "reflection", 8, generics);
    image.constant(ROOT, "reflection", 8, r);
    Some(ROOT)
}

fn code(image: &Image<'_>, m: MethodDesc) -> Option<LinkName> {
    let name = image.name(&proxy_method(image.ts, m)?);
    image.functions.contains(&*name).then_some(name)
}

/// A generic method over the arguments that code calls it with, if the program has these.
fn generic(image: &mut Image<'_>, out: &mut Record, m: MethodDesc) {
    let arguments = image.ts.method_args(m);
    let tables: Option<Vec<LinkName>> = arguments.iter().map(|&a| image.method_table(a)).collect();
    let (Some(code), Some(tables), Some((_, def))) = (code(image, m), tables, image.ts.method_def(m)) else { return };
    let name = format!("proxies args:{}", image.ts.method_name_full(m));
    image.constant(&name, "reflection", 8, Record::array::<*const u8>(tables.into_iter().map(Address::from)));
    out.push(abi::ProxyGenericFields {
        handle: image.name(&kiln_lir::Sym::GvmHandle(m)).into(),
        code: code.into(),
        arguments: name.into(),
        count: arguments.len() as u32,
        token: def.token().0,
    });
}

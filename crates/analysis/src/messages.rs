//! Message texts of the class library. Every framework assembly has a class `System.SR` whose properties look a text up through
//! `ResourceManager`; here each property becomes the text itself, from the assembly's resources.

use kiln_metadata::ResourceSet;
use kiln_mir::{BlockData, Function, Inst, Local, LocalKind, SlotId, SourcePos, Term, Ty, ValueId};
use kiln_support::FxHashMap;
use kiln_typesys::{MethodDesc, ModuleId, TypeSystem, WellKnown};
use std::rc::Rc;
use std::sync::Arc;

type Texts = Rc<FxHashMap<String, Arc<[u16]>>>;

/// The texts of the assemblies asked so far.
#[derive(Debug)]
pub(crate) struct Messages {
    modules: FxHashMap<ModuleId, Option<Texts>>,
    /// Properties return their key.
    keys_only: bool,
}

impl Messages {
    /// `keys_only`: properties return their key (`System.Resources.UseSystemResourceKeys`).
    pub(crate) fn new(keys_only: bool) -> Self {
        Self { modules: FxHashMap::default(), keys_only }
    }

    fn texts(&mut self, ts: &TypeSystem, id: ModuleId) -> Option<Texts> {
        self.modules
            .entry(id)
            .or_insert_with(|| {
                let module = ts.module(id);
                let name = ts.assembly_name(id);
                let file =
                    if id == ts.corelib() { format!("{name}.Strings.resources") } else { format!("FxResources.{name}.SR.resources") };
                let set = ResourceSet::parse(module.resource_by_name(&file).ok()??).ok()?;
                let mut texts = FxHashMap::default();
                for (key, value) in set.entries().flatten() {
                    if let kiln_metadata::ResourceValue::String(s) = value {
                        texts.insert(key, s.encode_utf16().collect());
                    }
                }
                Some(Rc::new(texts))
            })
            .clone()
    }

    /// The body of a member of `System.SR`, if it is one that only looks up a text.
    pub(crate) fn body(&mut self, ts: &TypeSystem, m: MethodDesc) -> Option<Function> {
        let name = ts.method_name(m);
        let property = name.strip_prefix("get_");
        if (property.is_none() && name != "GetResourceString") || !ts.is_static_method(m) || ts.overlay_of(m).is_some() {
            return None;
        }
        let owner = ts.method_owner(m);
        if ts.namespace_and_name(owner) != ("System".to_owned(), "SR".to_owned()) {
            return None;
        }
        let string = ts.well_known(WellKnown::String);
        let sig = ts.method_sig(m).ok()?;
        if sig.ret != string {
            return None;
        }
        let (module, _) = ts.method_def(m)?;
        let texts = self.texts(ts, module)?;
        let mut slots = Vec::new();
        let inst = match property {
            Some(key) if sig.params.is_empty() => {
                let text = if self.keys_only { None } else { texts.get(key).cloned() };
                Inst::String(text.unwrap_or_else(|| key.encode_utf16().collect()))
            }
            // What is left has a computed key; without text the class library shows the key.
            None if sig.params.first() == Some(&string) => {
                for (i, &ty) in sig.params.iter().enumerate() {
                    slots.push(Local { ty, kind: LocalKind::Arg(i as u32), pinned: false, address_taken: false });
                }
                Inst::LoadSlot(SlotId(0))
            }
            _ => return None,
        };
        let v = ValueId(0);
        Some(Function {
            method: m,
            arg_count: slots.len() as u32,
            ret: Some(string),
            slots,
            init_locals: false,
            values: vec![Ty::Ref(Some(string))],
            blocks: vec![BlockData {
                params: Vec::new(),
                insts: vec![(Some(v), inst, SourcePos::default())],
                term: Term::Return(Some(v)),
                term_pos: SourcePos::default(),
                nesting: kiln_mir::Nest::OUTSIDE,
            }],
            regions: Vec::new(),
            scopes: Vec::new(),
        })
    }
}

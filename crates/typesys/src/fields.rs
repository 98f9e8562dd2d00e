//! Fields and their properties (ECMA-335 II.22.15, II.22.18, II.23.1.5).

use crate::TypeSystem;
use crate::context::FieldRec;
use crate::desc::*;
use crate::error::Result;
use kiln_metadata::FieldId;
use kiln_metadata::flags::field_attributes as fa;
use std::rc::Rc;

impl TypeSystem {
    /// Own fields in declared order, static ones too.
    pub fn fields(&self, t: TypeDesc) -> Rc<[FieldDesc]> {
        let Some((module, def)) = self.type_def(t) else { return Rc::from([]) };
        self.memo.own_fields.get(t, || {
            let data = self.module_data(module);
            let ids = data.metadata.fields_of(def).into_iter().flatten();
            ids.map(|def| self.intern_field(FieldRec { owner: t, module, def })).collect()
        })
    }

    /// Owner (instantiated).
    pub fn field_owner(&self, f: FieldDesc) -> TypeDesc {
        self.field_rec(f).owner
    }

    /// Definition row.
    pub fn field_def(&self, f: FieldDesc) -> (ModuleId, FieldId) {
        let rec = self.field_rec(f);
        (rec.module, rec.def)
    }

    /// Type, substituted.
    pub fn field_type(&self, f: FieldDesc) -> Result<TypeDesc> {
        let rec = self.field_rec(f);
        let open = self.memo.open_fields.get((rec.module, rec.def), || {
            let data = self.module_data(rec.module);
            let sig = data.metadata.field_sig(rec.def).map_err(self.meta_err(rec.module))?;
            self.sig_type(rec.module, &sig)
        })?;
        Ok(self.substitute(open, &GenericArgs { type_args: self.type_args(rec.owner), method_args: self.empty.clone() }))
    }

    /// Name.
    pub fn field_name(&self, f: FieldDesc) -> String {
        let rec = self.field_rec(f);
        self.module_data(rec.module).metadata.field(rec.def).map_or_else(|_| "?".to_owned(), |r| r.name.to_owned())
    }

    /// FieldAttributes.
    pub fn field_flags(&self, f: FieldDesc) -> u16 {
        let rec = self.field_rec(f);
        self.module_data(rec.module).metadata.field(rec.def).map_or(0, |r| r.flags)
    }

    /// Static.
    pub fn is_static(&self, f: FieldDesc) -> bool {
        self.field_flags(f) & fa::STATIC != 0
    }

    /// Compile-time constant without storage.
    pub fn is_literal(&self, f: FieldDesc) -> bool {
        self.field_flags(f) & fa::LITERAL != 0
    }

    /// `initonly`.
    pub fn is_init_only(&self, f: FieldDesc) -> bool {
        self.field_flags(f) & fa::INIT_ONLY != 0
    }

    /// `[ThreadStatic]`.
    pub fn is_thread_static(&self, f: FieldDesc) -> bool {
        if !self.is_static(f) {
            return false;
        }
        let rec = self.field_rec(f);
        self.memo.thread_static.get((rec.module, rec.def), || self.has_attribute(f, "System.ThreadStaticAttribute"))
    }

    /// Data in the image.
    pub fn has_rva(&self, f: FieldDesc) -> bool {
        self.field_flags(f) & fa::HAS_FIELD_RVA != 0
    }

    /// The bytes, as many as the field's type has.
    pub fn rva_data(&self, f: FieldDesc) -> Option<Vec<u8>> {
        if !self.has_rva(f) {
            return None;
        }
        let rec = self.field_rec(f);
        let (size, _) = self.value_size(self.field_type(f).ok()?).ok()?;
        let data = self.module_data(rec.module);
        data.metadata.field_rva_data(rec.def, size).ok().flatten().map(<[u8]>::to_vec)
    }

    /// By name, own fields only.
    pub fn find_field(&self, t: TypeDesc, name: &str) -> Option<FieldDesc> {
        self.fields(t).iter().copied().find(|&f| self.field_name(f) == name)
    }
}

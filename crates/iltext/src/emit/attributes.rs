//! Custom attributes (ECMA-335 II.22.10).

use super::{Cx, Generics, coded};
use crate::ast::Attribute;
use crate::error::Result;
use kiln_metadata::{CustomAttributeType, HasCustomAttribute, Table, Token};

impl Cx<'_> {
    pub(super) fn attributes(&mut self, owner: Token, attributes: &[Attribute], generics: Generics<'_>) -> Result<()> {
        for attribute in attributes {
            let ctor = self.method_def_or_ref(&attribute.ctor, generics)?;
            let row = [coded::<HasCustomAttribute>(owner), coded::<CustomAttributeType>(ctor), self.heaps.blob(&attribute.blob)];
            self.tables.add(Table::CustomAttribute, &row);
        }
        Ok(())
    }
}

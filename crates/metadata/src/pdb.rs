//! Portable PDBs: the documents and sequence points of methods, from a file of their own or embedded in the image.
//!
//! Format: "Portable PDB v1.0" (dotnet/runtime, docs/design/specs/PortablePdb-Metadata.md); the embedding is described
//! in PE-COFF.md of the same place.

use crate::bytes::Reader;
use crate::ids::*;
use crate::module::ImageBytes;
use crate::rows::row;
use crate::{MetadataError, Module, Result, Table, Token};

row! {
    /// A source file.
    DocumentRow<'a>, DocumentId, document_row, document_rows {
        /// Encoded name: [`PortablePdb::document_name`].
        name: &'a [u8] = blob(0),
        /// Kind of `hash`.
        hash_algorithm: Option<[u8; 16]> = guid(1),
        /// Hash of the contents.
        hash: &'a [u8] = blob(2),
        /// Source language.
        language: Option<[u8; 16]> = guid(3),
    }
}

row! {
    /// Sequence points of the method with the same row number.
    MethodDebugInformationRow<'a>, MethodDebugInformationId, method_debug_information, method_debug_informations {
        /// The file, when there is only one.
        document: Option<DocumentId> = opt_row(0),
        /// Encoded points.
        sequence_points: &'a [u8] = blob(1),
    }
}

row! {
    /// A scope of local variables.
    LocalScopeRow, LocalScopeId, local_scope, local_scopes {
        /// The method.
        method: MethodDefId = row(0),
        /// What is imported.
        import_scope: Option<ImportScopeId> = opt_row(1),
        /// Variables.
        variables: RowRange<LocalVariableId> = list(2),
        /// Constants.
        constants: RowRange<LocalConstantId> = list(3),
        /// First IL offset.
        start: u32 = u32(4),
        /// Length in IL bytes.
        length: u32 = u32(5),
    }
}

row! {
    /// A named local variable.
    LocalVariableRow<'a>, LocalVariableId, local_variable, local_variables {
        /// Bit 0: hidden from the debugger.
        attributes: u16 = u16(0),
        /// Position in the signature of the locals.
        index: u16 = u16(1),
        /// Name.
        name: &'a str = str(2),
    }
}

row! {
    /// A named local constant.
    LocalConstantRow<'a>, LocalConstantId, local_constant, local_constants {
        /// Name.
        name: &'a str = str(0),
        /// Type and value.
        signature: &'a [u8] = blob(1),
    }
}

row! {
    /// Imported namespaces.
    ImportScopeRow<'a>, ImportScopeId, import_scope, import_scopes {
        /// Enclosing scope.
        parent: Option<ImportScopeId> = opt_row(0),
        /// Encoded imports.
        imports: &'a [u8] = blob(1),
    }
}

row! {
    /// Joins an iterator or async method with its state machine.
    StateMachineMethodRow, StateMachineMethodId, state_machine_method, state_machine_methods {
        /// `MoveNext`.
        move_next: MethodDefId = row(0),
        /// The method that was written.
        kickoff: MethodDefId = row(1),
    }
}

row! {
    /// Anything else.
    CustomDebugInformationRow<'a>, CustomDebugInformationId, custom_debug_information, custom_debug_informations {
        /// What it is about.
        parent: HasCustomDebugInformation = coded(0),
        /// What kind.
        kind: Option<[u8; 16]> = guid(1),
        /// The data.
        value: &'a [u8] = blob(2),
    }
}

/// A point in the source.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SequencePoint {
    /// Where it starts in IL.
    pub il_offset: u32,
    /// The file.
    pub document: Option<DocumentId>,
    /// The place in the file; `None` for hidden points.
    pub span: Option<SourceSpan>,
}

/// A place in a source file; lines and columns count from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it all")]
pub struct SourceSpan {
    pub start_line: u32,
    pub start_column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// A portable PDB.
#[derive(Clone, Debug)]
pub struct PortablePdb {
    module: Module,
    id: [u8; 20],
    entry_point: Token,
}

/// The CodeView entry of the debug directory: which PDB belongs to the image.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeView {
    /// GUID of the PDB; with the entry's time stamp it is the 20-byte id.
    pub id: [u8; 20],
    /// Path of the PDB where it was built.
    pub path: String,
}

/// Names of documents stay far below this; parts may repeat, so that the encoded length bounds nothing.
const MAX_NAME: usize = 1 << 16;

fn bad<T>(reason: &'static str) -> Result<T> {
    Err(MetadataError::BadPdb(reason))
}

impl PortablePdb {
    /// Parses the bytes of a `.pdb` file.
    pub fn parse(data: impl Into<ImageBytes>) -> Result<Self> {
        let module = Module::parse_bare(data)?;
        match module.pdb.clone() {
            Some(p) => Ok(Self { id: p.id, entry_point: p.entry_point, module }),
            None => bad("no #Pdb stream"),
        }
    }

    /// The tables.
    #[must_use]
    pub fn tables(&self) -> &Module {
        &self.module
    }

    /// GUID and stamp that the image's CodeView entry repeats.
    #[must_use]
    pub fn id(&self) -> [u8; 20] {
        self.id
    }

    /// The entry point of the program.
    #[must_use]
    pub fn entry_point(&self) -> Option<MethodDefId> {
        MethodDefId::from_token(self.entry_point)
    }

    /// The path of a source file.
    pub fn document_name(&self, id: DocumentId) -> Result<String> {
        let mut r = Reader::new(self.module.document_row(id)?.name);
        let mut out = String::new();
        if r.is_empty() {
            return Ok(out);
        }
        let separator = r.u8("a document name")?;
        let mut first = true;
        while !r.is_empty() {
            if !first && separator != 0 {
                out.push(char::from(separator));
            }
            first = false;
            let part = self.module.blob(r.compressed_u32("a document name")?)?;
            match core::str::from_utf8(part) {
                Ok(s) if out.len() + s.len() <= MAX_NAME => out.push_str(s),
                Ok(_) => return bad("a document name is too long"),
                Err(_) => return bad("a document name is not UTF-8"),
            }
        }
        Ok(out)
    }

    /// The sequence points of a method, by IL offset; empty for a method without source.
    pub fn sequence_points(&self, method: MethodDefId) -> Result<Vec<SequencePoint>> {
        if method.0 > self.module.row_count(Table::MethodDebugInformation) {
            return Ok(Vec::new());
        }
        let row = self.module.method_debug_information(MethodDebugInformationId(method.0))?;
        decode_points(row.sequence_points, row.document)
    }

    /// The scopes of a method's locals.
    #[must_use]
    pub fn local_scopes(&self, method: MethodDefId) -> crate::FoundRows<'_, LocalScopeId> {
        self.module.find_rows(0, method.0)
    }

    /// The method as written that a state machine's `MoveNext` belongs to.
    pub fn kickoff_method(&self, move_next: MethodDefId) -> Result<Option<MethodDefId>> {
        let row = self.module.find_rows::<StateMachineMethodId>(0, move_next.0).next();
        row.map(|r| self.module.state_machine_method(r).map(|r| r.kickoff)).transpose()
    }
}

fn decode_points(blob: &[u8], mut document: Option<DocumentId>) -> Result<Vec<SequencePoint>> {
    const WHAT: &str = "sequence points";
    let mut out: Vec<SequencePoint> = Vec::new();
    let mut r = Reader::new(blob);
    if r.is_empty() {
        return Ok(out);
    }
    r.compressed_u32(WHAT)?;
    if document.is_none() {
        let rid = r.compressed_u32(WHAT)?;
        document = (rid != 0).then_some(DocumentId(rid));
    }
    let mut il_offset = 0u32;
    let mut previous: Option<(u32, u32)> = None;
    while !r.is_empty() {
        let delta = r.compressed_u32(WHAT)?;
        if delta == 0 && !out.is_empty() {
            document = Some(DocumentId(r.compressed_u32(WHAT)?));
            continue;
        }
        il_offset = il_offset.wrapping_add(delta);
        let lines = r.compressed_u32(WHAT)?;
        let columns = if lines == 0 { r.compressed_u32(WHAT)?.cast_signed() } else { r.compressed_i32(WHAT)? };
        let span = if lines == 0 && columns == 0 {
            None
        } else {
            let (start_line, start_column) = match previous {
                None => (r.compressed_u32(WHAT)?, r.compressed_u32(WHAT)?),
                Some((line, column)) => {
                    (line.wrapping_add_signed(r.compressed_i32(WHAT)?), column.wrapping_add_signed(r.compressed_i32(WHAT)?))
                }
            };
            previous = Some((start_line, start_column));
            Some(SourceSpan {
                start_line,
                start_column,
                end_line: start_line.wrapping_add(lines),
                end_column: start_column.wrapping_add_signed(columns),
            })
        };
        out.push(SequencePoint { il_offset, document, span });
    }
    Ok(out)
}

impl Module {
    /// The portable PDB embedded in the image, if there is one.
    pub fn embedded_pdb(&self) -> Result<Option<PortablePdb>> {
        for entry in self.debug_entries()? {
            if entry.kind != 17 {
                continue;
            }
            let mut r = Reader::new(self.bytes().get(entry.data).unwrap_or(&[]));
            if r.array::<4>("an embedded PDB")? != *b"MPDB" {
                return bad("no MPDB signature");
            }
            let size = r.u32("an embedded PDB")? as usize;
            // Deflate cannot expand more than 1032 times; a larger claim is a lie.
            if size / 1032 > r.remaining() {
                return bad("the uncompressed size is impossible");
            }
            return match miniz_oxide::inflate::decompress_to_vec_with_limit(r.rest(), size) {
                Ok(data) if data.len() == size => PortablePdb::parse(data).map(Some),
                _ => bad("damaged compressed data"),
            };
        }
        Ok(None)
    }

    /// Which PDB belongs to the image.
    pub fn code_view(&self) -> Result<Option<CodeView>> {
        for entry in self.debug_entries()? {
            if entry.kind != 2 {
                continue;
            }
            let mut r = Reader::new(self.bytes().get(entry.data).unwrap_or(&[]));
            if r.array::<4>("a CodeView entry")? != *b"RSDS" {
                continue;
            }
            let guid: [u8; 16] = r.array("a CodeView entry")?;
            r.u32("a CodeView entry")?;
            let path = r.rest().split(|&b| b == 0).next().unwrap_or(&[]);
            let mut id = [0; 20];
            id[..16].copy_from_slice(&guid);
            id[16..].copy_from_slice(&entry.stamp.to_le_bytes());
            return Ok(Some(CodeView { id, path: String::from_utf8_lossy(path).into_owned() }));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_sequence_points() {
        // Local signature 0; at 0: line 10 column 5, +1 line, column +3; at 4: hidden; at 6: 2 lines up, same line span.
        let blob = [0, 0, 1, 6, 10, 5, 4, 0, 0, 2, 0, 4, 0x7D, 0x02];
        let p = decode_points(&blob, Some(DocumentId(1))).unwrap();
        let span = |a, b, c, d| Some(SourceSpan { start_line: a, start_column: b, end_line: c, end_column: d });
        assert_eq!(p[0].span, span(10, 5, 11, 8));
        assert_eq!((p[1].il_offset, p[1].span), (4, None));
        assert_eq!((p[2].il_offset, p[2].span), (6, span(8, 6, 8, 10)));
        for cut in 0..blob.len() {
            let _ = decode_points(&blob[..cut], None);
        }
    }
}

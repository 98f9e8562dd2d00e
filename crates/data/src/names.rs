//! Writes the names of methods (`abi::names`).

use crate::DataError;
use kiln_abi::line_info::NAME;
use kiln_abi::names::{ESCAPE, FIRST, TOKENS};
use kiln_support::FxHashMap;

/// The blob under construction.
#[derive(Debug)]
pub(crate) struct Names {
    bytes: Vec<u8>,
    /// Tokens by their first byte, longest first.
    tokens: Vec<Vec<(&'static [u8], u8)>>,
    owners: FxHashMap<String, u32>,
    members: FxHashMap<(String, String), u32>,
    files: FxHashMap<String, u32>,
}

impl Names {
    pub(crate) fn new() -> Self {
        let mut tokens: Vec<Vec<(&'static [u8], u8)>> = vec![Vec::new(); 256];
        for (i, token) in TOKENS.iter().enumerate() {
            tokens[usize::from(token.as_bytes()[0])].push((token.as_bytes(), FIRST + i as u8));
        }
        for list in &mut tokens {
            list.sort_by_key(|(token, code)| (std::cmp::Reverse(token.len()), *code));
        }
        // Offset 0 is no owner.
        Self { bytes: vec![0], tokens, owners: FxHashMap::default(), members: FxHashMap::default(), files: FxHashMap::default() }
    }

    fn offset(&self) -> Result<u32, DataError> {
        u32::try_from(self.bytes.len()).ok().filter(|o| *o <= NAME).ok_or(DataError::TooLarge("the name table"))
    }

    /// Appends a text. The longest token at every place: names are short, and a better choice gains little.
    fn text(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        while let Some(&first) = rest.first() {
            let token = self.tokens[usize::from(first)].iter().find(|(token, _)| rest.starts_with(token));
            let length = match token {
                Some((token, code)) => {
                    self.bytes.push(*code);
                    token.len()
                }
                None if first == 0 || first >= FIRST => {
                    self.bytes.extend([ESCAPE, first]);
                    1
                }
                None => {
                    self.bytes.push(first);
                    1
                }
            };
            rest = &rest[length..];
        }
        self.bytes.push(0);
    }

    pub(crate) fn varint(&mut self, mut value: u32) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// Offset of a type's name; 0 for none.
    fn owner(&mut self, owner: &str) -> Result<u32, DataError> {
        if owner.is_empty() {
            return Ok(0);
        }
        if let Some(&known) = self.owners.get(owner) {
            return Ok(known);
        }
        let offset = self.offset()?;
        self.text(owner);
        self.owners.insert(owner.to_owned(), offset);
        Ok(offset)
    }

    /// Appends a method's name, even when it is there: what follows belongs to it.
    pub(crate) fn add(&mut self, (owner, member): &(String, String)) -> Result<u32, DataError> {
        let owner = self.owner(owner)?;
        let offset = self.offset()?;
        self.varint(owner);
        self.text(member);
        Ok(offset)
    }

    /// Offset of a method's name, shared with those of the same name.
    pub(crate) fn share(&mut self, name: &(String, String)) -> Result<u32, DataError> {
        if let Some(&known) = self.members.get(name) {
            return Ok(known);
        }
        let offset = self.add(name)?;
        self.members.insert(name.clone(), offset);
        Ok(offset)
    }

    /// Offset of the name of a source file, plain and NUL-terminated.
    pub(crate) fn file(&mut self, file: &str) -> Result<u32, DataError> {
        if let Some(&known) = self.files.get(file) {
            return Ok(known);
        }
        let offset = self.offset()?;
        self.bytes.extend_from_slice(file.as_bytes());
        self.bytes.push(0);
        self.files.insert(file.to_owned(), offset);
        Ok(offset)
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.bytes.push(0);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiln_abi::names::{read_name, skip_name};

    #[test]
    fn names_come_back_and_methods_share_their_owner() {
        let names: Vec<(String, String)> = [
            ("System.Text.StringBuilder", "Append(Char value)"),
            ("System.Text.StringBuilder", ".ctor(Int32 capacity)"),
            ("", "Main()"),
            ("Größe`1", "Straße[T](T \u{1F600}, Int32& x)"),
        ]
        .map(|(o, m)| (o.to_owned(), m.to_owned()))
        .to_vec();
        let mut blob = Names::new();
        let offsets: Vec<u32> = names.iter().map(|n| blob.share(n).unwrap()).collect();
        assert_eq!(blob.share(&names[0]).unwrap(), offsets[0]);
        let bytes = blob.finish();
        for ((owner, member), offset) in names.iter().zip(offsets) {
            let mut text = Vec::new();
            let mut record = &bytes[offset as usize..];
            read_name(&mut record, &bytes, &mut |piece| text.extend_from_slice(piece)).unwrap();
            let dot = if owner.is_empty() { "" } else { "." };
            assert_eq!(String::from_utf8(text).unwrap(), format!("{owner}{dot}{member}"));
            let mut behind = &bytes[offset as usize..];
            skip_name(&mut behind).unwrap();
            assert_eq!(behind.len(), record.len());
        }
        assert!(bytes.len() < 100, "{}", bytes.len());
    }
}

//! The key of a cached object: everything that decides its bytes (ADR 0011).
//!
//! That is the LIR text of the function, what is inlined into it included; and the generator of the code: the form of
//! the cache's entries, the options with their target, the sources of the code generator, and the LLVM that is loaded.
//! LLVM's file is told apart by its build id, so that the caches of two machines with the same one agree; where it has none, by
//! its size and time of change.

use crate::cache::FORM;
use kiln_codegen::{CodegenOptions, DIGEST, LlvmLibrary};
use kiln_lir::Function;
use kiln_support::{ContentHash, ContentHasher};
use object::Endianness;
use object::elf::{ELF_NOTE_GNU, FileHeader64, NT_GNU_BUILD_ID};
use object::read::ReadCache;
use object::read::elf::{FileHeader as _, ProgramHeader as _};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::time::UNIX_EPOCH;

/// What makes objects of LIR.
#[derive(Clone, Debug)]
pub struct Generator {
    form: Vec<u8>,
    options: String,
    sources: String,
    llvm: Vec<u8>,
}

impl Generator {
    /// The one of this process, with these options.
    #[must_use]
    pub fn new(options: &CodegenOptions) -> Self {
        Self { form: FORM.as_bytes().to_vec(), options: format!("{options:?}"), sources: DIGEST.to_owned(), llvm: llvm() }
    }

    /// What tells the entries of this version of Kiln, with the LLVM at hand, from all others, whatever the options.
    #[must_use]
    pub fn version() -> ContentHash {
        ContentHasher::new("version").update(FORM.as_bytes()).update(DIGEST.as_bytes()).update(&llvm()).finish()
    }
}

/// The hash of a function's text.
#[must_use]
pub fn text(function: &Function) -> ContentHash {
    ContentHasher::new("lir").update(kiln_lir::print::print(function).as_bytes()).finish()
}

/// The key of a unit: a function, by its text.
#[must_use]
pub fn unit(generator: &Generator, function: ContentHash) -> ContentHash {
    let Generator { form, options, sources, llvm } = generator;
    let mut hasher = ContentHasher::new("unit");
    hasher.update(form).update(options.as_bytes()).update(sources.as_bytes()).update(llvm).update(&function.bytes());
    hasher.finish()
}

/// What tells the loaded LLVM from every other.
pub(crate) fn llvm() -> Vec<u8> {
    static IDENTITY: OnceLock<Vec<u8>> = OnceLock::new();
    IDENTITY.get_or_init(|| identity(&LlvmLibrary::loaded())).clone()
}

fn identity(library: &LlvmLibrary) -> Vec<u8> {
    let (major, minor, patch) = library.version;
    let mut id = format!("{major}.{minor}.{patch} ").into_bytes();
    if let Some(path) = &library.path {
        id.extend(build_id(path).or_else(|| stamp(path)).unwrap_or_else(|| path.as_os_str().as_encoded_bytes().to_vec()));
    }
    id
}

/// The id that the linker gave an ELF file: a hash of its content. Only the program header and the notes are read.
fn build_id(path: &Path) -> Option<Vec<u8>> {
    let file = ReadCache::new(fs::File::open(path).ok()?);
    let header = FileHeader64::<Endianness>::parse(&file).ok()?;
    let endian = header.endian().ok()?;
    for segment in header.program_headers(endian, &file).ok()? {
        let Ok(Some(mut notes)) = segment.notes(endian, &file) else { continue };
        while let Ok(Some(note)) = notes.next() {
            if note.name() == ELF_NOTE_GNU && note.n_type(endian) == NT_GNU_BUILD_ID {
                return Some(note.desc().to_vec());
            }
        }
    }
    None
}

/// Size and time of change of a file.
pub(crate) fn stamp(path: &Path) -> Option<Vec<u8>> {
    let m = fs::metadata(path).ok()?;
    let t = m.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{}:{}", m.len(), t.as_nanos()).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiln_codegen::OptLevel;

    fn generator() -> Generator {
        Generator::new(&CodegenOptions::default())
    }

    fn hash(of: &str) -> ContentHash {
        ContentHasher::new("t").update(of.as_bytes()).finish()
    }

    fn key(generator: &Generator) -> ContentHash {
        unit(generator, hash("f"))
    }

    #[test]
    fn every_part_of_the_generator_changes_the_key() {
        let base = key(&generator());
        assert_eq!(base, key(&generator()));
        let changes: [(&str, fn(&mut Generator)); 4] = [
            ("the form of entries", |g| g.form.push(b'x')),
            ("the options", |g| g.options.push('x')),
            ("the code generator's sources", |g| g.sources.push('x')),
            ("LLVM", |g| g.llvm.push(b'x')),
        ];
        for (what, change) in changes {
            let mut changed = generator();
            change(&mut changed);
            assert_ne!(base, key(&changed), "{what}");
        }
    }

    #[test]
    fn every_option_changes_the_key() {
        let base = key(&generator());
        let other = kiln_target::Target::ALL.iter().find(|t| !t.is_host()).expect("a second target");
        let changes: [(&str, CodegenOptions); 5] = [
            ("optimisation", CodegenOptions { opt: OptLevel::O0, ..CodegenOptions::default() }),
            ("target", CodegenOptions { target: other, ..CodegenOptions::default() }),
            ("features", CodegenOptions { features: "+avx2".to_owned(), ..CodegenOptions::default() }),
            ("shared library", CodegenOptions { shared: true, ..CodegenOptions::default() }),
            ("verification", CodegenOptions { verify: !CodegenOptions::default().verify, ..CodegenOptions::default() }),
        ];
        for (what, options) in changes {
            assert_ne!(base, key(&Generator::new(&options)), "{what}");
        }
    }

    #[test]
    fn the_function_changes_the_key() {
        let g = generator();
        assert_ne!(key(&g), unit(&g, hash("f2")));
    }

    #[test]
    fn the_loaded_llvm_is_known_by_version_and_build() {
        let library = LlvmLibrary::loaded();
        assert_eq!(library.version.0, 22);
        let path = library.path.clone().expect("the loader says where LLVM is");
        assert!(path.is_file(), "{}", path.display());
        let other = |change: fn(&mut LlvmLibrary)| {
            let mut other = library.clone();
            change(&mut other);
            identity(&other)
        };
        assert_ne!(identity(&library), other(|l| l.version.2 += 1));
        // The same version, built by somebody else.
        assert_ne!(identity(&library), other(|l| l.path = std::env::current_exe().ok()));
    }

    #[test]
    fn a_build_id_is_that_of_readelf() {
        // An ELF header, one PT_NOTE, and in it a note of another kind before the build id.
        let note = |kind: u32, desc: &[u8; 4]| {
            let mut n = Vec::new();
            for word in [4, 4, kind] {
                n.extend_from_slice(&word.to_le_bytes());
            }
            n.extend_from_slice(b"GNU\0");
            n.extend_from_slice(desc);
            n
        };
        let notes = [note(1, b"abi "), note(3, b"\xDE\xAD\xBE\xEF")].concat();
        let mut file = vec![0x7F, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        file.extend_from_slice(&[3, 0, 62, 0, 1, 0, 0, 0]);
        for word in [0_u64, 64, 0] {
            file.extend_from_slice(&word.to_le_bytes());
        }
        file.extend_from_slice(&[0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 64, 0, 0, 0, 0, 0]);
        file.extend_from_slice(&[4, 0, 0, 0, 4, 0, 0, 0]);
        for word in [120_u64, 0, 0, notes.len() as u64, notes.len() as u64, 4] {
            file.extend_from_slice(&word.to_le_bytes());
        }
        file.extend_from_slice(&notes);
        let scratch = kiln_toolchain::Scratch::new().expect("a scratch folder");
        let path = scratch.path().join("library.so");
        fs::write(&path, &file).expect("a file");
        assert_eq!(build_id(&path), Some(b"\xDE\xAD\xBE\xEF".to_vec()));
        file.truncate(100);
        fs::write(&path, &file).expect("a file");
        assert_eq!(build_id(&path), None);
    }
}

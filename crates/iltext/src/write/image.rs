//! The file: PE headers, one section, in it the CLI header, bodies, data and the metadata root (ECMA-335 II.24.2.1, II.25).

use super::Heaps;
use object::pe;
use object::write::pe::{NtHeaders, Writer};

/// Where the section begins. All headers are smaller than this alignment.
pub(crate) const TEXT_RVA: u32 = 0x2000;
const FILE_ALIGNMENT: u32 = 0x200;
const CLI_HEADER: u32 = 72;

/// The address of the first body.
pub(crate) fn place_of_bodies() -> u32 {
    TEXT_RVA + CLI_HEADER
}

/// The parts of an image.
#[derive(Debug)]
pub(crate) struct Image {
    /// Bodies and then data, from [`place_of_bodies`].
    pub bodies: Vec<u8>,
    /// The `#~` stream.
    pub tables: Vec<u8>,
    /// The heaps.
    pub heaps: Heaps,
    /// Token of the method that starts the program, or 0.
    pub entry_point: u32,
}

impl Image {
    pub fn bytes(mut self) -> Vec<u8> {
        self.bodies.resize(self.bodies.len().next_multiple_of(4), 0);
        let metadata = root(&self.tables, &self.heaps);
        let metadata_rva = place_of_bodies() + self.bodies.len() as u32;
        let mut text = Vec::new();
        text.extend(CLI_HEADER.to_le_bytes());
        text.extend([2, 0, 5, 0]);
        text.extend(metadata_rva.to_le_bytes());
        text.extend((metadata.len() as u32).to_le_bytes());
        // IL only.
        text.extend(1u32.to_le_bytes());
        text.extend(self.entry_point.to_le_bytes());
        text.resize(CLI_HEADER as usize, 0);
        text.extend(self.bodies);
        text.extend(metadata);
        container(&text, self.entry_point != 0)
    }
}

/// `BSJB`, the version, and the streams.
fn root(tables: &[u8], heaps: &Heaps) -> Vec<u8> {
    const VERSION: &[u8; 12] = b"v4.0.30319\0\0";
    let streams: [(&[u8], &[u8]); 5] = [
        (b"#~\0\0", tables),
        (b"#Strings\0\0\0\0", &heaps.strings),
        (b"#US\0", &heaps.user_strings),
        (b"#GUID\0\0\0", &heaps.guids),
        (b"#Blob\0\0\0", &heaps.blobs),
    ];
    let mut out = b"BSJB\x01\0\x01\0\0\0\0\0".to_vec();
    out.extend((VERSION.len() as u32).to_le_bytes());
    out.extend(VERSION);
    out.extend([0, 0, streams.len() as u8, 0]);
    let mut offset = out.len() + streams.iter().map(|(name, _)| 8 + name.len()).sum::<usize>();
    for (name, bytes) in streams {
        let size = bytes.len().next_multiple_of(4);
        out.extend((offset as u32).to_le_bytes());
        out.extend((size as u32).to_le_bytes());
        out.extend(name);
        offset += size;
    }
    for (_, bytes) in streams {
        out.extend(bytes);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

fn container(text: &[u8], program: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::new(false, TEXT_RVA, FILE_ALIGNMENT, &mut out);
    writer.reserve_dos_header_and_stub();
    writer.reserve_nt_headers(pe::IMAGE_NUMBEROF_DIRECTORY_ENTRIES);
    writer.reserve_section_headers(1);
    let section = writer.reserve_text_section(text.len() as u32);
    debug_assert_eq!(section.virtual_address, TEXT_RVA);
    writer.set_data_directory(pe::IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR, TEXT_RVA, CLI_HEADER);
    let library = if program { 0 } else { pe::IMAGE_FILE_DLL };
    // The buffer is a vector, which takes everything.
    let _ = writer.write_dos_header_and_stub();
    writer.write_nt_headers(NtHeaders {
        machine: pe::IMAGE_FILE_MACHINE_I386,
        time_date_stamp: 0,
        characteristics: pe::IMAGE_FILE_EXECUTABLE_IMAGE | pe::IMAGE_FILE_LARGE_ADDRESS_AWARE | library,
        major_linker_version: 8,
        minor_linker_version: 0,
        address_of_entry_point: 0,
        image_base: 0x40_0000,
        major_operating_system_version: 4,
        minor_operating_system_version: 0,
        major_image_version: 0,
        minor_image_version: 0,
        major_subsystem_version: 4,
        minor_subsystem_version: 0,
        subsystem: pe::IMAGE_SUBSYSTEM_WINDOWS_CUI,
        dll_characteristics: pe::IMAGE_DLLCHARACTERISTICS_NX_COMPAT
            | pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE
            | pe::IMAGE_DLLCHARACTERISTICS_NO_SEH,
        size_of_stack_reserve: 0x10_0000,
        size_of_stack_commit: 0x1000,
        size_of_heap_reserve: 0x10_0000,
        size_of_heap_commit: 0x1000,
    });
    writer.write_section_headers();
    writer.write_section(section.file_offset, text);
    out
}

//! The program's own file as memory: a second copy of some of its code, beside data of its own. No code is written, so systems that refuse
//! memory that can be written and run allow it.

use core::ptr::{null, null_mut};

/// A page on every system of the targets at hand; where pages are larger, nothing is copied.
pub const PAGE: usize = 4096;

/// Maps the pages of `code` once more, and zeroed memory as far behind them as `data` is behind `code`, so that what the copied instructions
/// address relative to themselves is that memory. The copy of `code`; null if the system refuses, or `data` is before `code`.
///
/// # Safety
/// `code` and `data` are in the program's own image, aligned to pages; `code_size` bytes of whole pages are unchanged from its file.
#[must_use]
pub unsafe fn copy(code: *const u8, code_size: usize, data: *const u8, data_size: usize) -> *const u8 {
    let (Some(distance), Some(offset)) = (data.addr().checked_sub(code.addr()), file_offset(code)) else { return null() };
    // SAFETY: a new reservation, of which parts are replaced; the file is the one that the program was started from, mapped as it is already.
    unsafe {
        if libc::sysconf(libc::_SC_PAGESIZE) != PAGE as libc::c_long || distance < code_size {
            return null();
        }
        let file = libc::open(c"/proc/self/exe".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
        if file < 0 {
            return null();
        }
        let (private, none) = (libc::MAP_PRIVATE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        let whole = distance + data_size.next_multiple_of(PAGE);
        let at = libc::mmap(null_mut(), whole, libc::PROT_NONE, none | libc::MAP_NORESERVE, -1, 0);
        let mut made = at != libc::MAP_FAILED;
        if made {
            let executable = libc::PROT_READ | libc::PROT_EXEC;
            let words = at.cast::<u8>().add(distance).cast();
            made = libc::mmap(at, code_size, executable, private | libc::MAP_FIXED, file, offset as libc::off_t) != libc::MAP_FAILED
                && libc::mmap(words, data_size, libc::PROT_READ | libc::PROT_WRITE, none | libc::MAP_FIXED, -1, 0) != libc::MAP_FAILED;
            if !made {
                libc::munmap(at, whole);
            }
        }
        libc::close(file);
        if made { at.cast::<u8>().cast_const() } else { null() }
    }
}

/// Where an address of the image is in its file (the program headers of the ELF specification, which the system gives the address of).
fn file_offset(address: *const u8) -> Option<usize> {
    // SAFETY: the kernel gives every program the address and the number of its program headers, which stay mapped.
    let headers = unsafe {
        let at = libc::getauxval(libc::AT_PHDR) as *const libc::Elf64_Phdr;
        if at.is_null() {
            return None;
        }
        core::slice::from_raw_parts(at, libc::getauxval(libc::AT_PHNUM) as usize)
    };
    let own = headers.iter().find(|h| h.p_type == libc::PT_PHDR)?;
    let base = headers.as_ptr().addr().wrapping_sub(own.p_vaddr as usize);
    let virtual_address = address.addr().wrapping_sub(base) as u64;
    let holds = |h: &&libc::Elf64_Phdr| h.p_type == libc::PT_LOAD && virtual_address.wrapping_sub(h.p_vaddr) < h.p_filesz;
    let segment = headers.iter().find(holds)?;
    Some((segment.p_offset + (virtual_address - segment.p_vaddr)) as usize)
}

//! Waiting for a word to change.

use core::sync::atomic::AtomicU32;

/// Waits while `*word == value`, at most `milliseconds` (negative: for ever). False after the time is over; true also without reason.
pub fn wait(word: &AtomicU32, value: u32, milliseconds: i64) -> bool {
    let time = libc::timespec { tv_sec: milliseconds.max(0) / 1000, tv_nsec: milliseconds.max(0) % 1000 * 1_000_000 };
    let limit = if milliseconds < 0 { core::ptr::null() } else { &raw const time };
    // SAFETY: the word lives during the call.
    let result = unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG, value, limit) };
    result == 0 || crate::error::get() != libc::ETIMEDOUT
}

/// Wakes up to `count` waiters of a word.
pub fn wake(word: &AtomicU32, count: i32) {
    // SAFETY: the kernel only compares the address.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG, count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_when_its_time_is_over() {
        let word = AtomicU32::new(1);
        assert!(!wait(&word, 1, 1));
    }

    #[test]
    fn a_word_with_another_value_is_not_waited_for() {
        let word = AtomicU32::new(1);
        assert!(wait(&word, 0, -1));
    }
}

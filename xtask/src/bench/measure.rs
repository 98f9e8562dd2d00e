//! Runs a process and reports its time and its largest resident size, as the kernel counted it (`wait4`).

#![expect(unsafe_code, reason = "the standard library has no way to ask for a child's resource usage")]

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// One run of a program.
#[derive(Clone, Copy)]
pub(super) struct Measurement {
    /// From before the process was made until it was gone.
    pub(super) time: Duration,
    /// Largest resident size, in bytes.
    pub(super) memory: u64,
}

/// Runs `command`; answers with the measurement, the exit code and what it wrote to standard output.
pub(super) fn measure(command: &mut Command) -> Result<(Measurement, i32, Vec<u8>), String> {
    let name = command.get_program().display().to_string();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().map_err(|e| format!("{name}: {e}"))?;
    let mut stdout = Vec::new();
    if let Some(pipe) = child.stdout.as_mut() {
        pipe.read_to_end(&mut stdout).map_err(|e| format!("{name}: {e}"))?;
    }
    let (status, memory) = wait(child.id())?;
    let time = start.elapsed();
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    Ok((Measurement { time, memory }, code, stdout))
}

/// Waits for the child `pid`, which nobody has waited for.
fn wait(pid: u32) -> Result<(ExitStatus, u64), String> {
    let pid = libc::pid_t::try_from(pid).map_err(|e| e.to_string())?;
    let mut status = 0;
    // SAFETY: `rusage` is a plain structure of integers, for which all zeroes is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both out-pointers are live; the child is ours and is waited for only here.
    let result = unsafe { libc::wait4(pid, &raw mut status, 0, &raw mut usage) };
    if result != pid {
        return Err(format!("wait4: {}", std::io::Error::last_os_error()));
    }
    // Linux counts in units of 1024 bytes.
    Ok((ExitStatus::from_raw(status), u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024))
}

/// The middle of the sorted values; the smaller one of two middles, so that it is always a value that was measured.
pub(super) fn median<T: Ord + Copy + Default>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_a_measured_value() {
        assert_eq!(median(vec![5, 1, 3]), 3);
        assert_eq!(median(vec![4, 1, 3, 2]), 2);
        assert_eq!(median(Vec::<u32>::new()), 0);
    }

    #[test]
    fn output_exit_code_and_memory_of_a_child_are_seen() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; exit 7"]);
        let (measurement, code, stdout) = measure(&mut command).expect("sh runs");
        assert_eq!((code, stdout.as_slice()), (7, &b"out\n"[..]));
        assert!(measurement.memory > 100_000 && measurement.time > Duration::ZERO);
    }
}

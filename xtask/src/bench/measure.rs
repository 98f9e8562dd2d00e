//! Runs a process and reports its time and its largest resident size, through `bench/measure.c`.

use crate::build::{target_folder, workspace};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

/// One run of a program.
#[derive(Clone, Copy)]
pub(super) struct Measurement {
    /// From before the process was made until it was gone.
    pub(super) time: Duration,
    /// Largest resident size, in bytes.
    pub(super) memory: u64,
    /// Processor time of it and of the processes that it waited for.
    pub(super) processor: Duration,
}

/// The compiled `bench/measure.c`.
pub(super) struct Meter {
    program: PathBuf,
    report: PathBuf,
}

impl Meter {
    /// Compiles the program that measures.
    pub(super) fn new() -> Result<Self, String> {
        let folder = target_folder()?.join("bench");
        fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let program = folder.join("measure");
        let mut cc = Command::new("cc");
        cc.args(["-O2", "-static", "-o"]).arg(&program).arg(workspace().join("bench/measure.c"));
        let status = cc.status().map_err(|e| format!("cc: {e}"))?;
        if !status.success() {
            return Err("bench/measure.c does not compile".to_owned());
        }
        Ok(Self { program, report: folder.join(format!("report-{}", std::process::id())) })
    }

    /// Runs `command`; answers with the measurement, the exit code and what it wrote to standard output.
    pub(super) fn measure(&self, command: &Command) -> Result<(Measurement, i32, Vec<u8>), String> {
        self.with_errors(command).map(|(measurement, code, stdout, _)| (measurement, code, stdout))
    }

    /// The same with what it wrote to standard error.
    pub(super) fn with_errors(&self, command: &Command) -> Result<(Measurement, i32, Vec<u8>, Vec<u8>), String> {
        let mut wrapped = Command::new(&self.program);
        wrapped.arg(&self.report).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(name, value),
                None => wrapped.env_remove(name),
            };
        }
        let output = wrapped.stdin(Stdio::null()).output().map_err(|e| format!("{}: {e}", self.program.display()))?;
        let text = fs::read_to_string(&self.report).map_err(|e| format!("{}: {e}", self.report.display()))?;
        let _ = fs::remove_file(&self.report);
        let (measurement, status) = parse(&text).ok_or_else(|| format!("bench/measure.c wrote `{text}`"))?;
        let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
        Ok((measurement, code, output.stdout, output.stderr))
    }
}

/// `NANOSECONDS KILOBYTES STATUS MICROSECONDS`
fn parse(text: &str) -> Option<(Measurement, ExitStatus)> {
    let mut words = text.split_whitespace();
    let time = Duration::from_nanos(words.next()?.parse().ok()?);
    // The system counts in units of 1024 bytes.
    let memory = words.next()?.parse::<u64>().ok()? * 1024;
    let status = ExitStatus::from_raw(words.next()?.parse().ok()?);
    let processor = Duration::from_micros(words.next()?.parse().ok()?);
    Some((Measurement { time, memory, processor }, status))
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
    fn a_report_is_read() {
        let (measurement, status) = parse("1500000 2048 1792 1200\n").expect("a report");
        assert_eq!(measurement.processor, Duration::from_micros(1200));
        assert_eq!((measurement.time, measurement.memory, status.code()), (Duration::from_micros(1500), 2048 * 1024, Some(7)));
        assert!(parse("").is_none());
    }
}

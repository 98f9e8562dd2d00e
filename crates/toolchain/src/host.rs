//! Runs assemblies on CoreCLR through `kiln-corehost`.

use crate::{Cache, Framework, ToolchainError, find_framework};
use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, io, thread};

/// The launcher's file name.
const PROGRAM: &str = "kiln-corehost";

/// What a program wrote and how it ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// The exit code; 128 + the signal's number for a program ended by a signal, as a shell reports it.
    pub code: i32,
    /// Everything written to standard output.
    pub stdout: Vec<u8>,
    /// Everything written to standard error.
    pub stderr: Vec<u8>,
}

/// The exit code as a shell reports it.
pub(crate) fn exit_code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// The launcher together with the framework that it loads.
#[derive(Clone, Debug)]
pub struct CoreHost {
    program: PathBuf,
    framework: PathBuf,
}

impl CoreHost {
    /// Finds the launcher beside the running program or in the cache.
    ///
    /// # Errors
    ///
    /// [`ToolchainError::NoHost`] without a launcher, [`ToolchainError::NoRuntime`] when the framework cannot run programs.
    pub fn find(framework: &Framework) -> Result<Self, ToolchainError> {
        if !framework.dir.join("libcoreclr.so").is_file() {
            return Err(ToolchainError::NoRuntime { dir: framework.dir.clone() });
        }
        let bin = Cache::locate().ok().map(|cache| cache.bin());
        // Tests run from `target/PROFILE/deps`, programs from `target/PROFILE`.
        let beside = env::current_exe().ok();
        let mut candidates: Vec<PathBuf> =
            beside.iter().flat_map(|exe| exe.ancestors().skip(1).take(2)).map(|dir| dir.join(PROGRAM)).collect();
        candidates.extend(bin.iter().map(|bin| bin.join(PROGRAM)));
        match candidates.into_iter().find(|path| path.is_file()) {
            Some(program) => Ok(Self { program, framework: framework.dir.clone() }),
            None => Err(ToolchainError::NoHost { bin }),
        }
    }

    /// A command that runs `assembly`; arguments for the program can be added to it.
    pub fn command(&self, assembly: &Path, probe: &[&Path]) -> Command {
        self.command_with(assembly, &[], probe)
    }

    fn command_with(&self, assembly: &Path, first: &[&Path], probe: &[&Path]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--framework").arg(&self.framework);
        for (option, dirs) in [("--first", first), ("--probe", probe)] {
            dirs.iter().for_each(|dir| _ = command.arg(option).arg(dir));
        }
        command.arg(assembly);
        // Native AOT's default, Kiln's too; and a machine without ICU must not make a difference.
        command.env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
        // Diagnostics ports create files and a thread that no test wants.
        command.env("DOTNET_EnableDiagnostics", "0");
        command
    }
}

/// The oracle: CoreCLR running the same assembly that Kiln compiles.
#[derive(Clone, Debug)]
pub struct Oracle {
    host: CoreHost,
}

impl Oracle {
    /// The oracle on `framework`.
    ///
    /// # Errors
    ///
    /// As [`CoreHost::find`].
    pub fn new(framework: &Framework) -> Result<Self, ToolchainError> {
        Ok(Self { host: CoreHost::find(framework)? })
    }

    /// The command that runs `assembly`.
    #[must_use]
    pub fn command(&self, assembly: &Path) -> Command {
        self.host.command(assembly, &[])
    }

    /// The same with folders whose assemblies win over the framework's, and others that are looked through when the framework has none.
    #[must_use]
    pub fn command_with(&self, assembly: &Path, first: &[&Path], probe: &[&Path]) -> Command {
        self.host.command_with(assembly, first, probe)
    }

    /// Runs `assembly` to its end.
    ///
    /// # Errors
    ///
    /// [`ToolchainError::Io`] when the launcher cannot be started.
    pub fn run(&self, assembly: &Path, args: &[impl AsRef<OsStr>], stdin: &[u8]) -> Result<Output, ToolchainError> {
        let mut command = self.command(assembly);
        command.args(args);
        Output::of(&mut command, stdin)
    }
}

impl Output {
    /// Runs `command` with `stdin` as its whole standard input and collects what it writes.
    ///
    /// # Errors
    ///
    /// [`ToolchainError::Io`] when the program cannot be started or read from.
    pub fn of(command: &mut Command, stdin: &[u8]) -> Result<Self, ToolchainError> {
        // A century stands for no limit.
        let output = Self::within(command, stdin, Duration::from_secs(100 * 365 * 24 * 3600))?;
        Ok(output.unwrap_or(Self { code: -1, stdout: Vec::new(), stderr: Vec::new() }))
    }

    /// The same for a program that may not end: after `limit` it is killed, and there is no output.
    ///
    /// # Errors
    ///
    /// As [`Output::of`].
    pub fn within(command: &mut Command, stdin: &[u8], limit: Duration) -> Result<Option<Self>, ToolchainError> {
        let program: OsString = command.get_program().to_owned();
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(ToolchainError::io(&program))?;
        // One thread per pipe: a program may write more than a pipe holds before it reads.
        let input = stdin.to_vec();
        let pipe = child.stdin.take();
        let writer = thread::spawn(move || pipe.map(|mut pipe| pipe.write_all(&input)));
        let stdout = drain(child.stdout.take());
        let stderr = drain(child.stderr.take());
        let status = wait(&mut child, limit).map_err(ToolchainError::io(&program))?;
        // A program that ends without reading its input closes the pipe; that is its right.
        let _ = writer.join();
        let (stdout, stderr) = (stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default());
        Ok(status.map(|status| Self { code: exit_code(status), stdout, stderr }))
    }
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is still worth showing.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        bytes
    })
}

/// Waits for `child`; `None` when it had to be killed.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Runs `assembly` on CoreCLR with the framework that [`find_framework`] finds.
///
/// # Errors
///
/// As [`find_framework`] and [`Oracle::run`].
pub fn run_on_oracle(assembly: &Path, args: &[impl AsRef<OsStr>], stdin: &[u8]) -> Result<Output, ToolchainError> {
    Oracle::new(&find_framework(None)?)?.run(assembly, args, stdin)
}

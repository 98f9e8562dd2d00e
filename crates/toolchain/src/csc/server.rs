//! The C# compile server: a `kiln-csc` that stays for a while, since nine tenths of a short compilation are the JIT compiling Roslyn.
//!
//! The client connects to a Unix domain socket in the cache, starts a server if nobody answers, and compiles without one when that does not
//! work. A server serves one driver, Roslyn and framework (their hash is the socket's name), and ends after [`IDLE_SECONDS`] without a request.
//! `KILN_CSC_SERVER=0` does without: tests do, and machines where nothing may stay behind.

use kiln_support::{ContentHash, ContentHasher};
use std::env;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a server waits for the next request.
const IDLE_SECONDS: u32 = 300;
/// How long a new server may take until it listens.
const START: Duration = Duration::from_secs(5);
/// `sun_path` has 104 bytes on the system with the shortest, the final zero among them.
const LONGEST_PATH: usize = 103;

/// Where the server of a driver listens.
#[derive(Clone, Debug)]
pub(super) struct Server {
    socket: PathBuf,
}

impl Server {
    /// The server for what `identity` describes, if servers are wanted and the place for its socket is this user's alone.
    pub(super) fn new(root: &Path, identity: &[&[u8]]) -> Option<Self> {
        if env::var_os("KILN_CSC_SERVER").is_some_and(|value| value == "0") {
            return None;
        }
        let folder = root.join("server");
        if !folder.is_dir() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).ok()?;
        }
        // Who can write to the socket makes files in this user's name.
        let metadata = fs::symlink_metadata(&folder).ok()?;
        if !metadata.is_dir() || metadata.permissions().mode() & 0o077 != 0 || metadata.uid() != fs::metadata("/proc/self").ok()?.uid() {
            return None;
        }
        let socket = folder.join(format!("{}.sock", name(identity)));
        (socket.as_os_str().len() <= LONGEST_PATH).then_some(Self { socket })
    }

    /// Sends the response files to the server, starting one with `command` if none listens; its records, or nothing when it is to be done
    /// without a server.
    pub(super) fn compile(&self, files: &[PathBuf], command: impl FnOnce() -> Command) -> Option<String> {
        let mut request = String::new();
        for file in files {
            // A name that is not text or has a line break cannot be sent.
            let name = file.to_str().filter(|name| !name.contains('\n'))?;
            request.push_str(name);
            request.push('\n');
        }
        request.push('\n');
        let mut stream = UnixStream::connect(&self.socket).ok().or_else(|| self.start(command()))?;
        stream.write_all(request.as_bytes()).ok()?;
        let mut records = String::new();
        stream.read_to_string(&mut records).ok()?;
        Some(records)
    }

    fn start(&self, mut command: Command) -> Option<UnixStream> {
        // Nobody listens: what is there was left by a server that was killed.
        let _ = fs::remove_file(&self.socket);
        command.arg("--serve").arg(&self.socket).arg(IDLE_SECONDS.to_string());
        // A server outlives its client: it must not hold a pipe that somebody reads to its end, a folder, or a terminal's signals.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/").process_group(0);
        let mut child = command.spawn().ok()?;
        let begun = Instant::now();
        while begun.elapsed() < START {
            if let Ok(stream) = UnixStream::connect(&self.socket) {
                return Some(stream);
            }
            // Ended: another was quicker, and the next try finds it; or it cannot run at all.
            if child.try_wait().ok()?.is_some() {
                return UnixStream::connect(&self.socket).ok();
            }
            thread::sleep(Duration::from_millis(5));
        }
        None
    }
}

fn name(identity: &[&[u8]]) -> ContentHash {
    let mut hasher = ContentHasher::new("csc-server");
    for part in identity {
        hasher.update(part);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    fn folder(test: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("kiln-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    #[test]
    fn a_server_that_listens_is_asked_and_none_is_started() {
        let socket = folder("csc-server").join("x.sock");
        let listener = UnixListener::bind(&socket).expect("a socket");
        let answering = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut request = vec![0; 15];
            stream.read_exact(&mut request).expect("a request");
            stream.write_all(b"done\t/a.rsp\tok\n").expect("an answer");
            request
        });
        let server = Server { socket: socket.clone() };
        let records = server.compile(&["/a.rsp".into(), "/b.rsp".into()], || panic!("started"));
        assert_eq!(records.as_deref(), Some("done\t/a.rsp\tok\n"));
        assert_eq!(answering.join().expect("a thread"), b"/a.rsp\n/b.rsp\n\n");
        fs::remove_dir_all(socket.parent().expect("a folder")).expect("removed");
    }

    #[test]
    fn a_server_that_cannot_start_is_done_without() {
        let folder = folder("csc-server-none");
        let server = Server { socket: folder.join("x.sock") };
        assert_eq!(server.compile(&["/a.rsp".into()], || Command::new("/bin/false")), None);
        assert_eq!(server.compile(&["/a\n.rsp".into()], || panic!("started")), None);
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn a_folder_that_others_can_enter_has_no_server() {
        let folder = folder("csc-server-open");
        fs::create_dir(folder.join("server")).expect("a folder");
        fs::set_permissions(folder.join("server"), fs::Permissions::from_mode(0o755)).expect("opened");
        assert!(Server::new(&folder, &[b"x"]).is_none());
        fs::remove_dir_all(folder).expect("removed");
    }
}

//! Runs a .NET assembly on CoreCLR, given nothing but a framework folder.
//!
//! `kiln-corehost --framework DIR [--first DIR]... [--probe DIR]... [--property KEY=VALUE]... APP.dll [ARGUMENTS...]`
//!
//! This is what `dotnet exec` does, without the muxer, `hostfxr` and `hostpolicy`: load `libcoreclr.so`, give it the list of
//! trusted assemblies and call `coreclr_execute_assembly` (the hosting API of `coreclrhost.h`). Kiln uses it twice: to run
//! Roslyn, and as the oracle of its tests. It is a program of its own since a runtime takes over its process: signals,
//! exit code and standard streams then are exactly what a .NET program's would be.
//!
//! Assemblies of the framework win over files of the same name beside the application, those in folders of `--first` over the framework's.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{CStr, CString, OsStr, OsString, c_char, c_int, c_uint, c_void};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit code for a failure of the launcher itself (environment).
const ENVIRONMENT: u8 = 3;

/// Resolve all symbols of the library at once (`RTLD_NOW`).
const RTLD_NOW: c_int = 2;
/// Offer a library's symbols to all libraries loaded later (`RTLD_GLOBAL`).
const RTLD_GLOBAL: c_int = 0x100;

unsafe extern "C" {
    fn dlopen(file: *const c_char, mode: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, symbol: *const c_char) -> *mut c_void;
    fn dlerror() -> *const c_char;
    fn sigaltstack(new: *const SignalStack, old: *mut SignalStack) -> c_int;
}

/// `stack_t` of `signal.h` on Linux.
#[repr(C)]
struct SignalStack {
    pointer: *mut c_void,
    flags: c_int,
    size: usize,
}

/// The thread has no alternate stack (`SS_DISABLE`).
const SS_DISABLE: c_int = 2;

type InitializeFn = unsafe extern "C" fn(
    exe_path: *const c_char,
    domain_name: *const c_char,
    property_count: c_int,
    keys: *const *const c_char,
    values: *const *const c_char,
    host: *mut *mut c_void,
    domain: *mut c_uint,
) -> c_int;

type ExecuteFn = unsafe extern "C" fn(
    host: *mut c_void,
    domain: c_uint,
    argc: c_int,
    argv: *const *const c_char,
    assembly: *const c_char,
    exit_code: *mut c_uint,
) -> c_int;

type ShutdownFn = unsafe extern "C" fn(host: *mut c_void, domain: c_uint, latched: *mut c_int) -> c_int;

/// What the command line asks for.
struct Request {
    framework: PathBuf,
    first: Vec<PathBuf>,
    probe: Vec<PathBuf>,
    properties: Vec<(OsString, OsString)>,
    app: PathBuf,
    arguments: Vec<OsString>,
}

fn main() -> ExitCode {
    match parse(env::args_os().skip(1)).and_then(|request| run(&request)) {
        // The exit code of a Unix process is its low byte; `dotnet` does the same.
        Ok(code) => ExitCode::from((code & 0xff) as u8),
        Err(message) => {
            eprintln!("kiln-corehost: {message}");
            ExitCode::from(ENVIRONMENT)
        }
    }
}

fn parse(mut args: impl Iterator<Item = OsString>) -> Result<Request, String> {
    let usage = "usage: kiln-corehost --framework DIR [--first DIR]... [--probe DIR]... [--property KEY=VALUE]... APP.dll [ARGUMENTS...]";
    let mut framework = None;
    let mut first = Vec::new();
    let mut probe = Vec::new();
    let mut properties = Vec::new();
    loop {
        let arg = args.next().ok_or(usage)?;
        match arg.as_bytes() {
            b"--framework" => framework = Some(PathBuf::from(args.next().ok_or(usage)?)),
            b"--first" => first.push(PathBuf::from(args.next().ok_or(usage)?)),
            b"--probe" => probe.push(PathBuf::from(args.next().ok_or(usage)?)),
            b"--property" => {
                let pair = args.next().ok_or(usage)?.into_vec();
                let split = pair.iter().position(|&b| b == b'=').ok_or(usage)?;
                properties.push((OsString::from_vec(pair[..split].to_vec()), OsString::from_vec(pair[split + 1..].to_vec())));
            }
            option if option.starts_with(b"-") => return Err(format!("unknown option `{}`\n{usage}", arg.display())),
            _ => {
                let framework = absolute(framework.ok_or(usage)?)?;
                return Ok(Request { framework, first, probe, properties, app: absolute(arg.into())?, arguments: args.collect() });
            }
        }
    }
}

fn absolute(path: PathBuf) -> Result<PathBuf, String> {
    path.canonicalize().map_err(|e| format!("{}: {e}", path.display()))
}

/// Maps a file name to the path of every assembly that the runtime may load.
fn trusted_assemblies(request: &Request, app_dir: &Path) -> Result<BTreeMap<OsString, PathBuf>, String> {
    let mut found = BTreeMap::new();
    let first = request.first.iter().map(PathBuf::as_path);
    let probe = request.probe.iter().map(PathBuf::as_path);
    let folders = first.chain([request.framework.as_path()]).chain(probe).chain([app_dir]);
    for folder in folders {
        let entries = folder.read_dir().map_err(|e| format!("{}: {e}", folder.display()))?;
        for entry in entries.flatten() {
            if Path::new(&entry.file_name()).extension() == Some(OsStr::new("dll")) {
                found.entry(entry.file_name()).or_insert_with(|| entry.path());
            }
        }
    }
    Ok(found)
}

fn run(request: &Request) -> Result<u32, String> {
    let app_dir = request.app.parent().unwrap_or(Path::new("/")).to_owned();
    let mut list = OsString::new();
    for path in trusted_assemblies(request, &app_dir)?.into_values() {
        list.push(path);
        list.push(":");
    }
    let mut base = app_dir.clone().into_os_string();
    base.push("/");
    let mut native = base.clone();
    native.push(":");
    native.push(&request.framework);
    native.push("/:");
    let mut properties: Vec<(OsString, OsString)> = vec![
        ("TRUSTED_PLATFORM_ASSEMBLIES".into(), list),
        ("APP_PATHS".into(), base.clone()),
        ("APP_CONTEXT_BASE_DIRECTORY".into(), base),
        ("NATIVE_DLL_SEARCH_DIRECTORIES".into(), native),
        ("FX_PRODUCT_VERSION".into(), request.framework.file_name().unwrap_or_default().into()),
    ];
    properties.extend(request.properties.iter().cloned());

    let keys = c_strings(properties.iter().map(|(key, _)| key.as_os_str()))?;
    let values = c_strings(properties.iter().map(|(_, value)| value.as_os_str()))?;
    let arguments = c_strings(request.arguments.iter().map(OsString::as_os_str))?;
    let app = c_string(request.app.as_os_str())?;
    let exe = c_string(env::current_exe().unwrap_or_default().as_os_str())?;
    let library = c_string(request.framework.join("libcoreclr.so").as_os_str())?;
    execute(&library, &exe, &keys, &values, &app, &arguments)
}

fn execute(library: &CStr, exe: &CStr, keys: &[CString], values: &[CString], app: &CStr, arguments: &[CString]) -> Result<u32, String> {
    // Rust gives its main thread a small stack for signal handlers. The runtime keeps one that it finds, and turning a
    // segmentation fault into a NullReferenceException overflows it.
    let none = SignalStack { pointer: std::ptr::null_mut(), flags: SS_DISABLE, size: 0 };
    // SAFETY: `none` is a valid `stack_t`, and no handler is running on the stack that is taken away.
    unsafe { sigaltstack(&raw const none, std::ptr::null_mut()) };
    // `libSystem.IO.Compression.Native.so` uses `log2` without naming the library it is in: every launcher of Microsoft's
    // happens to be linked with it. On a system without this file name the function is in the C library itself.
    // SAFETY: the name is NUL-terminated; the C library's own parts have no side effects when they are loaded.
    unsafe { dlopen(c"libm.so.6".as_ptr(), RTLD_NOW | RTLD_GLOBAL) };
    // SAFETY: the path is a NUL-terminated string; the library is CoreCLR, which is never unloaded.
    let handle = unsafe { dlopen(library.as_ptr(), RTLD_NOW) };
    if handle.is_null() {
        // SAFETY: after a failed `dlopen` `dlerror` returns a NUL-terminated string.
        let reason = unsafe { CStr::from_ptr(dlerror()) };
        return Err(format!("cannot load the runtime: {}", reason.to_string_lossy()));
    }
    let symbol = |name: &CStr| {
        // SAFETY: `handle` is a loaded library and `name` is NUL-terminated.
        let address = unsafe { dlsym(handle, name.as_ptr()) };
        if address.is_null() { Err(format!("libcoreclr.so does not export `{}`", name.to_string_lossy())) } else { Ok(address) }
    };
    let initialize = symbol(c"coreclr_initialize")?;
    // SAFETY: `coreclrhost.h` declares this export with exactly this signature.
    let initialize = unsafe { std::mem::transmute::<*mut c_void, InitializeFn>(initialize) };
    let execute = symbol(c"coreclr_execute_assembly")?;
    // SAFETY: as above.
    let execute = unsafe { std::mem::transmute::<*mut c_void, ExecuteFn>(execute) };
    let shutdown = symbol(c"coreclr_shutdown_2")?;
    // SAFETY: as above.
    let shutdown = unsafe { std::mem::transmute::<*mut c_void, ShutdownFn>(shutdown) };

    let key_pointers: Vec<*const c_char> = keys.iter().map(|s| s.as_ptr()).collect();
    let value_pointers: Vec<*const c_char> = values.iter().map(|s| s.as_ptr()).collect();
    let argument_pointers: Vec<*const c_char> = arguments.iter().map(|s| s.as_ptr()).collect();
    let mut host = std::ptr::null_mut();
    let mut domain = 0;
    // SAFETY: both arrays hold `keys.len()` NUL-terminated strings that outlive the call; the out-pointers are live.
    let status = unsafe {
        initialize(
            exe.as_ptr(),
            c"kiln".as_ptr(),
            keys.len() as c_int,
            key_pointers.as_ptr(),
            value_pointers.as_ptr(),
            &raw mut host,
            &raw mut domain,
        )
    };
    if status < 0 {
        return Err(format!("the runtime did not start (0x{status:08x})"));
    }
    let mut exit_code = 0;
    // SAFETY: the host was initialised above; the arguments are NUL-terminated strings that outlive the call.
    let status = unsafe { execute(host, domain, arguments.len() as c_int, argument_pointers.as_ptr(), app.as_ptr(), &raw mut exit_code) };
    if status < 0 {
        return Err(format!("{} could not be run (0x{status:08x})", app.to_string_lossy()));
    }
    let mut latched = 0;
    // SAFETY: the host is shut down once, after its program returned. The latched code has what the program set last.
    unsafe { shutdown(host, domain, &raw mut latched) };
    Ok(latched as u32)
}

fn c_strings<'a>(strings: impl Iterator<Item = &'a OsStr>) -> Result<Vec<CString>, String> {
    strings.map(c_string).collect()
}

fn c_string(text: &OsStr) -> Result<CString, String> {
    CString::new(text.as_bytes()).map_err(|_| format!("`{}` holds a NUL byte", text.display()))
}

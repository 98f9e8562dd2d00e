//! Tests of the compiler driver; those that need Roslyn say so when they are skipped.

use super::*;

#[test]
fn records_survive_the_round_trip() {
    let text = "diag\terror\tCS1002\ta b.cs\t3\t9\t3\t9\t; expected\ndiag\twarning\tCS8019\t\t1\t1\t1\t1\tx\n";
    let diagnostics = record::parse_diagnostics(text);
    assert_eq!(record::print(&diagnostics), text);
    assert_eq!(diagnostics[0].to_string(), "a b.cs(3,9): error CS1002: ; expected");
    let reports = record::parse(&format!("{text}done\tx.rsp\tfailed\ndone\ty.rsp\tok\n"));
    assert_eq!(reports.iter().map(|(ok, list)| (*ok, list.len())).collect::<Vec<_>>(), [(false, 2), (true, 0)]);
}

#[test]
fn a_resource_has_the_name_that_is_given_or_the_file_s() {
    let named = |file: &str, name: &str| Resource { file: file.into(), name: name.to_owned() };
    assert_eq!(Resource::parse("a/b.txt"), named("a/b.txt", "b.txt"));
    assert_eq!(Resource::parse("a/b.txt,App.b"), named("a/b.txt", "App.b"));
    assert_eq!(Resource::parse("a/b.txt,"), named("a/b.txt", "b.txt"));
}

/// The options that the embedded driver was compiled with.
fn driver_compilation(framework: &Framework, roslyn: &Path) -> Compilation {
    let source = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/driver/kiln-csc.cs"));
    let mut references = framework.assemblies().expect("the framework can be read");
    references.extend(["Microsoft.CodeAnalysis.dll", ROSLYN].map(|name| roslyn.join(name)));
    let options =
        CSharpOptions { debug: false, extra: vec![format!("-pathmap:{}=/", env!("CARGO_MANIFEST_DIR"))], ..CSharpOptions::default() };
    Compilation { name: "kiln-csc".to_owned(), sources: vec![source], references, resources: Vec::new(), options }
}

/// Bytes that nobody can read are only acceptable when anybody can make them again.
///
/// `KILN_BLESS=1` writes the new bytes. Other versions of the compiler or framework give other bytes, so the comparison
/// is made with the pinned ones of `cargo xtask setup` only.
#[test]
fn the_embedded_driver_is_what_its_source_compiles_to() {
    let cache = Cache::locate().expect("a cache");
    let roslyn = cache.roslyn().join("4.8.0");
    let framework = find_framework(Some(&cache.dotnet().join("shared/Microsoft.NETCore.App/9.0.7")));
    let compiler = framework.and_then(|framework| Ok((CSharpCompiler::new(roslyn.clone(), &framework)?, framework)));
    let (compiler, framework) = match compiler {
        Ok(found) if roslyn.join(ROSLYN).is_file() => found,
        _ if env::var_os("KILN_VERIFY_REQUIREMENTS").is_some() => panic!("run `cargo xtask setup` first"),
        _ => return eprintln!("skipped: needs the Roslyn and framework of `cargo xtask setup`"),
    };
    let output = env::temp_dir().join(format!("kiln-csc-self-{}", std::process::id())).join("kiln-csc.dll");
    let compilation = driver_compilation(&framework, &roslyn);
    let done = compiler.compile(&[(&compilation, output.clone())]).expect("the compiler runs");
    assert!(done[0].ok, "{:?}", done[0].diagnostics);
    let bytes = fs::read(&output).expect("the output");
    fs::remove_dir_all(output.parent().expect("a folder")).expect("removed");
    if env::var_os("KILN_BLESS").is_some() {
        fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/driver/kiln-csc.dll"), &bytes).expect("written");
    } else {
        assert!(bytes == DRIVER, "driver/kiln-csc.dll is not what driver/kiln-csc.cs compiles to; KILN_BLESS=1 replaces it");
    }
}

/// Two threads that compile the same thing at the same time both get it.
#[test]
fn a_compilation_may_be_asked_for_by_several_threads_at_once() {
    let folder = crate::Scratch::new().expect("a folder");
    let source = folder.path().join("Once.cs");
    fs::write(&source, "class P { static void Main() { } }\n").expect("written");
    let (Ok(compiler), Ok(framework)) = (find_csc(), find_framework(None)) else {
        assert!(env::var_os("KILN_VERIFY_REQUIREMENTS").is_none(), "run `cargo xtask setup` first");
        return eprintln!("skipped: needs Roslyn and a framework");
    };
    let references = framework.assemblies().expect("the framework can be read");
    // The path is part of the key, so that nothing is in the cache yet.
    let compilation = Compilation {
        name: "Once".to_owned(),
        sources: vec![source],
        references,
        resources: Vec::new(),
        options: CSharpOptions::default(),
    };
    let once = || compiler.compile_cached(std::slice::from_ref(&compilation)).expect("the compiler runs").remove(0);
    let (a, b) = std::thread::scope(|scope| {
        let other = scope.spawn(once);
        (once(), other.join().expect("no panic"))
    });
    assert!(a.ok && b.ok);
    assert!(fs::read(&a.assembly).expect("written") == fs::read(&b.assembly).expect("written"));
    fs::remove_dir_all(a.assembly.parent().expect("a folder")).expect("removed");
}

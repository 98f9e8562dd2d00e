//! Satellite assemblies: resources in other languages, from the folders beside an assembly and by reference, and what is found where there are none.

#![forbid(unsafe_code)]

use kiln_filetest::Tools;
use kiln_filetest::setup::{or_skip, run, with_resources};
use kiln_filetest::tools::workspace;
use kiln_toolchain::Resource;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCE: &str = r#"using System; using System.Globalization; using System.Reflection; using System.Resources;
    class P {
        static void Try(string what, Func<object> get) {
            try { Console.WriteLine($"{what}: {get() ?? "null"}"); } catch (Exception e) { Console.WriteLine($"{what}: {e.GetType().Name}"); }
        }
        static void Main() {
            Assembly app = typeof(P).Assembly;
            var texts = new ResourceManager("App.Texts", app);
            foreach (string name in new[] { "", "de", "de-AT", "fr-FR", "fr", "it" }) {
                var culture = CultureInfo.GetCultureInfo(name);
                Console.WriteLine($"{name}: {texts.GetString("Hello", culture)} {texts.GetString("Only", culture)} {texts.GetObject("Num", culture)} {((byte[])texts.GetObject("Bytes", culture))[2]}");
            }
            CultureInfo.CurrentUICulture = new CultureInfo("de");
            Console.WriteLine(texts.GetString("Hello"));
            Try("name", () => app.GetSatelliteAssembly(new CultureInfo("de")).FullName);
            Try("none", () => app.GetSatelliteAssembly(new CultureInfo("it")));
            Try("same", () => app.GetSatelliteAssembly(new CultureInfo("de")) == app.GetSatelliteAssembly(new CultureInfo("de")));
            Try("resources", () => string.Join(" ", app.GetSatelliteAssembly(new CultureInfo("fr-FR")).GetManifestResourceNames()));
            Try("set", () => texts.GetResourceSet(new CultureInfo("fr"), true, false).GetString("Hello"));
            Try("load", () => Assembly.Load("App.resources, Culture=de").GetName().CultureName);
            Try("load none", () => Assembly.Load("App.resources, Culture=it"));
        }
    }"#;

/// What CoreCLR prints, with the French one beside the others.
const EXPECTED: &str = ": hello only 0 0\nde: hallo only 1 1\nde-AT: hello only 0 0\nfr-FR: bonjour only 2 2\nfr: salut fr only 3 3\n\
    it: hello only 0 0\nhallo\nname: App.resources, Version=0.0.0.0, Culture=de, PublicKeyToken=null\nnone: FileNotFoundException\n\
    same: True\nresources: App.Texts.fr-FR.resources\nset: salut\nload: de\nload none: FileNotFoundException\n";

fn embedded(name: &str) -> Vec<Resource> {
    vec![Resource { file: workspace().join("tests/satellites").join(name), name: name.to_owned() }]
}

/// The satellite of a language, in a folder.
fn satellite(tools: &Tools, folder: &Path, language: &str) -> PathBuf {
    fs::create_dir_all(folder).expect("a folder");
    let text = format!("[assembly: System.Reflection.AssemblyCulture(\"{language}\")]");
    let resources = embedded(&format!("App.Texts.{language}.resources"));
    with_resources(tools, folder, "App.resources", &text, &[], true, resources).expect("compiles")
}

#[test]
fn resources_in_other_languages_are_those_beside_the_application_and_those_referred_to() {
    let Some(tools) = or_skip(Tools::prepare()) else { return };
    let folder = tools.target.join("satellites");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let app = with_resources(&tools, &folder, "App", SOURCE, &[], false, embedded("App.Texts.resources")).expect("compiles");
    satellite(&tools, &folder.join("de"), "de");
    satellite(&tools, &folder.join("fr-FR"), "fr-FR");
    let french = satellite(&tools, &folder.join("elsewhere/french"), "fr");
    let config = r#"{"runtimeOptions":{"configProperties":{"System.Globalization.Invariant":true,"System.Globalization.PredefinedCulturesOnly":false}}}"#;
    fs::write(folder.join("App.runtimeconfig.json"), config).expect("written");

    let program = folder.join("app.out");
    let built = run(tools.kiln().args(["build", "-O0", "-o"]).arg(&program).arg(&app).arg("--reference").arg(&french));
    assert_eq!(built.code, 0, "{}", String::from_utf8_lossy(&built.stderr));
    let ran = run(&mut Command::new(&program));
    assert_eq!((ran.code, String::from_utf8_lossy(&ran.stdout).as_ref()), (0, EXPECTED), "{}", String::from_utf8_lossy(&ran.stderr));
}

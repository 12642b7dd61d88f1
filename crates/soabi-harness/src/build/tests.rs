//! Builds with compilers that are shell scripts: what is ordered, what is run, what is kept.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use rstest::rstest;
use soabi_core::ArtifactId;
use soabi_python::Interpreter;
use tempfile::TempDir;

use super::*;
use crate::specimen::fake;
use crate::specimen::{flavors, plan};

/// What `-o` names comes to be, as compilers do it.
const COMPILER: &str = r#"while [ "$1" != -o ]; do shift; done; echo compiled > "$2""#;

/// Where cargo would put the library, there is what PyO3 was told.
const CARGO: &str = r#"
[ "$PYO3_BUILD_EXTENSION_MODULE" = 1 ] && grep -q '^\[workspace\]' "$5" || exit 3
mkdir -p target/release && cat "$PYO3_CONFIG_FILE" > target/release/libspam_pyo3.so
"#;

/// A folder for a test, with scripts in the place of the three tools.
struct Bench {
    folder: TempDir,
    tools: Tools,
}

impl Bench {
    fn new() -> Self {
        Self::with(COMPILER, CARGO)
    }

    fn with(compiler: &str, cargo: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            // Read by a shell, not executed: a script that was just written may be "busy".
            let mut command = OsString::from("/bin/sh ");
            command.push(path);
            command
        };
        let tools = Tools {
            cc: Tool::new("CC", &script("cc", compiler)),
            rustc: Tool::new("RUSTC", &script("rustc", compiler)),
            cargo: Tool::new("CARGO", &script("cargo", cargo)),
        };
        Self { folder, tools }
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// Builds every specimen of `wanted` flavors. Returns what is built, and what was run for it.
    fn build<'a>(&self, wanted: &[&str], interpreters: &'a [Interpreter]) -> (Vec<Built<'a>>, Vec<String>) {
        let heard = Heard::default();
        let mut specimens = plan(flavors(), interpreters).specimens;
        specimens.retain(|specimen| wanted.contains(&specimen.flavor.id.as_str()));
        let options = BuildOptions { tools: &self.tools, cache: &self.cache(), jobs: 3 };
        let built = build(specimens, &options, &heard).unwrap();
        let mut finished = heard.finished.into_inner().unwrap();
        finished.sort();
        assert_eq!(heard.planned.into_inner().unwrap(), finished.len());
        (built, finished)
    }
}

#[derive(Default)]
struct Heard {
    planned: Mutex<usize>,
    finished: Mutex<Vec<String>>,
}

impl Progress for Heard {
    fn planned(&self, builds: usize) {
        *self.planned.lock().unwrap() = builds;
    }

    fn finished(&self, specimen: &ArtifactId, _failure: Option<&NotBuilt>) {
        self.finished.lock().unwrap().push(specimen.0.clone());
    }
}

fn commands(wanted: &str, python: &str) -> Vec<String> {
    let interpreters = [fake::interpreter(python, true)];
    let tools = Tools {
        cc: Tool::new("CC", "ccache gcc".as_ref()),
        rustc: Tool::new("RUSTC", "rustc".as_ref()),
        cargo: Tool::new("CARGO", "cargo".as_ref()),
    };
    let specimens = plan(flavors(), &interpreters).specimens;
    let specimen = specimens.iter().find(|specimen| specimen.name == wanted).unwrap();
    let steps = recipe::steps(specimen, &tools, Path::new("/the cache"));
    steps.commands.iter().map(ToString::to_string).collect()
}

#[cfg(target_os = "linux")]
#[rstest]
#[case::python_2("c-py2", "cp27mu", &[
    "ccache gcc -O2 -fPIC -Wall -Wextra -I/python/2.7/include -c src/spam_py2.c -o spam.o",
    "ccache gcc -shared spam.o -o spam.so",
])]
#[case::version_specific("c-single", "cp311", &[
    "ccache gcc -O2 -fPIC -Wall -Wextra -I/python/3.11/include -c src/spam_single.c -o spam.o",
    "ccache gcc -shared spam.o -o spam.cpython-311-x86_64-linux-gnu.so",
])]
#[case::limited_api("c-abi3-py36", "cp311", &[
    "ccache gcc -O2 -fPIC -Wall -Wextra -I/python/3.11/include '-DPy_LIMITED_API=0x03060000' -c src/spam_multi.c -o spam.o",
    "ccache gcc -shared spam.o -o spam.abi3.so",
])]
#[case::defines("c-slots", "cp313", &[
    "ccache gcc -O2 -fPIC -Wall -Wextra -I/python/3.13/include -DSPAM_SLOTS -c src/spam_multi.c -o spam.o",
    "ccache gcc -shared spam.o -o spam.cpython-313-x86_64-linux-gnu.so",
])]
#[case::limited_api_without_layout("c-abi3t-py315", "cp315", &[
    "ccache gcc -O2 -fPIC -Wall -Wextra -I/python/3.15/include '-DPy_TARGET_ABI3T=0x030f0000' -c src/spam_export.c -o spam.o",
    "ccache gcc -shared spam.o -o spam.abi3t.so",
])]
#[case::rust_for_python_2("ffi-py2", "cp27mu", &[
    "rustc '--edition=2024' '--crate-type=cdylib' --crate-name spam -O '-Cstrip=debuginfo' --cfg py2 src/lib.rs -o spam.so",
])]
#[case::rust("ffi", "cp36m", &[
    "rustc '--edition=2024' '--crate-type=cdylib' --crate-name spam -O '-Cstrip=debuginfo' src/lib.rs -o spam.so",
])]
#[case::rust_without_the_gil("ffi", "cp313t", &[
    "rustc '--edition=2024' '--crate-type=cdylib' --crate-name spam -O '-Cstrip=debuginfo' --cfg free_threaded src/lib.rs -o spam.so",
])]
#[case::rust_with_the_export_hook("ffi-export", "cp315", &[
    "rustc '--edition=2024' '--crate-type=cdylib' --crate-name spam -O '-Cstrip=debuginfo' --cfg export src/lib.rs -o spam.so",
])]
#[case::pyo3("pyo3", "cp311", &[
    "PYO3_BUILD_EXTENSION_MODULE=1 PYO3_CONFIG_FILE='/the cache/cargo/spam-pyo3/config/pyo3-cp311.txt' \
     cargo build --release --locked --manifest-path '/the cache/cargo/spam-pyo3/Cargo.toml' \
     --target-dir '/the cache/cargo/spam-pyo3/target'",
])]
#[case::pyo3_limited_api("pyo3-abi3-py39", "cp311", &[
    "PYO3_BUILD_EXTENSION_MODULE=1 PYO3_CONFIG_FILE='/the cache/cargo/spam-pyo3/config/pyo3-abi3-py39-cp39.txt' \
     cargo build --release --locked --manifest-path '/the cache/cargo/spam-pyo3/Cargo.toml' \
     --target-dir '/the cache/cargo/spam-pyo3/target' --features abi3-py39",
])]
fn commands_for_a_shell(#[case] specimen: &str, #[case] python: &str, #[case] expected: &[&str]) {
    assert_eq!(commands(specimen, python), expected);
}

#[test]
fn the_second_run_builds_nothing() {
    let bench = Bench::new();
    let interpreters = fake::every_cpython();
    let all: Vec<_> = flavors().iter().map(|flavor| flavor.id.as_str()).collect();

    // Some specimens are the same compilation, such as `ffi` for every Python 3.
    let (built, run) = bench.build(&all, &interpreters);
    let products: BTreeSet<_> = built.iter().map(|built| built.result.clone().unwrap()).collect();
    assert_eq!(run.len(), products.len());
    assert!(products.len() < built.len());
    let (again, run) = bench.build(&all, &interpreters);
    assert_eq!(run, [""; 0]);

    for (first, second) in built.iter().zip(&again) {
        let path = first.result.as_ref().unwrap();
        assert!(path.is_file());
        assert_eq!(path, second.result.as_ref().unwrap());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "the file and nothing else");
    }
    assert_eq!(fs::read_dir(bench.cache().join("building")).unwrap().count(), 0);
}

#[test]
fn one_compilation_serves_every_python_3() {
    let bench = Bench::new();
    let interpreters = ["cp36m", "cp313"].map(|id| fake::interpreter(id, false));
    let (built, run) = bench.build(&["ffi"], &interpreters);
    assert_eq!(run, ["ffi/cp36m"]);
    assert_eq!(built[0].result.as_ref().unwrap(), built[1].result.as_ref().unwrap());
    let names: Vec<_> = built.iter().map(|built| built.subject().artifact.file_name).collect();
    assert_eq!(names, ["spam.cpython-36m-x86_64-linux-gnu.so", "spam.cpython-313-x86_64-linux-gnu.so"]);
}

#[test]
fn changed_dependencies_are_another_build() {
    let mut bench = Bench::new();
    let headers = tempfile::tempdir().unwrap();
    let python = |patch| {
        let interpreter = fake::interpreter("cp311", true);
        [fake::with_headers_in(interpreter, headers.path(), &format!("#define PY_MICRO_VERSION {patch}"))]
    };
    let mut paths = BTreeSet::new();
    let mut build = |bench: &Bench, interpreters: &[Interpreter]| {
        let (built, run) = bench.build(&["c-single"], interpreters);
        paths.insert(built[0].result.clone().unwrap());
        run.len()
    };
    assert_eq!(build(&bench, &python(8)), 1);
    assert_eq!(build(&bench, &python(8)), 0, "written anew, but the same");
    assert_eq!(build(&bench, &python(9)), 1, "other headers");
    let script = bench.folder.path().join("cc");
    bench.tools.cc = Tool::new("CC", format!("/bin/sh -e {}", script.display()).as_ref());
    assert_eq!(build(&bench, &python(9)), 1, "the compiler comes with another word");
    assert_eq!(paths.len(), 3);
}

#[test]
fn the_configuration_of_pyo3() {
    let bench = Bench::new();
    let interpreters = ["cp39", "cp314t"].map(|id| fake::interpreter(id, false));
    let (built, _) = bench.build(&["pyo3", "pyo3-abi3"], &interpreters);
    let told: Vec<_> =
        built.iter().map(|built| fs::read_to_string(built.result.as_ref().unwrap()).unwrap()).collect();
    let expected = [
        "implementation=CPython\nversion=3.9\ntarget_abi=CPython-gil_enabled-3.9\npointer_width=64\n",
        "implementation=CPython\nversion=3.14\ntarget_abi=CPython-free_threaded-3.14\npointer_width=64\n",
        "implementation=CPython\nversion=3.9\ntarget_abi=CPython-abi3-3.9\n",
    ];
    assert_eq!(told, expected);
}

/// A damaged file in the cache is built again, whatever happened to it.
#[test]
fn damaged_specimens_are_built_again() {
    let bench = Bench::new();
    let interpreters = [fake::interpreter("cp311", true)];
    let build = || {
        let (built, run) = bench.build(&["c-single", "c-multi"], &interpreters);
        (built[0].result.clone().unwrap(), run)
    };
    let (file, run) = build();
    assert_eq!(run, ["c-multi/cp311", "c-single/cp311"]);
    let content = fs::read(&file).unwrap();
    fs::write(&file, &content[..content.len() / 2]).unwrap();
    let (again, run) = build();
    assert_eq!(run, ["c-single/cp311"]);
    assert_eq!(fs::read(again).unwrap(), content);
}

#[test]
fn two_builders_share_a_cache() {
    let bench = Bench::new();
    let interpreters = fake::every_cpython();
    let all: Vec<_> = flavors().iter().map(|flavor| flavor.id.as_str()).collect();
    std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| bench.build(&all, &interpreters).0));
        let [first, second] = both.map(|builder| builder.join().unwrap());
        for (first, second) in first.iter().zip(&second) {
            assert_eq!(first.result.as_ref().unwrap(), second.result.as_ref().unwrap());
            assert!(first.result.as_ref().unwrap().is_file());
        }
    });
    assert_eq!(fs::read_dir(bench.cache().join("building")).unwrap().count(), 0);
}

#[rstest]
#[case::it_says_why(
    "echo 'In file included' >&2; echo 'spam.h:8: error: no such thing' >&2; exit 1",
    "`/bin/sh` failed with exit status: 1: spam.h:8: error: no such thing"
)]
#[case::it_is_silent("exit 4", "`/bin/sh` failed with exit status: 4: it did not say why")]
#[case::it_makes_nothing("exit 0", "could not read `")]
fn a_compiler_that_fails(#[case] script: &str, #[case] message: &str) {
    let bench = Bench::with(script, CARGO);
    let interpreters = [fake::interpreter("cp39", true)];
    let (built, _) = bench.build(&["c-single", "pyo3"], &interpreters);
    let missing = built[0].subject().missing.unwrap();
    assert!(missing.starts_with(message), "{missing}");
    assert_eq!(built[1].subject().missing, None, "the others are built");
    assert_eq!(bench.build(&["c-single"], &interpreters).1.len(), 1, "a failure is not kept");
}

#[rstest]
#[case::c_compiler("c-single", "CC")]
#[case::rustc("ffi", "RUSTC")]
#[case::cargo("pyo3", "CARGO")]
fn a_missing_tool(#[case] flavor: &str, #[case] variable: &'static str) {
    let mut bench = Bench::new();
    let tool = match variable {
        "CC" => &mut bench.tools.cc,
        "RUSTC" => &mut bench.tools.rustc,
        _ => &mut bench.tools.cargo,
    };
    *tool = Tool::new(variable, "no-such-tool -O2".as_ref());
    let interpreters = [fake::interpreter("cp39", true)];
    let (built, run) = bench.build(&[flavor], &interpreters);
    let expected = format!(
        "no program `no-such-tool`; install it, or name another in the environment variable {variable}"
    );
    assert_eq!(built[0].subject().missing, Some(expected));
    assert_eq!(run, [""; 0]);
}

#[test]
fn missing_headers() {
    let bench = Bench::new();
    let interpreters = [fake::interpreter("cp311", false)];
    let (built, run) = bench.build(&["c-single", "c-abi3", "ffi"], &interpreters);
    assert_eq!(run, ["ffi/cp311"], "it needs none");
    let missing: Vec<_> = built.iter().map(|built| built.subject().missing).collect();
    let words = "no Python.h in `/python/3.11/include`; they are in the package `python3.11-dev` on Debian and Ubuntu, \
                 `python3.11-devel` on Fedora; the Pythons of pyenv and uv have them";
    assert_eq!(missing, [Some(words), Some(words), Some(words), None].map(|why| why.map(str::to_owned)));
    assert_eq!(built[0].commands.len(), 2, "the commands are shown all the same");
}

#[rstest]
#[case::offline(
    "error: failed to download from `https://index.example/`",
    "crates could not be downloaded: ",
    1
)]
#[case::broken("error[E0425]: cannot find function", "`/bin/sh` failed with exit status: 101: ", 2)]
fn missing_and_broken_crates(#[case] complaint: &str, #[case] message: &str, #[case] tries: usize) {
    let bench = Bench::with(COMPILER, &format!("echo try >> tries; echo '{complaint}' >&2; exit 101"));
    let interpreters = [fake::interpreter("cp311", false)];
    let (built, _) = bench.build(&["pyo3", "pyo3-abi3"], &interpreters);
    for built in &built {
        let failure = built.result.as_ref().unwrap_err();
        assert!(failure.to_string().starts_with(message), "{failure}");
        let fetch = failure.hint().unwrap_or_default();
        assert_eq!(
            fetch.contains("fetch --locked --manifest-path"),
            message.starts_with("crates"),
            "{fetch}"
        );
    }
    let tried = fs::read_to_string(bench.cache().join("cargo/spam-pyo3/tries")).unwrap();
    assert_eq!(tried.lines().count(), tries);
}

/// The lock file that travels with the specimen pins what the workspace pins.
#[test]
fn the_specimens_lock_file_is_a_part_of_the_workspaces() {
    let packages = |text: &str| -> BTreeSet<(String, String)> {
        let lock: toml::Table = text.parse().unwrap();
        let of = |package: &toml::Value, key: &str| package[key].as_str().unwrap().to_owned();
        let packages = lock["package"].as_array().unwrap();
        packages.iter().map(|package| (of(package, "name"), of(package, "version"))).collect()
    };
    let mut sources = flavors().iter().flat_map(|flavor| &flavor.sources);
    let lock = sources.find(|source| source.folder == "spam-pyo3" && source.path == "Cargo.lock").unwrap();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    let (ours, all) = (packages(lock.text), packages(&fs::read_to_string(workspace).unwrap()));
    assert_eq!(ours.difference(&all).collect::<Vec<_>>(), Vec::<&(String, String)>::new());

    let pyo3 = ours.iter().find(|(name, _)| name == "pyo3").unwrap();
    assert!(pyo3.1.starts_with("0.30."), "the flavors speak of PyO3 0.30");
}

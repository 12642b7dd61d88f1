//! `soabi matrix --flavor cython`: `spam` built with a toolkit, as a wheel for every interpreter, by the hooks of PEP 517.
//!
//! What a build needs comes by exact version and hash from the user's own index, so it uses the network and says so. The
//! wheels are rows like anybody's, and so are their tags, which the build backend chose.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use sha2::{Digest, Sha256};
use soabi_core::{AbiTag, CpythonAbi, PythonId};
use soabi_harness::build::{NotBuilt, quoted};
use soabi_harness::specimen::{Release, Toolkit, flavors, toolkits};
use soabi_python::Interpreter;
use soabi_report::matrix::NotApplicable;

use crate::command::site_packages::{Installers, Making, Wanted};
use crate::error::Error;

/// What one build may take.
const LIMIT: Duration = Duration::from_mins(10);

/// Calls the hook of PEP 517: the backend, and the folder for the wheel.
const HOOK: &str = "import importlib, sys; importlib.import_module(sys.argv[1]).build_wheel(sys.argv[2])";

/// What every such module has to answer, as a command of a shell: the status of a process is in the second byte.
pub(crate) const ROUND_TRIP: &str = "python -c 'import spam; assert spam.system(\"exit 3\") == 3 << 8'";

/// The wheels that were built.
#[derive(Default)]
pub(crate) struct Built {
    /// Where they are, toolkit by toolkit.
    pub(crate) wheels: Vec<PathBuf>,
    /// What they need when they are imported.
    pub(crate) dependencies: BTreeMap<PythonId, Vec<PathBuf>>,
    /// Where there is none, and why.
    pub(crate) not_applicable: Vec<NotApplicable>,
    /// The builds that failed.
    pub(crate) errors: Vec<String>,
}

/// A wheel to build.
pub(crate) struct Order<'a> {
    toolkit: &'a Toolkit,
    release: &'a Release,
    python: &'a Interpreter,
}

impl Order<'_> {
    /// `cython-setuptools-3.3.1@cp313`.
    fn id(&self) -> String {
        format!("{}-{}@{}", self.toolkit.id, self.release.version, self.python.id)
    }

    /// Why there is no such wheel.
    fn not_applicable(&self, because: String) -> NotApplicable {
        NotApplicable { flavor: self.toolkit.id.clone(), built_for: self.python.id.abi, because }
    }

    /// The command that builds it with what `site` has, into `wheels`, in the folder of its sources.
    fn command(&self, site: &Path, wheels: &Path) -> Command {
        let mut command = Command::new(&self.python.executable);
        command.args(["-c", HOOK, &self.toolkit.backend]).arg(wheels);
        let own = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(site.join("bin")).chain(std::env::split_paths(&own));
        // A folder whose name has a colon cannot be on the path; then what is needed of it is not found, which is said.
        command.env("PATH", std::env::join_paths(path).unwrap_or(own));
        command.env("PYTHONPATH", site).env("PYTHONNOUSERSITE", "1");
        // Of an interpreter that does not lie where it was configured to, backends know not all folders of headers.
        if let Ok(headers) = std::env::join_paths(&self.python.facts.include_dirs) {
            command.env("CPATH", headers);
        }
        command
    }
}

/// The toolkits that `flavors` name, each by its id or with all of its backends; none where they name specimens.
pub(crate) fn wanted(named: &[String]) -> Result<Vec<&'static Toolkit>, Error> {
    let is_specimen = |name: &str| flavors().iter().any(|flavor| flavor.id == name);
    let is_named =
        |toolkit: &Toolkit, name: &str| toolkit.id == name || toolkit.family() == name && !is_specimen(name);
    let wanted: Vec<_> =
        toolkits().iter().filter(|toolkit| named.iter().any(|name| is_named(toolkit, name))).collect();
    let other = named.iter().find(|name| !toolkits().iter().any(|toolkit| is_named(toolkit, name)));
    match other {
        Some(other) if !wanted.is_empty() => Err(Error::MixedFlavors(other.clone())),
        _ => Ok(wanted),
    }
}

/// What is to be built with `toolkits` for `pythons`, and where there is nothing to build.
pub(crate) fn orders<'a>(
    toolkits: &[&'a Toolkit],
    pythons: &'a [Interpreter],
) -> (Vec<Order<'a>>, Vec<NotApplicable>) {
    let (mut orders, mut not_applicable) = (Vec::new(), Vec::new());
    for toolkit in toolkits {
        for python in pythons {
            match toolkit.releases_for(python.id.abi) {
                Ok(releases) => orders.extend(releases.map(|release| Order { toolkit, release, python })),
                Err(because) => not_applicable.push(NotApplicable {
                    flavor: toolkit.id.clone(),
                    built_for: python.id.abi,
                    because,
                }),
            }
        }
    }
    (orders, not_applicable)
}

/// Builds what is not in `cache`.
pub(crate) fn build(orders: &[Order<'_>], cache: &Path, jobs: usize, quiet: bool) -> Result<Built, Error> {
    let root = cache.join("toolkits");
    let mut built = Built::default();
    let installers = Installers::of_process();
    let mut ready = Vec::new();
    for order in orders {
        if !order.python.facts.has_headers {
            built.not_applicable.push(order.not_applicable("it is here without its headers".to_owned()));
            continue;
        }
        let requirements = order.release.requirements();
        let said = order.release.requires.join(", ");
        let wanted = Wanted { requirements: &requirements, said: &said, locked: true };
        match installers.install(order.python, &wanted, &root.join("sites"))? {
            Ok(site) => ready.push((order, site)),
            Err(why) => built.not_applicable.push(order.not_applicable(why)),
        }
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build().map_err(Error::Threads)?;
    let results: Vec<_> =
        pool.install(|| ready.par_iter().map(|(order, site)| wheel(order, site, &root, quiet)).collect());
    for ((order, site), result) in ready.iter().zip(results) {
        match result? {
            Ok(wheel) => {
                built.wheels.push(wheel);
                if order.toolkit.needs_at_run {
                    built.dependencies.entry(order.python.id).or_default().push(site.clone());
                }
            }
            Err(why) => built.errors.push(format!("{}: {why}", order.id())),
        }
    }
    // Debug builds that share the ABI of a release take the wheels of the release, and need what those need.
    for python in orders.iter().map(|order| order.python.id) {
        let AbiTag::Cpython(abi) = python.abi else { continue };
        let release = AbiTag::Cpython(CpythonAbi { debug: false, ..abi }).into();
        if let Some(sites) = built.dependencies.get(&release).cloned() {
            built.dependencies.entry(python).or_insert(sites);
        }
    }
    Ok(built)
}

/// The wheel of an order: that of an earlier run, or a new one.
fn wheel(order: &Order<'_>, site: &Path, root: &Path, quiet: bool) -> Result<Result<PathBuf, String>, Error> {
    let project = order.toolkit.project(order.release);
    let mut key = Sha256::new();
    key.update(format!("{}\n{}\n{}\n", env!("CARGO_PKG_VERSION"), site.display(), order.toolkit.backend));
    for variable in ["CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS"] {
        key.update(format!("{variable}={:?}\n", std::env::var_os(variable)));
    }
    for (path, text) in &project {
        key.update(format!("{path}\n{}\n{text}", text.len()));
    }
    let key = soabi_core::hex(&key.finalize()[..8]);
    let folder = root.join("wheels").join(format!("{}-{key}", order.python.id));
    let failed = |source| Error::Write { path: folder.clone(), source };
    if let Some(wheel) = wheel_in(&folder) {
        return Ok(Ok(wheel));
    }
    match &order.toolkit.fetches {
        Some(fetches) => anstream::eprintln!("{}: building; {fetches}, from the network", order.id()),
        None if quiet => {}
        None => anstream::eprintln!("{}: building", order.id()),
    }
    let making = Making::below(&root.join("wheels")).map_err(failed)?;
    let (sources, wheels) = (making.path().join("sources"), making.path().join("wheels"));
    for folder in [&sources, &wheels] {
        fs::create_dir(folder).map_err(failed)?;
    }
    for (path, text) in project {
        let file = sources.join(path);
        fs::create_dir_all(file.parent().unwrap_or(&sources)).map_err(failed)?;
        fs::write(file, text).map_err(failed)?;
    }
    let mut command = order.command(site, &wheels);
    command.current_dir(&sources).env("TMPDIR", making.path());
    let finished = match soabi_child::run(&mut command, LIMIT) {
        Ok(finished) => finished,
        Err(error) => return Ok(Err(format!("the interpreter could not be started: {error}"))),
    };
    if !finished.status.is_some_and(|status| status.success()) {
        let status = finished.status.map_or_else(|| "no end".to_owned(), |status| status.to_string());
        // Some backends let compilers write to stdout.
        let said = [finished.stdout, b"\n".to_vec(), finished.stderr].concat();
        let stderr = String::from_utf8_lossy(&said).into_owned();
        return Ok(Err(
            NotBuilt::Failed { program: order.toolkit.backend.clone(), status, stderr }.to_string()
        ));
    }
    if wheel_in(&wheels).is_none() {
        return Ok(Err(format!("{} made no wheel", order.toolkit.backend)));
    }
    match fs::rename(&wheels, &folder) {
        Err(_) if folder.is_dir() => {}
        renamed => renamed.map_err(failed)?,
    }
    Ok(wheel_in(&folder).ok_or_else(|| format!("`{}` has no wheel", folder.display())))
}

/// The wheel in a folder.
fn wheel_in(folder: &Path) -> Option<PathBuf> {
    let mut paths = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    paths.find(|path| path.extension().is_some_and(|extension| extension == "whl"))
}

/// The commands that build the wheels, as a person would type them in the folder of their sources.
pub(crate) fn commands(orders: &[Order<'_>]) -> String {
    let mut text = String::new();
    for order in orders {
        let command = order.command(Path::new("site"), Path::new("wheels"));
        let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
        let words: Vec<_> =
            std::iter::once(order.python.executable.display().to_string()).chain(words).collect();
        let hook: Vec<_> = words.iter().map(|word| quoted(word.as_ref())).collect();
        let _ = writeln!(text, "# {}: {}", order.id(), order.toolkit.title);
        let _ =
            writeln!(text, "{} -m pip install --target site {}", words[0], order.release.requires.join(" "));
        let _ = writeln!(text, "PATH=site/bin:$PATH PYTHONPATH=site {}", hook.join(" "));
    }
    text
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::one("cython-meson", "cython-meson")]
    #[case::every_backend("pybind11", "pybind11-setuptools pybind11-scikit-build")]
    #[case::two("swig mypyc", "swig-setuptools mypyc-setuptools")]
    #[case::specimens("c-single pyo3", "")]
    #[case::nothing("", "")]
    fn names(#[case] named: &str, #[case] expected: &str) {
        let named: Vec<_> = named.split_whitespace().map(str::to_owned).collect();
        let ids: Vec<_> = wanted(&named).unwrap().iter().map(|toolkit| toolkit.id.as_str()).collect();
        assert_eq!(ids.join(" "), expected);
    }

    #[rstest]
    #[case::with_a_specimen("cython c-single", "c-single")]
    #[case::with_a_mistake("cython pythran", "pythran")]
    fn mixed(#[case] named: &str, #[case] stranger: &str) {
        let named: Vec<_> = named.split_whitespace().map(str::to_owned).collect();
        let error = wanted(&named).unwrap_err();
        assert!(matches!(error, Error::MixedFlavors(name) if name == stranger));
    }
}

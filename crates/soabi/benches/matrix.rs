//! What the matrix costs, as ratios to the least that it could cost, measured in one run.
//!
//! Every pair is measured one after the other and again in turn, so that a machine that changes its speed
//! changes it for both. Medians are printed.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "figures are what a bench is for")]
#![expect(clippy::cast_precision_loss, reason = "nobody counts cells or cores beyond 2^52")]

use std::collections::VecDeque;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use soabi_core::{FileName, Rung};
use soabi_harness::build::{self, Tools};
use soabi_harness::specimen::{self, flavors};
use soabi_python::{Environment, Interpreter, Request, Selector, discover};
use soabi_report::matrix::MatrixReport;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SOABI: &str = env!("CARGO_BIN_EXE_soabi");
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-cache");
    let jobs = std::thread::available_parallelism()?.get();

    println!("the specimens, and what is to be run ...");
    let report = matrix(&cache, &[])?;
    let interpreters = interpreters(&report);
    let floor = Floor::new(&report, &interpreters, scratch.path())?;
    println!(
        "{} interpreters, {} import cells, {} load cells, {jobs} at a time, {ROUNDS} rounds\n",
        interpreters.len(),
        floor.import_cells(),
        floor.loads.len()
    );

    let mut whole = Pairs::default();
    let mut memory = 0;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        memory = memory.max(run_watched(&cache)?);
        let matrix = started.elapsed().as_secs_f64();
        whole.add(matrix, timed(|| floor.run(jobs))?);
    }
    whole.print(
        "the whole warm matrix",
        "its floor (starts, bare forks and imports, bare dlopens)",
        "below 2",
    );
    let cells = report.cells.len();
    println!("  {cells} cells, {:.0} per second", cells as f64 / whole.median().0);
    println!("  peak memory of soabi: {} MB (to be below 100)\n", memory / 1024);

    import_rung(&cache, &floor, jobs)?;
    per_cell(&report, &interpreters, scratch.path(), jobs)?;
    cold_build(&interpreters, scratch.path(), jobs)
}

/// The report of a run.
fn matrix(cache: &Path, args: &[&str]) -> Result<MatrixReport> {
    let output = Command::new(SOABI)
        .args(["matrix", "--quiet", "--format", "json", "--cache-dir"])
        .arg(cache)
        .args(args)
        .stderr(Stdio::inherit())
        .output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The interpreters of a run.
fn interpreters(report: &MatrixReport) -> Vec<Interpreter> {
    let paths = report.pythons.iter().filter_map(|python| python.path.as_ref());
    let selection = paths.map(|path| Selector::Path(path.into())).collect();
    discover(&Request { selection, ..Request::new(Environment::of_process()) }).found
}

/// What the import rung takes of the processors, everything counted: soabi, the starts of the interpreters, the
/// shells that probes start.
fn import_rung(cache: &Path, floor: &Floor, jobs: usize) -> Result<()> {
    let (mut wall, mut cpu, mut least, mut cells) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let before = cpu_of_children()?;
        wall.push(timed(|| {
            cells = matrix(cache, &["--rung", "import"])?.cells.len();
            Ok(())
        })?);
        let between = cpu_of_children()?;
        run_all(&floor.imports, jobs, |words| bare(words))?;
        cpu.push(between - before);
        least.push(cpu_of_children()? - between);
    }
    let (wall, cells) = (median(wall), cells as f64);
    println!("the import rung: {wall:.4} s, {:.0} cells per second", cells / wall);
    let per_cell = |seconds| 1000.0 * median(seconds) / cells;
    println!("  CPU per cell, probes and their shells included: {:.2} ms (to be at most 3)", per_cell(cpu));
    println!("  CPU per bare fork and import: {:.2} ms\n", per_cell(least));
    Ok(())
}

/// The processor time of all children that have ended, in seconds, in user and kernel mode.
fn cpu_of_children() -> Result<f64> {
    /// Linux counts in these, whatever its own clock does.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // proc(5): `cutime` and `cstime` are the fields 16 and 17; the name, which may hold anything, is the second.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    let mut seconds = 0.0;
    for field in fields.skip(13).take(2) {
        seconds += field.parse::<f64>()? / TICKS_PER_SECOND;
    }
    Ok(seconds)
}

/// Runs the matrix and returns the most memory that soabi itself ever had, in KB.
fn run_watched(cache: &Path) -> Result<u64> {
    let mut child = Command::new(SOABI)
        .args(["matrix", "--quiet", "--cache-dir"])
        .arg(cache)
        .stdout(Stdio::null())
        .spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Ok(peak)
}

/// The same cells with nothing around them.
struct Floor {
    /// One command for every interpreter.
    imports: Vec<Vec<PathBuf>>,
    /// One for every cell.
    loads: Vec<Vec<PathBuf>>,
}

/// What a bare fork and import of [`floor.py`](floor.py) has before its folders: the interpreter, four flags, the script.
const BEFORE_FOLDERS: usize = 6;

impl Floor {
    fn new(report: &MatrixReport, interpreters: &[Interpreter], scratch: &Path) -> Result<Self> {
        let loader = scratch.join("floor");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/floor.c");
        let compiled =
            Command::new("cc").arg("-O2").arg(source).arg("-o").arg(&loader).arg("-ldl").status()?;
        if !compiled.success() {
            return Err("the floor's loader does not compile".into());
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/floor.py");
        let (mut long, mut short) = (Vec::new(), Vec::new());
        for python in interpreters {
            let flags = ["-E", "-s", "-S", "-B"].map(PathBuf::from);
            let mut command = vec![python.executable.clone()];
            command.extend(flags);
            command.push(script.clone());
            for cell in report.cells.iter().filter(|cell| cell.python == python.id) {
                let artifact = report.artifacts.iter().find(|artifact| artifact.id == cell.artifact);
                let (Some(artifact), Some(path)) = (artifact, artifact.and_then(|found| found.path.as_ref()))
                else {
                    continue;
                };
                if cell.rung == Rung::Load {
                    let library = python.facts.libpython.clone().unwrap_or_default();
                    short.push(vec![loader.clone(), library, path.into()]);
                } else {
                    let bare = cell.file == FileName::Bare;
                    let name = if bare { "spam.so" } else { artifact.file_name.as_str() };
                    command.push(stage(scratch, long.len() * 10_000 + command.len(), path.as_ref(), name)?);
                }
            }
            long.push(command);
        }
        Ok(Self { imports: long, loads: short })
    }

    /// How many cells with an import there are.
    fn import_cells(&self) -> usize {
        self.imports.iter().map(|command| command.len() - BEFORE_FOLDERS).sum()
    }

    fn run(&self, jobs: usize) -> Result<()> {
        // The long ones first and all in one queue, so that nobody waits for another at the end.
        let all: Vec<_> = self.imports.iter().chain(&self.loads).collect();
        run_all(&all, jobs, |words| bare(words))
    }
}

/// A command of the floor.
fn bare(words: &[PathBuf]) -> Command {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A folder that holds a link to the artifact and nothing else.
fn stage(scratch: &Path, number: usize, artifact: &Path, name: &str) -> Result<PathBuf> {
    let folder = scratch.join("stage").join(number.to_string());
    std::fs::create_dir_all(&folder)?;
    symlink(artifact, folder.join(name))?;
    Ok(folder)
}

/// Runs the commands, `jobs` at a time.
fn run_all<T: Sync>(work: &[T], jobs: usize, command: impl Fn(&T) -> Command + Sync) -> Result<()> {
    let queue: Mutex<VecDeque<&T>> = Mutex::new(work.iter().collect());
    let failure = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                while let Some(item) = next() {
                    if let Err(error) = command(item).status() {
                        *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    }
                }
            });
        }
    });
    match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

/// An import cell against a fresh interpreter that does the least of what the cell does, interpreter by
/// interpreter; as many at a time as there were cells at a time.
fn per_cell(report: &MatrixReport, interpreters: &[Interpreter], scratch: &Path, jobs: usize) -> Result<()> {
    let mut pairs = Pairs::default();
    for (number, python) in interpreters.iter().enumerate() {
        let built = report.artifacts.iter().find(|artifact| {
            artifact.built_for == python.id.abi && ["c-single", "c-py2"].contains(&artifact.flavor.as_str())
        });
        let Some(path) = built.and_then(|artifact| artifact.path.as_ref()) else { continue };
        // Its own suffix comes first and not every interpreter takes a bare one.
        let suffix = python.facts.ext_suffixes.first().map_or(".so", String::as_str);
        let folder = stage(scratch, 1_000_000 + number, path.as_ref(), &format!("spam{suffix}"))?;
        let folder = folder.display();
        let import = format!("import sys; sys.path.insert(0, '{folder}'); import spam; spam.system('true')");
        // 2.7 has no -I; -E and -s are what it stands for.
        let isolated: &[&str] = if python.facts.feature.major == 2 { &["-E", "-s"] } else { &["-I"] };
        let cells = report.cells.iter().filter(|cell| cell.python == python.id && cell.rung == Rung::Import);
        let cell = median(cells.map(|cell| cell.ms / 1000.0));
        for _ in 0..ROUNDS {
            let starts = vec![(); 4 * jobs];
            let all = timed(|| {
                run_all(&starts, jobs, |()| {
                    let mut process = Command::new(&python.executable);
                    process.args(isolated).args(["-W", "ignore", "-c", &import]);
                    process
                })
            })?;
            pairs.add(all / 4.0, cell);
        }
    }
    pairs.print(
        "a fresh interpreter, one import and system('true')",
        "an import cell of the matrix",
        "above 5",
    );
    println!();
    Ok(())
}

/// The C and FFI specimens from nothing, against the commands alone.
fn cold_build(interpreters: &[Interpreter], scratch: &Path, jobs: usize) -> Result<()> {
    let tools = Tools::of_process();
    let mut pairs = Pairs::default();
    for round in 0..3 {
        let mut plan = specimen::plan(flavors(), interpreters);
        plan.specimens.retain(|specimen| !specimen.flavor.id.starts_with("pyo3"));
        let cache = scratch.join(format!("cold-{round}"));
        let options = build::BuildOptions { tools: &tools, cache: &cache, jobs };
        let started = Instant::now();
        let built = build::build(plan.specimens, &options, &())?;
        let soabi = started.elapsed().as_secs_f64();
        // The same files once: specimens of one content share a build.
        let mut chains: Vec<String> = built.iter().map(|built| built.commands.join(" && ")).collect();
        chains.sort_unstable();
        chains.dedup();
        let sources = scratch.join(format!("sources-{round}"));
        for folder in ["spam-c", "spam-ffi"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder).join("src");
            for entry in std::fs::read_dir(from)? {
                let entry = entry?;
                std::fs::create_dir_all(sources.join("src"))?;
                std::fs::copy(entry.path(), sources.join("src").join(entry.file_name()))?;
            }
        }
        let bare = timed(|| {
            let numbered: Vec<_> = chains.iter().enumerate().collect();
            run_all(&numbered, jobs, |(number, chain)| {
                let folder = sources.join(number.to_string());
                let _ = std::fs::create_dir_all(&folder);
                let _ = symlink(sources.join("src"), folder.join("src"));
                let mut command = Command::new("/bin/sh");
                command.arg("-c").arg(chain).current_dir(folder);
                command
            })
        })?;
        pairs.add(soabi, bare);
    }
    pairs.print("a cold build of the C and FFI specimens", "their bare commands", "below 1.5");
    Ok(())
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed().as_secs_f64())
}

/// Two things measured in turn.
#[derive(Default)]
struct Pairs {
    pairs: Vec<(f64, f64)>,
}

impl Pairs {
    fn add(&mut self, first: f64, second: f64) {
        self.pairs.push((first, second));
    }

    fn median(&self) -> (f64, f64) {
        (median(self.pairs.iter().map(|pair| pair.0)), median(self.pairs.iter().map(|pair| pair.1)))
    }

    fn print(&self, first: &str, second: &str, aim: &str) {
        let ratio = median(self.pairs.iter().map(|(first, second)| first / second));
        let (a, b) = self.median();
        println!("{first}: {a:.4} s");
        println!("  {second}: {b:.4} s");
        println!("  ratio, pair by pair: {ratio:.2} (to be {aim})");
    }
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

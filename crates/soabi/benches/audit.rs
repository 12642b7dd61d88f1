//! What an audit costs: against other auditors, and against the least that it could cost.
//!
//! `just bench-audit DIR`: DIR has the wheels of `tests/corpus`; `just peers` makes the peers. Every pair is
//! measured one after the other and again in turn, so that a machine that changes its speed changes it for both.
//! Medians are printed. Every time is that of a whole process.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "figures are what a bench is for")]

use std::fmt::Write;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use libdeflater::Decompressor;
use memmap2::MmapMut;
use rawzip::ZipArchive;
use soabi_wheel::Wheel;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SOABI: &str = env!("CARGO_BIN_EXE_soabi");

/// What makes this program the floor. The plan follows.
const FLOOR: &str = "--floor";

/// Small wheels: 0.2, 0.3 and 0.6 MB, of which 0.5, 0.6 and 2.0 MB are inflated.
const SMALL: [&str; 3] = [
    "procmaps-0.5.0-cp36-abi3-manylinux2010_x86_64.whl",
    "bcrypt-5.0.0-cp39-abi3-manylinux_2_28_x86_64.whl",
    "bcrypt-4.0.1-cp36-abi3-manylinux_2_28_x86_64.whl",
];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match &arguments[..] {
        [floor, plan] if floor == FLOOR => run_floor(Path::new(plan)),
        [wheels, peers] => bench(Path::new(wheels), Path::new(peers)),
        _ => Err("usage: just bench-audit DIR [PEERS]".into()),
    }
}

fn bench(folder: &Path, peers: &Path) -> Result<()> {
    let stable = stable_abi_wheels(folder)?;
    let scratch = tempfile::tempdir()?;
    let (plan, mut floor) = floor_of(&stable, &scratch.path().join("plan"))?;
    println!(
        "{} wheels with a stable ABI, {} native members of {} MB; {} threads",
        stable.len(),
        plan.members.len(),
        plan.size() >> 20,
        threads()
    );

    let abi3audit = |wheels: &[PathBuf]| peer(peers, "abi3audit", &["-S"], wheels);
    let doctor = |wheels: &[PathBuf]| peer(peers, "abi3t-doctor", &["wheel"], wheels);
    let auditwheel = |wheels: &[PathBuf]| peer(peers, "auditwheel", &["show"], wheels);

    for name in SMALL {
        println!("\na small wheel, {name}");
        let small = [folder.join(name)];
        let (_, mut floor) = floor_of(&small, &scratch.path().join("small"))?;
        pairs("the floor", &mut floor, &mut soabi(&small), 41)?.print_inverse("");
        pairs("a process that does nothing", &mut Command::new("true"), &mut soabi(&small), 41)?
            .print_inverse("");
        pairs("abi3audit", &mut abi3audit(&small), &mut soabi(&small), 11)?.print("to be at least 100");
        pairs("abi3t-doctor", &mut doctor(&small), &mut soabi(&small), 11)?.print("");
        pairs("auditwheel show", &mut auditwheel(&small), &mut soabi(&small), 11)?.print("");
    }

    println!("\nthe wheels with a stable ABI, one process");
    pairs("the floor", &mut floor, &mut soabi(&stable), 9)?.print_inverse("to be at most 1.5");
    pairs("abi3t-doctor", &mut doctor(&stable), &mut soabi(&stable), 5)?.print("to be at least 4");
    let peak = peak_memory(&mut soabi(&stable))?;
    let (largest, threads) = (plan.largest() >> 20, threads());
    println!(
        "  peak memory of soabi: {} MB (to be at most {}: {threads} threads x the largest member, {largest} MB, + 30)",
        peak >> 10,
        largest * threads + 30
    );

    let without: Vec<PathBuf> = stable.iter().filter(|path| !is_huge(path)).cloned().collect();
    println!("\nthe same without polars for Windows, which abi3audit takes minutes and gigabytes for");
    pairs("abi3audit", &mut abi3audit(&without), &mut soabi(&without), 3)?.print("to be at least 60");
    Ok(())
}

/// The floor of an audit of these wheels; its plan is written to `file`.
fn floor_of(wheels: &[PathBuf], file: &Path) -> Result<(Plan, Command)> {
    let plan = Plan::new(wheels)?;
    std::fs::write(file, plan.to_text())?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(FLOOR).arg(file);
    Ok((plan, command))
}

/// The wheels of a folder that are tagged for a stable ABI.
fn stable_abi_wheels(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut wheels: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    wheels
        .retain(|path| path.to_string_lossy().contains("-abi3") && path.to_string_lossy().ends_with(".whl"));
    wheels.sort();
    if wheels.is_empty() {
        return Err(format!("no wheels in {}: `just corpus` fetches them", folder.display()).into());
    }
    Ok(wheels)
}

fn is_huge(path: &Path) -> bool {
    path.to_string_lossy().contains("polars_runtime_32-2.1.0-cp311-abi3-win_amd64")
}

fn soabi(wheels: &[PathBuf]) -> Command {
    let mut command = Command::new(SOABI);
    command.args(["audit", "--quiet", "--no-config", "--no-cache"]).args(wheels);
    command
}

fn peer(peers: &Path, name: &str, args: &[&str], wheels: &[PathBuf]) -> Command {
    let mut command = Command::new(peers.join(name).join("bin").join(name));
    command.args(args).args(wheels);
    command
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The native members of some wheels: where their bytes are, and what they become.
#[derive(Default)]
struct Plan {
    members: Vec<Stored>,
}

/// A deflated member.
struct Stored {
    path: PathBuf,
    start: u64,
    compressed: usize,
    size: usize,
}

impl Plan {
    /// The members that an audit inflates, the largest first: so no thread waits for another at the end.
    fn new(wheels: &[PathBuf]) -> Result<Self> {
        let mut plan = Self::default();
        for path in wheels {
            let mut native = std::collections::HashSet::new();
            Wheel::open(path)?.for_each_native(|member, facts| {
                if facts.is_ok() {
                    native.insert(member.name.clone().into_bytes());
                }
            });
            let archive = ZipArchive::from_slice(std::fs::read(path)?)?;
            for entry in archive.entries() {
                let entry = entry?;
                if native.contains(entry.file_path().as_ref()) && entry.compression_method().as_u16() == 8 {
                    let (start, end) = archive.get_entry(entry.wayfinder())?.compressed_data_range();
                    let (compressed, size) = (end - start, entry.uncompressed_size_hint());
                    plan.members.push(Stored {
                        path: path.clone(),
                        start,
                        compressed: compressed.try_into()?,
                        size: size.try_into()?,
                    });
                }
            }
        }
        plan.members.sort_by_key(|member| std::cmp::Reverse(member.size));
        Ok(plan)
    }

    fn size(&self) -> usize {
        self.members.iter().map(|member| member.size).sum()
    }

    /// How many bytes the largest member has.
    fn largest(&self) -> usize {
        self.members.iter().map(|member| member.size).max().unwrap_or_default()
    }

    fn to_text(&self) -> String {
        self.members.iter().fold(String::new(), |mut text, Stored { path, start, compressed, size }| {
            let _ = writeln!(text, "{start} {compressed} {size} {}", path.display());
            text
        })
    }

    fn parse(text: &str) -> Result<Self> {
        let member = |line: &str| -> Result<Stored> {
            let mut parts = line.splitn(4, ' ');
            let mut next = || parts.next().ok_or("a line of the plan is too short");
            let (start, compressed, size) = (next()?.parse()?, next()?.parse()?, next()?.parse()?);
            Ok(Stored { start, compressed, size, path: next()?.into() })
        };
        Ok(Self { members: text.lines().map(member).collect::<Result<_>>()? })
    }
}

/// Is the floor: reads the members and inflates them, with the library and the number of threads of the audit,
/// and does nothing else. What is where, it is told.
fn run_floor(plan: &Path) -> Result<()> {
    let plan = Plan::parse(&std::fs::read_to_string(plan)?)?;
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads()).map(|_| scope.spawn(|| inflate(&plan, &next))).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a thread panicked")?)
    })
    .map_err(Into::into)
}

fn inflate(plan: &Plan, next: &AtomicUsize) -> std::result::Result<(), String> {
    let mut decompressor = Decompressor::new();
    let largest_input = plan.members.iter().map(|member| member.compressed).max().unwrap_or_default();
    let (mut input, mut output) = (room(largest_input)?, room(plan.largest())?);
    while let Some(member) = plan.members.get(next.fetch_add(1, Ordering::Relaxed)) {
        let failed = |problem: &dyn std::fmt::Display| format!("{}: {problem}", member.path.display());
        let bytes = &mut input[..member.compressed];
        let file = File::open(&member.path).map_err(|error| failed(&error))?;
        file.read_exact_at(bytes, member.start).map_err(|error| failed(&error))?;
        decompressor.deflate_decompress(bytes, &mut output).map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// Memory whose pages the system brings when they are first written, the first of them large ones: as the audit has it.
fn room(length: usize) -> std::result::Result<MmapMut, String> {
    const LARGE: usize = 8 << 20;
    let map = MmapMut::map_anon(length.max(LARGE)).map_err(|error| error.to_string())?;
    if length >= 1 << 20 {
        let _ = map.advise_range(memmap2::Advice::HugePage, 0, LARGE);
    }
    Ok(map)
}

/// Seconds of a peer and of soabi, measured in turn.
struct Pairs {
    peer: &'static str,
    seconds: Vec<(f64, f64)>,
}

fn pairs(peer: &'static str, other: &mut Command, soabi: &mut Command, rounds: usize) -> Result<Pairs> {
    timed(soabi)?;
    let seconds = (0..rounds).map(|_| Ok((timed(other)?, timed(soabi)?))).collect::<Result<_>>()?;
    Ok(Pairs { peer, seconds })
}

impl Pairs {
    fn print(&self, aim: &str) {
        self.print_ratio(median(self.seconds.iter().map(|(peer, soabi)| peer / soabi)), aim);
    }

    fn print_inverse(&self, aim: &str) {
        self.print_ratio(median(self.seconds.iter().map(|(peer, soabi)| soabi / peer)), aim);
    }

    fn print_ratio(&self, ratio: f64, aim: &str) {
        let peer = median(self.seconds.iter().map(|pair| pair.0));
        let soabi = median(self.seconds.iter().map(|pair| pair.1));
        let aim = if aim.is_empty() { String::new() } else { format!(" ({aim})") };
        println!("  {}: {peer:.4} s, soabi: {soabi:.4} s, ratio pair by pair: {ratio:.2}{aim}", self.peer);
    }
}

/// How long the command runs. That it finds something to complain about is no failure; that it does not start is.
fn timed(command: &mut Command) -> Result<f64> {
    let started = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let seconds = started.elapsed().as_secs_f64();
    match status.map_err(|error| format!("{command:?}: {error}; `just peers` makes the peers"))?.code() {
        Some(0 | 1) => Ok(seconds),
        other => Err(format!("{command:?} ended with {other:?}").into()),
    }
}

/// The most memory that a process ever had, in KB.
fn peak_memory(command: &mut Command) -> Result<usize> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(peak)
}

fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

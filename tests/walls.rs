//! What is behind the walls harms nothing: modules that try to get out, one after the other in one worker.

use std::time::Duration;

use rstest::rstest;
use soabi_child::launch::Launcher;
use soabi_child::walls::Wall;
use soabi_core::{Outcome, PyVersion};
use soabi_harness::import;
use soabi_harness::worker::{Conditions, Depth, Isolation, Job, Leak, Seen, Worker};
use soabi_python::Interpreter;
use tempfile::TempDir;

use crate::audit::wheelhouse::Wheelhouse;
use crate::isolation::{HOSTILE, users};
use crate::support::interpreters;
use crate::wheels::report;

/// A worker, and the modules that it is given.
struct Cells {
    worker: Worker,
    folder: TempDir,
    modules: u32,
}

impl Cells {
    fn new(python: &Interpreter, isolation: Isolation) -> Self {
        Self::limited(python, isolation, Duration::from_secs(20))
    }

    fn limited(python: &Interpreter, isolation: Isolation, limit: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let launcher = Launcher::new(env!("CARGO_BIN_EXE_soabi").into(), &soabi_loader::calls::ThisKernel);
        let conditions = Conditions { launcher, isolation, limit };
        let scratch = folder.path().join("scratch");
        Self { worker: Worker::new(import::start(python), scratch, conditions), folder, modules: 0 }
    }

    /// What is seen of the module that does this, which is alone in a folder of its own.
    fn import(&mut self, behavior: &str) -> Seen {
        self.modules += 1;
        let dir = self.folder.path().canonicalize().unwrap().join(self.modules.to_string());
        std::fs::create_dir(&dir).unwrap();
        let file = dir.join(format!("{behavior}.so"));
        std::fs::copy(HOSTILE.module(behavior), &file).unwrap();
        let version = PyVersion::new(3, 12);
        let job =
            Job::Import { module: behavior.to_owned(), dir, version, probes: None, depth: Depth::Brief };
        let seen = self.worker.run(&job).unwrap();
        assert!(file.exists(), "`{behavior}` removed its own file");
        seen
    }

    fn has(&self, wall: Wall) -> bool {
        self.worker.walls().unwrap().has(wall)
    }
}

/// The oldest and the newest: what the worker does, it does in the words of each.
fn two_pythons() -> Vec<&'static Interpreter> {
    let found = interpreters();
    if found.len() < 2 { found.iter().collect() } else { vec![&found[0], &found[found.len() - 1]] }
}

/// The last line of a module that came to its end without a module.
fn is_refused(seen: &Seen) -> bool {
    matches!(seen.outcome, Outcome::Refused { .. })
}

const NOTHING: [Leak; 0] = [];

#[rstest]
#[case("forks", [Leak::Processes(1)])]
#[case("swarms", [Leak::Processes(100)])]
#[case("daemonizes", [Leak::Processes(1)])]
#[case("keepsforging", [Leak::Processes(1)])]
#[case("litters", [Leak::Files(2)])]
#[case("closesthefolder", [Leak::Files(1)])]
#[case("spoilsfiles", NOTHING)]
#[case("patricide", NOTHING)]
#[case("killsall", NOTHING)]
#[case("ptraces", NOTHING)]
#[case("limits", NOTHING)]
#[case("intrudes", NOTHING)]
#[case("spies", NOTHING)]
#[case("unshares", NOTHING)]
#[case("writesoutside", NOTHING)]
#[case("spoilsthestage", NOTHING)]
#[case("takesmemory", NOTHING)]
#[case("connects", NOTHING)]
#[case("listens", NOTHING)]
#[case("neverexits", NOTHING)]
#[case("eavesdrops", NOTHING)]
fn it_stays_inside_and_leaves_nothing<const N: usize>(
    #[case] behavior: &str,
    #[case] leaks: [Leak; N],
    #[values(Isolation::Fork, Isolation::Process)] isolation: Isolation,
) {
    for python in two_pythons() {
        let mut cells = Cells::new(python, isolation);
        let before = cells.import("looksaround");
        assert!(is_refused(&before), "{} {before:?}", python.id);
        let seen = cells.import(behavior);
        assert!(is_refused(&seen), "{} {seen:?}", python.id);
        assert_eq!(seen.leaks, leaks, "{}", python.id);
        assert_eq!(users(cells.folder.path()), [0_u32; 0], "{}", python.id);
        let after = cells.import("looksaround");
        assert_eq!((after.outcome, after.leaks), (before.outcome, before.leaks), "{}", python.id);
        assert!(!HOSTILE.mark().exists());
    }
}

/// What a module reaches for is told in its cell, and nothing of it in the next.
#[rstest]
#[case("writesoutside", &["write */was-here", "write /tmp/soabi-was-here", "write /var/tmp/soabi-was-here"])]
#[case("spoilsthestage", &["remove */2/spoilsthestage.so", "rename */2", "write */2/beside.py"])]
#[case("intrudes", &["write /proc/*/mem", "write /proc/*/fd/200"])]
#[case("connects", &["connect to 127.0.0.1:*"])]
#[case("listens", &["listen at 127.0.0.1:0"])]
#[case("patricide", &["call kill on its worker"])]
#[case("ptraces", &["call ptrace"])]
#[case("limits", &["call prlimit64"])]
#[case("unshares", &["call unshare"])]
#[case("litters", &[])]
#[case("closesthefolder", &[])]
#[case("spies", &[])]
#[case("forks", &[])]
fn what_it_tries_is_told(
    #[case] behavior: &str,
    #[case] attempts: &[&str],
    #[values(Isolation::Fork, Isolation::Process)] isolation: Isolation,
) {
    for python in two_pythons() {
        let mut cells = Cells::new(python, isolation);
        assert_eq!(cells.import("looksaround").attempts, [""; 0], "{}", python.id);
        assert!(cells.has(Wall::WatchedCalls), "{:?}", cells.worker.walls());
        let tried = cells.import(behavior).attempts;
        for attempt in attempts {
            let (start, end) = attempt.split_once('*').unwrap_or((attempt, ""));
            let is_it = |tried: &&String| tried.starts_with(start) && tried.ends_with(end);
            assert!(tried.iter().any(|tried| is_it(&tried)), "{} {attempt} {tried:?}", python.id);
        }
        assert!(!attempts.is_empty() || tried.is_empty(), "{} {tried:?}", python.id);
        assert_eq!(cells.import("looksaround").attempts, [""; 0], "{}", python.id);
    }
}

/// Its process is left without a way to answer; what it wrote itself is no answer.
#[rstest]
fn what_a_module_writes_is_no_answer(#[values(Isolation::Fork, Isolation::Process)] isolation: Isolation) {
    for python in two_pythons() {
        let mut cells = Cells::new(python, isolation);
        let seen = cells.import("forges");
        assert_eq!((seen.outcome, seen.leaks), (Outcome::Vanished { status: 0 }, vec![]), "{}", python.id);
        assert!(is_refused(&cells.import("looksaround")), "{}", python.id);
    }
}

/// In memory of its own a folder cannot be removed, and is full before the disk is; System V objects stay in their
/// namespace and are counted.
#[rstest]
fn what_namespaces_give(#[values(Isolation::Fork, Isolation::Process)] isolation: Isolation) {
    for python in two_pythons() {
        let mut cells = Cells::new(python, isolation);
        let behaviors = [
            ("removesthefolder", vec![]),
            ("fillsthefolder", vec![Leak::Files(2)]),
            ("leavesmemory", vec![Leak::Files(1)]),
        ];
        for (behavior, leaks) in behaviors {
            let seen = cells.import(behavior);
            if cells.has(Wall::PrivateFolder) {
                assert!(is_refused(&seen), "{} {behavior} {seen:?}", python.id);
                assert_eq!(seen.leaks, leaks, "{} {behavior}", python.id);
            }
            assert!(is_refused(&cells.import("looksaround")), "{} {behavior}", python.id);
        }
    }
}

/// A worker that hangs is ended with everything below it, and the next job has another.
#[rstest]
fn time_is_up_for_everything_in_the_cell(
    #[values(Isolation::Fork, Isolation::Process, Isolation::None)] isolation: Isolation,
) {
    let mut cells = Cells::limited(two_pythons()[0], isolation, Duration::from_secs(3));
    assert_eq!(cells.import("hangswithchildren").outcome, Outcome::TimedOut);
    assert_eq!(users(cells.folder.path()), [0_u32; 0]);
    assert!(is_refused(&cells.import("looksaround")));
}

/// Behind the walls of another soabi there are no namespaces, and nobody hears what is tried: the filter then denies by
/// itself. A module that gets something ends its process.
#[test]
fn without_a_listener_the_filter_denies_by_itself() {
    const TOLD: &str = "import json, sys; report = json.load(open(sys.argv[1])); walls = report['isolation']; \
                        print('up:', *sorted(walls['walls'])); print('watched-calls:', walls['missing']['watched-calls']); \
                        [print(cell['artifact'], cell['outcome'], cell.get('attempts')) for cell in report['cells']]";
    let behaviors = ["patricide", "ptraces", "limits", "unshares", "writesoutside"];
    let modules: Vec<String> =
        behaviors.iter().map(|behavior| HOSTILE.module(behavior).display().to_string()).collect();
    let python = interpreters().last().unwrap();
    let inner = format!(
        "{} matrix --rung import --format json --cache-dir $TMPDIR/cache -p {} {} > $TMPDIR/report; \
         python -c \"{TOLD}\" $TMPDIR/report; exit 1",
        env!("CARGO_BIN_EXE_soabi"),
        python.executable.display(),
        modules.join(" "),
    );
    let house = Wheelhouse::new();
    let wheel = house.wheel("py3-none-any", &[("pkg/__init__.py", b"")]);
    let id = python.id.to_string();
    let args = [&wheel, "--rung", "import", "--test", &inner, "--run-on", &id, "--time-limit", "60"];
    let report = report(house.path(), &args);
    let output = report.cells.iter().find_map(|cell| cell.output.as_deref()).unwrap();
    let up = output.lines().find_map(|line| line.strip_prefix("up: ")).unwrap();
    assert!(up.split(' ').any(|wall| wall == "seccomp") && !up.contains("namespace"), "{output}");
    assert!(output.contains("watched-calls: "), "{output}");
    for behavior in behaviors {
        assert!(output.contains(&format!("{behavior}.so refused None")), "{output}");
    }
}

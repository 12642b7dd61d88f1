//! `soabi cache`: where the cache is, how large it is, and what leaves it.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use clap::ValueEnum;

use crate::cli::cache::{CacheAction, CacheArgs, CacheKind};
use crate::error::Error;
use crate::exit::Exit;
use crate::output;
use crate::stored::{self, Entry};

/// A day.
const DAY: Duration = Duration::from_hours(24);

/// Does what the user asks of the cache.
pub(crate) fn run(args: &CacheArgs) -> Result<Exit, Error> {
    let root = crate::folders::cache_for_reading(args.cache_dir.as_deref())?;
    let text = match &args.action {
        CacheAction::Dir => format!("{}\n", root.display()),
        CacheAction::Size => sizes(&root),
        CacheAction::Prune { older_than, larger_than } => {
            let age = DAY.saturating_mul(u32::try_from(*older_than).unwrap_or(u32::MAX));
            let entries: Vec<Entry> = all().iter().flat_map(|kind| entries(&root, *kind)).collect();
            let removed = stored::prune(entries, SystemTime::now(), age, larger_than.saturating_mul(1 << 20));
            removed_text(&removed)
        }
        CacheAction::Clean { kinds } => {
            let kinds = if kinds.is_empty() { all() } else { kinds };
            let mut removed = stored::Removed::default();
            for entry in kinds.iter().flat_map(|kind| entries(&root, *kind)) {
                removed.remove(&entry);
            }
            removed_text(&removed)
        }
    };
    output::print(&text)?;
    Ok(Exit::Clean)
}

fn all() -> &'static [CacheKind] {
    CacheKind::value_variants()
}

fn entries(root: &Path, kind: CacheKind) -> Vec<Entry> {
    kind.folders().iter().flat_map(|folder| stored::entries(&root.join(folder))).collect()
}

/// A line for each kind of which there is something, and the sum.
fn sizes(root: &Path) -> String {
    let mut text = String::new();
    let (mut sum, mut number) = (0, 0);
    for kind in all() {
        let entries = entries(root, *kind);
        let size = entries.iter().map(|entry| entry.size).sum::<u64>();
        (sum, number) = (sum + size, number + entries.len());
        let value = kind.to_possible_value();
        let name = value.as_ref().map_or("", |value| value.get_name());
        let about = value.as_ref().and_then(|value| value.get_help()).map(ToString::to_string);
        if !entries.is_empty() {
            let _ = writeln!(text, "{name:<10} {:>11}  {}", mebibytes(size), about.unwrap_or_default());
        }
    }
    let _ = writeln!(text, "{:<10} {:>11}  {number} entries in {}", "all", mebibytes(sum), root.display());
    text
}

fn removed_text(removed: &stored::Removed) -> String {
    let what = if removed.entries == 1 { "entry" } else { "entries" };
    let mut text = format!("removed {} {what}, {}\n", removed.entries, mebibytes(removed.bytes));
    for (path, why) in &removed.failed {
        let _ = writeln!(text, "could not remove {}: {why}", path.display());
    }
    text
}

/// A tenth of a MiB is enough to know.
fn mebibytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1 << 20);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

//! How much memory files may take while they are read, where the user does not say.

use std::fs;

/// Where the system does not say how much there is.
const ELSEWHERE: u64 = 4 << 30;

/// Half of the memory of the machine, or of the control group that soabi runs in, in bytes.
pub(crate) fn default_limit() -> u64 {
    let read = |path| fs::read_to_string(path).ok();
    let machine = read("/proc/meminfo").as_deref().and_then(total);
    let group = read("/sys/fs/cgroup/memory.max").and_then(|text| text.trim().parse().ok());
    machine.into_iter().chain(group).min().map_or(ELSEWHERE, |bytes| bytes / 2)
}

/// The memory that `/proc/meminfo` gives, in bytes; its `kB` are kibibytes.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::as_linux_writes_it("MemTotal:       24689588 kB\nMemFree:        1 kB\n", Some(25_282_138_112))]
    #[case::not_the_first("A: 1 kB\nMemTotal: 2 kB\n", Some(2048))]
    #[case::another_unit("MemTotal: 2 MB\n", None)]
    #[case::no_number("MemTotal: x kB\n", None)]
    #[case::too_much("MemTotal: 18446744073709551615 kB\n", None)]
    #[case::nothing("", None)]
    fn totals(#[case] meminfo: &str, #[case] expected: Option<u64>) {
        assert_eq!(super::total(meminfo), expected);
    }
}

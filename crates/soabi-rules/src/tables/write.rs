//! The text of `tables/stable_abi.txt`, from CPython's own manifest of the stable ABI. It reads no files.

/// The text of `stable_abi.txt`, without its head comment, from
/// `name<TAB>kind<TAB>added<TAB>abi_only<TAB>ifdef` lines: the keys of CPython's `Misc/stable_abi.toml`.
pub fn stable_abi_text(list: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in list.lines().skip(1) {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or_default();
        let (name, kind, added, abi_only, condition) = (field(), field(), field(), field(), field());
        let data = if kind == "data" { "data " } else { "" };
        let abi_only = if abi_only.is_empty() { "" } else { " abi-only" };
        let condition = if condition.is_empty() { String::new() } else { format!(" if {condition}") };
        lines.push(format!("{name} {data}{added}{abi_only}{condition}\n"));
    }
    lines.sort_by(|a, b| a.split(' ').next().cmp(&b.split(' ').next()));
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        let list =
            "name\tkind\tadded\tabi_only\tifdef\n_Py_B\tdata\t3.10\tabi_only\tM\nPyA\tfunction\t3.2\t\t\n";
        assert_eq!(stable_abi_text(list), "PyA 3.2\n_Py_B data 3.10 abi-only if M\n");
    }
}

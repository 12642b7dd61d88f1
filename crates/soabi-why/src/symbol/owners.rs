//! `tables/owners.txt`: whose names that are none of Python's are, by how they begin.

const TEXT: &str = include_str!("../../tables/owners.txt");

/// Whose a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    /// The kind of answer when the name is missing.
    pub(super) kind: &'static str,
    /// The library, in words.
    pub(super) library: &'static str,
}

/// Whose name it is: the longest beginning in the table decides, a whole name (`state$`) before all.
pub(super) fn owner(name: &str) -> Option<Owner> {
    let fitting = lines().filter(|(start, _)| match start.strip_suffix('$') {
        Some(whole) => name == whole,
        None => name.starts_with(start),
    });
    fitting.max_by_key(|(start, _)| start.len()).map(|(_, owner)| owner)
}

fn lines() -> impl Iterator<Item = (&'static str, Owner)> {
    TEXT.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut words = line.splitn(3, ' ');
        Some((words.next()?, Owner { kind: words.next()?, library: words.next()? }))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::kind::Kind;

    #[rstest]
    #[case("cudaMalloc", Some("CUDA's runtime (libcudart)"))]
    #[case("cudnnCreate", Some("cuDNN"))]
    #[case("EVP_PKEY_new", Some("OpenSSL (libcrypto)"))]
    #[case("THPVariableClass", Some("PyTorch (import torch before the module)"))]
    #[case("Threshold", None)]
    #[case("Xspam", None)]
    #[case("glue", None)]
    fn by_the_longest_beginning(#[case] name: &str, #[case] library: Option<&str>) {
        assert_eq!(owner(name).map(|owner| owner.library), library);
    }

    #[test]
    fn kinds_exist() {
        for (start, owner) in lines() {
            assert!(Kind::find(owner.kind).is_some(), "{start}: there is no kind {}", owner.kind);
        }
    }
}

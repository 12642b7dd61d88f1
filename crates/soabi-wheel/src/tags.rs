//! Compressed tag sets (PEP 425) of metadata, expanded within a limit: three sets of a hundred tags are one line of
//! text and a million tags.

use std::collections::BTreeSet;

/// The most bytes that expanded tags may have together. Wheels with the most tags have some kilobytes.
pub const LARGEST_EXPANSION: usize = 1 << 20;

/// Tag sets that stand for more than [`LARGEST_EXPANSION`] bytes of tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{tags} tags")]
pub struct TooManyTagsError {
    /// How many tags they stand for.
    pub tags: usize,
}

/// The tags that `compressed` tags stand for. Text that has no three parts is a tag by itself.
pub fn expand<'a>(
    compressed: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeSet<String>, TooManyTagsError> {
    let mut expanded = BTreeSet::new();
    let (mut tags, mut bytes) = (0usize, 0usize);
    let mut parsed = Vec::new();
    for tag in compressed {
        let parts: Vec<&str> = tag.split('-').collect();
        let sets = match parts[..] {
            [python, abi, platform] => [python, abi, platform].map(|set| (set.split('.').count(), set.len())),
            _ => [(1, tag.len()), (1, 0), (1, 0)],
        };
        let count = sets.iter().fold(1usize, |product, set| product.saturating_mul(set.0));
        // The length of all names of a set counts once for each combination of the other two.
        let length = sets
            .iter()
            .fold(0usize, |sum, (names, length)| sum.saturating_add(length.saturating_mul(count / names)));
        tags = tags.saturating_add(count);
        bytes = bytes.saturating_add(length);
        parsed.push((tag, parts));
    }
    if bytes > LARGEST_EXPANSION {
        return Err(TooManyTagsError { tags });
    }
    for (tag, parts) in parsed {
        let [pythons, abis, platforms] = parts[..] else {
            expanded.insert(tag.to_owned());
            continue;
        };
        for python in pythons.split('.') {
            for abi in abis.split('.') {
                expanded.extend(platforms.split('.').map(|platform| format!("{python}-{abi}-{platform}")));
            }
        }
    }
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain(&["py3-none-any"], &["py3-none-any"])]
    #[case::compressed(&["py2.py3-none-any"], &["py2-none-any", "py3-none-any"])]
    #[case::two(&["cp38-abi3-a.b", "py3-none-any"], &["cp38-abi3-a", "cp38-abi3-b", "py3-none-any"])]
    #[case::not_a_tag(&["py3-none", "a-b-c-d"], &["a-b-c-d", "py3-none"])]
    #[case::nothing(&[], &[])]
    fn expansions(#[case] compressed: &[&str], #[case] expected: &[&str]) {
        let expanded = expand(compressed.iter().copied()).unwrap();
        assert_eq!(expanded.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    fn set(tags: usize) -> String {
        vec!["a"; tags].join(".")
    }

    #[rstest]
    #[case::a_million(100, 100, 100, Some(1_000_000))]
    #[case::more_than_memory(1 << 20, 1 << 20, 1 << 20, Some(1 << 60))]
    #[case::overflow(1 << 22, 1 << 22, 1 << 22, Some(usize::MAX))]
    #[case::some(10, 10, 10, None)]
    fn limits(#[case] a: usize, #[case] b: usize, #[case] c: usize, #[case] refused: Option<usize>) {
        let tag = format!("{}-{}-{}", set(a), set(b), set(c));
        assert_eq!(expand([tag.as_str()]).err().map(|error| error.tags), refused);
    }

    /// Few tags that are long are as dear as many.
    #[test]
    fn long_names() {
        let tag = format!("{}-{}-none", set(1 << 10), "a".repeat(1 << 11));
        assert_eq!(expand([tag.as_str()]), Err(TooManyTagsError { tags: 1 << 10 }));
    }
}

//! What rules are about, for the index in the documentation.

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The wheel: its archive, its tags, its metadata.
    Wheel,
    /// File names and init functions: whether an interpreter finds the module.
    Name,
    /// The ABI of Python: symbols, definitions, builds.
    Python,
    /// The system: libraries, the C library, the processor, the loader.
    System,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 4] = [Self::Python, Self::Name, Self::System, Self::Wheel];

    /// The group as a heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Wheel => "The wheel",
            Self::Name => "Names that interpreters search for",
            Self::Python => "The ABI of Python",
            Self::System => "The system",
        }
    }
}

/// The rules that are not about the wheel.
const GROUPS: [(Group, &[&str]); 3] = [
    (
        Group::Name,
        &[
            "init-name-mismatch",
            "missing-init-symbol",
            "not-a-library",
            "suffix-not-searched",
            "suffix-tag-mismatch",
            "untagged-suffix",
            "wrong-era-init",
        ],
    ),
    (
        Group::Python,
        &[
            "abi-info-disagrees",
            "abi3-version-too-low",
            "built-for-another-version",
            "debug-abi-import",
            "free-threaded-mismatch",
            "full-api-under-abi3",
            "gil-not-declared",
            "inlined-layout-under-abi3",
            "links-libpython",
            "method-flags-unsupported",
            "moduledef-layout-mismatch",
            "no-subinterpreter-support",
            "pre-release-abi",
            "private-import",
            "pymoduledef-under-abi3t",
            "single-phase-init",
            "ssize-t-clean",
            "symbol-capture",
            "ucs-width-mismatch",
            "undefined-symbol",
            "unknown-slot-id",
            "unstable-import-under-abi3",
            "wrong-python-dll",
        ],
    ),
    (
        Group::System,
        &[
            "abi-flags-mismatch",
            "build-path-in-rpath",
            "cpu-feature-above-tag",
            "executable-stack",
            "glibc-private",
            "glibc-too-new",
            "isa-level-above-tag",
            "missing-library",
            "musl-too-new",
            "page-alignment",
            "platform-tag-mismatch",
            "static-tls",
        ],
    ),
];

impl Group {
    /// What the rule with this id is about. [`Self::Wheel`] for one that is in no other group.
    pub fn of(id: &str) -> Self {
        let group = GROUPS.iter().find(|(_, ids)| ids.contains(&id));
        group.map_or(Self::Wheel, |(group, _)| *group)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rules::RULES;

    #[test]
    fn groups_name_rules_once() {
        let known: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
        let mut named = BTreeSet::new();
        for id in GROUPS.iter().flat_map(|(_, ids)| *ids) {
            assert!(known.contains(id), "{id} is no rule");
            assert!(named.insert(id), "{id} is in two groups");
        }
    }

    /// By hand: what is found in an archive and its metadata.
    #[test]
    fn rules_about_the_wheel() {
        for id in ["ambiguous-archive", "record-mismatch", "wheel-metadata-mismatch", "invalid-wheel-tag"] {
            assert_eq!(Group::of(id), Group::Wheel, "{id}");
        }
        assert_eq!(Group::of("glibc-too-new"), Group::System);
        assert_eq!(Group::of("suffix-not-searched"), Group::Name);
        assert_eq!(Group::of("symbol-capture"), Group::Python);
    }
}

//! Init symbols: the one function of an extension module that an interpreter looks up by name.

use std::fmt;

use serde::Serialize;

use crate::version::PyVersion;

/// The eras of init symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum InitKind {
    /// `init<name>`, Python 2.
    Init,
    /// `PyInit_<name>`, Python 3 (PEP 3121).
    PyInit,
    /// `PyInitU_<punycode>`, a name that is not ASCII, Python 3.5 and later (PEP 489).
    PyInitU,
    /// `PyModExport_<name>`, Python 3.15 and later (PEP 793).
    PyModExport,
    /// `PyModExportU_<punycode>`, a name that is not ASCII, Python 3.15 and later (PEP 793).
    PyModExportU,
}

impl InitKind {
    /// What the symbol's name starts with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::PyInit => "PyInit_",
            Self::PyInitU => "PyInitU_",
            Self::PyModExport => "PyModExport_",
            Self::PyModExportU => "PyModExportU_",
        }
    }

    /// Whether the rest of the symbol's name is the module's name in punycode.
    const fn is_encoded(self) -> bool {
        matches!(self, Self::PyInitU | Self::PyModExportU)
    }
}

/// An init symbol and the module that it initialises.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InitSymbol {
    /// The era.
    pub kind: InitKind,
    /// The last part of the module's name, decoded.
    pub module: String,
}

impl InitSymbol {
    /// The symbol that an interpreter of the era `kind` looks up for `module`.
    ///
    /// A name that is not ASCII takes the encoded form of the same era; Python 2 has none and looks up the
    /// plain one, which no compiler emits.
    pub fn for_module(kind: InitKind, module: &str) -> Self {
        let kind = match (kind, module.is_ascii()) {
            (InitKind::PyInit | InitKind::PyInitU, false) => InitKind::PyInitU,
            (InitKind::PyInit | InitKind::PyInitU, true) => InitKind::PyInit,
            (InitKind::PyModExport | InitKind::PyModExportU, false) => InitKind::PyModExportU,
            (InitKind::PyModExport | InitKind::PyModExportU, true) => InitKind::PyModExport,
            (InitKind::Init, _) => InitKind::Init,
        };
        Self { kind, module: module.to_owned() }
    }

    /// The symbols that CPython `version` looks up for `module`, in its order (`Python/importdl.c`): from 3.15
    /// on the export hook comes first.
    pub fn looked_up_by(version: PyVersion, module: &str) -> Vec<Self> {
        let kinds: &[InitKind] = match version {
            PyVersion { major: ..=2, .. } => &[InitKind::Init],
            version if version < PyVersion::new(3, 15) => &[InitKind::PyInit],
            _ => &[InitKind::PyModExport, InitKind::PyInit],
        };
        kinds.iter().map(|kind| Self::for_module(*kind, module)).collect()
    }

    /// Reads the name of an exported symbol. `None` when it is not an init symbol's.
    ///
    /// `init<name>` is a weak sign: any C function may be called `initialize`. A caller that looks for
    /// Python 2 modules has to hold the module's name against the file's.
    pub fn parse(symbol: &str) -> Option<Self> {
        const KINDS: [InitKind; 5] = [
            InitKind::PyModExportU,
            InitKind::PyModExport,
            InitKind::PyInitU,
            InitKind::PyInit,
            InitKind::Init,
        ];
        let (kind, rest) =
            KINDS.iter().find_map(|kind| Some((*kind, symbol.strip_prefix(kind.prefix())?)))?;
        let module = if kind.is_encoded() { decode(rest)? } else { rest.to_owned() };
        if module.is_empty() { None } else { Some(Self { kind, module }) }
    }
}

impl fmt::Display for InitSymbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.prefix())?;
        match self.kind.is_encoded().then(|| encode(&self.module)).flatten() {
            Some(encoded) => f.write_str(&encoded),
            None => f.write_str(&self.module),
        }
    }
}

/// Punycode with `_` for `-`, as PEP 489 spells it in C identifiers.
fn encode(module: &str) -> Option<String> {
    Some(punycode::encode(module).ok()?.replace('-', "_"))
}

/// The inverse of [`encode`]: only the last `_` can be the delimiter, the others belong to the name.
fn decode(encoded: &str) -> Option<String> {
    let text = match encoded.rsplit_once('_') {
        Some((basic, extended)) => format!("{basic}-{extended}"),
        None => encoded.to_owned(),
    };
    punycode::decode(&text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// The encoded names are what `name.encode("punycode").replace(b"-", b"_")` gives in Python.
    #[rstest]
    #[case("initspam", InitKind::Init, "spam")]
    #[case("PyInit_spam", InitKind::PyInit, "spam")]
    #[case("PyInit__spam", InitKind::PyInit, "_spam")]
    #[case("PyInitU_tda", InitKind::PyInitU, "ü")]
    #[case("PyInitU_spm_rla", InitKind::PyInitU, "späm")]
    #[case("PyInitU_a_bm_noa", InitKind::PyInitU, "a_bäm")]
    #[case("PyModExport_spam", InitKind::PyModExport, "spam")]
    #[case("PyModExportU_spm_rla", InitKind::PyModExportU, "späm")]
    fn symbols(#[case] symbol: &str, #[case] kind: InitKind, #[case] module: &str) {
        let read = InitSymbol::parse(symbol).unwrap();
        assert_eq!(read, InitSymbol { kind, module: module.to_owned() });
        assert_eq!(read.to_string(), symbol);
        assert_eq!(InitSymbol::for_module(kind, module), read);
    }

    #[rstest]
    fn not_init_symbols(
        #[values("", "init", "PyInit_", "PyInitU_", "PyModule_Create2", "PyInit")] symbol: &str,
    ) {
        assert_eq!(InitSymbol::parse(symbol), None);
    }

    #[rstest]
    #[case("2.7", &["initspam"])]
    #[case("3.6", &["PyInit_spam"])]
    #[case("3.14", &["PyInit_spam"])]
    #[case("3.15", &["PyModExport_spam", "PyInit_spam"])]
    fn what_each_era_looks_up(#[case] version: &str, #[case] expected: &[&str]) {
        let symbols = InitSymbol::looked_up_by(version.parse().unwrap(), "spam");
        let names: Vec<_> = symbols.iter().map(ToString::to_string).collect();
        assert_eq!(names, expected);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(symbol in "(PyInitU_|PyModExportU_|PyInit_|init)?.{0,24}") {
            let _ = InitSymbol::parse(&symbol);
        }

        #[test]
        fn every_module_name_reads_back(module in "[\\p{L}_][\\p{L}0-9_]{0,12}") {
            let symbol = InitSymbol::for_module(InitKind::PyInit, &module);
            prop_assert_eq!(InitSymbol::parse(&symbol.to_string()), Some(symbol));
        }
    }
}

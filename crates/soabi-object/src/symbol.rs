//! Symbols: the names that a file offers to others and the names it expects from them.

use std::borrow::Cow;
use std::sync::Arc;

use crate::facts::{Provider, SymbolKind, Uses};

/// A symbol that the dynamic linker knows.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct Symbol<'data> {
    /// The name as a C programmer writes it: Mach-O's leading underscore is removed, and what is not UTF-8 is
    /// replaced. Empty for PE imports by number, and for ELF symbols that are local or hidden.
    pub name: Cow<'data, str>,
    /// The address as linked. `None` for what is undefined, thread-local, or defined by another library (PE
    /// forwarders, Mach-O re-exports). For ELF `STT_GNU_IFUNC` it is the resolver's.
    pub address: Option<u64>,
    /// The size in bytes (ELF). 0 where the file does not say.
    pub size: u64,
    /// What the symbol names.
    pub kind: SymbolKind,
    /// Its binding.
    pub binding: Binding,
    /// Whether the file defines it.
    pub defined: bool,
    /// Whether the file defines it for others.
    pub exported: bool,
    /// Whether a definition that was loaded earlier replaces this one. See
    /// [`Export::preemptible`](crate::Export::preemptible).
    pub preemptible: bool,
    /// How the file itself reaches it through the dynamic linker.
    pub uses: Uses,
    /// Where the loader looks for an undefined one.
    pub provider: Provider,
    /// The version that it is defined under, or that it needs (ELF).
    pub version: Option<Arc<str>>,
    /// Whether that is not its default version. See [`Export::old_version`](crate::Export::old_version).
    pub old_version: bool,
    /// The number in the library's export table (PE imports by number).
    pub ordinal: Option<u16>,
    /// The entry of the facts' `versions` that it needs.
    pub(crate) need: Option<u32>,
    /// Whether it is an import in the facts.
    pub(crate) imported: bool,
}

impl Symbol<'_> {
    /// A symbol without a name that nothing is known of.
    pub(crate) const fn unknown() -> Self {
        Self {
            name: Cow::Borrowed(""),
            address: None,
            size: 0,
            kind: SymbolKind::Unknown,
            binding: Binding::Global,
            defined: false,
            exported: false,
            preemptible: false,
            uses: Uses { call: false, address: false },
            provider: Provider::Anywhere,
            version: None,
            old_version: false,
            ordinal: None,
            need: None,
            imported: false,
        }
    }

    /// Whether the file loads without it, or another definition wins over it.
    pub const fn is_weak(&self) -> bool {
        matches!(self.binding, Binding::Weak)
    }
}

/// How a symbol takes part in symbol resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binding {
    /// Only within the file.
    Local,
    /// The default.
    Global,
    /// A definition gives way to others; a reference may stay unresolved.
    Weak,
}

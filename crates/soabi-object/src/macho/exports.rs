//! What a Mach-O file offers: the export trie, or the symbol table where there is none.

use std::collections::HashSet;
use std::ffi::CStr;
use std::ops::Range;

use object::macho;
use object::read::macho::{MachHeader, MachOFile, Nlist};
use object::{Endianness, Object, ObjectSection, SectionKind};

use crate::error::ObjectError;
use crate::facts::{Export, SymbolKind, Uses};
use crate::image::Image;
use crate::text::TextLimit;

use super::malformed;

/// Symbols number their sections with a byte.
const MOST_SECTIONS: usize = 255;

/// The exports, in the order of the trie or of the symbol table.
pub(super) fn read<Mach: MachHeader<Endian = Endianness>>(
    file: &MachOFile<'_, Mach>,
    image: &Image<'_>,
    text: &mut TextLimit,
) -> Result<Vec<Export>, ObjectError> {
    let mut exports = Exports {
        code: file
            .sections()
            .take(MOST_SECTIONS)
            .filter(|section| section.kind() == SectionKind::Text)
            .map(|section| section.address()..section.address().saturating_add(section.size()))
            .collect(),
        found: Vec::new(),
        text,
    };
    match trie(file)? {
        Some(trie) => {
            // The trie counts addresses from the header, which is where the file's first byte is mapped.
            let base = image.segments().iter().find(|s| s.file_offset == 0 && s.file_size > 0);
            exports.read_trie(trie, base.map_or(0, |segment| segment.address))?;
        }
        None => exports.read_symbols(file)?,
    }
    Ok(exports.found)
}

/// The bytes of the export trie. `None` where the file has none, as the linker of before 10.6 made them.
fn trie<'data, Mach: MachHeader<Endian = Endianness>>(
    file: &MachOFile<'data, Mach>,
) -> Result<Option<&'data [u8]>, ObjectError> {
    let bad = |error| malformed("export trie", 0, &error);
    let mut trie = None;
    let mut commands = file.macho_load_commands().map_err(bad)?;
    while let Some(command) = commands.next().map_err(bad)? {
        if let Some(command) = command.dyld_exports_trie().map_err(bad)? {
            trie = Some(command.data(file.endian(), file.data()).map_err(bad)?);
        } else if let Some(command) = command.dyld_info().map_err(bad)? {
            trie = Some(command.export_data(file.endian(), file.data()).map_err(bad)?);
        }
    }
    Ok(trie)
}

struct Exports<'text> {
    /// The addresses of code.
    code: Vec<Range<u64>>,
    found: Vec<Export>,
    text: &'text mut TextLimit,
}

impl Exports<'_> {
    fn push(&mut self, name: &[u8], kind: SymbolKind, weak: bool) -> Result<(), ObjectError> {
        let name = self.text.own(name.strip_prefix(b"_").unwrap_or(name))?;
        let (version, preemptible, uses) = (None, false, Uses::default());
        self.found.push(Export { name, kind, weak, version, preemptible, uses });
        Ok(())
    }

    fn kind_at(&self, address: u64) -> SymbolKind {
        let code = self.code.iter().any(|range| range.contains(&address));
        if code { SymbolKind::Function } else { SymbolKind::Data }
    }

    /// Walks the trie in depth. A linker writes a tree whose edges do not overlap; following anything else could
    /// take forever, so each node may be reached once and the edges may be as long as the trie.
    fn read_trie(&mut self, trie: &[u8], base: u64) -> Result<(), ObjectError> {
        if trie.is_empty() {
            return Ok(());
        }
        let bad = |offset: u64, problem: &str| malformed("export trie", offset, &problem);
        let mut name = Vec::new();
        let mut reached = HashSet::from([0]);
        let mut edges_left = trie.len();
        let mut path = vec![self.enter(trie, 0, &name, base)?];
        while let Some(node) = path.last_mut() {
            name.truncate(node.name_length);
            if node.edges_left == 0 {
                path.pop();
                continue;
            }
            node.edges_left -= 1;
            let at = node.offset;
            let edge = node.rest.string().ok_or_else(|| bad(at, "an edge's text is cut off"))?;
            let child = node.rest.uleb128().ok_or_else(|| bad(at, "an edge's target is cut off"))?;
            edges_left =
                edges_left.checked_sub(edge.len() + 1).ok_or_else(|| bad(at, "the edges overlap"))?;
            if !reached.insert(child) {
                return Err(bad(child, "two edges lead to this node"));
            }
            name.extend(edge);
            path.push(self.enter(trie, child, &name, base)?);
        }
        Ok(())
    }

    /// Reads the node at `offset` up to its edges. If `name` is a symbol's there, adds it.
    fn enter<'data>(
        &mut self,
        trie: &'data [u8],
        offset: u64,
        name: &[u8],
        base: u64,
    ) -> Result<Node<'data>, ObjectError> {
        let bad = |problem: &str| malformed("export trie", offset, &problem);
        let mut rest = Reader(trie);
        rest.take(offset).ok_or_else(|| bad("the node is beyond the end"))?;
        let size = rest.uleb128().ok_or_else(|| bad("the node's size is cut off"))?;
        let terminal = rest.take(size).ok_or_else(|| bad("the node's symbol is cut off"))?;
        if size > 0 {
            let (kind, weak) =
                self.terminal(terminal, base).ok_or_else(|| bad("the node's symbol is cut off"))?;
            self.push(name, kind, weak)?;
        }
        let edges_left = rest.take(1).ok_or_else(|| bad("the node's edges are cut off"))?[0];
        Ok(Node { offset, rest, edges_left, name_length: name.len() })
    }

    /// What a symbol's node says: flags, then an address or, for a symbol that another library brings, its name.
    fn terminal(&self, bytes: &[u8], base: u64) -> Option<(SymbolKind, bool)> {
        let mut terminal = Reader(bytes);
        let flags = macho::ExportSymbolFlags(terminal.uleb128()?);
        let weak = flags.contains(macho::EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION);
        let address = terminal.uleb128()?;
        let kind = if flags.contains(macho::EXPORT_SYMBOL_FLAGS_REEXPORT) {
            SymbolKind::Unknown
        } else {
            match flags.kind() {
                macho::EXPORT_SYMBOL_FLAGS_KIND_THREAD_LOCAL => SymbolKind::ThreadLocal,
                macho::EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE => SymbolKind::Data,
                _ => self.kind_at(base.wrapping_add(address)),
            }
        };
        Some((kind, weak))
    }

    fn read_symbols<Mach: MachHeader<Endian = Endianness>>(
        &mut self,
        file: &MachOFile<'_, Mach>,
    ) -> Result<(), ObjectError> {
        let endian = file.endian();
        let symbols = file.macho_symbol_table();
        for symbol in symbols.iter() {
            let flags = symbol.n_type();
            if flags.is_stab() || !flags.is_ext() || flags.is_pext() || flags.typ() == macho::N_UNDF {
                continue;
            }
            let name = symbol
                .name(endian, symbols.strings())
                .map_err(|error| malformed("symbol table", 0, &error))?;
            let kind = self.kind_at(symbol.n_value(endian).into());
            self.push(name, kind, symbol.n_desc(endian).contains(macho::N_WEAK_DEF))?;
        }
        Ok(())
    }
}

/// A node of the trie whose edges are being followed.
struct Node<'data> {
    offset: u64,
    rest: Reader<'data>,
    edges_left: u8,
    name_length: usize,
}

/// Bytes that are taken from the front. `None` where there are not enough.
struct Reader<'data>(&'data [u8]);

impl<'data> Reader<'data> {
    fn take(&mut self, length: u64) -> Option<&'data [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number in groups of seven bits, the lowest first.
    fn uleb128(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn string(&mut self) -> Option<&'data [u8]> {
        let text = CStr::from_bytes_until_nul(self.0).ok()?;
        self.0 = &self.0[text.count_bytes() + 1..];
        Some(text.to_bytes())
    }
}

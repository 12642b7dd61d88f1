//! The export trie: a tree whose edges spell the names.
//!
//! Source: dyld's `MachOFile.cpp`, `forEachExportedSymbol`.

use std::ffi::CStr;

use object::macho;

use crate::error::{At, ObjectError};
use crate::reader::Reader;

use super::file::malformed;

const WHAT: &str = "export trie";

/// The definition of the symbol that ends at a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Definition {
    pub(super) kind: macho::ExportSymbolKind,
    pub(super) weak: bool,
    reexported: bool,
    value: u64,
}

impl Definition {
    /// Its address in a file whose header is at `base`. `None` if another library has the symbol.
    pub(super) fn address(&self, base: u64) -> Option<u64> {
        let absolute = self.kind == macho::EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE;
        let address = if absolute { self.value } else { base.wrapping_add(self.value) };
        Some(address).filter(|_| !self.reexported)
    }
}

/// Calls `found` with the place, name and definition of each symbol.
///
/// The walk goes in depth. A linker writes a tree whose edges do not overlap; following anything else could take
/// forever, so each node may be reached once and the edges may be as long as the trie.
pub(super) fn walk<'data>(
    trie: &'data [u8],
    reader: &mut Reader<'_, 'data>,
    mut found: impl FnMut(&mut Reader<'_, 'data>, At, &[u8], Definition) -> Result<(), ObjectError>,
) -> Result<(), ObjectError> {
    if trie.is_empty() {
        return Ok(());
    }
    let bad = |offset: u64, problem: &str| malformed(WHAT, offset, &problem);
    reader.memory(WHAT, At::Offset(0), trie.len() as u64 / 8 + trie.len() as u64)?;
    let mut reached = vec![0u64; trie.len() / 64 + 1];
    let mut name = Vec::new();
    let mut edges_left = trie.len();
    let mut deepest = 0;
    let mut path: Vec<Node<'data>> = Vec::new();
    let mut next = Some(0u64);
    loop {
        if let Some(offset) = next.take() {
            reader.steps(WHAT, At::Offset(offset), 1)?;
            if path.len() >= deepest {
                deepest += 1;
                reader.memory(WHAT, At::Offset(offset), size_of::<Node<'_>>() as u64)?;
            }
            let (node, definition) = enter(trie, offset, name.len())?;
            if let Some(definition) = definition {
                found(reader, At::Offset(offset), &name, definition)?;
            }
            path.push(node);
        }
        let Some(node) = path.last_mut() else { return Ok(()) };
        name.truncate(node.name_length);
        if node.edges_left == 0 {
            path.pop();
            continue;
        }
        node.edges_left -= 1;
        let at = node.offset;
        // The text of an edge is not longer than the edges that are left, or it overlaps with another.
        let edge = node.rest.string(edges_left).ok_or_else(|| bad(at, "an edge's text is cut off"))?;
        let child = node.rest.uleb128().ok_or_else(|| bad(at, "an edge's target is cut off"))?;
        edges_left = edges_left.checked_sub(edge.len() + 1).ok_or_else(|| bad(at, "the edges overlap"))?;
        reader.steps(WHAT, At::Offset(at), edge.len() as u64 + 1)?;
        let index = usize::try_from(child).ok().filter(|&child| child < trie.len());
        let index = index.ok_or_else(|| bad(child, "the node is beyond the end"))?;
        let (word, bit) = (&mut reached[index / 64], 1 << (index % 64));
        if *word & bit != 0 || index == 0 {
            return Err(bad(child, "two edges lead to this node"));
        }
        *word |= bit;
        name.extend_from_slice(edge);
        next = Some(child);
    }
}

fn enter(
    trie: &[u8],
    offset: u64,
    name_length: usize,
) -> Result<(Node<'_>, Option<Definition>), ObjectError> {
    let bad = |problem: &str| malformed(WHAT, offset, &problem);
    let mut rest = Bytes(trie);
    rest.take(offset).ok_or_else(|| bad("the node is beyond the end"))?;
    let size = rest.uleb128().ok_or_else(|| bad("the node's size is cut off"))?;
    let terminal = rest.take(size).ok_or_else(|| bad("the node's symbol is cut off"))?;
    let definition = if size > 0 {
        Some(definition(terminal).ok_or_else(|| bad("the node's symbol is cut off"))?)
    } else {
        None
    };
    let edges_left = rest.take(1).ok_or_else(|| bad("the node's edges are cut off"))?[0];
    Ok((Node { offset, rest, edges_left, name_length }, definition))
}

/// What a symbol's node says: flags, then an address or, for a symbol that another library has, its number.
fn definition(bytes: &[u8]) -> Option<Definition> {
    let mut terminal = Bytes(bytes);
    let flags = macho::ExportSymbolFlags(terminal.uleb128()?);
    Some(Definition {
        kind: flags.kind(),
        weak: flags.contains(macho::EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION),
        reexported: flags.contains(macho::EXPORT_SYMBOL_FLAGS_REEXPORT),
        value: terminal.uleb128()?,
    })
}

/// A node of the trie whose edges are being followed.
struct Node<'data> {
    offset: u64,
    rest: Bytes<'data>,
    edges_left: u8,
    name_length: usize,
}

/// Bytes that are taken from the front. `None` where there are not enough.
struct Bytes<'data>(&'data [u8]);

impl<'data> Bytes<'data> {
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

    /// A text of less than `most` bytes.
    fn string(&mut self, most: usize) -> Option<&'data [u8]> {
        let text = CStr::from_bytes_until_nul(&self.0[..self.0.len().min(most)]).ok()?;
        self.0 = &self.0[text.count_bytes() + 1..];
        Some(text.to_bytes())
    }
}

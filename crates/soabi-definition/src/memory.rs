//! The memory of partial execution: the image, and what was stored over it.
//!
//! Stores go to an overlay and are logged, so that a fork is undone in the time that it took. The stack, the heap
//! and thread-local storage are ranges of the overlay that no image uses. What was never written there is unknown.

use std::cell::Cell;
use std::ffi::CStr;

use foldhash::{HashMap, HashMapExt};

use crate::program::Program;
use crate::value::{Value, mask};

/// Where the stack starts; it grows down.
pub(crate) const STACK: u64 = 0x7ffd_0000_0000;
/// Where allocated memory starts.
pub(crate) const HEAP: u64 = 0x7ffb_0000_0000;
/// The base of thread-local storage (x86-64 `fs`).
pub(crate) const THREAD: u64 = 0x7ffe_0000_0000;
/// The value that guards return addresses. Compilers load it twice and compare.
pub(crate) const CANARY: u64 = 0x00de_ad0c_a9a2_1300;
/// Where the compiler of x86-64 Linux finds it, from [`THREAD`].
const CANARY_OFFSET: u64 = 0x28;

/// The most bytes that one call of `memset` or `memcpy` may write.
pub(crate) const MOST_BYTES: u64 = 1 << 16;
/// The most bytes of one text.
const MOST_TEXT: usize = 1 << 16;

/// The most entries of structures that are read from one file, and the bytes of text that count as one. An entry that is
/// kept takes some 300 bytes.
const ALLOWANCE: u32 = 1 << 19;
const TEXT_UNIT: usize = 16;

/// A word of the overlay, whole: what was not stored was read from the image when the word was first written.
#[derive(Clone, Copy, Debug)]
enum Word {
    /// Bytes, of which those with a bit in `known` are known.
    Bytes { bits: u64, known: u8 },
    /// A pointer that is not a number.
    Pointer(Value),
}

impl Word {
    fn new(value: Value) -> Self {
        match value {
            Value::Int(bits) => Self::Bytes { bits, known: 0xff },
            Value::Unknown => Self::Bytes { bits: 0, known: 0 },
            pointer => Self::Pointer(pointer),
        }
    }

    const fn value(self) -> Value {
        match self {
            Self::Bytes { bits, known: 0xff } => Value::Int(bits),
            Self::Bytes { .. } => Value::Unknown,
            Self::Pointer(value) => value,
        }
    }

    /// Its bytes, and which are known.
    const fn bytes(self) -> (u64, u8) {
        match self {
            Self::Bytes { bits, known } => (bits, known),
            Self::Pointer(_) => (0, 0),
        }
    }
}

/// The image with the overlay.
pub(crate) struct Memory<'p> {
    pub(crate) program: &'p Program<'p>,
    overlay: HashMap<u64, Word>,
    log: Vec<(u64, Option<Word>)>,
    /// What the decoders of structures may still read, in entries and in pieces of text.
    allowance: Cell<u32>,
}

impl<'p> Memory<'p> {
    pub(crate) fn new(program: &'p Program<'p>) -> Self {
        let mut overlay = HashMap::new();
        overlay.insert(THREAD, Word::new(Value::Int(THREAD)));
        overlay.insert(THREAD + CANARY_OFFSET, Word::new(Value::Int(CANARY)));
        Self { program, overlay, log: Vec::new(), allowance: Cell::new(ALLOWANCE) }
    }

    /// Takes `count` entries of a structure from the allowance, or says that it is spent. The largest tables known
    /// have some ten thousand entries; overlapping ones could be read again and again.
    pub(crate) fn spend(&self, count: u32) -> Option<()> {
        self.allowance.set(self.allowance.get().checked_sub(count)?);
        Some(())
    }

    /// A point to go back to with [`Self::undo`].
    pub(crate) fn mark(&self) -> usize {
        self.log.len()
    }

    /// Takes back every store since `mark`.
    pub(crate) fn undo(&mut self, mark: usize) {
        while self.log.len() > mark {
            let Some((address, word)) = self.log.pop() else { return };
            match word {
                Some(word) => self.overlay.insert(address, word),
                None => self.overlay.remove(&address),
            };
        }
    }

    /// Forgets the log: what is stored now stays.
    pub(crate) fn keep(&mut self) {
        self.log.clear();
    }

    /// The `size` bytes at `address` as a number, zero-extended, or the pointer there. `size` is 1 to 8.
    pub(crate) fn load(&self, address: u64, size: u8) -> Value {
        let (base, shift) = (address & !7, (address & 7) as u8);
        let first = self.overlay.get(&base).copied();
        if shift == 0 && size == 8 {
            return first.map_or_else(|| self.program.word(address), Word::value);
        }
        let end = shift + size;
        let second = if end > 8 { self.overlay.get(&base.wrapping_add(8)).copied() } else { None };
        if first.is_none() && second.is_none() {
            return self.program.load(address, size);
        }
        let (low, low_known) = first.unwrap_or_else(|| self.underlying(base)).bytes();
        let (high, high_known) = match end {
            9.. => second.unwrap_or_else(|| self.underlying(base.wrapping_add(8))).bytes(),
            _ => (0, 0),
        };
        let bits = (u128::from(high) << 64 | u128::from(low)) >> (shift * 8);
        let known = (u16::from(high_known) << 8 | u16::from(low_known)) >> shift;
        let wanted = (1_u16 << size) - 1;
        #[expect(clippy::cast_possible_truncation, reason = "the rest is masked away")]
        if known & wanted == wanted { Value::Int(bits as u64 & mask(size)) } else { Value::Unknown }
    }

    fn underlying(&self, base: u64) -> Word {
        match self.program.word(base) {
            Value::Unknown => {
                let mut word = Word::Bytes { bits: 0, known: 0 };
                for at in 0..8_u8 {
                    if let (Value::Int(byte), Word::Bytes { bits, known }) =
                        (self.program.load(base.wrapping_add(u64::from(at)), 1), &mut word)
                    {
                        *bits |= byte << (at * 8);
                        *known |= 1 << at;
                    }
                }
                word
            }
            value => Word::new(value),
        }
    }

    /// Stores the low `size` bytes of `value`, 1 to 8 of them.
    pub(crate) fn store(&mut self, address: u64, size: u8, value: Value) {
        let (base, shift) = (address & !7, (address & 7) as u8);
        if shift == 0 && size == 8 {
            return self.set(base, Word::new(value));
        }
        let (bits, known) = match value {
            Value::Int(bits) => (bits & mask(size), (1_u16 << size) - 1),
            _ => (0, 0),
        };
        let touched = u128::from(mask(size)) << (shift * 8);
        let (bits, known) = (u128::from(bits) << (shift * 8), known << shift);
        let touched_bytes = ((1_u16 << size) - 1) << shift;
        for half in 0..2_u8 {
            let at = base.wrapping_add(u64::from(half) * 8);
            #[expect(clippy::cast_possible_truncation, reason = "each half is taken in turn")]
            let (touched, bits, known, touched_bytes) = (
                (touched >> (half * 64)) as u64,
                (bits >> (half * 64)) as u64,
                (known >> (half * 8)) as u8,
                (touched_bytes >> (half * 8)) as u8,
            );
            if touched == 0 {
                continue;
            }
            let (old, old_known) =
                self.overlay.get(&at).copied().unwrap_or_else(|| self.underlying(at)).bytes();
            self.set(
                at,
                Word::Bytes { bits: old & !touched | bits, known: old_known & !touched_bytes | known },
            );
        }
    }

    fn set(&mut self, base: u64, word: Word) {
        let old = self.overlay.insert(base, word);
        self.log.push((base, old));
    }

    /// Stores `byte` `length` times. Lengths above [`MOST_BYTES`] are ignored. Returns the words written.
    pub(crate) fn fill(&mut self, address: u64, byte: Value, length: u64) -> u32 {
        if length > MOST_BYTES {
            return 0;
        }
        let word = match byte {
            Value::Int(byte) => Value::Int((byte & 0xff) * 0x0101_0101_0101_0101),
            _ => Value::Unknown,
        };
        self.chunks(address, length, |memory, at, _, size| memory.store(at, size, word))
    }

    /// Copies `length` bytes. Lengths above [`MOST_BYTES`] are ignored. Returns the words written.
    pub(crate) fn copy(&mut self, to: u64, from: u64, length: u64) -> u32 {
        if length > MOST_BYTES {
            return 0;
        }
        // The ranges may overlap: everything is read before anything is written.
        let mut values = Vec::new();
        self.chunks(to, length, |memory, at, done, size| {
            values.push((at, size, memory.load(from.wrapping_add(done), size)));
        });
        for &(at, size, value) in &values {
            self.store(at, size, value);
        }
        u32::try_from(values.len()).unwrap_or(u32::MAX)
    }

    fn chunks(&mut self, address: u64, length: u64, mut each: impl FnMut(&mut Self, u64, u64, u8)) -> u32 {
        let (mut done, mut count) = (0, 0);
        while done < length {
            let at = address.wrapping_add(done);
            let size = if at.is_multiple_of(8) && length - done >= 8 { 8 } else { 1 };
            each(self, at, done, size);
            done += u64::from(size);
            count += 1;
        }
        count
    }

    /// The text at `address` up to its NUL, if all of it is known and it is not longer than 64 KiB.
    pub(crate) fn text(&self, address: u64) -> Option<String> {
        let bytes = self.bytes_to_nul(address)?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn bytes_to_nul(&self, address: u64) -> Option<Vec<u8>> {
        let text = match self.plain_text(address) {
            Some(plain) => plain.to_vec(),
            None => self.stored_text(address)?,
        };
        self.spend(u32::try_from(text.len() / TEXT_UNIT).unwrap_or(u32::MAX))?;
        Some(text)
    }

    /// The text of the file at `address`, if nothing was stored over it.
    fn plain_text(&self, address: u64) -> Option<&'p [u8]> {
        let bytes = self.program.bytes_from(address)?;
        let text = CStr::from_bytes_until_nul(&bytes[..bytes.len().min(MOST_TEXT)]).ok()?.to_bytes();
        let (first, last) = (address & !7, address.wrapping_add(text.len() as u64) & !7);
        let words = usize::try_from(last.checked_sub(first)? / 8 + 1).ok()?;
        let is_stored = if self.overlay.len() < words {
            self.overlay.keys().any(|at| (first..=last).contains(at))
        } else {
            (first..=last).step_by(8).any(|at| self.overlay.contains_key(&at))
        };
        (!is_stored).then_some(text)
    }

    fn stored_text(&self, address: u64) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        while text.len() < MOST_TEXT {
            let byte = u8::try_from(self.load(address.wrapping_add(text.len() as u64), 1).int()?).ok()?;
            if byte == 0 {
                return Some(text);
            }
            text.push(byte);
        }
        None
    }

    /// The pointer at `address`, of the image's width.
    pub(crate) fn pointer(&self, address: u64) -> Value {
        self.load(address, self.program.width())
    }

    /// The number of `size` bytes at `address`, in the image's byte order.
    pub(crate) fn number(&self, address: u64, size: u8) -> Option<u64> {
        self.load(address, size).int()
    }
}

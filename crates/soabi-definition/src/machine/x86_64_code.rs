//! The code of x86-64, decoded by iced-x86.

use iced_x86::{Decoder, DecoderOptions, Instruction};

use crate::program::Program;

/// The code of one segment, and its decoder, which is made once: execution seldom goes to another segment.
pub(super) struct Code<'p> {
    decoder: Decoder<'p>,
    start: u64,
    size: u64,
}

impl Default for Code<'_> {
    fn default() -> Self {
        Self { decoder: Decoder::new(64, &[], DecoderOptions::NONE), start: 0, size: 0 }
    }
}

impl<'p> Code<'p> {
    /// Decodes the instruction at `address`, if there is one.
    pub(super) fn decode(&mut self, program: &Program<'p>, address: u64) -> Option<Instruction> {
        if address.wrapping_sub(self.start) >= self.size {
            let start = program.image().segment_at(address)?.address;
            let bytes = program.bytes_from(start)?;
            let decoder = Decoder::new(64, bytes, DecoderOptions::NONE);
            *self = Self { decoder, start, size: bytes.len() as u64 };
        }
        self.decoder.set_position(usize::try_from(address.wrapping_sub(self.start)).ok()?).ok()?;
        self.decoder.set_ip(address);
        let instruction = self.decoder.decode();
        (!instruction.is_invalid()).then_some(instruction)
    }
}

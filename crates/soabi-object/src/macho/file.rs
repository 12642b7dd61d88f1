//! A Mach-O file as `object` opens it, and what is wrong with it.

use object::read::macho::{MachHeader, MachOFile};
use object::{Endianness, ReadRef};

use crate::error::{At, ObjectError};
use crate::format::Format;
use crate::reader::Reader;

/// The error for what `object` finds in `what`. It says what is wrong, not where: the offset is the part's own.
pub(super) fn malformed(what: &'static str, offset: u64, problem: &dyn ToString) -> ObjectError {
    ObjectError::Malformed {
        format: Format::MachO,
        what,
        at: At::Offset(offset),
        problem: problem.to_string(),
    }
}

/// The file as `object` sees it. Its load commands are read once more each time, so they are charged each time.
pub(super) fn open<'data, Mach: MachHeader<Endian = Endianness>>(
    data: &'data [u8],
    reader: &mut Reader<'_, 'data>,
) -> Result<MachOFile<'data, Mach>, ObjectError> {
    let bad = |error| malformed("header", 0, &error);
    let header = Mach::parse(data, 0).map_err(bad)?;
    let endian = header.endian().map_err(bad)?;
    // The file has not more than its size, whatever the header says. A load command has eight bytes at least.
    let size = u64::from(header.sizeofcmds(endian)).min(data.len() as u64);
    reader.steps("load commands", At::Offset(size_of::<Mach>() as u64), size / 8 + 1)?;
    // Sections and segments, as `object` lists them.
    reader.memory("load commands", At::Offset(size_of::<Mach>() as u64), size)?;
    MachOFile::<Mach>::parse(data).map_err(bad)
}

/// The bytes that a load command points to.
pub(super) fn linked<'data>(
    data: &'data [u8],
    what: &'static str,
    (offset, size): (u32, u32),
) -> Result<&'data [u8], ObjectError> {
    data.read_bytes_at(offset.into(), size.into()).map_err(|()| {
        malformed(what, offset.into(), &format!("{size} bytes are needed, but the file ends before"))
    })
}

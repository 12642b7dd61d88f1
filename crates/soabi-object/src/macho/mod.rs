//! Mach-O, thin and universal, read as dyld reads it.
//!
//! Imports come from what dyld binds (chained fixups, else the bind opcodes, else undefined symbols), exports
//! from the trie (else the symbol table). The symbol table alone would not do: it may be stripped to nothing.
//!
//! Sources: dyld's `MachOFile.cpp` and `MachOLoaded.cpp`, Apple's `mach-o/loader.h` and `mach-o/fixup-chains.h`.

mod exports;
mod imports;

use object::macho;
use object::read::macho::{FatArch, LoadCommandVariant, MachHeader, MachOFatFile, MachOFile, Segment as _};
use object::{Endian as _, Endianness, ReadRef};

use crate::arch::Arch;
use crate::error::{At, ObjectError};
use crate::facts::{Endian, Format, MinimumOs, Needed, ObjectFacts, ObjectKind, Strength};
use crate::image::{Image, Segment};
use crate::text::TextLimit;

/// There are not that many machines, and slices that share their bytes would be read again and again.
const MOST_SLICES: usize = 44;

/// The facts of each slice of a universal file, in its order.
pub(crate) fn universal_facts<Fat: FatArch>(data: &[u8]) -> Result<Vec<ObjectFacts>, ObjectError> {
    let fat = MachOFatFile::<Fat>::parse(data).map_err(|error| malformed("universal header", 0, &error))?;
    let slice = |arch: &Fat| {
        let (offset, size) = arch.file_range();
        let bytes = data.read_bytes_at(offset, size).map_err(|()| {
            let problem = format!("{size} bytes are asked for and the file has {}", data.len());
            ObjectError::Malformed { format: Format::MachO, what: "slice", at: At::Offset(offset), problem }
        })?;
        if bytes.starts_with(b"!<arch>\n") {
            let bits = if arch.cputype().0 & macho::CPU_ARCH_ABI64 == 0 { 32 } else { 64 };
            let arch = machine(arch.cputype());
            return Ok(ObjectFacts::new(Format::MachO, ObjectKind::NotLoadable, arch, bits, Endian::Little));
        }
        facts(bytes)
    };
    let count = fat.arches().len();
    if !(1..=MOST_SLICES).contains(&count) {
        return Err(malformed(
            "universal header",
            4,
            &format!("it has {count} slices, expected 1 to {MOST_SLICES}"),
        ));
    }
    fat.arches().iter().map(slice).collect()
}

/// The facts of a thin file.
pub(crate) fn facts(data: &[u8]) -> Result<ObjectFacts, ObjectError> {
    match data.first_chunk() {
        Some([0xfe, 0xed, 0xfa, 0xcf] | [0xcf, 0xfa, 0xed, 0xfe]) => {
            read::<macho::MachHeader64<Endianness>>(data)
        }
        Some([0xfe, 0xed, 0xfa, 0xce] | [0xce, 0xfa, 0xed, 0xfe]) => {
            read::<macho::MachHeader32<Endianness>>(data)
        }
        _ => Err(ObjectError::NotNative(data[..data.len().min(4)].to_vec())),
    }
}

/// The error for what `object` finds in `what`. It says what is wrong, not where: the offset is the part's own.
fn malformed(what: &'static str, offset: u64, problem: &dyn ToString) -> ObjectError {
    ObjectError::Malformed {
        format: Format::MachO,
        what,
        at: At::Offset(offset),
        problem: problem.to_string(),
    }
}

fn read<Mach: MachHeader<Endian = Endianness>>(data: &[u8]) -> Result<ObjectFacts, ObjectError> {
    let file = MachOFile::<Mach>::parse(data).map_err(|error| malformed("header", 0, &error))?;
    let header = file.macho_header();
    let endian = if file.endian().is_big_endian() { Endian::Big } else { Endian::Little };
    let bits = if header.is_type_64() { 64 } else { 32 };
    let kind = match header.filetype(file.endian()) {
        macho::MH_DYLIB | macho::MH_BUNDLE | macho::MH_DYLIB_STUB => ObjectKind::Library,
        macho::MH_EXECUTE => ObjectKind::Executable,
        macho::MH_OBJECT | macho::MH_DSYM => ObjectKind::NotLoadable,
        other => return Err(malformed("file type", 12, &format!("{} is nothing that is loaded", other.0))),
    };
    let mut facts =
        ObjectFacts::new(Format::MachO, kind, machine(header.cputype(file.endian())), bits, endian);
    if kind == ObjectKind::NotLoadable {
        return Ok(facts);
    }
    let mut text = TextLimit::for_file(data.len());
    let segments = load_commands(&file, &mut facts, &mut text)?;
    let image = Image::new(Format::MachO, data, size_of::<Mach>() as u64, segments)?;
    facts.exports = exports::read(&file, &image, &mut text)?;
    imports::read(&file, &mut facts, &mut text)?;
    Ok(facts)
}

/// What the load commands say by themselves; the segments are for the image.
fn load_commands<Mach: MachHeader<Endian = Endianness>>(
    file: &MachOFile<'_, Mach>,
    facts: &mut ObjectFacts,
    text: &mut TextLimit,
) -> Result<Vec<Segment>, ObjectError> {
    let endian = file.endian();
    let mut segments = Vec::new();
    let mut at = size_of::<Mach>() as u64;
    let bad = |at| move |error: object::read::Error| malformed("load command", at, &error);
    let mut commands = file.macho_load_commands().map_err(bad(at))?;
    while let Some(command) = commands.next().map_err(bad(at))? {
        at = command.offset();
        let string = |text| command.string(endian, text).map_err(bad(at));
        if let Some((segment, _)) = Mach::Segment::from_command(command).map_err(bad(at))? {
            segments.push(Segment {
                address: segment.vmaddr(endian).into(),
                size: segment.vmsize(endian).into(),
                file_offset: segment.fileoff(endian).into(),
                file_size: segment.filesize(endian).into(),
                executable: segment.initprot(endian).contains(macho::VM_PROT_EXECUTE),
            });
            continue;
        }
        match command.variant().map_err(bad(at))? {
            LoadCommandVariant::Dylib(dylib) => {
                let weak = command.cmd() == macho::LC_LOAD_WEAK_DYLIB;
                let strength = if weak { Strength::Weak } else { Strength::Required };
                facts.needed.push(Needed { name: text.share(string(dylib.dylib.name)?)?, strength });
            }
            LoadCommandVariant::IdDylib(dylib) => {
                facts.soname = Some(text.own(string(dylib.dylib.name)?)?);
            }
            LoadCommandVariant::Rpath(rpath) => {
                facts.runpath.push(text.own(string(rpath.path)?)?);
            }
            LoadCommandVariant::BuildVersion(build, _) => {
                facts.minimum_os = platform(build.platform.get(endian))
                    .map(|platform| MinimumOs { platform, version: version(build.minos.get(endian)) });
            }
            LoadCommandVariant::VersionMin(minimum) => {
                facts.minimum_os = version_min_platform(command.cmd())
                    .map(|platform| MinimumOs { platform, version: version(minimum.version.get(endian)) });
            }
            _ => {}
        }
    }
    Ok(segments)
}

fn machine(cpu: macho::CpuType) -> Arch {
    match cpu {
        macho::CPU_TYPE_X86_64 => Arch::X86_64,
        macho::CPU_TYPE_X86 => Arch::I686,
        macho::CPU_TYPE_ARM64 => Arch::Aarch64,
        macho::CPU_TYPE_ARM => Arch::Arm,
        macho::CPU_TYPE_POWERPC64 => Arch::Ppc64,
        other => Arch::Other(other.0),
    }
}

fn platform(platform: macho::Platform) -> Option<&'static str> {
    match platform {
        macho::PLATFORM_MACOS => Some("macos"),
        macho::PLATFORM_IOS => Some("ios"),
        macho::PLATFORM_IOSSIMULATOR => Some("iossimulator"),
        macho::PLATFORM_MACCATALYST => Some("maccatalyst"),
        macho::PLATFORM_TVOS => Some("tvos"),
        macho::PLATFORM_WATCHOS => Some("watchos"),
        macho::PLATFORM_VISIONOS => Some("visionos"),
        _ => None,
    }
}

fn version_min_platform(command: macho::LoadCommandType) -> Option<&'static str> {
    match command {
        macho::LC_VERSION_MIN_MACOSX => Some("macos"),
        macho::LC_VERSION_MIN_IPHONEOS => Some("ios"),
        macho::LC_VERSION_MIN_TVOS => Some("tvos"),
        macho::LC_VERSION_MIN_WATCHOS => Some("watchos"),
        _ => None,
    }
}

/// `xxxx.yy.zz` in nibbles.
fn version(packed: macho::Version) -> (u16, u8, u8) {
    let [major_high, major_low, minor, patch] = packed.0.to_be_bytes();
    (u16::from_be_bytes([major_high, major_low]), minor, patch)
}

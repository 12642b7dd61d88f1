//! What the load commands say by themselves.

use object::Endianness;
use object::macho;
use object::read::macho::{LoadCommandVariant, MachHeader, MachOFile, Segment as _};

use crate::error::{At, ObjectError};
use crate::facts::{Details, LoadKind, MachODylib, MinimumOs, Needed, Strength};
use crate::image::Segment;
use crate::reader::{Reader, lossy};

use super::file::malformed;

/// Adds to `details` what the commands say, and returns the segments in their order.
pub(super) fn read<'data, Mach: MachHeader<Endian = Endianness>>(
    file: &MachOFile<'data, Mach>,
    details: &mut Details,
    reader: &mut Reader<'_, 'data>,
) -> Result<Vec<Segment>, ObjectError> {
    const WHAT: &str = "load command";
    let endian = file.endian();
    let mut segments = Vec::new();
    let mut at = size_of::<Mach>() as u64;
    let bad = |at| move |error: object::read::Error| malformed(WHAT, at, &error);
    let mut commands = file.macho_load_commands().map_err(bad(at))?;
    let mut macho = details.macho.take().unwrap_or_default();
    while let Some(command) = commands.next().map_err(bad(at))? {
        at = command.offset();
        // A text ends where its command does.
        let text = |reader: &mut Reader<'_, 'data>, text, entry| {
            let text = command.string(endian, text).map_err(bad(at))?;
            reader.steps(WHAT, At::Offset(at), text.len() as u64)?;
            reader.keep(WHAT, At::Offset(at), text.len(), entry)?;
            Ok::<_, ObjectError>(lossy(text).into_owned())
        };
        if let Some((segment, _)) = Mach::Segment::from_command(command).map_err(bad(at))? {
            segments.push(segment_of(segment, endian));
            continue;
        }
        match command.variant().map_err(bad(at))? {
            LoadCommandVariant::Dylib(dylib) => {
                let kind = load_kind(command.cmd());
                let strength = if kind == LoadKind::Weak { Strength::Weak } else { Strength::Required };
                let entry = size_of::<Needed>() + size_of::<MachODylib>();
                let name = text(reader, dylib.dylib.name, entry)?.into();
                details.needed.push(Needed { name, strength });
                macho.dylibs.push(MachODylib {
                    kind,
                    current_version: version(dylib.dylib.current_version.get(endian)),
                    compatibility_version: version(dylib.dylib.compatibility_version.get(endian)),
                });
            }
            LoadCommandVariant::IdDylib(dylib) => {
                details.soname = Some(text(reader, dylib.dylib.name, 0)?);
            }
            LoadCommandVariant::Rpath(rpath) => {
                details.runpath.push(text(reader, rpath.path, size_of::<String>())?);
            }
            LoadCommandVariant::BuildVersion(build, _) => {
                details.minimum_os = platform(build.platform.get(endian))
                    .map(|platform| MinimumOs { platform, version: version(build.minos.get(endian)) });
                macho.platform = Some(build.platform.get(endian).0);
                macho.sdk = Some(version(build.sdk.get(endian)));
            }
            LoadCommandVariant::VersionMin(minimum) => {
                details.minimum_os = version_min_platform(command.cmd())
                    .map(|platform| MinimumOs { platform, version: version(minimum.version.get(endian)) });
            }
            _ => {}
        }
    }
    details.macho = Some(macho);
    Ok(segments)
}

/// A segment as the file has it, also one that is not mapped.
pub(super) fn segment_of<Segment_: object::read::macho::Segment<Endian = Endianness>>(
    segment: &Segment_,
    endian: Endianness,
) -> Segment {
    let protection = segment.initprot(endian);
    Segment {
        address: segment.vmaddr(endian).into(),
        size: segment.vmsize(endian).into(),
        file_offset: segment.fileoff(endian).into(),
        file_size: segment.filesize(endian).into(),
        readable: protection.contains(macho::VM_PROT_READ),
        writable: protection.contains(macho::VM_PROT_WRITE),
        executable: protection.contains(macho::VM_PROT_EXECUTE),
    }
}

fn load_kind(command: macho::LoadCommandType) -> LoadKind {
    match command {
        macho::LC_LOAD_WEAK_DYLIB => LoadKind::Weak,
        macho::LC_REEXPORT_DYLIB => LoadKind::Reexport,
        macho::LC_LAZY_LOAD_DYLIB => LoadKind::Lazy,
        macho::LC_LOAD_UPWARD_DYLIB => LoadKind::Upward,
        _ => LoadKind::Load,
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

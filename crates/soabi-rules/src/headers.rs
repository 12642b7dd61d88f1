//! What glibc reads of a file's headers before it maps anything, and refuses.
//!
//! Source: glibc's `elf/dl-load.c` (`open_verify`, `_dl_map_object_from_fd`), `elf/dl-version.c`, and for the OS ABI
//! `sysdeps/gnu/ldsodefs.h` and `sysdeps/unix/sysv/linux/arm/ldsodefs.h`. Each case was tried with glibc 2.36 on x86-64, and
//! with musl 1.2.3, which looks at none of it.

use soabi_object::facts::Identification;
use soabi_object::{Arch, ElfFacts, ObjectFacts};

/// `ELFOSABI_SYSV`.
const SYSTEM_V: u8 = 0;
/// `ELFOSABI_GNU`.
const GNU: u8 = 3;
/// `ELFOSABI_ARM_AEABI`, which glibc takes on Arm.
const ARM: u8 = 64;

/// Why glibc refuses a file, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeaderRefusal {
    /// The reason, as a lowercase fragment behind the file's name.
    pub(crate) why: String,
    /// What to do.
    pub(crate) help: &'static str,
}

/// Why glibc refuses a file for what its headers say, if it does.
pub(crate) fn refused_by_glibc(facts: &ObjectFacts) -> Option<HeaderRefusal> {
    let elf = facts.elf.as_ref()?;
    of_identification(elf.identification, facts.arch)
        .or_else(|| of_flags(elf))
        .or_else(|| of_packed_relocations(elf, facts))
}

fn of_identification(identification: Identification, arch: Arch) -> Option<HeaderRefusal> {
    let Identification { os_abi, abi_version, is_padded, version } = identification;
    // Some other machines have rules of their own: MIPS has ABI versions.
    if matches!(arch, Arch::Other(_)) {
        return None;
    }
    let is_known = matches!(os_abi, SYSTEM_V | GNU) || (arch == Arch::Arm && os_abi == ARM);
    let why = if !is_known {
        let of = if os_abi == 9 { ", that of FreeBSD" } else { "" };
        format!("has the OS ABI {os_abi} in its header{of}; glibc takes 0 (System V) and 3 (GNU)")
    } else if os_abi == SYSTEM_V && abi_version != 0 {
        format!("has the ABI version {abi_version} in its header; glibc takes 0")
    } else if !is_padded {
        "has bytes in its header where glibc expects zeros".to_owned()
    } else if version != 1 {
        format!("has the ELF version {version} in its header; the only one is 1")
    } else {
        return None;
    };
    Some(HeaderRefusal { why, help: "build it for Linux, and let no tool edit its header" })
}

fn of_flags(elf: &ElfFacts) -> Option<HeaderRefusal> {
    elf.no_open.then(|| HeaderRefusal {
        why: "is marked as not to be opened at run time (`DF_1_NOOPEN`), and glibc's `dlopen` refuses it"
            .to_owned(),
        help: "link it without `-z nodlopen`",
    })
}

/// Since 2.36 glibc takes packed relocations, and refuses them where the file does not ask for it: older releases would
/// pass them over.
fn of_packed_relocations(elf: &ElfFacts, facts: &ObjectFacts) -> Option<HeaderRefusal> {
    let mut of_libc = facts.versions.iter().filter(|need| need.library.starts_with("libc.so.")).peekable();
    let is_refused = elf.packed_relocations
        && of_libc.peek().is_some()
        && of_libc.all(|need| &*need.version != "GLIBC_ABI_DT_RELR");
    is_refused.then(|| HeaderRefusal {
        why: "has packed relocations (`DT_RELR`) and does not ask for GLIBC_ABI_DT_RELR: glibc 2.36 and later refuse \
              it, and older ones leave its pointers as they are"
            .to_owned(),
        help: "link it without `--pack-dyn-relocs=relr`, or with a linker that has `-z pack-relative-relocs`",
    })
}

//! Facts that only ELF has: program headers, dynamic flags, processor flags.
//!
//! Sources: the System V gABI, chapter 5; the psABI of each processor for `e_flags` and `.note.gnu.property`.

/// What the headers and the dynamic section of an ELF file say beside names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the dynamic section")]
pub struct ElfFacts {
    /// `e_type`.
    pub file_type: ElfType,
    /// What the file says of the ABI in its first bytes.
    pub identification: Identification,
    /// The calling convention in `e_flags`.
    pub abi: AbiFlags,
    /// `PT_INTERP`: the dynamic linker that a program names.
    pub interpreter: Option<String>,
    /// `DF_1_PIE`: a position-independent program. glibc refuses to load one as a library.
    pub pie: bool,
    /// Whether the file needs an executable stack (`PT_GNU_STACK` with `PF_X`). `None` without the header;
    /// what that means depends on the machine and the system.
    pub executable_stack: Option<bool>,
    /// `PT_LOAD`, in the file's order.
    pub loads: Vec<LoadSegment>,
    /// `PT_TLS`.
    pub thread_local: Option<ThreadLocalBlock>,
    /// `DF_STATIC_TLS`: its thread-local block must fit into what is left of the block that a thread starts with.
    pub static_tls: bool,
    /// `DT_TEXTREL` or `DF_TEXTREL`: relocations write to segments that are not writable.
    pub text_relocations: bool,
    /// `DF_1_NODELETE`: it stays loaded for the life of the process.
    pub no_delete: bool,
    /// `DF_1_NOOPEN`: glibc's `dlopen` refuses it.
    pub no_open: bool,
    /// `DT_RELR`: it has relative relocations in the packed form.
    pub packed_relocations: bool,
    /// Processor features in the GNU property note.
    pub isa: IsaLevels,
}

impl ElfFacts {
    /// The facts of a file of this type of which nothing else is known.
    pub const fn new(file_type: ElfType) -> Self {
        Self {
            file_type,
            identification: Identification { os_abi: 0, abi_version: 0, is_padded: true, version: 1 },
            abi: AbiFlags { raw: 0, float: None, ppc64_version: None },
            interpreter: None,
            pie: false,
            executable_stack: None,
            loads: Vec::new(),
            thread_local: None,
            static_tls: false,
            text_relocations: false,
            no_delete: false,
            no_open: false,
            packed_relocations: false,
            isa: IsaLevels { x86_needed: None, x86_used: None, x86_features: None, aarch64_features: None },
        }
    }
}

/// `e_ident` behind class and byte order, and `e_version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identification {
    /// `EI_OSABI`: 0 for System V, 3 for GNU, 9 for FreeBSD.
    pub os_abi: u8,
    /// `EI_ABIVERSION`.
    pub abi_version: u8,
    /// Whether the bytes behind it are zeros.
    pub is_padded: bool,
    /// `e_version`. The only one is 1.
    pub version: u32,
}

/// `e_type` of a file that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ElfType {
    /// `ET_REL`: a relocatable object.
    Relocatable,
    /// `ET_EXEC`: a program at a fixed address.
    Executable,
    /// `ET_DYN`: a shared object, or a position-independent program.
    Dynamic,
}

/// `e_flags`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AbiFlags {
    /// All of it.
    pub raw: u32,
    /// How floating-point numbers are passed. Known for Arm, RISC-V and `LoongArch`; on Arm only if the file says so.
    pub float: Option<FloatAbi>,
    /// The version of the 64-bit PowerPC ABI: 1 or 2. `None` for other machines and where the file does not say.
    pub ppc64_version: Option<u8>,
}

/// How floating-point numbers are passed to functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FloatAbi {
    /// In integer registers.
    Soft,
    /// In floating-point registers, on Arm.
    Hard,
    /// In registers of 32 bits.
    Single,
    /// In registers of 64 bits.
    Double,
    /// In registers of 128 bits.
    Quad,
}

/// A `PT_LOAD` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LoadSegment {
    /// `p_offset`.
    pub offset: u64,
    /// `p_vaddr`.
    pub address: u64,
    /// `p_filesz`.
    pub file_size: u64,
    /// `p_memsz`.
    pub memory_size: u64,
    /// `p_align`.
    pub alignment: u64,
    /// `PF_R`.
    pub readable: bool,
    /// `PF_W`.
    pub writable: bool,
    /// `PF_X`.
    pub executable: bool,
}

impl LoadSegment {
    /// Whether offset and address are the same within a page of `page` bytes. A segment for which they differ
    /// cannot be mapped on a system with such pages.
    pub const fn is_congruent(&self, page: u64) -> bool {
        page == 0 || self.address % page == self.offset % page
    }
}

/// `PT_TLS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ThreadLocalBlock {
    /// Bytes in each thread.
    pub size: u64,
    /// Its alignment in bytes.
    pub alignment: u64,
}

/// Bits of the GNU property note (`NT_GNU_PROPERTY_TYPE_0`). `None` where the note does not have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct IsaLevels {
    /// `GNU_PROPERTY_X86_ISA_1_NEEDED`: bit 0 is the baseline, bits 1, 2 and 3 are x86-64-v2, v3 and v4. glibc
    /// refuses to load a file that needs a level which the processor has not.
    pub x86_needed: Option<u32>,
    /// `GNU_PROPERTY_X86_ISA_1_USED`: the same bits, of code that may be guarded by a check at run time.
    pub x86_used: Option<u32>,
    /// `GNU_PROPERTY_X86_FEATURE_1_AND`: bit 0 is IBT, bit 1 the shadow stack.
    pub x86_features: Option<u32>,
    /// `GNU_PROPERTY_AARCH64_FEATURE_1_AND`: bit 0 is BTI, bit 1 pointer authentication.
    pub aarch64_features: Option<u32>,
}

impl IsaLevels {
    /// The highest x86-64 level that the file needs: 1 for the baseline, up to 4. `None` if it does not say.
    pub fn x86_level_needed(&self) -> Option<u8> {
        self.x86_needed.and_then(level)
    }

    /// The highest x86-64 level that the file uses.
    pub fn x86_level_used(&self) -> Option<u8> {
        self.x86_used.and_then(level)
    }
}

fn level(bits: u32) -> Option<u8> {
    (1..=4u8).rev().find(|level| bits & 1 << (level - 1) != 0)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::baseline(0b0001, Some(1))]
    #[case::v3(0b0111, Some(3))]
    #[case::v4_alone(0b1000, Some(4))]
    #[case::unknown_bits(0b1_0000, None)]
    #[case::none(0, None)]
    fn levels(#[case] bits: u32, #[case] expected: Option<u8>) {
        let isa = IsaLevels { x86_needed: Some(bits), ..IsaLevels::default() };
        assert_eq!(isa.x86_level_needed(), expected);
        assert_eq!(isa.x86_level_used(), None);
    }

    #[rstest]
    #[case(0x1000, 0x20_1000, 0x1000, true)]
    #[case(0x1000, 0x20_1000, 0x1_0000, true)]
    #[case(0x1000, 0x20_2000, 0x1000, true)]
    #[case(0x1000, 0x20_2000, 0x1_0000, false)]
    #[case(0x1008, 0x20_2000, 0x1000, false)]
    fn congruence(#[case] offset: u64, #[case] address: u64, #[case] page: u64, #[case] expected: bool) {
        let segment = LoadSegment {
            offset,
            address,
            file_size: 1,
            memory_size: 1,
            alignment: page,
            readable: true,
            writable: false,
            executable: false,
        };
        assert_eq!(segment.is_congruent(page), expected);
    }
}

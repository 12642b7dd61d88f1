//! The meaning of relocation types and processor flags, machine by machine.
//!
//! Source: the psABI of each processor, under "Relocation Types" and "ELF Header".

use object::elf;

use crate::facts::{AbiFlags, FloatAbi};
use crate::relocation::RelocationKind;
use crate::relocation::RelocationKind::{Absolute, Copy, GlobDat, IRelative, JumpSlot, Relative, Tls};

/// What a dynamic relocation of type `raw` writes.
pub(super) fn relocation(machine: elf::Machine, raw: elf::RelocationType) -> RelocationKind {
    let known = match machine {
        elf::EM_X86_64 => x86_64(raw),
        elf::EM_386 => i386(raw),
        elf::EM_AARCH64 => aarch64(raw),
        elf::EM_ARM => arm(raw),
        elf::EM_PPC64 => ppc64(raw),
        elf::EM_S390 => s390(raw),
        elf::EM_RISCV => riscv(raw),
        elf::EM_LOONGARCH => loongarch(raw),
        _ => None,
    };
    known.unwrap_or(RelocationKind::Other(raw.0))
}

fn x86_64(raw: elf::RelocationType) -> Option<RelocationKind> {
    match raw {
        elf::R_X86_64_64 | elf::R_X86_64_32 => Some(Absolute),
        elf::R_X86_64_GLOB_DAT => Some(GlobDat),
        elf::R_X86_64_JUMP_SLOT => Some(JumpSlot),
        elf::R_X86_64_RELATIVE | elf::R_X86_64_RELATIVE64 => Some(Relative),
        elf::R_X86_64_COPY => Some(Copy),
        elf::R_X86_64_IRELATIVE => Some(IRelative),
        elf::R_X86_64_DTPMOD64
        | elf::R_X86_64_DTPOFF64
        | elf::R_X86_64_TPOFF64
        | elf::R_X86_64_DTPOFF32
        | elf::R_X86_64_TPOFF32
        | elf::R_X86_64_TLSDESC => Some(Tls),
        _ => None,
    }
}

fn i386(raw: elf::RelocationType) -> Option<RelocationKind> {
    match raw {
        elf::R_386_32 => Some(Absolute),
        elf::R_386_GLOB_DAT => Some(GlobDat),
        elf::R_386_JMP_SLOT => Some(JumpSlot),
        elf::R_386_RELATIVE => Some(Relative),
        elf::R_386_COPY => Some(Copy),
        elf::R_386_IRELATIVE => Some(IRelative),
        elf::R_386_TLS_TPOFF
        | elf::R_386_TLS_DTPMOD32
        | elf::R_386_TLS_DTPOFF32
        | elf::R_386_TLS_TPOFF32
        | elf::R_386_TLS_DESC => Some(Tls),
        _ => None,
    }
}

fn aarch64(raw: elf::RelocationType) -> Option<RelocationKind> {
    match raw {
        elf::R_AARCH64_ABS64 | elf::R_AARCH64_ABS32 => Some(Absolute),
        elf::R_AARCH64_GLOB_DAT => Some(GlobDat),
        elf::R_AARCH64_JUMP_SLOT => Some(JumpSlot),
        elf::R_AARCH64_RELATIVE => Some(Relative),
        elf::R_AARCH64_COPY => Some(Copy),
        elf::R_AARCH64_IRELATIVE => Some(IRelative),
        // 1028 to 1031: TLS_DTPMOD, TLS_DTPREL, TLS_TPREL, TLSDESC.
        elf::RelocationType(1028..=1031) => Some(Tls),
        _ => None,
    }
}

fn arm(raw: elf::RelocationType) -> Option<RelocationKind> {
    match raw {
        elf::R_ARM_ABS32 => Some(Absolute),
        elf::R_ARM_GLOB_DAT => Some(GlobDat),
        elf::R_ARM_JUMP_SLOT => Some(JumpSlot),
        elf::R_ARM_RELATIVE => Some(Relative),
        elf::R_ARM_COPY => Some(Copy),
        elf::R_ARM_IRELATIVE => Some(IRelative),
        elf::R_ARM_TLS_DTPMOD32 | elf::R_ARM_TLS_DTPOFF32 | elf::R_ARM_TLS_TPOFF32 | elf::R_ARM_TLS_DESC => {
            Some(Tls)
        }
        _ => None,
    }
}

fn ppc64(raw: elf::RelocationType) -> Option<RelocationKind> {
    match raw {
        elf::R_PPC64_ADDR64 | elf::R_PPC64_UADDR64 => Some(Absolute),
        elf::R_PPC64_GLOB_DAT => Some(GlobDat),
        elf::R_PPC64_JMP_SLOT => Some(JumpSlot),
        elf::R_PPC64_RELATIVE => Some(Relative),
        elf::R_PPC64_COPY => Some(Copy),
        elf::R_PPC64_IRELATIVE | elf::R_PPC64_JMP_IREL => Some(IRelative),
        elf::R_PPC64_DTPMOD64 | elf::R_PPC64_DTPREL64 | elf::R_PPC64_TPREL64 => Some(Tls),
        _ => None,
    }
}

fn s390(raw: elf::RelocationType) -> Option<RelocationKind> {
    match raw {
        elf::R_390_64 | elf::R_390_32 => Some(Absolute),
        elf::R_390_GLOB_DAT => Some(GlobDat),
        elf::R_390_JMP_SLOT => Some(JumpSlot),
        elf::R_390_RELATIVE => Some(Relative),
        elf::R_390_COPY => Some(Copy),
        elf::R_390_IRELATIVE => Some(IRelative),
        elf::R_390_TLS_DTPMOD | elf::R_390_TLS_DTPOFF | elf::R_390_TLS_TPOFF => Some(Tls),
        _ => None,
    }
}

/// It has no relocation of its own for the global offset table.
fn riscv(raw: elf::RelocationType) -> Option<RelocationKind> {
    match raw {
        elf::R_RISCV_64 | elf::R_RISCV_32 => Some(Absolute),
        elf::R_RISCV_JUMP_SLOT => Some(JumpSlot),
        elf::R_RISCV_RELATIVE => Some(Relative),
        elf::R_RISCV_COPY => Some(Copy),
        elf::R_RISCV_IRELATIVE => Some(IRelative),
        elf::R_RISCV_TLS_DTPMOD32
        | elf::R_RISCV_TLS_DTPMOD64
        | elf::R_RISCV_TLS_DTPREL32
        | elf::R_RISCV_TLS_DTPREL64
        | elf::R_RISCV_TLS_TPREL32
        | elf::R_RISCV_TLS_TPREL64
        | elf::R_RISCV_TLSDESC => Some(Tls),
        _ => None,
    }
}

/// It has no relocation of its own for the global offset table.
fn loongarch(raw: elf::RelocationType) -> Option<RelocationKind> {
    match raw {
        elf::R_LARCH_64 | elf::R_LARCH_32 => Some(Absolute),
        elf::R_LARCH_JUMP_SLOT => Some(JumpSlot),
        elf::R_LARCH_RELATIVE => Some(Relative),
        elf::R_LARCH_COPY => Some(Copy),
        elf::R_LARCH_IRELATIVE => Some(IRelative),
        elf::R_LARCH_TLS_DTPMOD32
        | elf::R_LARCH_TLS_DTPMOD64
        | elf::R_LARCH_TLS_DTPREL32
        | elf::R_LARCH_TLS_DTPREL64
        | elf::R_LARCH_TLS_TPREL32
        | elf::R_LARCH_TLS_TPREL64
        | elf::R_LARCH_TLS_DESC32
        | elf::R_LARCH_TLS_DESC64 => Some(Tls),
        _ => None,
    }
}

/// What a relocation does on no machine at all: type 0 is a place holder everywhere.
pub(super) const fn is_none(raw: elf::RelocationType) -> bool {
    raw.0 == 0
}

/// The calling convention in `e_flags`.
pub(super) fn abi_flags(machine: elf::Machine, raw: u32) -> AbiFlags {
    let float = match machine {
        elf::EM_ARM => match raw & (elf::EF_ARM_ABI_FLOAT_HARD | elf::EF_ARM_ABI_FLOAT_SOFT) {
            elf::EF_ARM_ABI_FLOAT_HARD => Some(FloatAbi::Hard),
            elf::EF_ARM_ABI_FLOAT_SOFT => Some(FloatAbi::Soft),
            _ => None,
        },
        elf::EM_RISCV => Some(match elf::FileFlags(raw & elf::EF_RISCV_FLOAT_ABI) {
            elf::EF_RISCV_FLOAT_ABI_SOFT => FloatAbi::Soft,
            elf::EF_RISCV_FLOAT_ABI_SINGLE => FloatAbi::Single,
            elf::EF_RISCV_FLOAT_ABI_DOUBLE => FloatAbi::Double,
            _ => FloatAbi::Quad,
        }),
        elf::EM_LOONGARCH => match elf::FileFlags(raw & elf::EF_LARCH_ABI_MODIFIER_MASK) {
            elf::EF_LARCH_ABI_SOFT_FLOAT => Some(FloatAbi::Soft),
            elf::EF_LARCH_ABI_SINGLE_FLOAT => Some(FloatAbi::Single),
            elf::EF_LARCH_ABI_DOUBLE_FLOAT => Some(FloatAbi::Double),
            _ => None,
        },
        _ => None,
    };
    let ppc64_version = match (machine, raw & 3) {
        (elf::EM_PPC64, 1) => Some(1),
        (elf::EM_PPC64, 2) => Some(2),
        _ => None,
    };
    AbiFlags { raw, float, ppc64_version }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::arm_hard(40, 0x0500_0400, Some(FloatAbi::Hard), None)]
    #[case::arm_soft(40, 0x0500_0200, Some(FloatAbi::Soft), None)]
    #[case::arm_unknown(40, 0x0500_0000, None, None)]
    #[case::riscv_soft(243, 0x1, Some(FloatAbi::Soft), None)]
    #[case::riscv_double(243, 0x5, Some(FloatAbi::Double), None)]
    #[case::loongarch_double(258, 0x43, Some(FloatAbi::Double), None)]
    #[case::ppc64_v1(21, 1, None, Some(1))]
    #[case::ppc64_v2(21, 2, None, Some(2))]
    #[case::ppc64_unspecified(21, 0, None, None)]
    #[case::x86_64(62, 0, None, None)]
    fn flags(
        #[case] machine: u16,
        #[case] raw: u32,
        #[case] float: Option<FloatAbi>,
        #[case] ppc64_version: Option<u8>,
    ) {
        assert_eq!(abi_flags(elf::Machine(machine), raw), AbiFlags { raw, float, ppc64_version });
    }
}

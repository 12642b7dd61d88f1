//! The vector instructions of AArch64 that move pointers.

use crate::value::{Flags, Value};

use super::aarch64_bits::{bits, flag};
use super::context::Context;

const ZERO: Value = Value::Int(0);

/// Executes an instruction of the group "data processing: scalar floating-point and SIMD".
pub(super) fn execute(context: &mut Context<'_>, word: u32) {
    let field = |low, count| bits(word, low, count) as usize;
    let (rd, rn, rm) = (field(0, 5), field(5, 5), field(16, 5));
    let general = |context: &Context<'_>, number: usize| {
        if number == 31 { ZERO } else { context.registers.general[number] }
    };
    let [vd, vn, vm] = [rd, rn, rm].map(|register| context.registers.vector[register]);
    let lanes = match word {
        // MOVI, MVNI with a value of all zeros or all ones.
        _ if word & 0x9ff8_0400 == 0x0f00_0400 => modified_immediate(word),
        // FMOV Dd, Xn; FMOV Sd, Wn.
        _ if word & 0xffff_fc00 == 0x9e67_0000 => [general(context, rn), ZERO],
        _ if word & 0xffff_fc00 == 0x1e27_0000 => [general(context, rn).truncate(4), ZERO],
        // FMOV Vd.D[1], Xn.
        _ if word & 0xffff_fc00 == 0x9eaf_0000 => [vd[0], general(context, rn)],
        // FMOV Xd, Dn; FMOV Wd, Sn; FMOV Xd, Vn.D[1].
        _ if word & 0xffff_fc00 == 0x9e66_0000 => return write(context, rd, vn[0]),
        _ if word & 0xffff_fc00 == 0x1e26_0000 => return write(context, rd, vn[0].truncate(4)),
        _ if word & 0xffff_fc00 == 0x9eae_0000 => return write(context, rd, vn[1]),
        // FMOV Dd, Dn.
        _ if word & 0xffff_fc00 == 0x1e60_4000 => [vn[0], ZERO],
        // DUP Vd.2D, Xn; DUP Vd.2D, Vn.D[i]; DUP Dd, Vn.D[i].
        _ if word & 0xffff_fc00 == 0x4e08_0c00 => [general(context, rn); 2],
        _ if word & 0xffef_fc00 == 0x4e08_0400 => [vn[field(20, 1)]; 2],
        _ if word & 0xffef_fc00 == 0x5e08_0400 => [vn[field(20, 1)], ZERO],
        // INS Vd.D[i], Xn; INS Vd.D[i], Vn.D[j].
        _ if word & 0xffef_fc00 == 0x4e08_1c00 => {
            let mut lanes = [vd[0], vd[1]];
            lanes[field(20, 1)] = general(context, rn);
            lanes
        }
        _ if word & 0xffef_bc00 == 0x6e08_0400 => {
            let mut lanes = [vd[0], vd[1]];
            lanes[field(20, 1)] = vn[field(14, 1)];
            lanes
        }
        // UMOV Xd, Vn.D[i].
        _ if word & 0xffef_fc00 == 0x4e08_3c00 => return write(context, rd, vn[field(20, 1)]),
        // ORR Vd, Vn, Vm: a move where both sources are one register.
        _ if word & 0xbfe0_fc00 == 0x0ea0_1c00 && rn == rm => {
            [vn[0], if flag(word, 30) { vn[1] } else { ZERO }]
        }
        // EOR of a register with itself.
        _ if word & 0xbfe0_fc00 == 0x2e20_1c00 && rn == rm => [ZERO, ZERO],
        // ZIP1, ZIP2, UZP1, TRN1 of two lanes.
        _ if word & 0xffe0_fc00 == 0x4ec0_3800
            || word & 0xffe0_fc00 == 0x4ec0_1800
            || word & 0xffe0_fc00 == 0x4ec0_2800 =>
        {
            [vn[0], vm[0]]
        }
        _ if word & 0xffe0_fc00 == 0x4ec0_7800 => [vn[1], vm[1]],
        // EXT by eight bytes.
        _ if word & 0xffe0_fc00 == 0x6e00_4000 => [vn[1], vm[0]],
        _ => {
            // Conversions and comparisons write a general register or the flags.
            if word & 0x5f00_0000 == 0x1e00_0000 {
                write(context, rd, Value::Unknown);
                context.registers.flags = Flags::default();
            } else if word & 0xbfe0_0400 == 0x0e00_0400 {
                write(context, rd, Value::Unknown);
            }
            [Value::Unknown; 2]
        }
    };
    context.registers.set_vector(rd, [lanes[0], lanes[1], Value::Unknown, Value::Unknown]);
}

fn write(context: &mut Context<'_>, register: usize, value: Value) {
    if register != 31 {
        context.registers.general[register] = value;
    }
}

/// The immediates that clear or set memory. Others are numbers, which no pointer is made of.
fn modified_immediate(word: u32) -> [Value; 2] {
    let byte = u64::from(bits(word, 16, 3) << 5 | bits(word, 5, 5));
    let wide = flag(word, 30);
    let value = match (bits(word, 12, 4), flag(word, 29), byte) {
        // MOVI of 8-bit and 64-bit elements, of zero in any size.
        (14, false, byte) => Value::Int(byte * 0x0101_0101_0101_0101),
        (14, true, byte) => {
            Value::Int((0..8).filter(|bit| byte >> bit & 1 == 1).fold(0, |all, bit| all | 0xff << (bit * 8)))
        }
        (mode, false, 0) if mode != 15 => ZERO,
        (mode, true, 0) if mode < 12 && mode & 1 == 0 => Value::Int(u64::MAX),
        // MOVI of 32-bit elements, shifted by bytes.
        (mode @ (0 | 2 | 4 | 6), false, byte) => {
            let element = byte << (mode * 4);
            Value::Int(element << 32 | element)
        }
        _ => Value::Unknown,
    };
    [value, if wide { value } else { ZERO }]
}

//! Processor features that an import certainly needs.
//!
//! Every instruction that partial execution passes before any undecided jump is executed by every import. One that
//! needs a feature which the machine lacks ends the process with an illegal instruction. What lies behind an
//! undecided jump may be chosen at run time by a look at the processor, so that it is not reported.
//!
//! x86-64 only. Source of the levels: the x86-64 psABI, "Micro-architecture levels".

use std::collections::BTreeMap;

use iced_x86::{CpuidFeature, Instruction};
use serde::Serialize;

/// A micro-architecture level of x86-64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Level {
    /// What every x86-64 has: SSE2. The platform tags `*_x86_64` and `win_amd64` promise nothing more.
    #[default]
    #[serde(rename = "x86-64-v1")]
    V1,
    /// SSE4.2, POPCNT, CMPXCHG16B.
    #[serde(rename = "x86-64-v2")]
    V2,
    /// AVX2, BMI, FMA.
    #[serde(rename = "x86-64-v3")]
    V3,
    /// AVX-512 F, BW, CD, DQ, VL.
    #[serde(rename = "x86-64-v4")]
    V4,
}

/// An instruction of the way to the module that needs a feature above the baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CpuNeed {
    /// The feature, by the name of its CPUID bit: `AVX2`.
    pub feature: String,
    /// The lowest level that has it; `None` for a feature of no level.
    pub level: Option<Level>,
    /// The address of the first such instruction.
    pub address: u64,
}

/// The most features that are kept.
const MOST: usize = 32;

/// Features with the first instruction that needs each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs(BTreeMap<u16, (CpuidFeature, u64)>);

impl Needs {
    /// Notes an instruction. What comes behind an undecided jump is left out.
    pub(crate) fn note(&mut self, instruction: &Instruction, undecided: bool) {
        if undecided {
            return;
        }
        for &feature in instruction.cpuid_features() {
            if level(feature) != Some(Level::V1) && self.0.len() < MOST {
                self.0.entry(feature as u16).or_insert((feature, instruction.ip()));
            }
        }
    }

    /// The needs above `baseline`, by address.
    pub(crate) fn above(&self, baseline: Level) -> Vec<CpuNeed> {
        let above = |level: Option<Level>| level.is_none_or(|level| level > baseline);
        let mut needs: Vec<_> = self
            .0
            .values()
            .map(|&(feature, address)| CpuNeed {
                feature: format!("{feature:?}"),
                level: level(feature),
                address,
            })
            .filter(|need| above(need.level))
            .collect();
        needs.sort_by_key(|need| need.address);
        needs
    }
}

/// The level that has a feature. Features that older processors execute as something harmless (`endbr64`, hints)
/// count as the lowest.
const fn level(feature: CpuidFeature) -> Option<Level> {
    use CpuidFeature as F;
    Some(match feature {
        F::INTEL8086
        | F::INTEL8086_ONLY
        | F::INTEL186
        | F::INTEL286
        | F::INTEL386
        | F::INTEL486
        | F::X64
        | F::CMOV
        | F::CX8
        | F::FPU
        | F::FPU287
        | F::FPU387
        | F::FXSR
        | F::MMX
        | F::SSE
        | F::SSE2
        | F::CPUID
        | F::TSC
        | F::MULTIBYTENOP
        | F::PAUSE
        | F::CLFSH
        | F::SYSCALL
        | F::CET_IBT
        | F::CET_SS
        | F::PREFETCHW
        | F::PREFETCHITI
        | F::D3NOW => Level::V1,
        F::SSE3 | F::SSSE3 | F::SSE4_1 | F::SSE4_2 | F::POPCNT | F::CMPXCHG16B => Level::V2,
        F::AVX | F::AVX2 | F::BMI1 | F::BMI2 | F::F16C | F::FMA | F::LZCNT | F::MOVBE | F::XSAVE => Level::V3,
        F::AVX512F | F::AVX512BW | F::AVX512CD | F::AVX512DQ | F::AVX512VL => Level::V4,
        _ => return None,
    })
}

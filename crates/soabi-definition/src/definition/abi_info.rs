//! `PyABIInfo` (3.15): what the module says about the headers that it was built with.

use serde::Serialize;

use crate::memory::Memory;

/// A flag of `PyABIInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AbiFlag {
    /// It uses the stable ABI.
    Stable,
    /// It works with the GIL.
    Gil,
    /// It works in free-threaded builds.
    FreeThreaded,
    /// It uses internal headers.
    Internal,
}

/// A decoded `PyABIInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AbiInfo {
    /// The flags.
    pub flags: Vec<AbiFlag>,
    /// The version of the headers (`PY_VERSION_HEX`): `3.15.2`; `None` for zero, which PyO3 writes.
    pub build: Option<String>,
    /// The version of the ABI: `3.15`, the limited API's if it is used; `None` for zero.
    pub abi: Option<String>,
    /// `PY_VERSION_HEX` of the headers.
    #[serde(skip)]
    pub build_hex: u32,
    /// The version of the ABI as a number.
    #[serde(skip)]
    pub abi_hex: u32,
}

/// Decodes the structure at `address`, if its version is one that is known.
pub(crate) fn decode(memory: &Memory<'_>, address: u64) -> Option<AbiInfo> {
    let field = |offset: u64, size| memory.number(address.wrapping_add(offset), size);
    let (major, _minor) = (field(0, 1)?, field(1, 1)?);
    if major != 1 {
        return None;
    }
    let flags = field(2, 2)?;
    let (build, abi) = (u32::try_from(field(4, 4)?).ok()?, u32::try_from(field(8, 4)?).ok()?);
    let names = [AbiFlag::Stable, AbiFlag::Gil, AbiFlag::FreeThreaded, AbiFlag::Internal];
    let flags = names.into_iter().enumerate().filter(|(bit, _)| flags >> bit & 1 == 1).map(|(_, name)| name);
    Some(AbiInfo {
        flags: flags.collect(),
        build: (build != 0).then(|| release(build)),
        abi: (abi != 0).then(|| format!("{}.{}", abi >> 24, abi >> 16 & 0xff)),
        build_hex: build,
        abi_hex: abi,
    })
}

/// A `PY_VERSION_HEX` as people write it: `3.15.0b2`.
pub(crate) fn release(hex: u32) -> String {
    let [major, minor, micro, level] = hex.to_be_bytes();
    let version = format!("{major}.{minor}.{micro}");
    let serial = level & 0xf;
    match level >> 4 {
        0xa => format!("{version}a{serial}"),
        0xb => format!("{version}b{serial}"),
        0xc => format!("{version}rc{serial}"),
        _ => version,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case(0x030f_02f0, "3.15.2")]
    #[case(0x030f_00b4, "3.15.0b4")]
    #[case(0x030f_00c1, "3.15.0rc1")]
    #[case(0x030f_00a0, "3.15.0a0")]
    fn releases(#[case] hex: u32, #[case] expected: &str) {
        assert_eq!(super::release(hex), expected);
    }
}

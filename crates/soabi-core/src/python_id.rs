//! Interpreters, by the names that reports give them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::abi_tag::{AbiTag, ParseAbiTagError};
use crate::arch::Arch;
use crate::version::{PyVersion, serde_as_text};

/// An interpreter: its ABI, and its machine where that is another one than soabi runs on. Ex) `cp313`,
/// `cp313-aarch64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PythonId {
    /// The ABI: the stem of its file in `pythons/`.
    pub abi: AbiTag,
    /// The machine. `None` for the one that soabi runs on.
    pub machine: Option<Arch>,
}

impl PythonId {
    /// The feature version of Python that it implements.
    pub const fn python_version(self) -> Option<PyVersion> {
        self.abi.python_version()
    }

    /// Whether it is an interpreter of the machine that soabi runs on.
    pub const fn is_native(self) -> bool {
        self.machine.is_none()
    }
}

impl From<AbiTag> for PythonId {
    /// The interpreter of this machine.
    fn from(abi: AbiTag) -> Self {
        Self { abi, machine: None }
    }
}

impl fmt::Display for PythonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.abi.fmt(f)?;
        self.machine.map_or(Ok(()), |machine| write!(f, "-{}", machine.as_str()))
    }
}

impl FromStr for PythonId {
    type Err = ParseAbiTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((abi, machine)) = text.split_once('-') else { return Ok(text.parse::<AbiTag>()?.into()) };
        let machine = machine.parse().map_err(|_| ParseAbiTagError(text.to_owned()))?;
        Ok(Self { abi: abi.parse()?, machine: Some(machine) })
    }
}

serde_as_text!(PythonId);

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("cp313", None)]
    #[case("pypy311_pp73", None)]
    #[case("cp313-aarch64", Some(Arch::Aarch64))]
    #[case("cp313t-i686", Some(Arch::I686))]
    fn names(#[case] text: &str, #[case] machine: Option<Arch>) {
        let id: PythonId = text.parse().unwrap();
        assert_eq!((id.machine, id.to_string().as_str()), (machine, text));
    }

    #[rstest]
    fn no_names(
        #[values("", "cp313-", "cp313-vax", "-aarch64", "cp313-aarch64-x", "cp313 -aarch64")] text: &str,
    ) {
        assert!(text.parse::<PythonId>().is_err());
    }

    /// Those of one ABI stand together, that of this machine first.
    #[test]
    fn order() {
        let ids = ["cp312", "cp313", "cp313-aarch64", "cp313-i686", "cp314"];
        let mut sorted: Vec<PythonId> = ids.iter().rev().map(|id| id.parse().unwrap()).collect();
        sorted.sort();
        let sorted: Vec<_> = sorted.iter().map(ToString::to_string).collect();
        assert_eq!(sorted, ["cp312", "cp313", "cp313-i686", "cp313-aarch64", "cp314"]);
    }
}

//! What an installer prefers among the wheels of one release.

use std::cmp::Reverse;
use std::collections::HashMap;

use soabi_core::AbiTag;
use soabi_wheel::{WheelFileName, WheelTag};

use super::interpreter::{Pair, Pairs};
use super::system::System;

/// An installer of an interpreter on a system.
#[derive(Debug)]
pub struct Installer {
    native: Vec<Pair>,
    any: Vec<Pair>,
    platforms: HashMap<String, usize>,
}

/// How much a wheel is preferred: the least rank is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank {
    /// The place of the pair of interpreter and ABI. Those for any platform come behind those for one.
    pair: usize,
    /// The place of the platform among those of the system.
    platform: usize,
}

impl Installer {
    /// The installer of the interpreter `python` on `system`.
    pub fn new(python: AbiTag, system: &System) -> Self {
        let Pairs { native, any } = Pairs::of(python);
        let platforms = system.platforms().into_iter().enumerate().map(|(place, tag)| (tag, place)).collect();
        Self { native, any, platforms }
    }

    /// How much it prefers a wheel, and for which of its tags. `None` for a wheel that it does not take, and for one of
    /// a variant (PEP 825), which is for installers that ask for variants.
    pub fn rank<'w>(&self, wheel: &'w WheelFileName) -> Option<(Rank, WheelTag<'w>)> {
        if wheel.variant.is_some() {
            return None;
        }
        let platform = wheel.platforms.iter().filter_map(|tag| Some((*self.platforms.get(tag)?, tag))).min();
        let native = platform.and_then(|(place, platform)| {
            let (pair, python, abi) = best(&self.native, wheel)?;
            Some((Rank { pair, platform: place }, WheelTag { python, abi, platform }))
        });
        let any = || {
            let platform = wheel.platforms.iter().find(|tag| *tag == "any")?;
            let (pair, python, abi) = best(&self.any, wheel)?;
            let rank = Rank { pair: self.native.len() + pair, platform: 0 };
            Some((rank, WheelTag { python, abi, platform }))
        };
        native.or_else(any)
    }

    /// The wheel that it takes, by its place in `wheels`. Of equal ones the greater build tag wins, then the first.
    pub fn choose<'w>(
        &self,
        wheels: impl IntoIterator<Item = (usize, &'w WheelFileName)>,
    ) -> Option<(usize, WheelTag<'w>)> {
        let ranked = wheels.into_iter().filter_map(|(place, wheel)| {
            let (rank, tag) = self.rank(wheel)?;
            Some(((rank, Reverse(&wheel.build), place), tag))
        });
        let ((_, _, place), tag) = ranked.min_by_key(|(key, _)| *key)?;
        Some((place, tag))
    }
}

/// The first of `pairs` that is in the sets of a wheel.
fn best<'w>(pairs: &[Pair], wheel: &'w WheelFileName) -> Option<(usize, &'w str, &'w str)> {
    pairs.iter().enumerate().find_map(|(place, (python, abi))| {
        let python = wheel.pythons.iter().find(|tag| *tag == python)?;
        let abi = wheel.abis.iter().find(|tag| *tag == abi)?;
        Some((place, python.as_str(), abi.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Which of `wheels`, tags of one project, an installer takes on a system that is named by a platform tag.
    fn check(wheels: &str, python: &str, platform: &str, expected: Option<&str>) {
        let names: Vec<WheelFileName> =
            wheels.split_whitespace().map(|tag| format!("spam-1-{tag}.whl").parse().unwrap()).collect();
        let system = System::named_by(platform).swap_remove(0);
        let installer = Installer::new(python.parse().unwrap(), &system);
        let chosen = installer.choose(names.iter().enumerate());
        let chosen = chosen.map(|(place, _)| wheels.split_whitespace().nth(place).unwrap());
        assert_eq!(chosen, expected, "{python} on {platform}");
    }

    const ABI3: &str = "cp39-abi3-manylinux_2_17_x86_64 cp312-cp312-manylinux_2_17_x86_64 py3-none-any";

    /// The choices of pip, made with `packaging.tags` 26.4.
    #[rstest]
    #[case::at_the_floor("cp39", "manylinux_2_17_x86_64", Some("cp39-abi3-manylinux_2_17_x86_64"))]
    #[case::below_the_floor("cp38", "manylinux_2_17_x86_64", Some("py3-none-any"))]
    #[case::of_its_own("cp312", "manylinux_2_17_x86_64", Some("cp312-cp312-manylinux_2_17_x86_64"))]
    #[case::later("cp313", "manylinux_2_17_x86_64", Some("cp39-abi3-manylinux_2_17_x86_64"))]
    #[case::free_threaded("cp313t", "manylinux_2_17_x86_64", Some("py3-none-any"))]
    #[case::a_newer_system("cp313", "manylinux_2_39_x86_64", Some("cp39-abi3-manylinux_2_17_x86_64"))]
    #[case::an_older_system("cp313", "manylinux_2_16_x86_64", Some("py3-none-any"))]
    #[case::another_libc("cp313", "musllinux_1_2_x86_64", Some("py3-none-any"))]
    #[case::python_2("cp27mu", "manylinux_2_17_x86_64", None)]
    #[case::pypy("pypy311_pp73", "manylinux_2_17_x86_64", Some("py3-none-any"))]
    fn stable_and_specific(#[case] python: &str, #[case] platform: &str, #[case] expected: Option<&str>) {
        check(ABI3, python, platform, expected);
    }

    #[rstest]
    #[case::newer_floor(
        "cp39-abi3-win_amd64 cp311-abi3-win_amd64",
        "cp313",
        "win_amd64",
        "cp311-abi3-win_amd64"
    )]
    #[case::newer_glibc(
        "cp39-abi3-manylinux_2_17_x86_64 cp39-abi3-manylinux_2_28_x86_64",
        "cp313",
        "manylinux_2_39_x86_64",
        "cp39-abi3-manylinux_2_28_x86_64"
    )]
    #[case::the_pair_before_the_platform(
        "cp39-abi3-manylinux_2_28_x86_64 cp313-cp313-manylinux_2_5_x86_64",
        "cp313",
        "manylinux_2_39_x86_64",
        "cp313-cp313-manylinux_2_5_x86_64"
    )]
    #[case::one_machine_before_two(
        "cp39-abi3-macosx_11_0_universal2 cp39-abi3-macosx_11_0_arm64",
        "cp313",
        "macosx_14_0_arm64",
        "cp39-abi3-macosx_11_0_arm64"
    )]
    #[case::two_machines_of_a_newer_system(
        "cp39-abi3-macosx_12_0_universal2 cp39-abi3-macosx_11_0_arm64",
        "cp313",
        "macosx_14_0_arm64",
        "cp39-abi3-macosx_12_0_universal2"
    )]
    #[case::the_old_name(
        "cp313-cp313-manylinux2014_x86_64",
        "cp313",
        "manylinux_2_17_x86_64",
        "cp313-cp313-manylinux2014_x86_64"
    )]
    #[case::this_linux_first(
        "cp313-cp313-manylinux_2_17_x86_64 cp313-cp313-linux_x86_64",
        "cp313",
        "manylinux_2_39_x86_64",
        "cp313-cp313-linux_x86_64"
    )]
    #[case::none_before_an_older_stable_abi(
        "cp313-none-win_amd64 cp312-abi3-win_amd64",
        "cp313",
        "win_amd64",
        "cp313-none-win_amd64"
    )]
    #[case::a_platform_before_any(
        "py3-none-any py3-none-win_amd64",
        "cp313",
        "win_amd64",
        "py3-none-win_amd64"
    )]
    #[case::the_greater_build(
        "2-cp313-cp313-win_amd64 10-cp313-cp313-win_amd64 cp313-cp313-win_amd64",
        "cp313",
        "win_amd64",
        "10-cp313-cp313-win_amd64"
    )]
    #[case::universal_stable_abi(
        "cp315-abi3.abi3t-win_amd64 py3-none-any",
        "cp315t",
        "win_amd64",
        "cp315-abi3.abi3t-win_amd64"
    )]
    #[case::abi3t_of_an_older_version(
        "cp313-abi3t-win_amd64 py3-none-any",
        "cp315t",
        "win_amd64",
        "cp313-abi3t-win_amd64"
    )]
    #[case::abi3t_alone_with_a_gil(
        "cp315-abi3t-win_amd64 py3-none-any",
        "cp315",
        "win_amd64",
        "py3-none-any"
    )]
    #[case::no_variant("cp313-cp313-win_amd64-x86_64_v3 py3-none-any", "cp313", "win_amd64", "py3-none-any")]
    #[case::pypy(
        "pp311-pypy311_pp73-win_amd64 pp311-none-win_amd64",
        "pypy311_pp73",
        "win_amd64",
        "pp311-pypy311_pp73-win_amd64"
    )]
    fn preferred(#[case] wheels: &str, #[case] python: &str, #[case] platform: &str, #[case] expected: &str) {
        check(wheels, python, platform, Some(expected));
    }
}

//! Why an index such as `PyPI` refuses a wheel by its name.
//!
//! Sources: PEP 440 on local versions; the platform tags that `PyPI` accepts, `warehouse/utils/wheel.py`. What else an
//! index checks, metadata and the archive, is what rules are about.

use soabi_wheel::WheelFileName;

use crate::platform::PlatformTag;

/// Why a wheel is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Other systems whose tags `PyPI` takes.
const OTHERS: [&str; 4] = ["android_", "ios_", "pyodide_", "pyemscripten_"];
/// The machines for which there is no manylinux tag to take instead.
const LINUX_OF: [&str; 2] = ["armv6l", "armv7l"];

/// Why an index refuses the wheel, each reason once.
pub fn obstacles(wheel: &WheelFileName) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    let mut add = |message: String, help: String| {
        let obstacle = Obstacle { message, help };
        if !obstacles.contains(&obstacle) {
            obstacles.push(obstacle);
        }
    };
    if wheel.version.contains('+') {
        add(
            format!("the version `{}` is a local one, which only exists outside of an index", wheel.version),
            "build it without the part behind the `+`".to_owned(),
        );
    }
    for tag in &wheel.platforms {
        match PlatformTag::parse(tag) {
            PlatformTag::Linux { arch } if !LINUX_OF.contains(&arch) => add(
                format!("`{tag}` says nothing about the systems that the wheel runs on"),
                format!("`auditwheel repair {wheel}` finds the oldest one and writes its tag"),
            ),
            PlatformTag::Other if !OTHERS.iter().any(|start| tag.starts_with(start)) => add(
                format!("`{tag}` is not the tag of a system that an index knows"),
                "build it for a manylinux, musllinux, macOS or Windows tag".to_owned(),
            ),
            _ => {}
        }
    }
    obstacles
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("spam-1.0-cp39-abi3-linux_x86_64.whl", &["`linux_x86_64` says nothing"])]
    #[case::no_manylinux_for_it("spam-1.0-cp39-abi3-linux_armv6l.whl", &[])]
    #[case("spam-1.0-cp39-abi3-manylinux_2_17_x86_64.whl", &[])]
    #[case("spam-1.0-cp39-abi3-win_amd64.whl", &[])]
    #[case("spam-1.0-cp39-abi3-ios_13_0_arm64_iphoneos.whl", &[])]
    #[case::local("spam-1.0+cu118-py3-none-any.whl", &["the version `1.0+cu118` is a local one"])]
    #[case("spam-1.0-cp39-abi3-freebsd_14_amd64.whl", &["`freebsd_14_amd64` is not"])]
    #[case::both("spam-1.0+a-cp39-abi3-linux_x86_64.linux_i686.whl", &["the version", "`linux_x86_64`", "`linux_i686`"])]
    fn refused(#[case] name: &str, #[case] expected: &[&str]) {
        let obstacles = super::obstacles(&name.parse().unwrap());
        assert_eq!(obstacles.len(), expected.len(), "{obstacles:?}");
        for (obstacle, start) in obstacles.iter().zip(expected) {
            assert!(obstacle.message.starts_with(start), "{obstacle:?}");
        }
    }
}

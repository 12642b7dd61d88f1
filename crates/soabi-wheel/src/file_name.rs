//! The file names of wheels (PEP 427), their compressed tag sets (PEP 425) and normalised names (PEP 503).
//!
//! A name is read, not judged: which tags mean something, and to whom, is for others to say.

use std::fmt;
use std::str::FromStr;

/// The parts of a wheel's file name, as they are written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WheelFileName {
    /// The distribution's name. [`WheelFileName::normalized_name`] is for comparing.
    pub name: String,
    /// The distribution's version.
    pub version: String,
    /// The build tag, which breaks ties between wheels that are otherwise the same.
    pub build: Option<BuildTag>,
    /// The interpreter tags, in the order of the name: `cp39`, `py3`.
    pub pythons: Vec<String>,
    /// The ABI tags, in the order of the name: `abi3`, `cp313t`, `none`.
    pub abis: Vec<String>,
    /// The platform tags, in the order of the name: `manylinux_2_17_x86_64`, `win_amd64`, `any`.
    pub platforms: Vec<String>,
    /// The label of a variant (PEP 825): `x86_64_v3`.
    pub variant: Option<String>,
}

/// A build tag: a number, then anything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuildTag {
    /// The number that sorts first.
    pub number: u64,
    /// The rest, as text.
    pub suffix: String,
}

/// One tag of a wheel: interpreter, ABI, platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WheelTag<'a> {
    /// The interpreter tag.
    pub python: &'a str,
    /// The ABI tag.
    pub abi: &'a str,
    /// The platform tag.
    pub platform: &'a str,
}

impl fmt::Display for WheelTag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.python, self.abi, self.platform)
    }
}

impl WheelFileName {
    /// Every tag that the compressed sets stand for, in the order in which PEP 425 expands them.
    pub fn tags(&self) -> impl Iterator<Item = WheelTag<'_>> {
        self.pythons.iter().flat_map(move |python| {
            self.abis.iter().flat_map(move |abi| {
                self.platforms.iter().map(move |platform| WheelTag { python, abi, platform })
            })
        })
    }

    /// The tags as they stand in the name: `cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64`.
    pub fn compressed_tag(&self) -> String {
        format!("{}-{}-{}", self.pythons.join("."), self.abis.join("."), self.platforms.join("."))
    }

    /// The name by which the package is known: lower case, each run of `-`, `_` and `.` as one `-` (PEP 503).
    pub fn normalized_name(&self) -> String {
        normalize_name(&self.name)
    }
}

/// Lower case, each run of `-`, `_` and `.` as one `-` (PEP 503).
pub fn normalize_name(name: &str) -> String {
    let mut normalized = String::with_capacity(name.len());
    let mut after_separator = false;
    for letter in name.chars() {
        let separator = matches!(letter, '-' | '_' | '.');
        if !separator {
            normalized.push(letter.to_ascii_lowercase());
        } else if !after_separator {
            normalized.push('-');
        }
        after_separator = separator;
    }
    normalized
}

/// Text that is not a wheel's file name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{file_name}` is not the file name of a wheel: {reason}")]
pub struct ParseWheelNameError {
    /// The offending name.
    pub file_name: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl FromStr for WheelFileName {
    type Err = ParseWheelNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map_err(|reason| ParseWheelNameError { file_name: text.to_owned(), reason })
    }
}

fn parse(text: &str) -> Result<WheelFileName, &'static str> {
    let stem = text.strip_suffix(".whl").ok_or("it does not end in `.whl`")?;
    let parts: Vec<&str> = stem.split('-').collect();
    // PEP 825: of six parts, the third is a build tag if it starts with a digit, which interpreter tags do not.
    let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let (name, version, build, tags, variant) = match parts[..] {
        [name, version, python, abi, platform] => (name, version, None, [python, abi, platform], None),
        [name, version, python, abi, platform, variant] if !starts_with_digit(python) => {
            (name, version, None, [python, abi, platform], Some(variant))
        }
        [name, version, build, python, abi, platform] => {
            (name, version, Some(build), [python, abi, platform], None)
        }
        [name, version, build, python, abi, platform, variant] => {
            (name, version, Some(build), [python, abi, platform], Some(variant))
        }
        _ => {
            return Err(
                "it does not have five parts, or six or seven with a build tag and a variant, between its dashes",
            );
        }
    };
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.')) {
        return Err("the distribution's name has other characters than letters, digits, `_` and `.`");
    }
    if version.is_empty() {
        return Err("the version is empty");
    }
    Ok(WheelFileName {
        name: name.to_owned(),
        version: version.to_owned(),
        build: build.map(parse_build).transpose()?,
        pythons: parse_set(tags[0])?,
        abis: parse_set(tags[1])?,
        platforms: parse_set(tags[2])?,
        variant: variant.map(parse_variant).transpose()?,
    })
}

fn parse_variant(text: &str) -> Result<String, &'static str> {
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.');
    if !text.is_empty() && text.chars().all(valid) {
        Ok(text.to_owned())
    } else {
        Err("the variant label is empty or has other characters than `a-z`, `0-9`, `_` and `.`")
    }
}

fn parse_build(text: &str) -> Result<BuildTag, &'static str> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let number = number.parse().map_err(|_| "the build tag does not start with a number")?;
    Ok(BuildTag { number, suffix: suffix.to_owned() })
}

fn parse_set(text: &str) -> Result<Vec<String>, &'static str> {
    let tags: Vec<String> = text.split('.').map(str::to_owned).collect();
    let valid = |tag: &String| !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if tags.iter().all(valid) {
        Ok(tags)
    } else {
        Err("a tag is empty or has a character that tags do not have")
    }
}

impl fmt::Display for WheelFileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-", self.name, self.version)?;
        if let Some(build) = &self.build {
            write!(f, "{}{}-", build.number, build.suffix)?;
        }
        f.write_str(&self.compressed_tag())?;
        if let Some(variant) = &self.variant {
            write!(f, "-{variant}")?;
        }
        f.write_str(".whl")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("spam-1.0-py3-none-any.whl", &["py3-none-any"])]
    #[case("spam-1.0-py2.py3-none-any.whl", &["py2-none-any", "py3-none-any"])]
    #[case("spam-1.0-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        &["cp39-abi3-manylinux_2_17_x86_64", "cp39-abi3-manylinux2014_x86_64"])]
    #[case("spam-1.0-cp313-abi3.abi3t-win_amd64.whl", &["cp313-abi3-win_amd64", "cp313-abi3t-win_amd64"])]
    fn compressed_sets(#[case] file_name: &str, #[case] tags: &[&str]) {
        let wheel: WheelFileName = file_name.parse().unwrap();
        assert_eq!(wheel.to_string(), file_name);
        assert_eq!(wheel.tags().map(|tag| tag.to_string()).collect::<Vec<_>>(), tags);
    }

    #[test]
    fn build_tags_sort_by_number() {
        let build = |text: &str| format!("spam-1.0-{text}-py3-none-any.whl").parse::<WheelFileName>();
        let (two, ten) = (build("2local").unwrap().build.unwrap(), build("10").unwrap().build.unwrap());
        assert_eq!(two, BuildTag { number: 2, suffix: "local".to_owned() });
        assert!(two < ten);
    }

    /// The examples of PEP 825, and the nearest names with a build tag.
    #[rstest]
    #[case("numpy-2.3.2-cp313-cp313t-musllinux_1_2_x86_64-x86_64_v3.whl", None, Some("x86_64_v3"))]
    #[case("numpy-2.3.2-1-cp313-cp313t-musllinux_1_2_x86_64-x86_64_v3.whl", Some(1), Some("x86_64_v3"))]
    #[case("numpy-2.3.2-1-cp313-cp313t-musllinux_1_2_x86_64.whl", Some(1), None)]
    #[case("numpy-2.3.2-cp313-cp313t-musllinux_1_2_x86_64.whl", None, None)]
    fn variants(#[case] file_name: &str, #[case] build: Option<u64>, #[case] variant: Option<&str>) {
        let wheel: WheelFileName = file_name.parse().unwrap();
        assert_eq!(wheel.build.as_ref().map(|build| build.number), build);
        assert_eq!(wheel.variant.as_deref(), variant);
        assert_eq!(wheel.compressed_tag(), "cp313-cp313t-musllinux_1_2_x86_64");
        assert_eq!(wheel.to_string(), file_name);
    }

    #[rstest]
    #[case("spam-1.0-py3-none-any.zip", "`.whl`")]
    #[case("spam-1.0-py3-none.whl", "five parts")]
    #[case("spam-1.0-1-py3-none-any-v1-v2.whl", "five parts")]
    #[case("spam-1.0-local-py3-none-any-v1.whl", "build tag")]
    #[case("spam-1.0-py3-none-any-.whl", "variant label")]
    #[case("spam-1.0-py3-none-any-V3.whl", "variant label")]
    #[case("-1.0-py3-none-any.whl", "distribution's name")]
    #[case("sp am-1.0-py3-none-any.whl", "distribution's name")]
    #[case("spam--py3-none-any.whl", "version")]
    #[case("spam-1.0-py2..py3-none-any.whl", "tag is empty")]
    #[case("spam-1.0-py3-none-.whl", "tag is empty")]
    fn not_wheel_names(#[case] file_name: &str, #[case] reason: &str) {
        let error = file_name.parse::<WheelFileName>().unwrap_err();
        assert!(error.reason.contains(reason), "{error}");
    }

    /// The examples of PEP 503.
    #[rstest]
    fn names_of_one_project(
        #[values(
            "friendly-bard",
            "Friendly-Bard",
            "FRIENDLY-BARD",
            "friendly.bard",
            "friendly--bard",
            "FrIeNdLy-._.-bArD"
        )]
        name: &str,
    ) {
        assert_eq!(normalize_name(name), "friendly-bard");
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,60}") {
            let _ = text.parse::<WheelFileName>();
        }

        #[test]
        fn every_name_reads_back(
            name in "[A-Za-z0-9_.]{1,8}", version in "[0-9][0-9a-z.!+]{0,6}", build in proptest::option::of((0u64..99, "[a-z_]{0,3}")),
            sets in proptest::array::uniform3(proptest::collection::vec("[a-z][a-z0-9_]{0,5}", 1..3)),
            variant in proptest::option::of("[0-9a-z_.]{1,9}"),
        ) {
            let [pythons, abis, platforms] = sets;
            let build = build.map(|(number, suffix)| BuildTag { number, suffix });
            let wheel = WheelFileName { name, version, build, pythons, abis, platforms, variant };
            prop_assert_eq!(wheel.to_string().parse(), Ok(wheel));
        }
    }
}

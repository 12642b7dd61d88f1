//! What a wheel's `.dist-info` says: `WHEEL` (PEP 427) and `METADATA` (core metadata, PEP 566).

/// The parts of a wheel's metadata that can be held against its name and its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WheelMetadata {
    /// The folder that it was read from: `spam-1.0.dist-info`.
    pub folder: String,
    /// `Wheel-Version`.
    pub wheel_version: Option<String>,
    /// `Generator`: what made the wheel.
    pub generator: Option<String>,
    /// `Root-Is-Purelib`. `None` when it is missing or neither `true` nor `false`.
    pub root_is_purelib: Option<bool>,
    /// `Tag`, each expanded tag of the wheel on a line of its own.
    pub tags: Vec<String>,
    /// `Build`.
    pub build: Option<String>,
    /// `Name`.
    pub name: Option<String>,
    /// `Version`.
    pub version: Option<String>,
    /// `Requires-Python`.
    pub requires_python: Option<String>,
    /// `Requires-Dist`, each requirement as it is written (PEP 508).
    pub requires_dist: Vec<String>,
}

impl WheelMetadata {
    /// Adds what the file `WHEEL` says.
    pub fn read_wheel(&mut self, text: &str) {
        for (key, value) in headers(text) {
            match key.as_str() {
                "wheel-version" => self.wheel_version = Some(value),
                "generator" => self.generator = Some(value),
                "root-is-purelib" => self.root_is_purelib = value.to_ascii_lowercase().parse().ok(),
                "tag" => self.tags.push(value),
                "build" => self.build = Some(value),
                _ => {}
            }
        }
    }

    /// Adds what the file `METADATA` says.
    pub(super) fn read_metadata(&mut self, text: &str) {
        for (key, value) in headers(text) {
            match key.as_str() {
                "name" => self.name = Some(value),
                "version" => self.version = Some(value),
                "requires-python" => self.requires_python = Some(value),
                "requires-dist" => self.requires_dist.push(value),
                _ => {}
            }
        }
    }
}

/// The headers of an e-mail, keys in lower case, up to the empty line that ends them. Lines that go on with the
/// value before them are left out; none of the keys above has such values.
fn headers(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.lines()
        // A line of blanks goes on with the value before it, such as a licence.
        .take_while(|line| !line.is_empty())
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| {
            let (key, value) = line.split_once(':')?;
            Some((key.trim().to_ascii_lowercase(), value.trim().to_owned()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files() {
        let mut metadata = WheelMetadata::default();
        metadata.read_wheel(
            "Wheel-Version: 1.0\r\nGenerator: bdist_wheel (0.37.1)\r\nRoot-Is-Purelib: false\r\n\
             Tag: cp39-abi3-manylinux_2_17_x86_64\r\ntag:cp39-abi3-manylinux2014_x86_64\r\n\r\nTag: in the body\r\n",
        );
        metadata.read_metadata(
            "Metadata-Version: 2.1\nName: spam\nVersion: 1.0\nRequires-Python: >=3.9\nRequires-Dist: numpy>=1.20; python_version < '3.12'\nLicense: of\n  \n  Name: folded\nRequires-Dist: attrs\n\nName: body",
        );
        let expected = WheelMetadata {
            folder: String::new(),
            wheel_version: Some("1.0".to_owned()),
            generator: Some("bdist_wheel (0.37.1)".to_owned()),
            root_is_purelib: Some(false),
            tags: vec![
                "cp39-abi3-manylinux_2_17_x86_64".to_owned(),
                "cp39-abi3-manylinux2014_x86_64".to_owned(),
            ],
            build: None,
            name: Some("spam".to_owned()),
            version: Some("1.0".to_owned()),
            requires_python: Some(">=3.9".to_owned()),
            requires_dist: vec!["numpy>=1.20; python_version < '3.12'".to_owned(), "attrs".to_owned()],
        };
        assert_eq!(metadata, expected);
    }
}

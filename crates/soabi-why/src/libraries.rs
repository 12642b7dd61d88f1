//! `tables/libraries.txt`: libraries that modules miss most often, and what brings them.

const TEXT: &str = include_str!("../tables/libraries.txt");

/// A library of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Library {
    /// What it is.
    pub(crate) what: &'static str,
    /// What brings it.
    pub(crate) package: &'static str,
}

/// The library with this file name: the longest beginning in the table that fits it.
pub(crate) fn library(file_name: &str) -> Option<Library> {
    let fitting = lines().filter(|(start, _)| file_name.starts_with(start));
    fitting.max_by_key(|(start, _)| start.len()).map(|(_, library)| library)
}

fn lines() -> impl Iterator<Item = (&'static str, Library)> {
    TEXT.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.splitn(3, " | ");
        Some((fields.next()?, Library { what: fields.next()?, package: fields.next()? }))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("libGL.so.1", Some("OpenGL, which OpenCV and Qt use"))]
    #[case("libGLU.so.1", Some("OpenGL's GLU"))]
    #[case("libcudart.so.10.1", Some("CUDA's runtime"))]
    #[case("libssl.so.1.1", Some("OpenSSL 1.1, which newer systems do not have"))]
    #[case("libspam.so.1", None)]
    fn by_the_longest_beginning(#[case] name: &str, #[case] what: Option<&str>) {
        assert_eq!(library(name).map(|library| library.what), what);
    }

    #[test]
    fn every_line_has_three_fields() {
        let lines: Vec<&str> = TEXT.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(self::lines().count(), lines.len());
    }
}

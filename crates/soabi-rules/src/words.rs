//! Lists in prose.

/// The first names, each in backticks, and how many more there are.
pub(crate) fn named<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => format!("`{}`", one.as_ref()),
        [one, two] => format!("`{}` and `{}`", one.as_ref(), two.as_ref()),
        [one, rest @ ..] => format!("`{}` and {} more", one.as_ref(), rest.len()),
    }
}

/// Some of a whole in its order, with what lies side by side gathered: `cp36m`, `cp38 and cp310 to cp315`.
pub(crate) fn span<T: ToString + PartialEq>(some: &[&T], whole: &[T]) -> String {
    let belongs = |item: &T| some.contains(&item);
    let runs = whole.chunk_by(|a, b| belongs(a) == belongs(b)).filter(|run| belongs(&run[0]));
    let parts: Vec<String> = runs
        .flat_map(|run| match run {
            [first, _, .., last] => vec![format!("{} to {}", first.to_string(), last.to_string())],
            few => few.iter().map(ToString::to_string).collect(),
        })
        .collect();
    match parts.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        Some((last, _)) => last.clone(),
        None => "nobody".to_owned(),
    }
}

/// A count and its noun: `1 name`, `3 names`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&["cp36m"], "cp36m")]
    #[case(&["cp36m", "cp37m"], "cp36m and cp37m")]
    #[case(&["cp36m", "cp37m", "cp38"], "cp36m to cp38")]
    #[case(&["cp36m", "cp37m", "cp38", "cp310"], "cp36m to cp38 and cp310")]
    #[case(&["cp36m", "cp38", "cp310"], "cp36m, cp38 and cp310")]
    #[case(&[], "nobody")]
    fn spans(#[case] some: &[&'static str], #[case] expected: &str) {
        let all = ["cp36m", "cp37m", "cp38", "cp39", "cp310"];
        let some: Vec<&&str> = some.iter().collect();
        assert_eq!(span(&some, &all), expected);
    }

    #[rstest]
    #[case(&["a"], "`a`")]
    #[case(&["a", "b"], "`a` and `b`")]
    #[case(&["a", "b", "c"], "`a` and 2 more")]
    fn names(#[case] list: &[&str], #[case] expected: &str) {
        assert_eq!(named(list), expected);
    }
}

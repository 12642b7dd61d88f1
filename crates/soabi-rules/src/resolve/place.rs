//! Where files are once a wheel is installed, as paths below the interpreter's prefix.

/// Where modules are. The version that POSIX writes into it makes no difference here.
const SITE: &str = "lib/python/site-packages";

/// A folder in which a library is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A folder below the prefix: `lib/python/site-packages/eggs.libs`.
    Prefix(String),
    /// A folder by its absolute path, on whatever machine.
    Absolute(String),
    /// One that cannot be known: above the prefix, relative to the working folder, or with a `$LIB`.
    Unknown(String),
}

/// Where a member of a wheel is installed.
pub(super) fn installed(member: &str) -> String {
    let scheme = member.split_once('/').and_then(|(folder, rest)| {
        let (scheme, rest) = folder.ends_with(".data").then_some(rest)?.split_once('/')?;
        Some(match scheme {
            "data" => rest.to_owned(),
            "scripts" => format!("bin/{rest}"),
            "headers" => format!("include/{rest}"),
            _ => format!("{SITE}/{rest}"),
        })
    });
    scheme.unwrap_or_else(|| format!("{SITE}/{member}"))
}

/// The folder of a path; empty for a path without one.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The path `relative` from the folder `base`, without `.` and `..`. `None` if it leads above the prefix.
pub(super) fn join(base: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder that an entry of `DT_RPATH`, `DT_RUNPATH` or `LC_RPATH` names, for a file in the folder `origin`.
pub(super) fn search_folder(entry: &str, origin: &str) -> Place {
    let unknown = || Place::Unknown(entry.to_owned());
    let tokens =
        [("$ORIGIN", origin), ("${ORIGIN}", origin), ("@loader_path", origin), ("@executable_path", "bin")];
    for (token, base) in tokens {
        if let Some(rest) = entry.strip_prefix(token).filter(|rest| rest.is_empty() || rest.starts_with('/'))
        {
            return join(base, rest).map_or_else(unknown, Place::Prefix);
        }
    }
    if entry.starts_with('/') && !entry.contains('$') { Place::Absolute(entry.to_owned()) } else { unknown() }
}

/// The part of a path below the folder of modules.
pub(super) fn below_site(path: &str) -> Option<&str> {
    path.strip_prefix(SITE)?.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("pkg/_x.so", "lib/python/site-packages/pkg/_x.so")]
    #[case("_x.so", "lib/python/site-packages/_x.so")]
    #[case("p-1.data/platlib/pkg/_x.so", "lib/python/site-packages/pkg/_x.so")]
    #[case("p-1.data/data/lib/libmkl.so", "lib/libmkl.so")]
    #[case("p-1.data/scripts/tool", "bin/tool")]
    #[case("odd.data/file.so", "lib/python/site-packages/odd.data/file.so")]
    fn installation(#[case] member: &str, #[case] expected: &str) {
        assert_eq!(installed(member), expected);
    }

    #[rstest]
    #[case("$ORIGIN/../pkg.libs", Place::Prefix("lib/python/site-packages/pkg.libs".to_owned()))]
    #[case("${ORIGIN}", Place::Prefix("lib/python/site-packages/pkg".to_owned()))]
    #[case("@loader_path/.dylibs", Place::Prefix("lib/python/site-packages/pkg/.dylibs".to_owned()))]
    #[case("$ORIGIN/../../..", Place::Prefix("lib".to_owned()))]
    #[case("$ORIGIN/../../../../..", Place::Unknown("$ORIGIN/../../../../..".to_owned()))]
    #[case("@executable_path/../lib", Place::Prefix("lib".to_owned()))]
    #[case("/opt/lib", Place::Absolute("/opt/lib".to_owned()))]
    #[case("/usr/$LIB", Place::Unknown("/usr/$LIB".to_owned()))]
    #[case("lib", Place::Unknown("lib".to_owned()))]
    #[case("", Place::Unknown(String::new()))]
    #[case("$ORIGINAL", Place::Unknown("$ORIGINAL".to_owned()))]
    fn folders(#[case] entry: &str, #[case] expected: Place) {
        assert_eq!(search_folder(entry, "lib/python/site-packages/pkg"), expected);
    }
}

//! Wheels laid out as an installer lays them out, in a private folder.
//!
//! The root, `platlib` and `purelib` go into one folder, as in most installations; `.data/data` goes to the prefix,
//! three folders above it as in `<prefix>/lib/python3.11/site-packages`, because run paths of modules count them.
//! Scripts and headers are left out. What pip refuses is refused: names that lead out of the folder.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use soabi_core::error_text;
use soabi_wheel::{Inflater, Placed, Scheme, Wheel, scheme};

/// The folder on the path, below the prefix.
const SITE: [&str; 3] = ["lib", "python", "site-packages"];

/// The most that a wheel may become, in bytes.
const LARGEST: u64 = 8 << 30;

/// The largest member that is laid out, in bytes.
const LARGEST_MEMBER: u64 = 4 << 30;

/// The folder on the path, in the private folder `prefix`.
pub fn site(prefix: &Path) -> PathBuf {
    SITE.iter().fold(prefix.to_owned(), |folder, part| folder.join(part))
}

/// The private folder of the folder `site` on the path.
pub fn prefix(site: &Path) -> Option<&Path> {
    site.ancestors().nth(SITE.len())
}

/// Where the member `name` comes to lie when the folder on the path is `site`. `None` for one that is left out, and for
/// one that would lie elsewhere.
pub fn file(site: &Path, name: &str) -> Option<PathBuf> {
    let Placed { scheme, path } = scheme::place(name)?;
    let folder = match scheme {
        Scheme::Root | Scheme::Platlib | Scheme::Purelib => site,
        Scheme::Data => prefix(site)?,
        Scheme::Scripts | Scheme::Headers => return None,
    };
    is_inside(path).then(|| folder.join(path))
}

/// Whether a path with `/` between its parts stays in its folder.
fn is_inside(path: &str) -> bool {
    !path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// How many bytes the wheel becomes, by its own directory.
pub fn size(wheel: &Wheel) -> u64 {
    wheel.members().iter().map(|member| member.size).fold(0, u64::saturating_add)
}

/// Lays out `wheel` in the folder `site`, which need not exist.
///
/// # Errors
///
/// What could not be read or written, or would lie elsewhere. An installer refuses the whole wheel then.
pub fn lay_out(wheel: &Wheel, site: &Path) -> Result<(), String> {
    let bytes = size(wheel);
    if bytes > LARGEST {
        return Err(format!("it would become {bytes} bytes, and the limit is {LARGEST}"));
    }
    let mut inflater = Inflater::default();
    let mut folders = HashSet::new();
    fs::create_dir_all(site).map_err(|error| format!("`{}`: {error}", site.display()))?;
    for member in wheel.members() {
        let Some(path) = file(site, &member.name) else {
            let outside = scheme::place(&member.name).is_some_and(|placed| !is_inside(placed.path));
            if outside {
                return Err(format!("`{}` would lie outside of the folder", member.name));
            }
            continue;
        };
        let folder = path.parent().unwrap_or(site);
        let made = if folders.insert(folder.to_owned()) { fs::create_dir_all(folder) } else { Ok(()) };
        // Of members with one name the last counts, as for pip.
        let file = made.and_then(|()| File::create(&path));
        let mut file = file.map_err(|error| format!("`{}` cannot be written: {error}", member.name))?;
        let copied = wheel.copy(member, LARGEST_MEMBER, &mut inflater, &mut file);
        copied.map_err(|error| error_text(&error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::root("x/_x.so", Some("/s/lib/python/site-packages/x/_x.so"))]
    #[case::platlib("x-1.data/platlib/x/_x.so", Some("/s/lib/python/site-packages/x/_x.so"))]
    #[case::purelib("x-1.data/purelib/x.py", Some("/s/lib/python/site-packages/x.py"))]
    #[case::data("x-1.data/data/lib/libx.so", Some("/s/lib/libx.so"))]
    #[case::scripts("x-1.data/scripts/x", None)]
    #[case::headers("x-1.data/headers/x.h", None)]
    #[case::nowhere("x-1.data/x.py", None)]
    #[case::above("../x.py", None)]
    #[case::above_data("x-1.data/data/../../x.py", None)]
    #[case::absolute("/x.py", None)]
    #[case::absolute_data("x-1.data/purelib//etc/x", None)]
    #[case::here("./x.py", None)]
    #[case::nul("x\0.py", None)]
    fn files(#[case] name: &str, #[case] expected: Option<&str>) {
        assert_eq!(file(&site(Path::new("/s")), name), expected.map(PathBuf::from));
    }
}

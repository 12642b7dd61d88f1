//! Files for a project whose wheels are audited: those that `docs/integrations.md` shows.

const TEXT: &str = include_str!(concat!(env!("SOABI_DOCS"), "/integrations.md"));

/// The first file of the section with this heading.
pub(crate) fn for_a_project(heading: &str) -> String {
    let section = TEXT.split("\n## ").find_map(|section| section.strip_prefix(heading)).unwrap_or_default();
    let mut lines = section.lines().skip_while(|line| !line.starts_with("```")).skip(1);
    let file: String = (&mut lines).take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
    let places = match (file.contains("OWNER"), file.contains("HOST")) {
        (true, true) => " Put the place of soabi's repository for HOST and OWNER.",
        (true, false) => " Put the owner of soabi's repository for OWNER.",
        _ => "",
    };
    format!("# The audit of wheels with soabi ({heading}).{places}\n{file}")
}

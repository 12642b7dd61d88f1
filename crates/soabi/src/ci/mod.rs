//! Workflows for continuous integration and the containers of `ci/`, written from `pythons/`.
//!
//! One job per interpreter; the reports are merged in the last one. The syntax of each service is in the templates
//! beside this file; the commands are decided here.

mod containers;
mod jobs;
mod project;

use soabi_python::Manifest;

pub(crate) use self::containers::containers;
use self::jobs::{InImage, Jobs};
pub(crate) use self::project::for_a_project;

/// The workflow for GitHub. The matrix of each interpreter that is not alone on its machine is cut into `shards`.
pub(crate) fn github(shards: u8, manifests: &[Manifest]) -> String {
    let jobs = Jobs::of(manifests);
    let lists = [("@IN_IMAGE@", list(&jobs.in_image, github_image))];
    workflow("github", include_str!("github.yml.in"), &jobs, &lists, shards)
}

/// The same for GitLab.
pub(crate) fn gitlab(shards: u8, manifests: &[Manifest]) -> String {
    let jobs = Jobs::of(manifests);
    let lists = [
        ("@IN_IMAGE@", list(&jobs.in_image, gitlab_image)),
        ("@UV_JOBS@", list(&jobs.uv, |(id, _)| gitlab_uv(&id.to_string(), shards))),
    ];
    workflow("gitlab", include_str!("gitlab.yml.in"), &jobs, &lists, shards)
}

/// Fills in a template.
fn workflow(
    service: &str,
    template: &str,
    jobs: &Jobs<'_>,
    lists: &[(&'static str, String)],
    shards: u8,
) -> String {
    let mut text = if shards > 1 {
        keep(template, "@SHARDED@ ", "@WHOLE@ ")
    } else {
        keep(template, "@WHOLE@ ", "@SHARDED@ ")
    };
    let ids: Vec<_> = jobs.uv.iter().map(|(id, _)| id.to_string()).collect();
    let requests: Vec<_> = jobs.uv.iter().map(|(_, request)| *request).collect();
    let numbers: Vec<_> = (1..=shards).map(|number| number.to_string()).collect();
    let values = [
        ("@UV_IDS@", ids.join(", ")),
        ("@UV_PYTHON@", ids.join(",")),
        ("@UV_REQUESTS@", requests.join(" ")),
        ("@SHARD_NUMBERS@", numbers.join(", ")),
        ("@SHARDS@", shards.to_string()),
        ("@RUST@", env!("CARGO_PKG_RUST_VERSION").to_owned()),
        ("@COMMAND@", command(service, shards)),
        ("@LEFT_OUT@", left_out(jobs)),
    ];
    for (name, value) in lists.iter().chain(&values) {
        // A list brings its own line ends.
        text = if value.ends_with('\n') || value.is_empty() {
            text.replace(&format!("{name}\n"), value)
        } else {
            text.replace(name, value)
        };
    }
    text
}

/// A comment on the interpreters that have no job.
fn left_out(jobs: &Jobs<'_>) -> String {
    if jobs.left_out.is_empty() {
        return String::new();
    }
    let heading = "#\n# Not here, because a runner cannot have them by a command of their own:\n";
    let lines = list(&jobs.left_out, |(id, why)| format!("#   {id}: {why}\n"));
    format!("{heading}{lines}")
}

/// How the workflow was written.
fn command(service: &str, shards: u8) -> String {
    if shards > 1 { format!("soabi ci {service} --shards {shards}") } else { format!("soabi ci {service}") }
}

/// The lines of `template` without the mark `wanted`, and without the lines that begin with `unwanted`.
fn keep(template: &str, wanted: &str, unwanted: &str) -> String {
    let lines = template.lines().filter(|line| !line.starts_with(unwanted));
    lines.map(|line| line.strip_prefix(wanted).unwrap_or(line)).flat_map(|line| [line, "\n"]).collect()
}

fn list<T>(entries: &[T], line: impl Fn(&T) -> String) -> String {
    entries.iter().map(line).collect()
}

fn github_image(job: &InImage) -> String {
    format!(
        "          - python: {}\n            image: {:?}\n            setup: {:?}\n",
        job.id, job.image, job.setup
    )
}

fn gitlab_image(job: &InImage) -> String {
    let setup =
        if job.setup.is_empty() { String::new() } else { format!("  before_script: [{:?}]\n", job.setup) };
    format!(
        "\n{0}:\n  extends: .in-image\n  image: {1:?}\n  variables: {{ PYTHON: {0} }}\n{setup}",
        job.id, job.image
    )
}

fn gitlab_uv(id: &str, shards: u8) -> String {
    let parallel = if shards > 1 { format!("  parallel: {shards}\n") } else { String::new() };
    format!("\n{id}:\n  extends: .uv\n  variables: {{ PYTHON: {id} }}\n{parallel}")
}

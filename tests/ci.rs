//! The workflows: those in `ci/` are what the program writes, and the services take them.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use rstest::rstest;
use serde_json::Value;
use soabi_python::manifests;

use crate::harness::{Checked, ready, skip};
use crate::support::{Soabi, fixture, root};

fn workflow(service: &str, args: &[&str]) -> String {
    let finished = Soabi::new().args(["ci", service]).args(args).run();
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr());
    finished.stdout()
}

fn parsed(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

#[rstest]
#[case("github", "github.yml")]
#[case("gitlab", "gitlab.yml")]
#[case("containers", "containers.tsv")]
fn committed_files_are_current(#[case] what: &str, #[case] file: &str) {
    let committed = std::fs::read_to_string(root().join("ci").join(file)).unwrap();
    assert_eq!(committed, workflow(what, &[]), "`just ci` writes it again");
}

/// What a project takes over: it parses, and calls the audit.
#[rstest]
#[case::github("github-audit", "/jobs/audit/steps/1/with/inputs", "dist/*.whl")]
#[case::gitlab("gitlab-audit", "/wheels/extends", ".soabi-audit")]
#[case::pre_commit("pre-commit", "/repos/0/hooks/0/id", "soabi")]
fn for_a_project(#[case] what: &str, #[case] place: &str, #[case] value: &str) {
    assert_eq!(parsed(&workflow(what, &[])).pointer(place).and_then(Value::as_str), Some(value));
}

/// Who wants a workflow for a project of their own is told which that is; here the other is the right one.
#[rstest]
#[case("github", "`soabi ci github-audit` is for your project")]
#[case("gitlab", "`soabi ci gitlab-audit` is for your project")]
fn soabis_own_workflow_in_another_project(#[case] service: &str, #[case] note: &str) {
    let elsewhere = tempfile::tempdir().unwrap();
    let told =
        |folder: &Path| Soabi::new().within(folder).args(["ci", service]).run().stderr().contains(note);
    assert_eq!((told(elsewhere.path()), told(&root())), (true, false));
}

#[test]
fn for_cibuildwheel() {
    let text = workflow("cibuildwheel", &[]);
    let table: toml::Table = toml::from_str(&text).unwrap();
    assert_eq!(table["tool"]["cibuildwheel"]["audit-command"].as_str(), Some("soabi audit {wheel}"));
}

/// The published schemas of both services. A key that is none of theirs is refused.
#[rstest]
#[case("github", "github-workflow-schema.json", "/jobs/uv/strategy")]
#[case("gitlab", "gitlab-ci-schema.json", "/merge/artifacts")]
fn the_service_takes_it(
    #[case] service: &str,
    #[case] schema: &str,
    #[case] somewhere: &str,
    #[values("1", "3")] shards: &str,
) {
    let schema = std::fs::read_to_string(fixture(schema)).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let mut workflow = parsed(&workflow(service, &["--shards", shards]));
    let errors: Vec<_> = validator.iter_errors(&workflow).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    workflow.pointer_mut(somewhere).unwrap()["nonsense"] = true.into();
    assert!(!validator.is_valid(&workflow), "the schema is looked at");
}

/// Each action is pinned by the hash of a commit with its version beside it, no job keeps the token of the checkout or
/// has more rights than to read, and no script has a value of the workflow in its text.
#[rstest]
fn github_is_hardened(#[values("1", "3")] shards: &str) {
    let text = workflow("github", &["--shards", shards]);
    let uses: Vec<_> = text.lines().filter_map(|line| line.split_once("uses: ")).collect();
    assert!(!uses.is_empty());
    for (_, action) in uses {
        let (_, pin) = action.split_once('@').unwrap();
        let (hash, version) = pin.split_once(" # v").expect(action);
        assert!(hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{action}");
        assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{action}");
    }
    let workflow = parsed(&text);
    assert_eq!(workflow["permissions"], serde_json::json!({}));
    for (name, job) in workflow["jobs"].as_object().unwrap() {
        let steps = job["steps"].as_array().unwrap();
        let action = |step: &Value| step["uses"].as_str().unwrap_or_default().to_owned();
        let checkouts: Vec<_> =
            steps.iter().filter(|step| action(step).starts_with("actions/checkout@")).collect();
        assert!(checkouts.iter().all(|step| step["with"]["persist-credentials"] == false), "{name}");
        let permissions = job.get("permissions").cloned();
        let needed = (!checkouts.is_empty()).then(|| serde_json::json!({ "contents": "read" }));
        assert_eq!(permissions, needed, "{name}");
        let scripts = steps.iter().filter_map(|step| step["run"].as_str());
        scripts.for_each(|script| assert!(!script.contains("${{"), "{name}: {script}"));
    }
}

fn ids(names: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let declared: BTreeSet<_> = manifests().iter().map(|manifest| manifest.id.to_string()).collect();
    names.into_iter().filter(|name| declared.contains(name)).collect()
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Every declared interpreter has a job, or stands at the head of the file with the reason why it has none.
#[rstest]
fn every_interpreter_has_a_job_or_a_reason(#[values("github", "gitlab")] service: &str) {
    let text = workflow(service, &[]);
    let workflow = parsed(&text);
    let jobs = if service == "github" {
        let alone = workflow["jobs"]["in-image"]["strategy"]["matrix"]["include"].as_array().unwrap();
        let alone = alone.iter().map(|job| job["python"].as_str().unwrap().to_owned());
        ids(strings(&workflow["jobs"]["uv"]["strategy"]["matrix"]["python"]).into_iter().chain(alone))
    } else {
        ids(workflow.as_object().unwrap().keys().cloned())
    };
    let reasons = text.lines().filter_map(|line| line.strip_prefix("#   ")?.split_once(": only "));
    let left_out = ids(reasons.map(|(id, _)| id.to_owned()));
    assert!(jobs.is_disjoint(&left_out));
    let all = ids(manifests().iter().map(|manifest| manifest.id.to_string()));
    assert_eq!(jobs.union(&left_out).cloned().collect::<BTreeSet<_>>(), all);
    assert!(jobs.contains("cp27mu") && jobs.contains("cp313"), "{jobs:?}");
}

#[test]
fn shards_are_jobs() {
    let github = parsed(&workflow("github", &["--shards", "3"]));
    let uv = &github["jobs"]["uv"];
    assert_eq!(uv["strategy"]["matrix"]["shard"], serde_json::json!([1, 2, 3]));
    let run = uv["steps"].as_array().unwrap().iter().find(|step| step["name"] == "the matrix").unwrap();
    assert!(run["run"].as_str().unwrap().contains("--shard \"$SHARD\" "), "{run}");
    assert_eq!(uv["env"]["SHARD"], "${{ matrix.shard }}/3");
    let gitlab = parsed(&workflow("gitlab", &["--shards", "3"]));
    assert_eq!(gitlab["cp313"]["parallel"], 3);
    for whole in [workflow("github", &[]), workflow("gitlab", &[])] {
        assert!(!whole.contains("shard") && !whole.contains("parallel:"), "{whole}");
    }
}

#[rstest]
fn shards_that_make_no_sense(#[values("0", "17", "many")] shards: &str) {
    let finished = Soabi::new().args(["ci", "github", "--shards", shards]).run();
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()));
}

/// `ci/container.sh` with the program of this test.
fn container(id: &str, engine: Option<&str>) -> Output {
    let mut command = Command::new(root().join("ci/container.sh"));
    command.arg(id).env("SOABI", env!("CARGO_BIN_EXE_soabi")).env_remove("SOABI_ENGINE");
    if let Some(engine) = engine {
        command.env("SOABI_ENGINE", engine);
    }
    command.output().unwrap()
}

/// One interpreter, and no other, in a container that has its own system. Tests build no image, because that needs
/// the network; an image that is there is used.
#[rstest]
fn alone_in_a_container(#[values("cp311", "cp313")] id: &str) -> Checked {
    let has_image = |engine: &&str| {
        let output = Command::new(engine).args(["image", "inspect", &format!("soabi-{id}")]).output();
        output.is_ok_and(|output| output.status.success())
    };
    let Some(engine) = ["podman", "docker"].into_iter().find(has_image) else {
        return skip(format!("there is no image of {id}; `just container {id}` makes one"));
    };
    ready()?;
    let output = container(id, Some(engine));
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    assert!(stdout.contains(" 0 unexpected, "), "{stdout}");
    assert!(stdout.ends_with("asked for 1: 1 passed, 0 failed, 0 not run\n"), "{stdout}");
    Ok(())
}

/// Without an engine nothing is green: what did not run is counted, with the reason.
#[test]
fn without_an_engine_nothing_is_proved() {
    let output = container("cp311", Some("no-such-engine"));
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("not run: cp311: no-such-engine does not work: "), "{said}");
    assert!(said.ends_with("asked for 1: 0 passed, 0 failed, 1 not run\n"), "{said}");
}

/// The workflow of the recipes names recipes that there are, and every recipe for another platform.
#[test]
fn recipes_of_the_workflow() {
    let read = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    let workflow = parsed(&read("ci/recipes.yml"));
    let schema = std::fs::read_to_string(fixture("github-workflow-schema.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    validator.validate(&workflow).unwrap();
    let justfile = read("justfile");
    let is_recipe =
        |line: &&str| line.starts_with(|first: char| first.is_ascii_lowercase()) && line.contains(':');
    let name = |line: &str| line.split([' ', ':']).next().unwrap().to_owned();
    let recipes: BTreeSet<String> = justfile.lines().filter(is_recipe).map(name).collect();
    let runs = workflow.pointer("/jobs/recipe/strategy/matrix/include").and_then(Value::as_array).unwrap();
    let words = |key: &str| -> BTreeSet<String> {
        runs.iter().filter_map(|run| run[key].as_str()).map(name).collect()
    };
    let named = words("recipe");
    assert!(named.is_subset(&recipes) && words("first").is_subset(&recipes), "{named:?}");
    let of_platforms = justfile.split("[group('platforms')]\n").skip(1).map(name);
    let missing: Vec<_> = of_platforms.filter(|recipe| !named.contains(recipe)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

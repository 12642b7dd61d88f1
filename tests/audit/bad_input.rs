//! Input that is broken, hostile or not there: each with its own words, the rest audited all the same.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use rstest::rstest;

use super::wheelhouse::{ARCH, SPAM, Wheelhouse, encrypt, zip};
use super::{audit, python_3, report, rules, soabi};

/// The one error of the one subject at `path`, and how the audit ends.
fn check(house: &Wheelhouse, path: &str, object: Option<&str>, message: &str) {
    let finished = audit(house.path(), &[path]);
    let report: soabi_report::audit::AuditReport = finished.json();
    let errors: Vec<_> = report.subjects.iter().flat_map(|subject| &subject.errors).collect();
    let [error] = &errors[..] else { panic!("{report:#?}") };
    assert_eq!(error.object.as_deref(), object);
    assert!(error.message.contains(message), "{}", error.message);
    assert_eq!(finished.code(), Some(2));
}

#[rstest]
#[case::missing("no-such-file.so", None, "No such file")]
#[case::missing_wheel("no-such-wheel.whl", None, "No such file")]
#[case::a_pipe("pipe.so", None, "not a regular file")]
#[case::empty("empty.so", None, "the file is empty")]
#[case::text("README.md", None, "it is a text file")]
#[case::empty_folder("nothing", None, "it holds neither a wheel nor a native file")]
#[case::no_wheel_name("spam.whl", None, "is not the file name of a wheel")]
#[case::no_zip("nozip-1.0-py3-none-any.whl", None, "is not a sound zip archive")]
#[case::empty_zip("emptyzip-1.0-py3-none-any.whl", None, "has no .dist-info/WHEEL")]
#[case::cut_off("cut-1.0-py3-none-any.whl", None, "is not a sound zip archive")]
fn by_itself(#[case] path: &str, #[case] object: Option<&str>, #[case] message: &str) {
    let house = Wheelhouse::new();
    let whole = zip(&[("spam-1.0.dist-info/WHEEL", b"Tag: py3-none-any\n"), ("spam.py", &[b' '; 300])]);
    assert!(Command::new("mkfifo").arg(house.path().join("pipe.so")).status().unwrap().success());
    fs::create_dir(house.path().join("nothing")).unwrap();
    house.write("empty.so", b"");
    house.write("README.md", b"text\n");
    house.write("spam.whl", &whole);
    house.write("nozip-1.0-py3-none-any.whl", b"PK, or so it says");
    house.write("emptyzip-1.0-py3-none-any.whl", &zip(&[]));
    house.write("cut-1.0-py3-none-any.whl", &whole[..whole.len() / 2]);
    check(&house, path, object, message);
}

/// A member that says it is as large as nothing that fits in memory.
#[test]
fn a_member_of_a_lying_size() {
    let house = Wheelhouse::new();
    let wheel = house.wheel(&format!("cp38-abi3-linux_{ARCH}"), &[("spam.abi3.so", &SPAM.compile())]);
    let mut bytes = fs::read(house.path().join(&wheel)).unwrap();
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[directory + 24..directory + 28].copy_from_slice(&0xf000_0000_u32.to_le_bytes());
    house.write(&wheel, &bytes);
    check(&house, &wheel, Some("spam.abi3.so"), "times as many");
}

/// What installers refuse or understand differently is said, and read all the same.
#[rstest]
#[case::twice(&["spam.abi3.so", "spam.abi3.so"], "", "spam.abi3.so", 1)]
#[case::leads_out(&["xx/spam.abi3.so"], "../spam.abi3.so", "../spam.abi3.so", 1)]
#[case::a_letter_on_linux(&["xx/spam.abi3.so"], "xx\\spam.abi3.so", "xx\\spam.abi3.so", 1)]
fn odd_members(#[case] members: &[&str], #[case] name: &str, #[case] object: &str, #[case] code: i32) {
    let house = Wheelhouse::new();
    let bytes = SPAM.compile();
    let members: Vec<_> = members.iter().map(|member| (*member, &bytes[..])).collect();
    let wheel = house.wheel(&format!("cp38-abi3-manylinux_2_17_{ARCH}"), &members);
    let mut bytes = fs::read(house.path().join(&wheel)).unwrap();
    // In both headers of the member. RECORD, whose rows go on with a comma, keeps the old name.
    let is_header = |window: &[u8]| window.starts_with(b"xx/spam.abi3.so") && window[15] != b',';
    while let Some(at) = bytes.windows(16).position(|window| !name.is_empty() && is_header(window)) {
        bytes[at..at + 15].copy_from_slice(name.as_bytes());
    }
    house.write(&wheel, &bytes);
    let finished = audit(house.path(), &[&wheel]);
    assert!(rules(&finished.json()).contains(&("ambiguous-archive", object)), "{}", finished.stdout());
    assert_eq!(finished.code(), Some(code));
}

/// Circles, dead links, links that lead out, pipes: the search ends, and finds what is there once.
#[test]
fn folders_that_lead_astray() {
    let house = Wheelhouse::new();
    house.write("site/spam/spam.abi3.so", &SPAM.compile());
    house.write("site/spam/spam.py", b"");
    house.write("elsewhere/outside.so", &SPAM.compile());
    let link = |to: &str, name: &str| symlink(to, house.path().join(name)).unwrap();
    link(".", "site/circle");
    link("..", "site/spam/up");
    link("/", "site/root");
    link("nowhere", "site/dead");
    link("a", "site/b");
    link("b", "site/a");
    link("spam/spam.abi3.so", "site/again.so");
    link("../elsewhere/outside.so", "site/outside.so");
    assert!(Command::new("mkfifo").arg(house.path().join("site/pipe")).status().unwrap().success());
    let report = report(house.path(), &["site"]);
    let [subject] = &report.subjects[..] else { panic!("{report:#?}") };
    let members: Vec<_> = subject.objects.iter().map(|object| object.member.as_deref().unwrap()).collect();
    assert_eq!(members, ["outside.so", "spam/spam.abi3.so"]);
    assert_eq!(subject.errors, []);
}

/// A wheel is found by its name, anything native by its first bytes.
#[test]
fn folders_hold_wheels_and_files() {
    let house = Wheelhouse::new();
    let wheel =
        house.wheel(&format!("cp38-abi3-manylinux_2_17_{ARCH}"), &[("spam.abi3.so", &SPAM.compile())]);
    house.write("plugins/spam", &SPAM.compile());
    house.write("plugins/linker-script.so", b"INPUT(-lspam)");
    let finished = audit(house.path(), &["."]);
    let report = finished.json();
    assert_eq!(
        rules(&report),
        [("not-examined", "plugins/linker-script.so"), ("suffix-not-searched", "plugins/spam")]
    );
    assert_eq!(report.subjects.len(), 2);
    assert_eq!(report.subjects[0].objects[0].member.as_deref(), Some("plugins/spam"));
    assert_eq!(report.subjects[1].path, wheel);
    assert_eq!(finished.code(), Some(2));
}

/// What an installer left behind says from which version on a module is good.
#[test]
fn an_installed_environment() {
    let house = Wheelhouse::new();
    let newer = super::wheelhouse::Library { imports: &["PyType_Freeze"], ..SPAM }.compile();
    house.write("venv/site-packages/spam/spam.abi3.so", &newer);
    house.write("venv/site-packages/elsewhere/spam.abi3.so", &newer);
    let info = "venv/site-packages/spam-1.0.dist-info";
    let tag = format!("cp38-abi3-manylinux_2_17_{ARCH}");
    house.write(&format!("{info}/WHEEL"), format!("Wheel-Version: 1.0\nTag: {tag}\n").as_bytes());
    house.write(&format!("{info}/RECORD"), b"spam/spam.abi3.so,sha256=abc,1\nspam-1.0.dist-info/RECORD,,\n");
    let report = report(house.path(), &["venv"]);
    let [rest, spam] = &report.subjects[..] else { panic!("{report:#?}") };
    assert_eq!((rest.path.as_str(), rest.tags.len(), rest.objects[0].baseline), ("venv", 0, None));
    assert_eq!((spam.path.as_str(), &spam.tags), (info, &vec![tag]));
    assert_eq!(rules(&report), [("abi3-version-too-low", "spam/spam.abi3.so")]);
    let github = soabi(house.path()).args(["audit", "venv", "--format", "github"]).run().stdout();
    assert!(github.starts_with("::error file=venv/site-packages/spam/spam.abi3.so,title="), "{github}");
}

/// With a reason, what cannot be examined need not be.
#[test]
fn what_need_not_be_examined() {
    let house = Wheelhouse::new();
    house.write("site/spam.abi3.so", &SPAM.compile());
    house.write("site/libspam.so", b"INPUT(-lspam)");
    let reason =
        "[[audit.ignore]]\nrule = \"not-examined\"\nobject = \"lib*.so\"\nreason = \"a linker script\"";
    house.write("soabi.toml", reason.as_bytes());
    let run = |args: &[&str]| soabi(house.path()).args(["audit", "site"]).args(args).run();
    assert_eq!(run(&[]).code(), Some(0), "{}", run(&[]).stdout());
    assert!(run(&[]).stdout().contains("reason: a linker script"));
    // Rules that are not selected say nothing; that something could not be read is said all the same.
    assert_eq!(run(&["--no-config", "--select", "untagged-suffix"]).code(), Some(2));
}

/// What is wrong with one subject does not keep the others from being audited.
#[test]
fn the_rest_is_audited() {
    let house = Wheelhouse::new();
    let wheel = house.wheel(&format!("py3-none-linux_{ARCH}"), &[("spam.abi3.so", &SPAM.compile())]);
    house.write("broken-1.0-py3-none-any.whl", b"");
    let finished = audit(house.path(), &["nowhere.so", "broken-1.0-py3-none-any.whl", &wheel]);
    let report = finished.json();
    assert_eq!(rules(&report).last(), Some(&("none-tag-with-extension", "-")));
    assert_eq!(report.summary.not_audited, 2);
    assert_eq!(finished.code(), Some(2));
}

#[test]
fn a_wheel_without_native_files() {
    let house = Wheelhouse::new();
    let wheel = house.wheel("py3-none-any", &[("spam.py", b"")]);
    let finished = soabi(house.path()).args(["audit", &wheel]).run();
    assert_eq!(finished.code(), Some(0));
    let verdict = "Nothing native in it, so there is nothing to check.\n";
    assert!(finished.stdout().ends_with(verdict), "{}", finished.stdout());
}

/// What no installer can unpack: the member is named, and the rest is audited.
#[test]
fn an_encrypted_member() {
    let house = Wheelhouse::new();
    let (plain, tag) = (SPAM.compile(), format!("cp38-abi3-linux_{ARCH}"));
    let sealed = encrypt(&plain, b"eggs");
    let wheel = house.wheel(&tag, &[("open.abi3.so", &plain), ("spam.abi3.so", &sealed)]);
    let mut bytes = fs::read(house.path().join(&wheel)).unwrap();
    say_encrypted(&mut bytes, "spam.abi3.so", &plain);
    house.write(&wheel, &bytes);
    // Encrypted it is, and not broken: who knows the password can read it.
    let read = "import sys, zipfile\n\
                member = zipfile.ZipFile(sys.argv[1]).read('spam.abi3.so', pwd=b'eggs')\n\
                sys.stdout.buffer.write(member)";
    let mut python = Command::new(python_3()["executable"].as_str().unwrap());
    let output = python.args(["-c", read]).arg(house.path().join(&wheel)).output().unwrap();
    assert!(output.stdout == plain, "{}", String::from_utf8_lossy(&output.stderr));

    check(&house, &wheel, Some("spam.abi3.so"), "the member is encrypted");
    let report = report(house.path(), &[&wheel]);
    assert!(rules(&report).contains(&("not-examined", "spam.abi3.so")), "{report:#?}");
    let members: Vec<_> = report.subjects[0].objects.iter().map(|object| object.member.as_deref()).collect();
    assert_eq!(members, [Some("open.abi3.so")]);
}

/// Lets the archive say of a member that it is encrypted, and what it is without that.
fn say_encrypted(archive: &mut [u8], name: &str, plain: &[u8]) {
    let is_entry = |at: usize, length: usize| archive[at + length..].starts_with(name.as_bytes());
    let find = |magic: &[u8], length: usize| {
        let mut starts = (0..archive.len() - length).filter(|&at| archive[at..].starts_with(magic));
        starts.rfind(|&at| is_entry(at, length)).unwrap()
    };
    let (local, directory) = (find(b"PK\x03\x04", 30), find(b"PK\x01\x02", 46));
    archive[local + 6] |= 1;
    archive[directory + 8..directory + 10].copy_from_slice(&[1, 0]);
    archive[directory + 16..directory + 20].copy_from_slice(&libdeflater::crc32(plain).to_le_bytes());
    let size = u32::try_from(plain.len()).unwrap();
    archive[directory + 24..directory + 28].copy_from_slice(&size.to_le_bytes());
}

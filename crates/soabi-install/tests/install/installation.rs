//! The order of the installers, and what is said of those that failed.

use std::cell::Cell;
use std::fs;
use std::rc::Rc;

use rstest::rstest;
use soabi_install::{InstallError, Installation, Installer, Plan, Progress, Site};

use crate::fake::{Home, Silent};

/// How a installer behaves.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    /// It cannot, and says so at once.
    NoPlan,
    /// It begins and fails.
    Fails,
    /// It installs something else.
    Wrong,
    /// It installs what is wanted.
    Right,
}

struct Fake {
    name: &'static str,
    does: Does,
    installed: Rc<Cell<Option<Does>>>,
}

impl Installer for Fake {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn plan(&self, _: &dyn Progress) -> Result<Plan, InstallError> {
        match self.does {
            Does::NoPlan => Err(InstallError::NoMirror),
            _ => Ok(Plan { what: self.name.to_owned(), downloads: Vec::new() }),
        }
    }

    fn install(&self, site: &Site, _: &dyn Progress) -> Result<(), InstallError> {
        let tree = site.partial().join("root");
        fs::create_dir(&tree).unwrap();
        if self.does == Does::Fails {
            return Err(InstallError::NoMirror);
        }
        self.installed.set(Some(self.does));
        site.finish(&tree)
    }
}

/// Runs an installation with installers `a`, `b`, ... and returns who did it and who did not.
fn check(does: &[Does], by: Option<&str>, tried: &[&str]) {
    let home = Home::new();
    let installed = Rc::new(Cell::new(None));
    let fakes = ["a", "b", "c"].into_iter().zip(does).map(|(name, does)| -> Box<dyn Installer> {
        Box::new(Fake { name, does: *does, installed: Rc::clone(&installed) })
    });
    let mut installation = Installation::new("cp315".parse().unwrap(), fakes.collect());
    let confirm = |_| if installed.get() == Some(Does::Right) { Ok(()) } else { Err("wrong".to_owned()) };
    let got = installation.run(&home.folders, &confirm, &Silent);
    let names: Vec<_> = installation.tried.iter().map(|attempt| &*attempt.installer).collect();
    assert_eq!((got.as_deref(), &*names), (by, tried));
    assert_eq!(home.pythons(), if by.is_some() { vec!["cp315"] } else { vec![] });
}

#[rstest]
#[case::the_first(&[Does::Right, Does::Right], Some("a"), &[])]
#[case::the_first_that_can(&[Does::NoPlan, Does::Right], Some("b"), &["a"])]
#[case::the_first_that_does(&[Does::Fails, Does::Right], Some("b"), &["a"])]
#[case::the_first_that_is_right(&[Does::Wrong, Does::NoPlan, Does::Right], Some("c"), &["a", "b"])]
#[case::nobody(&[Does::NoPlan, Does::Fails, Does::Wrong], None, &["a", "b", "c"])]
#[case::no_providers(&[], None, &[])]
fn in_order(#[case] does: &[Does], #[case] by: Option<&str>, #[case] tried: &[&str]) {
    check(does, by, tried);
}

/// A plan is made without anything being installed, and is the plan of the one that will be asked first.
#[test]
fn a_plan_installs_nothing() {
    let home = Home::new();
    let installed = Rc::new(Cell::new(None));
    let fake = |name, does| -> Box<dyn Installer> {
        Box::new(Fake { name, does, installed: Rc::clone(&installed) })
    };
    let installers = vec![fake("a", Does::NoPlan), fake("b", Does::Right)];
    let mut installation = Installation::new("cp315".parse().unwrap(), installers);
    let (name, plan) = installation.plan(&Silent).unwrap();
    assert_eq!((name.as_str(), plan.what.as_str()), ("b", "b"));
    assert_eq!((installed.get().is_none(), home.pythons()), (true, vec![]));
    assert_eq!(installation.tried.len(), 1);
}

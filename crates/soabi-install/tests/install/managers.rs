//! uv and pyenv, where they are.

use soabi_install::{Provider, Pyenv, Trouble, Uv};

use crate::fake::{Blind, Home, Machine};

fn check(home: &Home, machine: &Machine<'_>, provider: &dyn Provider, command: &str) {
    assert!(provider.plan(&Blind).unwrap().what.contains(command));
    assert_eq!(machine.started(home), Vec::<String>::new(), "a plan starts nothing");
    let site = home.folders.begin("cp314t".parse().unwrap()).unwrap();
    provider.install(&site, &Blind).unwrap();
    assert_eq!(machine.started(home), [command]);
}

#[test]
fn they_are_asked_for_what_the_manifest_says() {
    let (home, machine) = (Home::new(), Machine::new(&["uv", "pyenv"], |_| Some(Vec::new())));
    let uv = Uv { request: "3.14t".to_owned(), run: &machine };
    check(&home, &machine, &uv, "uv python install 3.14t");
    let (home, machine) = (Home::new(), Machine::new(&["uv", "pyenv"], |_| Some(Vec::new())));
    let configure = vec!["--with-pydebug".to_owned()];
    let pyenv = Pyenv { version: "3.13".to_owned(), configure, run: &machine };
    let command = "PYTHON_CONFIGURE_OPTS='--enable-shared --with-pydebug' pyenv install --force 3.13";
    check(&home, &machine, &pyenv, command);
}

#[test]
fn who_does_not_have_them_is_told() {
    let machine = Machine::new(&[], |_| None);
    let uv = Uv { request: "3.14t".to_owned(), run: &machine }.plan(&Blind).unwrap_err();
    assert!(matches!(uv, Trouble::NoProgram { program: "uv", .. }) && uv.hint().is_some());
    let pyenv = Pyenv { version: "3.13".to_owned(), configure: Vec::new(), run: &machine };
    assert!(matches!(pyenv.plan(&Blind), Err(Trouble::NoProgram { program: "pyenv", .. })));
}

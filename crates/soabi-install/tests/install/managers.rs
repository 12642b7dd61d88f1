//! uv and pyenv, where they are.

use soabi_install::{InstallError, Installer, Pyenv, Uv};

use crate::fake::{Home, Machine, Silent};

fn check(home: &Home, machine: &Machine<'_>, installer: &dyn Installer, command: &str) {
    assert!(installer.plan(&Silent).unwrap().what.contains(command));
    assert_eq!(machine.started(home), Vec::<String>::new(), "a plan starts nothing");
    let site = home.folders.begin("cp314t".parse().unwrap()).unwrap();
    installer.install(&site, &Silent).unwrap();
    assert_eq!(machine.started(home), [command]);
}

#[test]
fn commands() {
    let (home, machine) = (Home::new(), Machine::new(&["uv", "pyenv"], |_| Some(Vec::new())));
    let uv = Uv { request: "3.14t".to_owned(), run: &machine };
    check(&home, &machine, &uv, "uv python install 3.14t");
    let (home, machine) = (Home::new(), Machine::new(&["uv", "pyenv"], |_| Some(Vec::new())));
    let configure = ["--enable-shared", "--with-pydebug"].map(str::to_owned).into();
    let pyenv = Pyenv { version: "3.13".to_owned(), configure, run: &machine };
    let command = "PYTHON_CONFIGURE_OPTS='--enable-shared --with-pydebug' pyenv install --force 3.13";
    check(&home, &machine, &pyenv, command);
}

#[test]
fn missing_tools() {
    let machine = Machine::new(&[], |_| None);
    let uv = Uv { request: "3.14t".to_owned(), run: &machine }.plan(&Silent).unwrap_err();
    assert!(matches!(uv, InstallError::NoProgram { program: "uv", .. }) && uv.hint().is_some());
    let pyenv = Pyenv { version: "3.13".to_owned(), configure: Vec::new(), run: &machine };
    assert!(matches!(pyenv.plan(&Silent), Err(InstallError::NoProgram { program: "pyenv", .. })));
}

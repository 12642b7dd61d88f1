//! Which file of the wheel is found for which need, and what is loaded together.

use std::collections::{HashMap, HashSet, VecDeque};

use soabi_object::{Arch, Format};

use super::input::{Context, File, Role, base_name};
use super::place::{Place, folder, installed, join, search_folder};
use crate::platform::Libc;

/// The files of a wheel, and what they find of each other.
pub(super) struct Graph<'a> {
    pub(super) files: &'a [File<'a>],
    /// Where each file is installed.
    places: Vec<String>,
    by_place: HashMap<(String, Arch), usize>,
    by_name: HashMap<(String, Arch), Vec<usize>>,
    /// For each file and each of its needs, the file that is found for it.
    pub(super) found: Vec<Vec<Option<usize>>>,
    /// For each file, the files that find it.
    loaders: Vec<Vec<usize>>,
    /// Whether the file is an extension module, or one loads it.
    pub(super) loaded: Vec<bool>,
    /// Whether the search path of a file serves what it loads too: always `DT_RPATH`, and with musl and on macOS
    /// the others.
    all_inherit: bool,
}

impl<'a> Graph<'a> {
    /// Follows the needs of all files.
    pub(super) fn new(files: &'a [File<'a>], context: &Context<'_>) -> Self {
        let case = |file: &File<'_>, text: &str| {
            if file.format == Format::Pe { text.to_ascii_lowercase() } else { text.to_owned() }
        };
        let places: Vec<String> = files.iter().map(|file| case(file, &installed(file.path))).collect();
        let mut graph = Self {
            files,
            by_place: HashMap::new(),
            by_name: HashMap::new(),
            found: files.iter().map(|file| vec![None; file.needed.len()]).collect(),
            loaders: vec![Vec::new(); files.len()],
            loaded: vec![false; files.len()],
            all_inherit: context.promise.libc == Some(Libc::Musl),
            places,
        };
        for (index, file) in files.iter().enumerate().filter(|(_, file)| file.role != Role::NotLoadable) {
            graph.by_place.entry((graph.places[index].clone(), file.arch)).or_insert(index);
            let own = case(file, file.file_name());
            let soname = file.soname.map(|soname| case(file, soname)).filter(|soname| *soname != own);
            for name in [Some(own), soname].into_iter().flatten() {
                graph.by_name.entry((name, file.arch)).or_default().push(index);
            }
        }
        graph.follow_own_paths();
        let mut open = graph.open();
        graph.follow_inherited_paths(&mut open);
        graph.follow_loaded_names(&open);
        graph.mark_loaded();
        graph
    }

    /// First what each file finds by its own search path.
    fn follow_own_paths(&mut self) {
        for (index, file) in self.files.iter().enumerate() {
            for (need, wanted) in file.needed.iter().enumerate() {
                if let Some(member) = self.search(index, index, wanted.name) {
                    self.connect(index, need, member);
                }
            }
        }
    }

    /// Then what it finds by the paths of the files that load it, from the nearest. What is found so may be what
    /// finds the next, so this is repeated until nothing new is found.
    fn follow_inherited_paths(&mut self, open: &mut Vec<(usize, usize)>) {
        loop {
            let before = open.len();
            open.retain(|&(index, need)| {
                let name = self.files[index].needed[need].name;
                let loaders = if self.may_inherit(index) { self.loaders_of(index) } else { Vec::new() };
                let member = loaders.iter().skip(1).find_map(|&loader| self.search(index, loader, name));
                member.inspect(|&member| self.connect(index, need, member)).is_none()
            });
            if open.len() == before {
                return;
            }
        }
    }

    /// Then what has been loaded under the same name by the time it is needed: by the file itself, or by one that
    /// loads it.
    fn follow_loaded_names(&mut self, open: &[(usize, usize)]) {
        for &(index, need) in open {
            let named = self.named(index, self.files[index].needed[need].name);
            let mut loaders = self.loaders_of(index).into_iter();
            let member = loaders.find_map(|loader| {
                let together = self.closure(loader);
                named.iter().copied().find(|member| together.contains(member))
            });
            if let Some(member) = member {
                self.connect(index, need, member);
            }
        }
    }

    /// The needs that were not found, and for which the wheel has a file of that name.
    fn open(&self) -> Vec<(usize, usize)> {
        let needs = self.found.iter().enumerate().flat_map(|(index, found)| {
            let unmet = found.iter().enumerate().filter(|(_, found)| found.is_none());
            unmet.map(move |(need, _)| (index, need))
        });
        let has_file = |&(index, need): &(usize, usize)| {
            let file = &self.files[index];
            let name = base_name(file.needed[need].name);
            let name = if file.format == Format::Pe { name.to_ascii_lowercase() } else { name.to_owned() };
            self.by_name.contains_key(&(name, file.arch))
        };
        needs.filter(has_file).collect()
    }

    fn mark_loaded(&mut self) {
        for index in 0..self.files.len() {
            if self.files[index].role == Role::Extension && !self.loaded[index] {
                for member in self.closure(index) {
                    self.loaded[member] = true;
                }
            }
        }
    }

    fn connect(&mut self, index: usize, need: usize, member: usize) {
        self.found[index][need] = Some(member);
        self.loaders[member].push(index);
    }

    /// Whether the paths of the files that load a file serve its own needs.
    fn may_inherit(&self, index: usize) -> bool {
        let file = &self.files[index];
        match file.format {
            Format::Elf => self.all_inherit || file.runpath.is_empty(),
            Format::MachO | Format::Pe | Format::Wasm => true,
        }
    }

    /// What `index` finds for `name` by the search path of `owner`: itself, or a file that loads it.
    fn search(&self, index: usize, owner: usize, name: &str) -> Option<usize> {
        let arch = self.files[index].arch;
        let at = |path: String| self.by_place.get(&(path, arch)).copied().filter(|&member| member != index);
        match self.files[index].format {
            Format::Elf if name.contains('/') => {
                let (origin, rest) = name.rsplit_once('/')?;
                match search_folder(origin, folder(&self.places[index])) {
                    Place::Prefix(folder) => at(join(&folder, rest)?),
                    _ => None,
                }
            }
            Format::Elf => self.folders(index, owner).find_map(|place| match place {
                Place::Prefix(folder) => at(format!("{folder}/{name}")),
                _ => None,
            }),
            Format::MachO => {
                if let Some(rest) = name.strip_prefix("@rpath/") {
                    return self.folders(index, owner).find_map(|place| match place {
                        Place::Prefix(folder) => at(join(&folder, rest)?),
                        _ => None,
                    });
                }
                let (origin, rest) =
                    name.rsplit_once('/').filter(|_| owner == index && name.starts_with('@'))?;
                match search_folder(origin, folder(&self.places[index])) {
                    Place::Prefix(folder) => at(join(&folder, rest)?),
                    _ => None,
                }
            }
            Format::Pe => {
                at(format!("{}/{}", folder(&self.places[owner]), base_name(name).to_ascii_lowercase()))
            }
            Format::Wasm => at(format!("{}/{}", folder(&self.places[owner]), base_name(name))),
        }
    }

    /// The folders in which `index` looks, of those that `owner` names.
    pub(super) fn folders(&self, index: usize, owner: usize) -> impl Iterator<Item = Place> + '_ {
        let file = &self.files[owner];
        let own = index == owner;
        let (rpath, runpath): (&[&str], &[&str]) = match file.format {
            Format::Elf if self.all_inherit => (&file.rpath, &file.runpath),
            // The dynamic linker of glibc reads `DT_RPATH` where there is no `DT_RUNPATH`.
            Format::Elf if !file.runpath.is_empty() => (&[], if own { &file.runpath } else { &[] }),
            Format::Elf => (&file.rpath, &[]),
            Format::MachO => (&[], &file.runpath),
            Format::Pe | Format::Wasm => (&[], &[]),
        };
        let origin = folder(&self.places[owner]);
        rpath.iter().chain(runpath).map(move |entry| search_folder(entry, origin))
    }

    /// Every folder in which `index` looks, of its own and of those that load it.
    pub(super) fn all_folders(&self, index: usize) -> Vec<Place> {
        let own = self.folders(index, index);
        let inherited = self.reached(index, |graph, file| &graph.loaders[file]).into_iter().skip(1);
        let inherited = inherited.filter(|_| self.may_inherit(index));
        own.chain(inherited.flat_map(|loader| self.folders(index, loader))).collect()
    }

    /// The files that are called `name`, by their file names or by what they call themselves.
    pub(super) fn named(&self, index: usize, name: &str) -> Vec<usize> {
        let file = &self.files[index];
        let name = match file.format {
            Format::Pe => base_name(name).to_ascii_lowercase(),
            Format::Elf | Format::Wasm => base_name(name).to_owned(),
            Format::MachO => name.to_owned(),
        };
        let known = self.by_name.get(&(name, file.arch)).into_iter().flatten();
        known.copied().filter(|&member| member != index).collect()
    }

    /// A file, and everything of the wheel that is loaded with it, in the order of loading.
    pub(super) fn closure(&self, index: usize) -> Vec<usize> {
        let mut seen = HashSet::from([index]);
        let mut queue = VecDeque::from([index]);
        let mut order = Vec::new();
        while let Some(file) = queue.pop_front() {
            order.push(file);
            queue.extend(self.found[file].iter().flatten().copied().filter(|member| seen.insert(*member)));
        }
        order
    }

    /// A file, and the files that load it, from the nearest.
    pub(super) fn loaders_of(&self, index: usize) -> Vec<usize> {
        self.reached(index, |graph, file| &graph.loaders[file])
    }

    fn reached(&self, index: usize, next: impl Fn(&Self, usize) -> &[usize]) -> Vec<usize> {
        let mut seen = HashSet::from([index]);
        let mut queue = VecDeque::from([index]);
        let mut order = Vec::new();
        while let Some(file) = queue.pop_front() {
            order.push(file);
            queue.extend(next(self, file).iter().copied().filter(|file| seen.insert(*file)));
        }
        order
    }

    /// The file that is most like the library `name` and was not found: `libeggs-0a1b2c3d.so.7` for `libeggs.so.7`.
    pub(super) fn nearest(&self, index: usize, name: &str) -> Option<usize> {
        let wanted = stem(base_name(name));
        let like = |file: &File<'_>| {
            file.arch == self.files[index].arch
                && file.role != Role::NotLoadable
                && (stem(file.file_name()) == wanted || without_hash(&stem(file.file_name())) == wanted)
        };
        let same_end = |file: &File<'_>| file.file_name().ends_with(end_of(base_name(name)));
        let candidates = || (0..self.files.len()).filter(|&file| file != index && like(&self.files[file]));
        candidates().find(|&file| same_end(&self.files[file])).or_else(|| candidates().next())
    }

    /// The folder in which a file is installed.
    pub(super) fn folder_of(&self, index: usize) -> &str {
        folder(&self.places[index])
    }
}

/// The name of a library without its ending: `libeggs` for `libeggs.so.7`, `libeggs.7.dylib`, `eggs.dll`.
fn stem(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let end = name.find(".so").or_else(|| name.find('.')).unwrap_or(name.len());
    name[..end].to_owned()
}

/// What follows the stem: `.so.7`.
fn end_of(name: &str) -> &str {
    name.find(".so").map_or("", |at| &name[at..])
}

/// The stem without the hash that auditwheel, delocate and delvewheel add: `libeggs` for `libeggs-0a1b2c3d`.
fn without_hash(stem: &str) -> String {
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() >= 6 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            name.to_owned()
        }
        _ => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case("libeggs-0a1b2c3d.so.7", "libeggs")]
    #[case("libeggs.so.7", "libeggs")]
    #[case("msvcp140-1a0962f2a91a74c6d7136a768987a591.dll", "msvcp140")]
    #[case("libgcc_s-stuff.so", "libgcc_s-stuff")]
    #[case("libeggs.7.dylib", "libeggs")]
    fn hashes(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(super::without_hash(&super::stem(name)), expected);
    }
}

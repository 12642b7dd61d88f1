//! Orders: the steps of a build, and the key under which its product is kept.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use soabi_child::folder::{self, Folder};
use soabi_core::ArtifactId;

use super::cache::{Cache, Key, write};
use super::not_built::NotBuilt;
use super::steps::{Place, Steps};
use super::tool::Tools;
use super::{cargo, environment, recipe};
use crate::specimen::{BuildRecipe, Specimen};

/// A part of every key: raised when a change is not in the other parts.
const REVISION: &str = "2";

/// The headers that identify all headers of an interpreter: its patch level and its configuration. Their content is
/// a part of the key and not their time, so that an interpreter that is installed again is the same one.
const TELLING_HEADERS: [&str; 2] = ["patchlevel.h", "pyconfig.h"];

/// The time that one command of a compiler may take.
const COMPILER_LIMIT: Duration = Duration::from_mins(2);

/// The time that cargo may take, downloads included.
const CARGO_LIMIT: Duration = Duration::from_mins(15);

/// A specimen to build.
pub(super) struct Order {
    pub(super) id: ArtifactId,
    pub(super) steps: Steps,
    /// Where the product is kept, or what has to be there before anything can be built.
    pub(super) key: Result<Key, NotBuilt>,
}

impl Order {
    /// The orders of `specimens`.
    pub(super) fn all(specimens: &[Specimen<'_>], tools: &Tools, cache: &Cache) -> Vec<Self> {
        let mut headers = HashMap::new();
        let order = |specimen: &Specimen<'_>| {
            let steps = recipe::steps(specimen, tools, cache.root());
            let key = key(specimen, &steps, tools, cache.root(), &mut headers);
            Self { id: specimen.id(), steps, key }
        };
        specimens.iter().map(order).collect()
    }

    /// Builds the specimen and puts it into the cache under `key`. Returns its file.
    pub(super) fn carry_out(
        &self,
        key: &Key,
        cache: &Cache,
        tools: &Tools,
        hidden: &[OsString],
    ) -> Result<PathBuf, NotBuilt> {
        let (scratch, workshop);
        let (folder, limit) = match self.steps.place {
            Place::Scratch => {
                scratch = cache.scratch()?;
                (scratch.path(), COMPILER_LIMIT)
            }
            Place::Workshop(name) => {
                workshop = cache.workshop(name)?;
                // The process that held the workshop before may have built the same.
                if let Some(file) = cache.find(key, &self.steps.file_name) {
                    return Ok(file);
                }
                (workshop.path.as_path(), CARGO_LIMIT)
            }
        };
        for (path, text) in &self.steps.files {
            write(&folder.join(path), text)?;
        }
        // A workshop has that of a build that was killed.
        let temporary = folder.join("tmp");
        let temporary = folder::remove(&temporary).and_then(|()| Folder::new(temporary.clone()));
        let temporary = temporary.map_err(NotBuilt::io("make anew", &folder.join("tmp")))?;
        for command in &self.steps.commands {
            let result = command.run(folder, temporary.path(), hidden, limit);
            result.map_err(|error| cargo::explain(error, folder, &tools.cargo))?;
        }
        cache.publish(key, &self.steps.file_name, &folder.join(&self.steps.product))
    }
}

/// The content of the telling headers, by the folders that they were searched in.
type Headers = HashMap<Vec<PathBuf>, Vec<u8>>;

fn key(
    specimen: &Specimen<'_>,
    steps: &Steps,
    tools: &Tools,
    folder: &Path,
    headers: &mut Headers,
) -> Result<Key, NotBuilt> {
    let mut parts: Vec<Vec<u8>> = vec![REVISION.into(), steps.file_name.clone().into()];
    if let (BuildRecipe::Cc { .. }, Some(facts)) = (&specimen.flavor.recipe, specimen.builder) {
        let dirs = &facts.include_dirs;
        if !facts.has_headers {
            return Err(NotBuilt::NoHeaders { dirs: dirs.clone(), version: facts.feature });
        }
        parts.push(headers.entry(dirs.clone()).or_insert_with(|| telling_headers(dirs)).clone());
    }
    if let BuildRecipe::Cargo { .. } = specimen.flavor.recipe {
        tools.cargo.path()?;
    }
    parts.push(recipe::compiler(specimen, tools).identity(folder)?.into());
    for (name, value) in environment::of_compilers() {
        parts.extend([name.into(), value.as_encoded_bytes().to_vec()]);
    }
    for command in &steps.commands {
        // The program itself is not a part: the compiler was identified, and how cargo was found changes nothing.
        let variables = command.variables.iter().map(|(_, value)| value);
        let words = variables.chain(&command.program[1..]).chain(&command.arguments);
        parts.extend(words.map(|word| word.as_encoded_bytes().to_vec()));
    }
    for (path, text) in &steps.files {
        parts.extend([path.clone().into(), text.as_bytes().to_vec()]);
    }
    Ok(Key::of(parts))
}

fn telling_headers(dirs: &[PathBuf]) -> Vec<u8> {
    let files = dirs.iter().flat_map(|dir| TELLING_HEADERS.map(|name| dir.join(name)));
    files.filter_map(|file| fs::read(file).ok()).flatten().collect()
}

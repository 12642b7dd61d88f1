//! What outside a wheel may bring a library that is neither in it nor promised.
//!
//! The ways are those of healthy packages: an import loads the library first, and the dynamic linker takes what is
//! loaded under that name; a search path leads into another distribution; Python code opens it; the system has it.

use std::collections::BTreeSet;

use soabi_object::Format;
use soabi_wheel::file_name::normalize_name;

use super::graph::Graph;
use super::input::{Context, File, base_name};
use super::place::{Place, below_site, folder};
use super::problem::Outside;

/// Packages that others take libraries from, by how the names of those libraries begin. Modules of the standard
/// library are among them: an interpreter may have the same OpenSSL, and whether it has is not known.
const PACKAGES: &[(&str, &[&str])] = &[
    ("torch", &["libtorch", "libc10", "libshm.", "torch_", "torch.", "c10"]),
    ("tensorflow", &["libtensorflow", "_pywrap_tensorflow"]),
    ("pyarrow", &["libarrow", "libparquet", "libgandiva"]),
    (
        "nvidia",
        &[
            "libcudart",
            "libcublas",
            "libcudnn",
            "libcufft",
            "libcurand",
            "libcusparse",
            "libcusolver",
            "libnccl",
            "libnvrtc",
            "libnvjitlink",
            "libcupti",
            "libnvtoolsext",
            "libcufile",
            "libnvshmem",
            "libnvjpeg",
            "libnvinfer",
            "cudart64",
            "cublas",
            "cudnn",
            "libnpp",
            "libnvcomp",
        ],
    ),
    ("mkl", &["libmkl_", "mkl_"]),
    ("intel_openmp", &["libiomp5"]),
    ("tbb", &["libtbb", "tbb12"]),
    (
        "dpcpp",
        &["libsycl", "libsvml", "libirc", "libimf", "libintlc", "libur_", "libpi_", "libonedal", "libdaal"],
    ),
    ("PySide6", &["libqt6", "libpyside", "libshiboken", "qt6", "pyside", "shiboken"]),
    ("PyQt6", &["libqt6", "qt6"]),
    ("PyQt5", &["libqt5", "qt5"]),
    (
        "rapids",
        &["librmm", "libcudf", "libraft", "libcuml", "libcugraph", "libucp", "libucs", "libuct", "libkvikio"],
    ),
    ("tkinter", &["libtcl8", "libtk8", "libtcl9", "libtk9", "tcl86", "tk86"]),
    ("ssl", &["libcrypto-", "libcrypto.", "libssl-", "libssl."]),
    ("sqlite3", &["sqlite3.", "libsqlite3."]),
    ("ctypes", &["libffi-", "libffi."]),
    ("rocm", &["libamdhip", "libhip", "librocblas", "libmiopen", "librccl", "libroc"]),
];

/// Libraries that people install with their system, by how their names begin: drivers, MPI, databases, desktops,
/// languages, and the runtimes of compilers that distributions have in a package of their own.
const SYSTEM: &[&str] = &[
    "libasound",
    "libatk",
    "libatspi",
    "libbluetooth",
    "libcairo",
    "libcec",
    "libclntsh",
    "libcrypt.",
    "libcuda.",
    "libcups",
    "libdb2",
    "libdbus-1",
    "libdrm",
    "libegl",
    "libfontconfig",
    "libfreetype.",
    "libfuse",
    "libgbm",
    "libgdk",
    "libgio-",
    "libgl.",
    "libgles",
    "libglib",
    "libglu",
    "libglx",
    "libgmodule",
    "libgobject",
    "libgomp.",
    "libgssapi",
    "libgst",
    "libgtk",
    "libinput.",
    "libjack",
    "libjvm",
    "libkrb5.",
    "libmariadb",
    "libmpi",
    "libmpich",
    "libmtdev",
    "libmysqlclient",
    "libnss3",
    "libnvcuvid",
    "libnvidia-",
    "libnvoptix",
    "libodbc",
    "libomp.",
    "libopencl",
    "libopengl",
    "libosmesa",
    "libpango",
    "libpcsclite",
    "libportaudio",
    "libpq.",
    "libproxy.",
    "libpulse",
    "libr.",
    "libreadline.",
    "libsecret-1",
    "libsndfile.",
    "libspeechd",
    "libsybdb",
    "libsystemd",
    "libtdsodbc",
    "libts.",
    "libudev",
    "libusb",
    "libvulkan",
    "libwacom",
    "libwayland",
    "libx11",
    "libxcb",
    "libxcomposite",
    "libxcursor",
    "libxdamage",
    "libxext",
    "libxfixes",
    "libxi.",
    "libxinerama",
    "libxkb",
    "libxpm",
    "libxrandr",
    "libxss",
    "libxt.",
    "libxtst",
    "libze_loader",
    "msmpi",
    "nvcuda",
    "nvml",
    "oci.",
    "opencl",
    "vulkan-1",
];

/// Packages that are imported everywhere and bring no library under a plain name: they have none, or theirs carry
/// a hash.
const WITHOUT_LIBRARIES: &[&str] = &[
    "numpy",
    "scipy",
    "pandas",
    "six",
    "typing_extensions",
    "setuptools",
    "pkg_resources",
    "packaging",
    "pytest",
    "cython",
    "pyximport",
    "pip",
    "wheel",
    "attr",
    "attrs",
    "click",
    "tqdm",
    "requests",
    "urllib3",
    "certifi",
    "yaml",
    "jinja2",
    "toml",
    "tomli",
    "colorama",
    "docutils",
    "sphinx",
    "nose",
    "mock",
    "hypothesis",
    "dateutil",
    "pytz",
    "pluggy",
    "zope",
    "simplejson",
    "idna",
    "charset_normalizer",
    "chardet",
    "distutils",
    "importlib_metadata",
    "importlib_resources",
    "typing",
    "exceptiongroup",
    "pycparser",
];

/// How libraries of package managers are named by their absolute paths.
const FOLDERS: [&str; 6] =
    ["/opt/homebrew/", "/usr/local/", "/opt/local/", "/sw/", "/opt/conda/", "/Library/Frameworks/"];

/// What may bring the library `name` to the file `index`, if anything may.
pub(super) fn outside(graph: &Graph<'_>, index: usize, name: &str, context: &Context<'_>) -> Option<Outside> {
    let plain = base_name(name).to_ascii_lowercase();
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| plain.starts_with(prefix));
    search_path(graph, index, name, context).or_else(|| {
        let having = || PACKAGES.iter().filter(|(_, prefixes)| begins(prefixes)).map(|(package, _)| *package);
        let package = having().find(|package| is_used(package, context)).or_else(|| having().next());
        match package {
            Some(package) if is_used(package, context) => Some(Outside::Import(package.to_owned())),
            _ if begins(SYSTEM) => Some(Outside::System),
            Some(package) => Some(Outside::Package(package)),
            None => variant(graph, index, name)
                .or_else(|| code(context, graph.files[index].format))
                .or_else(|| {
                    FOLDERS
                        .iter()
                        .any(|known| name.starts_with(known))
                        .then(|| Outside::Folder(folder(name).to_owned()))
                })
                .or_else(|| some_package(context))
                .or_else(|| (!context.whole || context.sources.is_none()).then_some(Outside::NotRead)),
        }
    })
}

/// Whether the wheel imports or requires a package.
fn is_used(package: &str, context: &Context<'_>) -> bool {
    let imported = context.sources.is_some_and(|sources| sources.imports.contains_key(package));
    let package = normalize_name(package);
    imported || context.requires.iter().any(|name| normalize_name(name).starts_with(&package))
}

/// A folder of the search path that belongs to another distribution, or to the prefix.
fn search_path(graph: &Graph<'_>, index: usize, name: &str, context: &Context<'_>) -> Option<Outside> {
    // Whether a file of the wheel is in the folder `name` of `site`.
    let own = |site: &str, name: &str| {
        let inside = |file: usize| {
            let rest = graph.folder_of(file).strip_prefix(site).and_then(|rest| rest.strip_prefix(name));
            let module = graph.files[file].file_name().split('.').next() == Some(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                || (module && graph.folder_of(file) == site.trim_end_matches('/'))
        };
        (0..graph.files.len()).any(inside)
    };
    let mut places = graph.all_folders(index);
    // `@loader_path/../other/libeggs.dylib` names the folder and the file at once.
    if let Some((origin, _)) = name
        .rsplit_once('/')
        .filter(|_| name.starts_with("@loader_path") || name.starts_with("@executable_path"))
    {
        places.push(super::place::search_folder(origin, graph.folder_of(index)));
    }
    places.into_iter().find_map(|place| {
        let Place::Prefix(place) = place else { return None };
        let Some(below) = below_site(&place) else {
            return (!place.contains("site-packages")).then_some(Outside::PrefixFolder(place));
        };
        let top = below.split('/').next().unwrap_or(below);
        // auditwheel, delocate and delvewheel name the folders of a distribution's own libraries after it.
        let named_after = top.split(".libs").next().unwrap_or(top).trim_end_matches(".dylibs");
        if named_after.is_empty() || top.starts_with('.') {
            return None;
        }
        let site = place.len() - below.len();
        let is_own = |name: &str| {
            own(&place[..site], name)
                || context.sources.is_some_and(|sources| sources.is_own(name))
                || context.distribution.is_some_and(|own| normalize_name(own) == normalize_name(name))
        };
        let foreign = !is_own(top) && !is_own(named_after);
        // The folder of a namespace package, such as `nvidia`, belongs to several distributions.
        let shared = || {
            let namespace = context.sources.is_some_and(|sources| !sources.is_package(top));
            namespace && below.contains('/') && !own(&place[..site], below)
        };
        (foreign || (is_own(top) && shared())).then(|| Outside::Sibling(below.to_owned()))
    })
}

/// Python code that opens libraries by itself, or changes where they are looked for.
fn code(context: &Context<'_>, format: Format) -> Option<Outside> {
    let sources = context.sources?;
    let search = if format == Format::Pe { &sources.folders } else { &sources.variables };
    let (file, name) = [&sources.loads, search, &sources.global].into_iter().flatten().next()?;
    Some(Outside::Code { file: file.clone(), name })
}

/// Any package that is imported or required and may have libraries.
fn some_package(context: &Context<'_>) -> Option<Outside> {
    let module = |name: &str| normalize_name(name).replace('-', "_");
    let may_bring = |name: &String| !WITHOUT_LIBRARIES.contains(&name.as_str());
    let sources = context.sources?;
    let imported = sources.imports.keys().filter(|name| !sources.is_own(name)).map(|name| module(name));
    let required = context.requires.iter().map(|name| module(name));
    let packages: BTreeSet<String> = imported.chain(required).filter(may_bring).collect();
    (!packages.is_empty()).then_some(Outside::SomePackage(packages))
}

/// Another file beside this one that is the same but for its numbers, and needs another version of the library:
/// `_ffmpeg4.so` and `_ffmpeg6.so`.
fn variant(graph: &Graph<'_>, index: usize, name: &str) -> Option<Outside> {
    let letters = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    let file = &graph.files[index];
    let like = |other: &File<'_>| {
        other.path != file.path
            && other.arch == file.arch
            && letters(other.path) == letters(file.path)
            && other.needed.iter().any(|need| need.name != name && letters(need.name) == letters(name))
    };
    graph.files.iter().find(|other| like(other)).map(|other| Outside::Variant(other.path.to_owned()))
}

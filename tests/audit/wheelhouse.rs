//! Extensions compiled and wheels packed at test time, honest ones and liars.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use soabi_wheel::record_hash;

use tempfile::TempDir;

/// This machine, as tags and file names write it.
pub(crate) const ARCH: &str = std::env::consts::ARCH;

/// A folder with what a test has made.
pub(crate) struct Wheelhouse {
    folder: TempDir,
    /// The version of `spam` whose wheels are packed.
    version: &'static str,
}

/// A shared library: the functions that it exports, each calling all those that it imports.
#[derive(Clone, Copy)]
pub(crate) struct Library<'a> {
    pub(crate) exports: &'a [&'a str],
    pub(crate) imports: &'a [&'a str],
    /// Functions of its own that nobody else sees.
    pub(crate) hidden: &'a [&'a str],
}

/// A module `spam` as anybody's compiler makes it for 3.2 and later.
pub(crate) const SPAM: Library<'_> =
    Library { exports: &["PyInit_spam"], imports: &["PyModule_Create2"], hidden: &[] };

impl Wheelhouse {
    pub(crate) fn new() -> Self {
        Self::of_version("1.0")
    }

    /// One for the wheels of another version of `spam` than 1.0.
    pub(crate) fn of_version(version: &'static str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), version }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and says where.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Packs a wheel of `spam` with the tag `tag`, whose metadata says the same.
    pub(crate) fn wheel(&self, tag: &str, members: &[(&str, &[u8])]) -> String {
        self.wheel_that_says(tag, tag, members)
    }

    /// Packs a wheel of `spam` that is tagged `tag` in its name and `inside` in its metadata.
    pub(crate) fn wheel_that_says(&self, tag: &str, inside: &str, members: &[(&str, &[u8])]) -> String {
        let metadata =
            format!("Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: {inside}\n");
        let core = format!("Metadata-Version: 2.1\nName: spam\nVersion: {}\n", self.version);
        let info = |name: &str| format!("spam-{}.dist-info/{name}", self.version);
        let [core_path, wheel_path, record_path] = ["METADATA", "WHEEL", "RECORD"].map(info);
        let mut all = members.to_vec();
        all.push((&core_path, core.as_bytes()));
        all.push((&wheel_path, metadata.as_bytes()));
        let mut record = String::new();
        for (name, bytes) in &all {
            let _ = writeln!(record, "{name},{},{}", record_hash(bytes), bytes.len());
        }
        all.push((&record_path, record.as_bytes()));
        let name = format!("spam-{}-{tag}.whl", self.version);
        self.write(&name, &zip(&all));
        name
    }
}

impl Library<'_> {
    /// Compiles and links it, without anything of the C library's.
    pub(crate) fn compile(self) -> Vec<u8> {
        compile(&self.source())
    }

    fn source(self) -> String {
        let declared = self.imports.iter().map(|name| format!("extern int {name}(void);\n"));
        let hidden = self
            .hidden
            .iter()
            .map(|name| format!("__attribute__((noinline)) static int {name}(void) {{ return 1; }}\n"));
        let called: Vec<_> = self.imports.iter().chain(self.hidden).map(|name| format!("{name}()")).collect();
        let sum = if called.is_empty() { "0".to_owned() } else { called.join(" + ") };
        let defined = self.exports.iter().map(|name| format!("int {name}(void) {{ return {sum}; }}\n"));
        declared.chain(hidden).chain(defined).collect()
    }
}

/// Compiles and links C without anything of the C library's.
pub(crate) fn compile(text: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (source, object) = (folder.path().join("spam.c"), folder.path().join("spam.so"));
    fs::write(&source, text).unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-nostdlib", "-Wl,--build-id=none", "-o"]).arg(&object).arg(&source);
    let output = cc.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(&object).unwrap()
}

/// An ELF file as some strip it: without section headers, which no dynamic linker looks at.
pub(crate) fn without_sections(mut elf: Vec<u8>) -> Vec<u8> {
    assert_eq!(&elf[..6], b"\x7fELF\x02\x01", "64 bits, little endian");
    elf[0x28..0x30].fill(0);
    elf[0x3a..0x40].fill(0);
    elf
}

/// An archive of stored members.
pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
    for (name, bytes) in members {
        let file = archive.new_file(*name).compression_method(rawzip::CompressionMethod::STORE);
        let (mut entry, config) = file.start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(bytes).unwrap();
        let (_, output) = writer.finish().unwrap();
        entry.finish(output).unwrap();
    }
    archive.finish().unwrap()
}

/// A member's bytes as zip's own encryption makes them (APPNOTE 6.1), with the twelve bytes that come first.
pub(crate) fn encrypt(plain: &[u8], password: &[u8]) -> Vec<u8> {
    let mut keys = Keys([0x1234_5678, 0x2345_6789, 0x3456_7890]);
    for &byte in password {
        keys.update(byte);
    }
    let check = libdeflater::crc32(plain).to_be_bytes()[0];
    let head = [[0; 11].as_slice(), &[check]].concat();
    head.iter().chain(plain).map(|&byte| keys.encrypt(byte)).collect()
}

struct Keys([u32; 3]);

impl Keys {
    fn update(&mut self, byte: u8) {
        let [a, b, c] = &mut self.0;
        *a = crc(*a, byte);
        *b = b.wrapping_add(*a & 0xff).wrapping_mul(134_775_813).wrapping_add(1);
        *c = crc(*c, b.to_be_bytes()[0]);
    }

    fn encrypt(&mut self, byte: u8) -> u8 {
        let word = (self.0[2] | 2) & 0xffff;
        let sealed = byte ^ (word * (word ^ 1)).to_be_bytes()[2];
        self.update(byte);
        sealed
    }
}

/// One step of CRC-32.
fn crc(crc: u32, byte: u8) -> u32 {
    let step = |crc: u32, _| crc >> 1 ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    (0..8).fold(crc ^ u32::from(byte), step)
}

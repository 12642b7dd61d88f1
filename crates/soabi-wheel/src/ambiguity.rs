//! Ambiguities: places of an archive that two readers understand differently.
//!
//! The readers meant are those that stand between a wheel and a running module: Python's `zipfile` (pip) before and
//! since 3.12, uv, and the checks of the index. `tests/archives` compares the first three with real installations.
//! How bad an ambiguity is is not decided here.

/// A place that two readers understand differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    /// The member, by the name that [`crate::Member`] has. `None` for the archive as a whole.
    pub member: Option<String>,
    /// Where it is in the archive, in bytes from its start.
    pub offset: u64,
    /// What it is.
    pub kind: AmbiguityKind,
}

/// Defines the kinds once: variant, id, and text.
macro_rules! kinds {
    ($($(#[$doc:meta])+ $variant:ident $({ $($(#[$field_doc:meta])+ $field:ident: $type:ty,)+ })? = $id:literal, $text:literal;)+) => {
        /// What is ambiguous.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum AmbiguityKind {
            $($(#[$doc])+ $variant $({ $($(#[$field_doc])+ $field: $type,)+ })?,)+
        }

        impl AmbiguityKind {
            /// The ids of all kinds.
            pub const IDS: &'static [&'static str] = &[$($id),+];

            /// A kebab-case name, the same for every ambiguity of this kind.
            pub const fn id(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $id,)+ }
            }

            /// What it is, as a lowercase fragment: the end of a sentence about the member or the archive.
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $text,)+ }
            }
        }
    };
}

kinds! {
    /// More than one record looks like the end of the archive. Readers that search forward, backward, or with the
    /// comment's length take different ones, with different directories.
    SecondEnd = "second-end", "has a second end record";
    /// The comment of the archive is longer than what follows.
    EndComment = "end-comment", "has a comment that runs over its end";
    /// Bytes before the first member. `zipfile` shifts every offset by them.
    BytesBefore {
        /// How many.
        bytes: u64,
    } = "bytes-before", "has bytes before the first member";
    /// Bytes between two members, or between the last one and the directory, or between that and its end record.
    BytesBetween {
        /// How many.
        bytes: u64,
    } = "bytes-between", "has bytes that belong to no member";
    /// Bytes behind the end record and its comment. `zipfile` ignores them.
    BytesBehind {
        /// How many.
        bytes: u64,
    } = "bytes-behind", "has bytes behind its end";
    /// The end record counts other members than the directory has. `zipfile` goes by the directory's size.
    EntryCount {
        /// What the end record says.
        stated: u64,
        /// What the directory has.
        actual: u64,
    } = "entry-count", "has another number of members than its end record says";
    /// The directory is not where the end record says that it is.
    DirectoryPlace = "directory-place", "has a directory that is not where its end record says";
    /// The zip64 end record is not where its locator says. `zipfile` does not look there, others do.
    Zip64Place = "zip64-place", "has a zip64 end record that is not where its locator says";
    /// The zip64 end record has more fields than version 1 has.
    Zip64Record = "zip64-record", "has a zip64 end record of an unusual size";
    /// The end record and the zip64 end record have different values, and the first does not refer to the second.
    Zip64Values = "zip64-values", "has two end records with different values";
    /// It says that it is one part of several.
    SplitArchive = "split-archive", "says that it is a part of a split archive";
    /// Several top-level folders end in `.dist-info`.
    SecondDistInfo {
        /// The folders.
        folders: Vec<String>,
    } = "second-dist-info", "has several .dist-info folders";
    /// The directory points to something that is not the header of a member.
    LocalHeader = "local-header", "has no header at the place that the directory gives";
    /// The member's own header has another name than the directory.
    LocalName {
        /// The name in the member's header. What is not UTF-8 is replaced, and the end may be missing.
        local: String,
    } = "local-name", "has another name in its own header";
    /// The member's own header has another compression method.
    LocalMethod {
        /// The method in the member's header.
        local: u16,
        /// The method in the directory.
        directory: u16,
    } = "local-method", "has another compression method in its own header";
    /// The member's own header has other flags, of those that change how it is read.
    LocalFlags {
        /// The flags in the member's header.
        local: u16,
        /// The flags in the directory.
        directory: u16,
    } = "local-flags", "has other flags in its own header";
    /// The member's own header has other sizes.
    LocalSize = "local-size", "has other sizes in its own header";
    /// The member's own header has another checksum.
    LocalChecksum = "local-checksum", "has another checksum in its own header";
    /// The record behind the member's bytes has other sizes or another checksum than the directory, or is missing.
    Descriptor = "descriptor", "has other sizes or another checksum behind its bytes";
    /// It shares bytes with the member before it, or with the directory.
    Overlap = "overlap", "shares bytes of the archive with another member";
    /// A header of a member that the directory does not list. Readers of streams unpack it.
    Unlisted {
        /// The name in that header. What is not UTF-8 is replaced, and the end may be missing.
        local: String,
    } = "unlisted", "has a member that its directory does not list";
    /// Another member has the same path.
    Duplicate = "duplicate", "is in the archive twice";
    /// Another member has the same path but for case, Unicode normalisation, or `\` in place of `/`.
    DuplicateFolded {
        /// The other path.
        other: String,
    } = "duplicate-folded", "has the same path as another member where file systems ignore case";
    /// Another member lies below this one, as if it were a folder.
    FileAndFolder = "file-and-folder", "is a file, and a folder of other members";
    /// It ends in `/`, as folders do, and has bytes.
    FolderWithBytes = "folder-with-bytes", "has the name of a folder, and bytes";
    /// A NUL in its name. `zipfile` ends the name there.
    NameNul = "name-nul", "has a NUL in its name";
    /// A control character in its name.
    NameControl = "name-control", "has a control character in its name";
    /// Its name is not UTF-8.
    NameNotUtf8 = "name-not-utf-8", "has a path that is not UTF-8";
    /// Its name is not ASCII, and no flag says that it is UTF-8. `zipfile` reads it as code page 437.
    NameWithoutFlag = "name-without-flag", "has a path that is not ASCII, without the flag for UTF-8";
    /// A Unicode Path field (0x7075) with another name. `zipfile` heeds it since 3.12.
    UnicodePath {
        /// The name in the field, or that of the directory where the field's is the member's.
        other: String,
    } = "unicode-path", "has another name in its Unicode Path field";
    /// Its name is empty.
    NameEmpty = "name-empty", "has an empty name";
    /// A part of its path is empty or `.`.
    RedundantPart = "redundant-part", "has an empty part or a `.` in its path";
    /// Its path starts at a root or a drive.
    Absolute = "absolute", "has an absolute path";
    /// Its path has a part `..`.
    ParentFolder = "parent-folder", "has a path that leads out of the wheel";
    /// Its path has a `\`, which is a separator on Windows only.
    Backslash = "backslash", "has a backslash in its path";
    /// It is a symbolic link. Wheels have none; pip writes its target as the file's content.
    SymbolicLink = "symbolic-link", "is a symbolic link";
    /// By its mode it is a pipe, a socket or a device.
    SpecialFile = "special-file", "is neither a file nor a folder";
    /// A compression method that not every reader knows.
    Method {
        /// The method.
        method: u16,
    } = "method", "is compressed with a method that not every installer knows";
    /// It is encrypted, or says that it is a patch.
    Encrypted = "encrypted", "is encrypted";
    /// It wants a newer version of the format than readers implement.
    VersionNeeded {
        /// The version, times ten.
        version: u16,
    } = "version-needed", "wants a newer version of the ZIP format";
    /// Its extra fields do not fit, or lack a size that they should have.
    ExtraField = "extra-field", "has damaged extra fields";
    /// It has two zip64 or two Unicode Path fields.
    DuplicateExtra = "duplicate-extra", "has an extra field twice";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::AmbiguityKind;

    #[test]
    fn ids_are_unique() {
        let ids: HashSet<_> = AmbiguityKind::IDS.iter().collect();
        assert_eq!(ids.len(), AmbiguityKind::IDS.len());
    }
}

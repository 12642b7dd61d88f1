//! Side modules of WebAssembly.

/// What is imported or exported.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Function,
    Memory,
    Global,
}

#[derive(Clone, Default)]
pub(crate) struct Wasm {
    pub(crate) needed: Vec<&'static str>,
    pub(crate) runtime_path: Vec<&'static str>,
    /// Names with their flags: 1 is weak.
    pub(crate) export_flags: Vec<(&'static str, u8)>,
    pub(crate) import_flags: Vec<(&'static str, u8)>,
    pub(crate) imports: Vec<(&'static str, &'static str, Kind)>,
    pub(crate) exports: Vec<(&'static str, Kind)>,
}

/// A number in groups of seven bits, the lowest first.
fn number(mut value: usize) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let group = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        if value == 0 {
            out.push(group);
            return out;
        }
        out.push(group | 0x80);
    }
}

fn text(text: &str) -> Vec<u8> {
    [number(text.len()), text.as_bytes().to_vec()].concat()
}

fn list<T>(items: &[T], item: impl Fn(&T) -> Vec<u8>) -> Vec<u8> {
    [number(items.len()), items.iter().flat_map(item).collect()].concat()
}

fn section(id: u8, body: &[u8]) -> Vec<u8> {
    [vec![id], number(body.len()), body.to_vec()].concat()
}

impl Wasm {
    pub(crate) fn build(&self) -> Vec<u8> {
        let flags = |(name, flags): &(&str, u8)| [text(name), vec![*flags]].concat();
        let import_flags = |(name, flags): &(&str, u8)| [text("env"), text(name), vec![*flags]].concat();
        let dylink = [
            text("dylink.0"),
            // 300 bytes of memory on 16, 2 entries of the table on 1.
            section(1, &[number(300), vec![4, 2, 0]].concat()),
            section(2, &list(&self.needed, |name| text(name))),
            section(3, &list(&self.export_flags, flags)),
            section(4, &list(&self.import_flags, import_flags)),
            section(5, &list(&self.runtime_path, |name| text(name))),
        ]
        .concat();
        let import = |(module, name, kind): &(&str, &str, Kind)| {
            let kind: &[u8] = match kind {
                Kind::Function => &[0, 0],
                // At least one page.
                Kind::Memory => &[2, 0, 1],
                // A mutable i32.
                Kind::Global => &[3, 0x7f, 1],
            };
            [text(module), text(name), kind.to_vec()].concat()
        };
        let export = |(name, kind): &(&str, Kind)| {
            let kind = match kind {
                Kind::Function => 0,
                Kind::Memory => 2,
                Kind::Global => 3,
            };
            [text(name), vec![kind, 0]].concat()
        };
        [
            b"\0asm\x01\0\0\0".to_vec(),
            section(0, &dylink),
            // One type: no parameters, no results.
            section(1, &[1, 0x60, 0, 0]),
            section(2, &list(&self.imports, import)),
            section(7, &list(&self.exports, export)),
        ]
        .concat()
    }
}

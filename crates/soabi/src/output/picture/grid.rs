//! What a picture is made of: rows, columns, and squares with a meaning.

/// What a square means. Each meaning has one color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meaning {
    /// A promise was kept.
    Kept,
    /// A promise was broken.
    Broken,
    /// A person should look at it.
    Look,
    /// Nothing was promised, or it was refused as it has to be.
    NotCovered,
}

/// A square.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Square {
    /// What it means.
    pub(crate) meaning: Meaning,
    /// The mark in it.
    pub(crate) mark: &'static str,
    /// The mark without characters beyond ASCII.
    pub(crate) ascii: &'static str,
    /// The mark in words, for the legend. Squares with the same mark have the same words.
    pub(crate) says: &'static str,
}

impl Square {
    /// A square whose mark is ASCII.
    pub(crate) const fn new(meaning: Meaning, mark: &'static str, says: &'static str) -> Self {
        Self { meaning, mark, ascii: mark, says }
    }
}

/// Columns that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// What they have in common. Empty for nothing.
    pub(crate) title: String,
    /// Their heads, in full and short.
    pub(crate) heads: Vec<(String, String)>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// A heading above the rows that follow.
    #[cfg_attr(not(run), expect(dead_code, reason = "only the notes have headings"))]
    Heading(String),
    /// A thing and its squares, one list for each block.
    Squares {
        /// What it is called, whatever is in the name.
        label: String,
        /// One for each column of each block. `None` where there is nothing to show.
        squares: Vec<Vec<Option<Square>>>,
        /// More words, behind the squares.
        note: String,
    },
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    /// What the rows are: the head of their labels.
    pub(crate) corner: String,
    /// The columns.
    pub(crate) blocks: Vec<Block>,
    /// The rows.
    pub(crate) rows: Vec<Row>,
    /// Whether squares are filled with their color, or marks are written in it.
    pub(crate) filled: bool,
}

impl Picture {
    /// The squares that occur, one for each mark: what is good first.
    pub(crate) fn legend(&self) -> Vec<Square> {
        let mut legend: Vec<Square> = Vec::new();
        for row in &self.rows {
            let Row::Squares { squares, .. } = row else { continue };
            for square in squares.iter().flatten().flatten() {
                if legend.iter().all(|known| (known.mark, known.says) != (square.mark, square.says)) {
                    legend.push(*square);
                }
            }
        }
        legend.sort_by_key(|square| square.meaning);
        legend
    }
}

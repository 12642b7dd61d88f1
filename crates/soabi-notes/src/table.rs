//! Tables of answers, as they stand in the head of a claim.
//!
//! ```text
//! value | b             | h
//! -1    | OverflowError | -1
//! 'i\|i' | TypeError    |
//! ```
//!
//! The first line names the columns. A cell that is empty says nothing; `-` says that the question is not asked.
//! A bar that belongs to a cell has a backslash before it.

/// What a claim's source asks: a row and a column of its tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// The row.
    pub row: String,
    /// The column.
    pub column: String,
}

/// The answer that says that a question is not asked.
pub const NOT_ASKED: &str = "-";

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What the rows are.
    pub rows_are: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows: the name, and a cell for every column.
    pub rows: Vec<(String, Vec<String>)>,
}

/// What is wrong with a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// There are no columns, or no rows.
    #[error("a table has a line with the names of the columns, and rows")]
    Empty,
    /// A row has not as many cells as there are columns.
    #[error("row `{0}` has not as many cells as the table has columns")]
    Ragged(String),
    /// Two rows, or two columns, have the same name.
    #[error("`{0}` stands there twice")]
    Twice(String),
}

impl Table {
    /// Reads the text of a table.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty()).map(cells);
        let mut columns = lines.next().ok_or(TableError::Empty)?;
        let rows_are = columns.remove(0);
        let mut rows: Vec<(String, Vec<String>)> = Vec::new();
        for mut row in lines {
            let name = row.remove(0);
            if row.len() != columns.len() {
                return Err(TableError::Ragged(name));
            }
            if rows.iter().any(|(there, _)| *there == name) {
                return Err(TableError::Twice(name));
            }
            rows.push((name, row));
        }
        let twice = columns.iter().enumerate().find(|(at, name)| columns[..*at].contains(name));
        match twice {
            Some((_, name)) => Err(TableError::Twice(name.clone())),
            None if columns.is_empty() || rows.is_empty() => Err(TableError::Empty),
            None => Ok(Self { rows_are, columns, rows }),
        }
    }

    /// Every answer, with its question.
    pub fn answers(&self) -> impl Iterator<Item = (Question, &str)> {
        self.rows.iter().flat_map(move |(row, cells)| {
            let answers = self.columns.iter().zip(cells).filter(|(_, answer)| !answer.is_empty());
            answers.map(move |(column, answer)| {
                (Question { row: row.clone(), column: column.clone() }, answer.as_str())
            })
        })
    }
}

/// The cells of a line, at least one.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut rest = line.chars().peekable();
    while let Some(next) = rest.next() {
        let cell = cells.last_mut().expect("there is a cell from the start");
        match next {
            '\\' if rest.peek() == Some(&'|') => cell.extend(rest.next()),
            '|' => cells.push(String::new()),
            _ => cell.push(next),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_table_is_its_answers() {
        let table = Table::parse("\nvalue | b   | h\n-1    |     | -1\n'i\\|i' | - | C:\\d\n").unwrap();
        assert_eq!(table.rows_are, "value");
        let answers: Vec<_> = table.answers().map(|(at, answer)| (at.row, at.column, answer)).collect();
        let expected = [("-1", "h", "-1"), ("'i|i'", "b", "-"), ("'i|i'", "h", "C:\\d")];
        assert_eq!(
            answers,
            expected.map(|(row, column, answer)| (row.to_owned(), column.to_owned(), answer))
        );
    }

    #[rstest]
    #[case::nothing("", TableError::Empty)]
    #[case::no_rows("value | b\n", TableError::Empty)]
    #[case::no_columns("value\n-1\n", TableError::Empty)]
    #[case::short_row("value | b | h\n-1 | 1\n", TableError::Ragged("-1".to_owned()))]
    #[case::long_row("value | b\n-1 | 1 | 2\n", TableError::Ragged("-1".to_owned()))]
    #[case::two_rows("value | b\n-1 | 1\n-1 | 2\n", TableError::Twice("-1".to_owned()))]
    #[case::two_columns("value | b | b\n-1 | 1 | 2\n", TableError::Twice("b".to_owned()))]
    fn what_is_no_table(#[case] text: &str, #[case] error: TableError) {
        assert_eq!(Table::parse(text), Err(error));
    }

    proptest! {
        #[test]
        fn cells_come_back(words in prop::collection::vec("[a-z|'\"\\\\ ]{0,8}", 1..5)) {
            // A backslash at the end of a cell would take the bar behind it along.
            let words: Vec<_> = words.iter().map(|word| word.replace('\\', "/").trim().to_owned()).collect();
            let line = words.iter().map(|word| word.replace('|', "\\|")).collect::<Vec<_>>().join(" | ");
            prop_assert_eq!(cells(&line), words);
        }
    }
}

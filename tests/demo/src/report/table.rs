//! Tables, printed as their rows come.

use console::{Style, style};

use super::layout::{padded, wrap};

/// The columns of a table: headings, widths, colours.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
}

#[derive(Clone, Debug)]
struct Column {
    heading: String,
    width: usize,
    ink: Style,
}

const GAP: usize = 2;

impl Table {
    /// A table without columns yet.
    pub(crate) const fn new() -> Self {
        Self { columns: Vec::new() }
    }

    /// Adds a column.
    pub(crate) fn column(mut self, heading: impl Into<String>, width: usize, ink: Style) -> Self {
        self.columns.push(Column { heading: heading.into(), width, ink });
        self
    }

    /// The headings' lines.
    pub(crate) fn heading(&self) -> Vec<String> {
        let headings: Vec<_> = self.columns.iter().map(|column| column.heading.clone()).collect();
        let mut lines = self.cells(&headings, |_| Style::new().bold());
        let rule: Vec<_> = self.columns.iter().map(|column| "─".repeat(column.width)).collect();
        lines.push(style(rule.join(&"─".repeat(GAP))).dim().to_string());
        lines
    }

    /// A row's lines; as many cells as there are columns.
    pub(crate) fn row(&self, cells: &[String]) -> Vec<String> {
        self.cells(cells, |column| column.ink.clone())
    }

    fn cells(&self, row: &[String], ink: impl Fn(&Column) -> Style) -> Vec<String> {
        let wrapped: Vec<Vec<String>> =
            row.iter().zip(&self.columns).map(|(cell, column)| wrap(cell, column.width)).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or_default();
        (0..height)
            .map(|index| {
                let line = self.columns.iter().zip(&wrapped).map(|(column, lines)| {
                    let text = lines.get(index).map(String::as_str).unwrap_or_default();
                    ink(column).apply_to(padded(text, column.width)).to_string()
                });
                line.collect::<Vec<_>>().join(&" ".repeat(GAP))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::width;
    use super::*;

    #[test]
    fn cells_wrap_inside_their_column() {
        let table = Table::new().column("what", 10, Style::new()).column("answer", 6, Style::new());
        let row = table.row(&["同一请求再发一次".to_owned(), "401".to_owned()]);
        let lines = [table.heading(), row].concat();
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| width(line) == 18), "{lines:#?}");
    }
}

//! Tables.

use console::{Style, style};

use super::layout::{padded, wrap};

/// A table: columns with headings and widths, rows of plain text.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

#[derive(Clone, Debug)]
struct Column {
    heading: String,
    width: usize,
    ink: Style,
}

const GAP: usize = 2;

impl Table {
    /// A table without rows yet.
    pub(crate) const fn new() -> Self {
        Self { columns: Vec::new(), rows: Vec::new() }
    }

    /// Adds a column.
    pub(crate) fn column(mut self, heading: impl Into<String>, width: usize, ink: Style) -> Self {
        self.columns.push(Column { heading: heading.into(), width, ink });
        self
    }

    /// Adds a row; as many cells as there are columns.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The lines, headings first.
    pub(crate) fn lines(&self) -> Vec<String> {
        let heading = |column: &Column| column.heading.clone();
        let mut lines = self
            .cells(&self.columns.iter().map(heading).collect::<Vec<_>>(), |_| Style::new().bold());
        let rule: Vec<_> = self.columns.iter().map(|column| "─".repeat(column.width)).collect();
        lines.push(style(rule.join(&"─".repeat(GAP))).dim().to_string());
        for row in &self.rows {
            lines.extend(self.cells(row, |column| column.ink.clone()));
        }
        lines
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
        let mut table =
            Table::new().column("what", 10, Style::new()).column("answer", 6, Style::new());
        table.row(vec!["同一请求再发一次".to_owned(), "401".to_owned()]);
        let lines = table.lines();
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| width(line) == 18), "{lines:#?}");
    }
}

//! A phone's screen, drawn in a terminal.

use console::{Style, style};

use super::layout::{apart, padded, width, wrap};

/// Columns of a drawn screen, its frame included.
pub(crate) const SCREEN: usize = 46;
const INSIDE: usize = SCREEN - 4;

/// What stands on a screen, top to bottom. The words are the core's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Screen {
    /// The title.
    pub(crate) title: String,
    /// What stands below it.
    pub(crate) rows: Vec<Row>,
}

/// How a text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// As text.
    Plain,
    /// As something to be noticed.
    Strong,
    /// As something beside the point.
    Quiet,
    /// As good news.
    Good,
    /// As something that did not work.
    Trouble,
    /// As something that must be acted on.
    Danger,
}

impl Ink {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Quiet => Style::new().dim(),
            Self::Good => Style::new().green(),
            Self::Trouble => Style::new().yellow(),
            Self::Danger => Style::new().red().bold(),
        }
    }
}

/// One thing on a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// A text.
    Text(Ink, String),
    /// A text and an amount.
    Pair {
        /// On the left.
        left: String,
        /// On the right.
        right: String,
        /// How the right one is drawn.
        ink: Ink,
    },
    /// Something to press.
    Button(String),
    /// The very words that are signed, in a frame of their own.
    Signed(Vec<String>),
    /// An empty line.
    Gap,
}

impl Screen {
    /// The screen's lines, each `SCREEN` columns wide.
    pub(crate) fn lines(&self) -> Vec<String> {
        let frame = |text: String| style(text).dim().to_string();
        let title = if self.title.is_empty() { String::new() } else { format!(" {} ", self.title) };
        let rest = SCREEN.saturating_sub(width(&title) + 3);
        let mut lines = vec![format!(
            "{}{}{}",
            frame("╭─".to_owned()),
            style(title).bold(),
            frame(format!("{}╮", "─".repeat(rest))),
        )];
        for line in self.rows.iter().flat_map(Row::lines) {
            lines.push(format!(
                "{} {} {}",
                frame("│".to_owned()),
                padded(&line, INSIDE),
                frame("│".to_owned())
            ));
        }
        lines.push(frame(format!("╰{}╯", "─".repeat(SCREEN - 2))));
        lines
    }

    /// The screen's words without frames and colours, for machines.
    pub(crate) fn words(&self) -> Vec<String> {
        std::iter::once(self.title.clone())
            .chain(self.rows.iter().filter_map(Row::words))
            .filter(|words| !words.is_empty())
            .collect()
    }
}

impl Row {
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Text(ink, text) => wrap(text, INSIDE)
                .iter()
                .map(|line| ink.style().apply_to(line).to_string())
                .collect(),
            Self::Pair { left, right, ink } => {
                apart(left, &ink.style().apply_to(right).to_string(), INSIDE)
            }
            Self::Button(label) => wrap(&format!("[ {label} ]"), INSIDE)
                .iter()
                .map(|line| style(line).cyan().to_string())
                .collect(),
            Self::Signed(words) => words
                .iter()
                .flat_map(|line| wrap(line, INSIDE - 2))
                .map(|line| format!("{} {}", style("┃").magenta(), style(line).bold()))
                .collect(),
            Self::Gap => vec![String::new()],
        }
    }

    fn words(&self) -> Option<String> {
        match self {
            Self::Text(_, text) => Some(text.clone()),
            Self::Pair { left, right, .. } => Some(format!("{left}  {right}")),
            Self::Button(label) => Some(format!("[ {label} ]")),
            Self::Signed(words) => Some(words.join("\n")),
            Self::Gap => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_as_wide_as_the_screen() {
        let screen = Screen {
            title: "首页".to_owned(),
            rows: vec![
                Row::Text(
                    Ink::Danger,
                    "有一笔付款尚未确认，请勿重复付款。We are asking your bank about it."
                        .to_owned(),
                ),
                Row::Pair {
                    left: "活期账户 ••0017".to_owned(),
                    right: "¥1,234.50".to_owned(),
                    ink: Ink::Good,
                },
                Row::Signed(vec!["付款 CNY 38.50".to_owned()]),
                Row::Gap,
                Row::Button("核对并批准".to_owned()),
            ],
        };
        for line in screen.lines() {
            assert_eq!(width(&line), SCREEN, "{line}");
        }
        assert_eq!(screen.words().first().map(String::as_str), Some("首页"));
    }
}

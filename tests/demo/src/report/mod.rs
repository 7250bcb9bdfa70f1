//! What a person reads while the day goes by, and what a machine reads afterwards.
//!
//! Steps hold scenes: a screen on the left, what was checked about it on the right. A scene is printed when the next one begins;
//! until then the progress bar says what is going on.

pub(crate) mod layout;
pub(crate) mod record;
pub(crate) mod screen;
pub(crate) mod table;

use std::time::Duration;

use console::{Term, style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::lang::{Locale, say};
use layout::{WIDTH, beside, width, wrap};
use record::{Check, Cost, Count, Step};
use screen::{SCREEN, Screen};

const INDENT: &str = "  ";
const GAP: usize = 2;

/// An expectation that did not hold. The report has said so already.
#[derive(Clone, Debug, thiserror::Error)]
#[error("step {step}: expected: {expected}{}", found.as_ref().map(|found| format!("; found: {found}")).unwrap_or_default())]
pub(crate) struct NotHeld {
    step: u32,
    expected: String,
    found: Option<String>,
}

/// The report of a run.
pub(crate) struct Report {
    locale: Locale,
    out: Term,
    bar: ProgressBar,
    scene: Scene,
    step: Option<Step>,
    done: Vec<Step>,
}

#[derive(Default)]
struct Scene {
    screen: Option<Screen>,
    beside: Vec<String>,
}

impl Report {
    /// A report to the terminal. Colours as `console` has them now; the bar only on a terminal.
    pub(crate) fn to_terminal(locale: Locale, steps: u64) -> Self {
        let bar = if console::user_attended() && console::user_attended_stderr() {
            ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        if let Ok(look) =
            ProgressStyle::with_template("  {spinner:.cyan} {bar:24.cyan/dim} {pos}/{len}  {msg}")
        {
            bar.set_style(look.progress_chars("━━─"));
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self {
            locale,
            out: Term::stdout(),
            bar,
            scene: Scene::default(),
            step: None,
            done: Vec::new(),
        }
    }

    /// Prints a line as it is.
    pub(crate) fn line(&self, line: &str) {
        self.bar.suspend(|| self.out.write_line(line)).ok();
    }

    /// Says what is going on now.
    pub(crate) fn doing(&self, what: impl Into<String>) {
        self.bar.set_message(what.into());
    }

    /// Begins a step.
    pub(crate) fn begin(&mut self, number: u32, name: &'static str, title: String) {
        let head = format!(" {number}  {title} ");
        let rule = "─".repeat(WIDTH.saturating_sub(width(&head)));
        self.line("");
        self.line(&format!("{}{}", style(head).bold().cyan(), style(rule).dim()));
        self.doing(title.clone());
        self.step = Some(Step { number, name, title, ..Step::default() });
    }

    /// Begins a scene with what the customer sees.
    pub(crate) fn shows(&mut self, screen: Screen) {
        self.flush();
        if let Some(step) = &mut self.step {
            step.screens.push(screen.words());
        }
        self.scene.screen = Some(screen);
    }

    /// An expectation that holds, or ends the run.
    pub(crate) fn check(
        &mut self,
        name: impl Into<String>,
        expected: String,
        held: bool,
        found: impl FnOnce() -> String,
    ) -> Result<(), NotHeld> {
        let found = (!held).then(found);
        let mark = if held { style("✓").green() } else { style("✗").red().bold() };
        self.beside(&mark.to_string(), &expected, |line| line);
        if let Some(found) = &found {
            let found = say!(self.locale, "found: {found}", "实际：{found}");
            self.beside(" ", &found, |line| style(line).red().to_string());
        }
        self.note_check(Check { name: name.into(), expected, held, found })
    }

    /// An expectation whose outcome stands in a table that was printed.
    pub(crate) fn check_of_table(
        &mut self,
        name: impl Into<String>,
        expected: String,
        held: bool,
        found: &str,
    ) -> Result<(), NotHeld> {
        let found = Some(found.to_owned());
        self.note_check(Check { name: name.into(), expected, held, found })
    }

    fn note_check(&mut self, check: Check) -> Result<(), NotHeld> {
        let step = self.step.get_or_insert_default();
        step.checks.push(check.clone());
        let number = step.number;
        let Check { expected, held, found, .. } = check;
        if held { Ok(()) } else { Err(NotHeld { step: number, expected, found }) }
    }

    /// A remark, dimmed.
    pub(crate) fn remark(&mut self, text: &str) {
        self.beside("·", text, |line| style(line).dim().to_string());
    }

    /// A number for the record.
    pub(crate) fn count(&mut self, name: &'static str, value: u64) {
        if let Some(step) = &mut self.step {
            step.counts.push(Count { name, value });
        }
    }

    /// Lines of a table, under what came before them.
    pub(crate) fn table(&mut self, lines: &[String]) {
        self.flush();
        self.indented(lines);
    }

    /// The bar goes on by one, within a step.
    pub(crate) fn advance(&self) {
        self.bar.inc(1);
    }

    /// Ends a step and says what it cost.
    pub(crate) fn end(&mut self, cost: Cost) {
        self.flush();
        self.line(&style(format!("{INDENT}{}", self.cost(cost))).dim().to_string());
        if let Some(mut step) = self.step.take() {
            step.cost = cost;
            self.done.push(step);
        }
        self.bar.inc(1);
    }

    /// What something cost, in words.
    pub(crate) fn cost(&self, cost: Cost) -> String {
        let (sent, received) = (kilobytes(cost.bytes_sent), kilobytes(cost.bytes_received));
        let time = duration(cost.milliseconds);
        let requests = cost.requests;
        match self.locale {
            Locale::En if requests > 0 && cost.bytes_sent == 0 => {
                format!("{requests} tries to reach the bank · 0 B sent · {time}")
            }
            Locale::ZhCn if requests > 0 && cost.bytes_sent == 0 => {
                format!("{requests} 次尝试联系银行 · 发出 0 B · {time}")
            }
            Locale::En if requests == 0 => format!("{sent} sent · {received} received · {time}"),
            Locale::ZhCn if requests == 0 => format!("发出 {sent} · 收到 {received} · {time}"),
            Locale::En if requests == 1 => {
                format!("1 request · {sent} sent · {received} received · {time}")
            }
            Locale::En => {
                format!("{requests} requests · {sent} sent · {received} received · {time}")
            }
            Locale::ZhCn => format!("{requests} 次请求 · 发出 {sent} · 收到 {received} · {time}"),
        }
    }

    /// Ends the report: what is still open is printed, the bar goes. The steps, the unfinished one last.
    pub(crate) fn finish(&mut self) -> Vec<Step> {
        self.flush();
        self.bar.finish_and_clear();
        self.done.extend(self.step.take());
        std::mem::take(&mut self.done)
    }

    fn beside(&mut self, mark: &str, text: &str, ink: impl Fn(String) -> String) {
        let columns = match self.scene.screen {
            Some(_) => WIDTH - INDENT.len() - SCREEN - GAP - 2,
            None => WIDTH - INDENT.len() - 2,
        };
        for (index, line) in wrap(text, columns).into_iter().enumerate() {
            let mark = if index == 0 { mark } else { " " };
            self.scene.beside.push(format!("{mark} {}", ink(line)));
        }
    }

    fn flush(&mut self) {
        let scene = std::mem::take(&mut self.scene);
        let lines = match scene.screen {
            Some(screen) => beside(&screen.lines(), SCREEN, &scene.beside, GAP),
            None => scene.beside,
        };
        self.indented(&lines);
    }

    /// Prints lines at once, so that the bar below them is drawn once.
    fn indented(&self, lines: &[String]) {
        self.bar.suspend(|| {
            for line in lines {
                self.out.write_line(format!("{INDENT}{line}").trim_end()).ok();
            }
        });
    }
}

/// `12.3 KB`; a kilobyte is 1000 bytes.
pub(crate) fn kilobytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{}.{} KB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// `812 ms`, `4.2 s`.
pub(crate) fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        _ => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_does_not_hold_says_what_was_expected_and_found() {
        let mut report = Report::to_terminal(Locale::En, 8);
        report.begin(5, "approval", "Approval".to_owned());
        assert!(report.check("a", "one".to_owned(), true, String::new).is_ok());
        let failure =
            report.check("b", "one debit".to_owned(), false, || "two".to_owned()).unwrap_err();
        assert_eq!(failure.to_string(), "step 5: expected: one debit; found: two");
        let steps = report.finish();
        assert_eq!(steps.len(), 1, "the unfinished step is part of the record");
        let held: Vec<_> = steps[0].checks.iter().map(|check| check.held).collect();
        assert_eq!(held, [true, false]);
    }

    #[test]
    fn sizes_and_times_are_short() {
        assert_eq!(kilobytes(999), "999 B");
        assert_eq!(kilobytes(23_456), "23.4 KB");
        assert_eq!(kilobytes(2_300_000), "2.3 MB");
        assert_eq!(duration(999), "999 ms");
        assert_eq!(duration(4_260), "4.2 s");
    }
}

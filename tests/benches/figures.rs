//! Figures, as people read them and as programs do.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value, json};

/// What was measured, in order.
#[derive(Default)]
pub(crate) struct Figures(Vec<Figure>);

struct Figure {
    name: &'static str,
    what: &'static str,
    shown: String,
    value: Value,
    remark: String,
}

impl Figures {
    /// A number of requests or the like.
    pub(crate) fn count(
        &mut self,
        name: &'static str,
        what: &'static str,
        count: u64,
        remark: impl Into<String>,
    ) {
        self.add(name, what, count.to_string(), json!(count), remark);
    }

    /// A time.
    pub(crate) fn time(
        &mut self,
        name: &'static str,
        what: &'static str,
        time: Duration,
        remark: impl Into<String>,
    ) {
        let micros = time.as_secs_f64() * 1e6;
        let shown = if micros < 1_000.0 {
            format!("{micros:.1} us")
        } else {
            format!("{:.1} ms", micros / 1_000.0)
        };
        self.add(name, what, shown, json!(micros), remark);
    }

    /// One time over another.
    pub(crate) fn ratio(
        &mut self,
        name: &'static str,
        what: &'static str,
        ratio: f64,
        remark: impl Into<String>,
    ) {
        self.add(name, what, format!("{ratio:.2}"), json!(ratio), remark);
    }

    fn add(
        &mut self,
        name: &'static str,
        what: &'static str,
        shown: String,
        value: Value,
        remark: impl Into<String>,
    ) {
        self.0.push(Figure { name, what, shown, value, remark: remark.into() });
    }

    /// Prints the table, and writes the file after `--json`.
    pub(crate) fn finish(&self) {
        print!("{}", self.table());
        if let Some(file) = json_file() {
            std::fs::write(&file, self.json()).expect("the JSON file can be written");
        }
    }

    fn table(&self) -> String {
        let mut table = String::new();
        let width = self.0.iter().map(|figure| figure.what.len()).max().unwrap_or_default();
        for figure in &self.0 {
            let Figure { what, shown, remark, .. } = figure;
            writeln!(table, "{what:width$}  {shown:>10}  {remark}").unwrap();
        }
        table
    }

    /// By name; times in microseconds.
    fn json(&self) -> String {
        let members: Map<String, Value> =
            self.0.iter().map(|figure| (figure.name.to_owned(), figure.value.clone())).collect();
        serde_json::to_string_pretty(&members).unwrap() + "\n"
    }
}

/// The file after `--json`. Cargo's own arguments are passed over.
fn json_file() -> Option<PathBuf> {
    let mut arguments = std::env::args_os().skip(1);
    arguments.find(|argument| argument == "--json")?;
    Some(arguments.next().expect("--json is followed by a file").into())
}

/// The middle one.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// How long `work` takes.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's clock")]
pub(crate) async fn timed<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let begun = std::time::Instant::now();
    let outcome = work.await;
    (begun.elapsed(), outcome)
}

//! The core's log: what a developer sees of a phone. Nothing of it is the customer's (invariant 7); the demo keeps it for when
//! something goes wrong, and has it searched.

use std::fmt::{self, Write as _};
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use clap::ValueEnum;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// How much is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Detail {
    /// The core's own events of `INFO` and worse: what an app that ships may write.
    Core,
    /// Every event of every crate, `TRACE` included: what a debugger might switch on.
    Everything,
}

/// Writes to `sink` from now on, for the rest of the process.
pub(crate) fn to(sink: impl Write + Send + 'static, detail: Detail) {
    let log: &'static Log = Box::leak(Box::new(Log {
        detail,
        spans: AtomicU64::new(1),
        sink: Mutex::new(Box::new(sink)),
    }));
    // Nobody else in this process sets one.
    tracing::subscriber::set_global_default(log).ok();
    log::set_logger(log).ok();
    log::set_max_level(match detail {
        Detail::Core => log::LevelFilter::Off,
        Detail::Everything => log::LevelFilter::Trace,
    });
}

struct Log {
    detail: Detail,
    spans: AtomicU64,
    sink: Mutex<Box<dyn Write + Send>>,
}

impl Log {
    fn write(&self, level: impl fmt::Display, target: &str, text: &str) {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        // A closed sink loses the log and nothing else.
        writeln!(sink, "{level} {target}:{text}").ok();
    }
}

impl Subscriber for &'static Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        match self.detail {
            Detail::Core => {
                *metadata.level() <= Level::INFO && metadata.target().starts_with("guichet")
            }
            Detail::Everything => true,
        }
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(String::new());
        span.record(&mut line);
        let metadata = span.metadata();
        self.write(metadata.level(), metadata.target(), &format!(" {}{}", metadata.name(), line.0));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line(String::new());
        values.record(&mut line);
        self.write("SPAN", "values", &line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        let metadata = event.metadata();
        self.write(metadata.level(), metadata.target(), &line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// For the crates that speak to `log`.
impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        self.detail == Detail::Everything
    }

    fn log(&self, record: &log::Record<'_>) {
        self.write(record.level(), record.target(), &format!(" {}", record.args()));
    }

    fn flush(&self) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let name =
            if field.name() == "message" { String::new() } else { format!("{}=", field.name()) };
        write!(self.0, " {name}{value:?}").ok();
    }
}

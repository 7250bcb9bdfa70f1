//! The core's log, on standard error: what a developer sees of a phone. Nothing of it is the customer's (invariant 7); the demo
//! keeps it for when something goes wrong.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Writes events of `INFO` and worse to standard error from now on.
pub(super) fn to_stderr() {
    // Nobody else in this process sets one.
    tracing::subscriber::set_global_default(Log { spans: AtomicU64::new(1) }).ok();
}

struct Log {
    spans: AtomicU64,
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO && metadata.target().starts_with("guichet")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        let metadata = event.metadata();
        // A closed stderr loses the log and nothing else.
        writeln!(std::io::stderr(), "{} {}:{}", metadata.level(), metadata.target(), line.0).ok();
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let name =
            if field.name() == "message" { String::new() } else { format!("{}=", field.name()) };
        write!(self.0, " {name}{value:?}").ok();
    }
}

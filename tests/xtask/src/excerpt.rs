//! The part of a failed stage's log that a person wants first.

const TAIL: usize = 40;
const FAILED_LINES: usize = 120;

/// What the failed Rust tests printed, what Node's runner or Swift Testing say of failed ones, or Maven's errors; otherwise the log's
/// end.
pub(crate) fn excerpt(log: &str) -> Vec<&str> {
    let candidates = [
        failed_rust_tests(log),
        failed_node_tests(log),
        marked(log, "✘"),
        marked(log, "[ERROR] "),
        tail(log),
    ];
    candidates.into_iter().find(|lines| !lines.is_empty()).unwrap_or_default()
}

fn marked<'a>(log: &'a str, mark: &str) -> Vec<&'a str> {
    log.lines().filter(|line| line.starts_with(mark)).take(FAILED_LINES).collect()
}

fn failed_rust_tests(log: &str) -> Vec<&str> {
    let mut wanted = false;
    let mut lines = Vec::new();
    for line in log.lines() {
        if line.starts_with("---- ") && line.ends_with(" stdout ----") {
            wanted = true;
        } else if line == "failures:" || line.starts_with("test result: ") {
            wanted = false;
        }
        if wanted && !line.is_empty() {
            lines.push(line);
        }
    }
    lines.truncate(FAILED_LINES);
    lines
}

/// In TAP: each line of a failed test, and the block that says why.
fn failed_node_tests(log: &str) -> Vec<&str> {
    let mut wanted = false;
    let mut lines = Vec::new();
    for line in log.lines() {
        wanted |= line.starts_with("not ok ");
        if wanted {
            lines.push(line);
        }
        wanted &= line != "  ...";
    }
    lines.truncate(FAILED_LINES);
    lines
}

fn tail(log: &str) -> Vec<&str> {
    let mut lines: Vec<_> = log.lines().rev().take(TAIL).collect();
    lines.reverse();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: &str = "running 2 tests
test a ... ok
test b ... FAILED

failures:

---- b stdout ----
thread 'b' panicked at src/lib.rs:3:5:
left != right


failures:
    b

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running unittests src/other.rs
";

    #[test]
    fn a_failed_test_is_shown_with_what_it_printed() {
        let wanted =
            ["---- b stdout ----", "thread 'b' panicked at src/lib.rs:3:5:", "left != right"];
        assert_eq!(excerpt(FAILED), wanted);
    }

    #[test]
    fn failed_swift_tests_are_shown_with_their_issues() {
        let log = "◇ Test a() started.\n✘ Test a() recorded an issue at A.swift:1:1: 1 == 2\n✔ Test b() passed\n";
        assert_eq!(excerpt(log), ["✘ Test a() recorded an issue at A.swift:1:1: 1 == 2"]);
    }

    #[test]
    fn errors_of_maven_are_shown_without_its_chatter() {
        let log = "[INFO] Running FlowTest\n[ERROR] FlowTest.approves:12 expected: <1>\n[ERROR] \n[INFO] BUILD FAILURE\n";
        assert_eq!(excerpt(log), ["[ERROR] FlowTest.approves:12 expected: <1>", "[ERROR] "]);
    }

    #[test]
    fn a_failed_node_test_is_shown_with_its_reason() {
        let log = "ok 1 - a\n  ---\n  type: 'test'\n  ...\nnot ok 2 - b\n  ---\n  error: 'no'\n  ...\n# fail 1\n";
        assert_eq!(excerpt(log), ["not ok 2 - b", "  ---", "  error: 'no'", "  ..."]);
    }

    #[test]
    fn without_a_failed_test_the_end_of_the_log_is_shown() {
        let log = (0..100).fold(String::new(), |log, n| log + &format!("line {n}\n"));
        let shown = excerpt(&log);
        assert_eq!(
            (shown.len(), shown.first(), shown.last()),
            (40, Some(&"line 60"), Some(&"line 99"))
        );
    }
}

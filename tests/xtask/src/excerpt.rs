//! The part of a failed stage's log that a person wants first.

const TAIL: usize = 40;
const FAILED_TESTS: usize = 120;

/// What the failed Rust tests printed, if any did; otherwise the log's end.
pub(crate) fn excerpt(log: &str) -> Vec<&str> {
    let blocks = failed_tests(log);
    if blocks.is_empty() { tail(log) } else { blocks }
}

fn failed_tests(log: &str) -> Vec<&str> {
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
    lines.truncate(FAILED_TESTS);
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
    fn without_a_failed_test_the_end_of_the_log_is_shown() {
        let log = (0..100).fold(String::new(), |log, n| log + &format!("line {n}\n"));
        let shown = excerpt(&log);
        assert_eq!(
            (shown.len(), shown.first(), shown.last()),
            (40, Some(&"line 60"), Some(&"line 99"))
        );
    }
}

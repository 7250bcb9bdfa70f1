//! What `swift test` prints for Swift Testing.

use super::Count;

/// One for each line `Test NAME passed after ...` or `failed after ...`. The lines of suites, of single arguments and of
/// the whole run do not count; a skipped test counts as failed: nobody looks at it again otherwise.
pub(crate) fn swift_testing(log: &str) -> Count {
    let mut sum = Count::default();
    for line in log.lines() {
        let Some(test) = test_line(line) else { continue };
        if test.contains(" passed after ") {
            sum.passed += 1;
        } else if test.contains(" failed after ")
            || test.ends_with(" skipped.")
            || test.contains(" skipped: ")
        {
            sum.failed += 1;
        }
    }
    sum
}

/// What follows `Test ` in a line that begins with a symbol, unless it speaks of more or less than one test.
fn test_line(line: &str) -> Option<&str> {
    let (symbol, rest) = line.trim().split_once(' ')?;
    let test = rest.trim_start().strip_prefix("Test ")?;
    let one = !test.starts_with("run ") && !test.starts_with("case ");
    (one && !symbol.is_empty()).then_some(test)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_test_counts_once_and_neither_suites_nor_arguments_nor_the_run_do() {
        let log = "
◇ Test run started.
◇ Suite HomeTests started.
◇ Test balanceIsShown() started.
✔ Test balanceIsShown() passed after 0.002 seconds.
✔ Test \"draft is refused\" passed after 0.010 seconds.
◇ Passing 1 argument locale → \"en\" to inBothLanguages(locale:)
✔ Test case passing 1 argument locale → \"en\" to inBothLanguages(locale:) passed after 0.001 seconds.
✔ Test inBothLanguages(locale:) passed after 0.001 seconds.
✘ Test receiptIsVerified() recorded an issue at FlowTests.swift:12:3: Expectation failed: 1 == 2
✘ Test receiptIsVerified() failed after 0.003 seconds with 1 issue.
✘ Test later() skipped.
➜ Test never() skipped: \"no phone\"
✘ Suite HomeTests failed after 0.011 seconds with 1 issue.
✘ Test run with 4 tests failed after 0.011 seconds with 1 issue.
";
        assert_eq!(swift_testing(log), Count { passed: 3, failed: 3 });
    }

    #[test]
    fn a_log_without_tests_counts_nothing() {
        assert_eq!(swift_testing("error: no such module 'Guichet'"), Count::default());
    }
}

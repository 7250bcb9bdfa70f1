//! What `cargo test` prints.

use super::Count;

/// The sum over all `test result:` lines. An ignored test counts as failed: nobody looks at it again otherwise.
pub(crate) fn libtest(log: &str) -> Count {
    let mut sum = Count::default();
    for line in log.lines() {
        let Some(result) = line.trim_start().strip_prefix("test result: ") else { continue };
        sum += Count {
            passed: number_before(result, " passed"),
            failed: number_before(result, " failed") + number_before(result, " ignored"),
        };
    }
    sum
}

fn number_before(result: &str, word: &str) -> u64 {
    let number = result.split(word).next().and_then(|before| before.rsplit(' ').next());
    number.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_result_lines_are_added_up() {
        let log = "
test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
   Doc-tests guichet_foundation
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
";
        assert_eq!(libtest(log), Count { passed: 15, failed: 2 });
    }

    #[test]
    fn an_ignored_test_counts_as_failed() {
        let log = "test result: ok. 1 passed; 0 failed; 4 ignored; 0 measured; 0 filtered out";
        assert_eq!(libtest(log), Count { passed: 1, failed: 4 });
    }

    #[test]
    fn a_log_without_results_counts_nothing() {
        assert_eq!(libtest("error[E0308]: mismatched types"), Count::default());
    }
}

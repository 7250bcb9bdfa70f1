//! What Node's test runner prints with its reporter `tap`.

use super::Count;

/// The sum over the closing lines of each run: `# pass N` and those of what did not pass. A test that was skipped or put off counts as
/// failed: nobody looks at it again otherwise.
pub(crate) fn node(log: &str) -> Count {
    let mut sum = Count::default();
    for line in log.lines() {
        let Some((word, number)) = line.strip_prefix("# ").and_then(|rest| rest.split_once(' '))
        else {
            continue;
        };
        let Ok(number) = number.trim().parse::<u64>() else { continue };
        match word {
            "pass" => sum.passed += number,
            "fail" | "cancelled" | "skipped" | "todo" => sum.failed += number,
            _ => {}
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_lines_are_added_up() {
        let log = "\
TAP version 13
# Subtest: a code is used once
ok 1 - a code is used once
1..1
# tests 5
# suites 0
# pass 3
# fail 1
# cancelled 0
# skipped 1
# todo 0
# duration_ms 812.5
";
        assert_eq!(node(log), Count { passed: 3, failed: 2 });
    }

    #[test]
    fn a_subtest_that_names_a_number_is_not_a_closing_line() {
        assert_eq!(node("    # pass 3\n# Subtest: pass 3\n"), Count::default());
    }
}

//! Surefire's XML reports, one for each test class.

use std::{ffi::OsStr, fs, path::Path};

use super::Count;

/// The sum over `TEST-*.xml` in `folder`. A skipped test counts as failed: nobody looks at it again otherwise.
pub(crate) fn surefire(folder: &Path) -> Count {
    let mut sum = Count::default();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_suite = entry.file_name().to_string_lossy().starts_with("TEST-");
        if !is_suite || path.extension() != Some(OsStr::new("xml")) {
            continue;
        }
        sum += match fs::read_to_string(path) {
            Ok(report) => of_report(&report),
            Err(_) => Count { passed: 0, failed: 1 },
        };
    }
    sum
}

/// A report that is not one counts as a failed test.
fn of_report(report: &str) -> Count {
    let Some(suite) = report.split("<testsuite ").nth(1).and_then(|rest| rest.split('>').next())
    else {
        return Count { passed: 0, failed: 1 };
    };
    let number = |name: &str| attribute(suite, name).unwrap_or(0);
    let failed = number("errors") + number("failures") + number("skipped");
    Count { passed: number("tests").saturating_sub(failed), failed }
}

fn attribute(element: &str, name: &str) -> Option<u64> {
    let start = format!(" {name}=\"");
    element.split(&start).nth(1)?.split('"').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_tells_its_tests_errors_failures_and_skipped() {
        let report = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="x" version="3.0.2" name="bank.guichet.FlowTest" time="1.5" tests="9" errors="1" skipped="1" failures="2">
  <properties/>
</testsuite>"#;
        assert_eq!(of_report(report), Count { passed: 5, failed: 4 });
    }

    #[test]
    fn a_broken_report_is_a_failure() {
        assert_eq!(of_report("<html>"), Count { passed: 0, failed: 1 });
    }

    #[test]
    fn a_folder_that_is_not_there_counts_nothing() {
        assert_eq!(surefire(Path::new("no-such-folder")), Count::default());
    }
}

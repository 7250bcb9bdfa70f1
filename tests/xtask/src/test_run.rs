//! The whole test run: each stage in turn, then one line that counts.

use crate::{
    bench::Bench,
    cli::Choice,
    count::Count,
    excerpt::excerpt,
    failure::Failure,
    house::House,
    screen::Screen,
    stages::{Counting, STAGES, Stage},
    stopwatch::{Stopwatch, spoken},
};

/// Runs the chosen stages and ends with `N passed, N failed`.
pub(crate) fn run(house: &House, screen: &Screen, choice: &Choice) -> Result<(), Failure> {
    let clock = Stopwatch::start();
    let mut sum = Count::default();
    let mut complaints = Vec::new();
    for stage in STAGES.iter().filter(|stage| chosen(stage.name, &choice.only)) {
        let result = if chosen_by_name(stage.name, &choice.skip) {
            skip(house, screen, stage)
        } else {
            run_stage(house, screen, stage)?
        };
        sum += result.count;
        complaints.extend(result.complaint.map(|text| format!("{}: {text}", stage.name)));
        if choice.fail_fast && result.count.failed > 0 {
            screen.line("stopped after the first failed stage, as asked");
            break;
        }
    }
    screen.line(&format!("\nin {}", spoken(clock.elapsed())));
    for complaint in &complaints {
        screen.line(complaint);
    }
    screen.line(&format!("{} passed, {} failed", sum.passed, sum.failed));
    // A run in which nothing ran has shown nothing.
    if sum.failed > 0 || sum.passed == 0 { Err(Failure::Reported) } else { Ok(()) }
}

/// What one stage adds to the end.
#[derive(Debug, PartialEq, Eq)]
struct StageResult {
    count: Count,
    complaint: Option<String>,
}

fn chosen(name: &str, only: &[String]) -> bool {
    only.is_empty() || chosen_by_name(name, only)
}

fn chosen_by_name(name: &str, names: &[String]) -> bool {
    names.iter().any(|chosen| chosen == name)
}

/// A person may leave a stage out, and reads so twice; an unwatched run may not.
fn skip(house: &House, screen: &Screen, stage: &Stage) -> StageResult {
    screen.line(&format!("SKIPPED {}: it did NOT run", stage.name));
    let count = Count { passed: 0, failed: u64::from(house.ci) };
    StageResult { count, complaint: Some("SKIPPED, nothing is known about it".into()) }
}

fn run_stage(house: &House, screen: &Screen, stage: &Stage) -> Result<StageResult, Failure> {
    let clock = Stopwatch::start();
    if !screen.is_moving() {
        screen.line(&format!("  ..    {}", stage.name));
    }
    let bench = Bench::with_log(house, screen, stage.name);
    let outcome = bench.as_ref().map_or_else(
        |cause| Err(Failure::Unavailable(cause.to_string())),
        |bench| (stage.run)(bench, &[]),
    );
    let could_run = !matches!(outcome, Err(Failure::Unavailable(_)));
    let log = bench.map(|bench| bench.log()).unwrap_or_default();
    let counted = match stage.counting {
        Counting::One => None,
        Counting::Tests(count) => Some(count(house, &log)),
    };
    let result = judge(outcome, counted)?;
    let verdict = if result.count.failed == 0 { "ok    " } else { "FAILED" };
    let tests = counted.map(in_words).unwrap_or_default();
    screen.line(&format!("{verdict}  {:<9} {:>12}  {tests}", stage.name, spoken(clock.elapsed())));
    if let Some(complaint) = &result.complaint {
        for line in excerpt(&log) {
            screen.line(&format!("    | {line}"));
        }
        let place = house.shown(&house.logs.join(stage.name).with_extension("log"));
        screen.line(&format!("    {complaint}\n    all of it: {place}"));
        if !could_run && !house.ci {
            screen.line(&format!("    to leave it out on this machine: --skip {}", stage.name));
        }
    }
    Ok(result)
}

/// Not in the form of the run's last line, which must be the only one of its kind.
fn in_words(Count { passed, failed }: Count) -> String {
    match (passed, failed) {
        (0, 0) => "no test ran".into(),
        (_, 0) => format!("{passed} tests"),
        _ => format!("{} tests, {failed} of them not passed", passed + failed),
    }
}

/// What a stage's outcome and its counted tests come to. A stage that fails without a failed test counts as one failure;
/// so does a runner that ran no test at all.
fn judge(outcome: Result<(), Failure>, counted: Option<Count>) -> Result<StageResult, Failure> {
    let complaint = match outcome {
        Ok(()) => None,
        Err(Failure::Interrupted) => return Err(Failure::Interrupted),
        Err(Failure::Unavailable(why)) => Some(format!("could not run: {why}")),
        Err(other) => Some(other.to_string()),
    };
    let itself = Count { passed: u64::from(complaint.is_none()), failed: 0 };
    let mut count = counted.unwrap_or(itself);
    let complaint = match complaint {
        None if count.failed > 0 => Some("tests failed or did not run".into()),
        None if count.passed == 0 => Some("no test ran".into()),
        other => other,
    };
    if complaint.is_some() && count.failed == 0 {
        count.failed = 1;
    }
    Ok(StageResult { count, complaint })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: u64, failed: u64) -> Count {
        Count { passed, failed }
    }

    fn judged(outcome: Result<(), Failure>, counted: Option<Count>) -> Count {
        judge(outcome, counted).unwrap().count
    }

    #[test]
    fn a_stage_that_is_one_test_counts_one() {
        assert_eq!(judged(Ok(()), None), count(1, 0));
        assert_eq!(judged(Err(Failure::Failed("exit code 1".into())), None), count(0, 1));
    }

    #[test]
    fn a_stage_that_could_not_run_counts_as_failed() {
        let missing = Failure::Unavailable("no pom.xml".into());
        assert_eq!(judged(Err(missing), Some(count(0, 0))), count(0, 1));
    }

    #[test]
    fn a_runner_that_ran_no_test_counts_as_failed() {
        assert_eq!(judged(Ok(()), Some(count(0, 0))), count(0, 1));
    }

    #[test]
    fn failed_tests_are_counted_as_they_are() {
        assert_eq!(
            judged(Err(Failure::Failed("exit code 101".into())), Some(count(7, 2))),
            count(7, 2)
        );
    }

    #[test]
    fn a_runner_that_fails_after_its_tests_adds_one_failure() {
        assert_eq!(judged(Err(Failure::Failed("signal 9".into())), Some(count(7, 0))), count(7, 1));
    }

    #[test]
    fn failed_tests_fail_the_stage_even_when_the_runner_says_nothing() {
        let result = judge(Ok(()), Some(count(7, 1))).unwrap();
        assert!(result.complaint.is_some());
    }

    #[test]
    fn an_interrupt_is_no_result() {
        assert!(matches!(judge(Err(Failure::Interrupted), None), Err(Failure::Interrupted)));
    }
}

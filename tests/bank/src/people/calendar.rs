//! Which days people work, and which they celebrate.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// Chinese New Year's Day by year; it follows the moon.
const SPRING_FESTIVALS: [Date; 14] = [
    date(2022, 2, 1),
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 3),
    date(2031, 1, 23),
    date(2032, 2, 11),
    date(2033, 1, 31),
    date(2034, 2, 19),
    date(2035, 2, 8),
];

/// Days from Chinese New Year's Day, negative before it; `None` when it is more than a month away.
pub(super) fn days_from_spring_festival(day: Date) -> Option<i32> {
    SPRING_FESTIVALS
        .iter()
        .map(|festival| (day - *festival).get_days())
        .find(|days| (-31..=31).contains(days))
}

/// Whether shops and offices keep the day as a holiday of more than a weekend.
pub(super) fn is_holiday(day: Date) -> bool {
    let fixed = match day.month() {
        1 => day.day() == 1,
        4 => (4..=6).contains(&day.day()),
        5 => day.day() <= 5,
        10 => day.day() <= 7,
        _ => false,
    };
    fixed || days_from_spring_festival(day).is_some_and(|days| (-1..=5).contains(&days))
}

/// Whether it is Saturday or Sunday.
pub(super) fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Whether offices work.
pub(super) fn is_workday(day: Date) -> bool {
    !is_weekend(day) && !is_holiday(day)
}

/// Whether money due on the `due`th of the month is paid on this day: then, or on the last workday
/// before it.
pub(super) fn is_payday(day: Date, due: i8) -> bool {
    let Ok(due) = day.with().day(due).build() else { return false };
    let mut payday = due;
    while !is_workday(payday) {
        payday = payday.saturating_sub(1.day());
    }
    payday == day
}

/// Whether the quarter's interest is paid on this day.
pub(super) fn is_interest_day(day: Date) -> bool {
    day.day() == 21 && day.month() % 3 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salaries_come_before_a_weekend_not_after_it() {
        // 15 March 2026 is a Sunday.
        assert!(is_payday(date(2026, 3, 13), 15));
        assert!(!is_payday(date(2026, 3, 15), 15));
        assert!(!is_payday(date(2026, 3, 16), 15));
    }

    #[test]
    fn the_spring_festival_is_a_holiday_from_its_eve() {
        assert!(is_holiday(date(2026, 2, 16)));
        assert!(is_holiday(date(2026, 2, 22)));
        assert!(!is_holiday(date(2026, 2, 23)));
        assert_eq!(days_from_spring_festival(date(2026, 2, 1)), Some(-16));
        assert_eq!(days_from_spring_festival(date(2026, 7, 1)), None);
    }
}

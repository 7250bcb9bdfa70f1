//! What may not stand in a source of ours.
//!
//! The words looked for are put together from halves, so that this file does not find itself.

use super::{
    assert_clean,
    tree::{Source, ending, sources},
};

const MOST_LINES: usize = 500;

/// The only files of the core, the bindings and the bank that may read the clock or draw randomness.
const ADAPTERS: [&str; 4] = [
    "bindings/ffi/src/ports/entropy.rs",
    // SQLCipher's salts and initialisation vectors.
    "core/vault/sqlcipher-provider/src/boundary.rs",
    "tests/bank/src/clock.rs",
    "tests/bank/src/random.rs",
];

const CLOCK_AND_ENTROPY: [&str; 12] = [
    concat!("SystemTime::", "now"),
    concat!("Instant::", "now"),
    concat!("Timestamp::", "now"),
    concat!("Zoned::", "now"),
    concat!("get", "random"),
    concat!("rand::", "random"),
    concat!("rand::", "rng"),
    concat!("Os", "Rng"),
    concat!("Sys", "Rng"),
    concat!("thread_", "rng"),
    concat!("System", "Random"),
    concat!("new_", "v4"),
];

const UNFINISHED: [&str; 8] = [
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("#[ig", "nore"),
    concat!("assert!(", "true)"),
    concat!("@Dis", "abled"),
    concat!(".dis", "abled("),
    concat!("FIX", "ME"),
    concat!("TO", "DO"),
];

const MACHINE_PATHS: [&str; 4] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tmp/", "bash_"),
    concat!("/Us", "ers/"),
];

/// Where unsafe code may stand: the C side of SQLCipher, and an allocator that overwrites what it frees.
const UNSAFE_ROOMS: [&str; 2] =
    ["core/vault/sqlcipher-provider/src/boundary.rs", "bindings/silence/src/zeroing.rs"];

/// Names that say nothing about what a file is for.
const EMPTY_NAMES: [&str; 9] =
    ["common", "helper", "helpers", "manager", "managers", "misc", "util", "utils", "utilities"];

fn reads_clock_or_entropy(path: &str, text: &str) -> Vec<String> {
    let watched = ["core/", "bindings/", "tests/bank/"].iter().any(|room| path.starts_with(room))
        && path.contains("/src/")
        && ending(path) == "rs";
    if !watched || ADAPTERS.contains(&path) {
        return Vec::new();
    }
    let found = marked_lines(path, text, &CLOCK_AND_ENTROPY);
    found.into_iter().map(|place| place + " belongs behind a port").collect()
}

fn is_unfinished(path: &str, text: &str) -> Vec<String> {
    if !is_code(path) {
        return Vec::new();
    }
    marked_lines(path, text, &UNFINISHED)
}

fn names_a_machine(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().enumerate();
    let found = lines.filter_map(|(at, line)| {
        let place = MACHINE_PATHS.iter().find(|place| line.contains(**place))?;
        Some(format!("{path}:{}: {place} is a path of one machine", at + 1))
    });
    found.collect()
}

fn is_too_long(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    if !is_code(path) || lines <= MOST_LINES {
        return Vec::new();
    }
    vec![format!("{path}: {lines} lines, at most {MOST_LINES}: does it have one purpose?")]
}

fn has_an_empty_name(path: &str) -> Vec<String> {
    if !is_code(path) {
        return Vec::new();
    }
    let names = path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    let empty =
        names.filter(|name| words(name).iter().any(|word| EMPTY_NAMES.contains(&word.as_str())));
    empty.map(|name| format!("{path}: `{name}` does not say what it is for")).collect()
}

fn allows_unsafe(path: &str, text: &str) -> Vec<String> {
    if UNSAFE_ROOMS.contains(&path) || !is_code(path) {
        return Vec::new();
    }
    marked_lines(path, text, &[concat!("allow(unsafe", "_code"), concat!("expect(unsafe", "_code")])
}

/// Rust, Kotlin, Swift, JavaScript and shell that a person wrote.
fn is_code(path: &str) -> bool {
    let generated = path.starts_with("bindings/kotlin/") || path.starts_with("bindings/swift/");
    !generated && ["rs", "kt", "kts", "swift", "js", "sh"].contains(&ending(path))
}

/// Where a mark stands outside of comments, not as the end of a longer name.
fn marked_lines(path: &str, text: &str, marks: &[&str]) -> Vec<String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    let found = lines.filter_map(|(at, line)| {
        let mark = marks.iter().find(|mark| stands_alone(line, mark))?;
        Some(format!("{path}:{}: {mark}", at + 1))
    });
    found.collect()
}

fn stands_alone(line: &str, mark: &str) -> bool {
    line.match_indices(mark).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// `SessionManager`, `session_manager` and `session-manager` alike.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in name.chars() {
        if c.is_uppercase() || c == '_' || c == '-' {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().unwrap().extend(c.to_lowercase());
        }
    }
    words
}

fn over_all(rule: impl Fn(&Source) -> Vec<String>) -> Vec<String> {
    sources().iter().flat_map(rule).collect()
}

#[test]
fn only_adapters_read_the_clock_or_draw_randomness() {
    assert_clean(over_all(|source| reads_clock_or_entropy(&source.path, &source.text)));
}

#[test]
fn a_clock_or_entropy_elsewhere_is_found() {
    let [clock, random] = [CLOCK_AND_ENTROPY[1], CLOCK_AND_ENTROPY[5]];
    let text = format!("// {clock}\nlet now = {clock}();\nlet key = {random}();\nMy{clock}();\n");
    assert_eq!(reads_clock_or_entropy("core/session/src/lock.rs", &text).len(), 2);
    assert!(reads_clock_or_entropy("tests/bank/src/clock.rs", &text).is_empty());
    assert!(reads_clock_or_entropy("tests/xtask/src/main.rs", &text).is_empty());
}

#[test]
fn nothing_is_left_unfinished_or_switched_off() {
    assert_clean(over_all(|source| is_unfinished(&source.path, &source.text)));
}

#[test]
fn unfinished_code_and_a_test_switched_off_are_found() {
    let rust = format!("{}\n    {}= \"later\"]\n", UNFINISHED[0], UNFINISHED[2]);
    assert_eq!(is_unfinished("core/app/src/home.rs", &rust).len(), 2);
    assert_eq!(is_unfinished("android/HomeTest.kt", UNFINISHED[4]).len(), 1);
    assert!(is_unfinished("docs/protocol.md", &rust).is_empty());
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    assert_clean(over_all(|source| names_a_machine(&source.path, &source.text)));
}

#[test]
fn a_path_of_one_machine_is_found() {
    let text = format!("cd {}main\nHOME=/root\n", MACHINE_PATHS[0]);
    assert_eq!(names_a_machine("README.md", &text).len(), 1);
}

#[test]
fn no_file_of_ours_is_longer_than_a_reader_holds() {
    assert_clean(over_all(|source| is_too_long(&source.path, &source.text)));
}

#[test]
fn a_file_that_is_too_long_is_found() {
    let long = "line\n".repeat(MOST_LINES + 1);
    assert_eq!(is_too_long("ios/Home.swift", &long).len(), 1);
    assert!(is_too_long("bindings/swift/guichet_ffi.swift", &long).is_empty());
    assert!(is_too_long("ios/Home.swift", "line\n").is_empty());
}

#[test]
fn every_file_is_named_for_what_it_is() {
    assert_clean(over_all(|source| has_an_empty_name(&source.path)));
}

#[test]
fn a_name_that_says_nothing_is_found() {
    assert_eq!(has_an_empty_name("core/app/src/utils.rs").len(), 1);
    assert_eq!(has_an_empty_name("core/app/src/common/mod.rs").len(), 1);
    assert_eq!(has_an_empty_name("android/src/SessionManager.kt").len(), 1);
    assert!(has_an_empty_name("core/app/src/uncommon.rs").is_empty());
}

#[test]
fn unsafe_code_stays_in_its_room() {
    assert_clean(over_all(|source| allows_unsafe(&source.path, &source.text)));
}

#[test]
fn unsafe_code_elsewhere_is_found() {
    let text = concat!("#![allow(unsafe", "_code)]\n");
    assert_eq!(allows_unsafe("core/wire/src/pins.rs", text).len(), 1);
    assert!(allows_unsafe("core/vault/sqlcipher-provider/src/boundary.rs", text).is_empty());
}

//! One program for all targets: `GUICHET_FUZZ_TARGET` says which. `cargo xtask fuzz` builds and starts it.

#![no_main]

use std::io::{self, Write as _};
use std::sync::LazyLock;
use std::{env, process};

use guichet_fuzz::{TARGETS, Target};
use libfuzzer_sys::fuzz_target;

/// Without a target: says which there are.
static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = env::var("GUICHET_FUZZ_TARGET").unwrap_or_default();
    Target::named(&name).unwrap_or_else(|| {
        for target in TARGETS {
            let _ = writeln!(io::stdout(), "{}", target.name);
        }
        process::exit(i32::from(!name.is_empty()))
    })
});

fuzz_target!(
    init: TARGET.write_seeds(),
    |input: &[u8]| (TARGET.check)(input)
);

//! One program for all targets: `GUICHET_FUZZ_TARGET` says which. `cargo xtask fuzz` builds and starts it.

#![no_main]

use std::env;
use std::sync::LazyLock;

use guichet_fuzz::Target;
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = env::var("GUICHET_FUZZ_TARGET").unwrap_or_default();
    Target::named(&name).unwrap_or_else(|| std::process::abort())
});

fuzz_target!(
    init: TARGET.write_seeds(),
    |input: &[u8]| (TARGET.check)(input)
);

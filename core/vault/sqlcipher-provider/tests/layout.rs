//! Our idea of SQLCipher's struct and constants, compared with its source by the C compiler that builds it.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

/// With the compiler that the build itself needs.
fn compile(file: &Path) -> io::Result<Output> {
    Command::new("cc")
        .args([
            "-fsyntax-only",
            "-w",
            "-Werror=incompatible-pointer-types",
            "-Werror=int-conversion",
        ])
        .args(["-DSQLITE_HAS_CODEC", "-DSQLITE_TEMP_STORE=2", "-DSQLITE_THREADSAFE=1"])
        .args(["-DSQLITE_EXTRA_INIT=sqlcipher_extra_init"])
        .args(["-DSQLITE_EXTRA_SHUTDOWN=sqlcipher_extra_shutdown"])
        .arg("-DSQLCIPHER_CRYPTO_CUSTOM=sqlcipher_rust_setup")
        .arg("-I")
        .arg(sqlcipher_src::source_dir())
        .arg(file)
        .output()
}

#[test]
fn the_table_is_laid_out_as_sqlcipher_s_source_has_it() {
    let checked = compile(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/layout.c")).unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[test]
fn a_struct_that_moved_would_be_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let moved = include_str!("layout.c").replace("AT(5, hmac)", "AT(6, hmac)");
    let file = folder.path().join("moved.c");
    std::fs::write(&file, moved).unwrap();
    assert!(!compile(&file).unwrap().status.success());
}

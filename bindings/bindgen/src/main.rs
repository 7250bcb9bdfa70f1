//! Generates the Kotlin and the Swift from the built library, and puts what is written by hand (`beside/`) beside it.

use std::fs;

use anyhow::{Context as _, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Parser, ValueEnum};
use uniffi::{GenerateOptions, SwiftBindingsOptions, TargetLanguage};

/// Generate the Kotlin or the Swift that calls the core
#[derive(Parser)]
struct Arguments {
    /// The language to generate
    #[arg(long)]
    language: Language,
    /// The folder to write into
    #[arg(long)]
    out_dir: Utf8PathBuf,
    /// The built library of guichet-ffi, with its debug information
    library: Utf8PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    Kotlin,
    Swift,
}

fn main() -> anyhow::Result<()> {
    let Arguments { language, out_dir, library } = Arguments::parse();
    ensure!(library.is_file(), "there is no library at {library}: build guichet-ffi first");
    match language {
        Language::Kotlin => kotlin(&library, &out_dir),
        Language::Swift => swift(&library, &out_dir),
    }
}

fn kotlin(library: &Utf8Path, out: &Utf8Path) -> anyhow::Result<()> {
    uniffi::generate(GenerateOptions {
        languages: vec![TargetLanguage::Kotlin],
        source: library.to_owned(),
        out_dir: out.to_owned(),
        format: false,
        ..GenerateOptions::default()
    })?;
    write(&out.join("bank/guichet/core/PrivateText.kt"), include_str!("../beside/PrivateText.kt"))
}

fn swift(library: &Utf8Path, out: &Utf8Path) -> anyhow::Result<()> {
    // A package is known by its folder's name.
    let package = out.join("GuichetCore");
    let module = package.join("Sources/GuichetCore");
    let c_module = package.join("Sources/GuichetCoreFFI");
    let options = |out_dir: &Utf8Path| SwiftBindingsOptions {
        source: library.to_owned(),
        out_dir: out_dir.to_owned(),
        ..SwiftBindingsOptions::default()
    };
    uniffi::generate_swift_bindings(SwiftBindingsOptions {
        generate_swift_sources: true,
        ..options(&module)
    })?;
    uniffi::generate_swift_bindings(SwiftBindingsOptions {
        generate_headers: true,
        ..options(&c_module)
    })?;
    write(&module.join("PrivateText.swift"), include_str!("../beside/PrivateText.swift"))?;
    write(&c_module.join("module.modulemap"), include_str!("../beside/module.modulemap"))?;
    write(&package.join("Package.swift"), include_str!("../beside/Package.swift"))
}

fn write(file: &Utf8Path, text: &str) -> anyhow::Result<()> {
    fs::write(file, text).with_context(|| format!("cannot write {file}"))
}

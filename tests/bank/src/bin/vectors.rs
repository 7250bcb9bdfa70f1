//! Writes or checks `docs/protocol/vectors.json`: `cargo run -p guichet-bank --bin vectors --
//! --write`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use guichet_bank::vectors;

const USAGE: &str = "usage: vectors --write | --check

  --write  makes docs/protocol/vectors.json anew
  --check  fails if the file is not what --write would make
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--write"] => write(),
        ["--check"] => check(),
        ["--help" | "-h"] => return say(&mut io::stdout(), USAGE, ExitCode::SUCCESS),
        _ => return say(&mut io::stderr(), USAGE, ExitCode::from(2)),
    };
    match outcome {
        Ok(sentence) => say(&mut io::stdout(), &format!("{sentence}\n"), ExitCode::SUCCESS),
        Err(sentence) => say(&mut io::stderr(), &format!("{sentence}\n"), ExitCode::FAILURE),
    }
}

/// A closed pipe is no reason to fail differently.
fn say(to: &mut dyn Write, text: &str, code: ExitCode) -> ExitCode {
    let _ = to.write_all(text.as_bytes());
    code
}

fn write() -> Result<String, String> {
    let path = Path::new(vectors::PATH);
    let text = vectors::text().map_err(|error| error.to_string())?;
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(format!("wrote {}", path.display()))
}

fn check() -> Result<String, String> {
    let path = Path::new(vectors::PATH);
    let found = fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if found == vectors::text().map_err(|error| error.to_string())? {
        Ok(format!("{} is current", path.display()))
    } else {
        Err(format!("{} is not current: run vectors --write", path.display()))
    }
}

//! A day of banking on one machine: bank, phone, thief.
//!
//! One program in several roles. Without a subcommand it is the conductor ([`conductor`]), which starts itself again as the bank, the
//! phone ([`phone`]) and the customer's browser ([`browser`]), each a process of its own. [`thief`] is an attacker's client,
//! [`report`] what is printed.

// SQLCipher's cryptography, which the `SQLite` build asks for at link time.
use guichet_sqlcipher_provider as _;

mod browser;
mod cli;
mod conductor;
mod https;
mod jose;
mod json;
mod lang;
mod phone;
mod report;
mod scenario;
mod search;
mod secrets;
mod signals;
mod stopwatch;
mod thief;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod trace;

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use anyhow::Result;
use tokio::runtime::{Builder, Runtime};

use cli::{Arguments, Role};
use guichet_silence::Switchable;
use signals::Interrupted;

/// The phone's process wipes what it frees, as the library does on a phone.
#[global_allocator]
static ALLOCATOR: Switchable = Switchable::new();

fn main() -> ExitCode {
    let arguments = Arguments::given();
    let outcome = match arguments.role {
        None => conduct(arguments.day),
        Some(Role::Bank { arguments }) => return be_the_bank(arguments),
        Some(Role::Phone(options)) => phone::run(options),
        #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
        Some(Role::Trace(options)) => {
            return trace::run(&options).unwrap_or_else(|error| fail(&error));
        }
        Some(Role::Scenario(options)) => runtime().and_then(|runtime| {
            runtime.block_on(async { scenario::run(options, signals::first()?).await })
        }),
        Some(Role::Staff(options)) => {
            runtime().and_then(|runtime| runtime.block_on(conductor::be_the_staff(options)))
        }
        Some(Role::Browser(options)) => {
            runtime().and_then(|runtime| runtime.block_on(browser::run(options)))
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn conduct(day: cli::Day) -> Result<()> {
    if day.no_color {
        console::set_colors_enabled(false);
        console::set_colors_enabled_stderr(false);
    }
    let options = day.options();
    runtime()?.block_on(async { conductor::run(&options, signals::first()?).await })
}

/// Says why, and how it ended: 130 and the like after a signal, as shells expect.
fn fail(error: &anyhow::Error) -> ExitCode {
    let told =
        writeln!(io::stderr(), "\n{} {error:#}", console::style("✗").red().bold().for_stderr());
    let status = error.downcast_ref::<Interrupted>().map_or(1, |signal| signal.exit_code());
    // A closed stderr changes nothing about how the run ended.
    told.map_or(ExitCode::from(status), |()| ExitCode::from(status))
}

/// The bank lives as long as its standard input, so that it never outlives whoever started it.
fn be_the_bank(arguments: Vec<std::ffi::OsString>) -> ExitCode {
    std::thread::spawn(|| {
        io::copy(&mut io::stdin().lock().by_ref(), &mut io::sink()).ok();
        std::process::exit(0);
    });
    guichet_bank::cli::main_with(std::iter::once("bank".into()).chain(arguments))
}

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

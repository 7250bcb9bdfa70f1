//! The command line: `cargo bank`.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::{Builder, Runtime};
use tokio::signal;
use tracing::Level;

use crate::attestation::{AndroidApp, AppleApp, PolicyOptions};
use crate::people::SignIn;
use crate::server::{Announcement, Bank, Options, StartError};

/// The sandbox bank: a real server with invented customers, on this machine only.
#[derive(Debug, Parser)]
#[command(name = "cargo bank", bin_name = "cargo bank", version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 8443)]
    port: u16,
    /// Origin the world knows, where something stands in front of the bank and passes connections on
    #[arg(long, value_name = "https://HOST:PORT")]
    origin: Option<String>,
    /// Folder to keep books, keys and tokens in; without it everything is removed when the bank stops
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print one line of JSON when ready, instead of text for people
    #[arg(long)]
    json: bool,
    /// Give a new refresh token with every refresh
    #[arg(long)]
    rotate_refresh_tokens: bool,
    /// Write a line to stderr for every request: method, route, status
    #[arg(long)]
    verbose: bool,
    /// Seed of the invented books, for a folder that has none yet
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    attestation: AttestationArguments,
}

/// Whose evidence raises a device above the limits of `software`.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Attestation")]
struct AttestationArguments {
    /// Android app whose keys are believed, with the SHA-256 of its signing certificate; may be repeated.
    /// Without one no Android evidence holds
    #[arg(long = "android-app", value_name = "PACKAGE=SHA256")]
    android_apps: Vec<AndroidApp>,
    /// Apple app whose keys are believed; may be repeated. Without one no Apple evidence holds
    #[arg(long = "apple-app", value_name = "TEAMID.BUNDLEID")]
    apple_apps: Vec<AppleApp>,
    /// Believe App Attest keys of the development environment too
    #[arg(long)]
    apple_development: bool,
    /// Folder of roots to trust, android/*.pem and apple/*.pem, instead of those Google and Apple publish
    #[arg(long, value_name = "DIR")]
    attestation_roots: Option<PathBuf>,
    /// Certificates that are no longer believed: a file in the form of Google's attestation status list
    #[arg(long, value_name = "FILE")]
    attestation_revoked: Option<PathBuf>,
}

impl From<AttestationArguments> for PolicyOptions {
    fn from(arguments: AttestationArguments) -> Self {
        Self {
            roots: arguments.attestation_roots,
            revoked: arguments.attestation_revoked,
            android_apps: arguments.android_apps,
            apple_apps: arguments.apple_apps,
            apple_development: arguments.apple_development,
        }
    }
}

/// Runs the bank until Ctrl-C or SIGTERM, with arguments as a shell passes them (the first is the
/// program's name). Another program can be the bank by calling this.
pub fn main_with<I>(arguments: I) -> ExitCode
where
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        // Help and version come this way too, and end well. A closed output changes nothing.
        Err(answer) => {
            let _printed = answer.print();
            return ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2));
        }
    };
    log_to_stderr(arguments.verbose);
    let outcome = runtime().and_then(|runtime| runtime.block_on(run(&arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _written = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What goes wrong is always written. In a process that logs already, that log stays in charge.
fn log_to_stderr(verbose: bool) {
    let level = if verbose { Level::INFO } else { Level::WARN };
    let _already_set = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .without_time()
        .with_target(false)
        .try_init();
}

/// Why the command ended badly.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the system does not let the bank run: {0}")]
    System(#[from] io::Error),
    #[error("the announcement cannot be written: {0}")]
    Announcement(#[from] serde_json::Error),
}

fn runtime() -> Result<Runtime, RunError> {
    Ok(Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

async fn run(arguments: &Arguments) -> Result<(), RunError> {
    // Listening before anything is printed, so that an early Ctrl-C cleans up too.
    let stop = stop_signal()?;
    let bank = Bank::start(Options {
        port: arguments.port,
        origin: arguments.origin.clone(),
        data: arguments.data.clone(),
        seed: arguments.seed,
        rotate_refresh_tokens: arguments.rotate_refresh_tokens,
        attestation: arguments.attestation.clone().into(),
        ..Options::default()
    })
    .await?;
    let text = if arguments.json {
        let mut line = serde_json::to_string(&bank.announcement)?;
        line.push('\n');
        line
    } else {
        for_people(&bank.announcement)
    };
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    drop(stdout);
    stop.await;
    bank.stop().await?;
    Ok(())
}

/// Ctrl-C, or SIGTERM where there is such a thing.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Nothing to listen to means running until killed.
        if signal::ctrl_c().await.is_err() {
            core::future::pending::<()>().await;
        }
    })
}

fn for_people(bank: &Announcement) -> String {
    let folder = if bank.kept { "kept" } else { "removed when the bank stops" };
    let anchor = serde_json::to_string(&bank.trust_anchor).unwrap_or_default();
    let facts = [
        ("Address", bank.issuer.clone()),
        ("CA certificate", bank.ca_file.display().to_string()),
        ("Books", format!("{} ({folder})", bank.books.display())),
        ("Redirect URI", bank.redirect_uri.clone()),
        ("Registration token", bank.registration_token.clone()),
        ("Control token", bank.control_token.clone()),
        ("Trust anchor", anchor),
        ("Pin set", bank.pin_set.clone()),
        ("Attested apps", attested_apps(bank)),
    ];
    let facts = facts.map(|(name, value)| format!("  {name:<19} {value}\n")).concat();
    let customers: String = bank.customers.iter().map(sign_in_line).collect();
    format!(
        "\n  Guichet Sandbox Bank\n\n{facts}\n  Customers\n{customers}\n  \
         Ready. Ctrl-C stops the bank.\n\n"
    )
}

fn attested_apps(bank: &Announcement) -> String {
    let apps = [bank.attestation.android_apps.as_slice(), &bank.attestation.apple_apps].concat();
    if apps.is_empty() {
        "none: every device counts as software".to_owned()
    } else {
        apps.join(", ")
    }
}

/// Chinese goes where nothing has to stand below it: its letters are two columns wide, which padding
/// does not know.
fn sign_in_line(customer: &SignIn) -> String {
    format!(
        "  {:<19} {:<19} {} {}. {}\n",
        customer.username, customer.password, customer.name.en, customer.name.zh, customer.life.en
    )
}

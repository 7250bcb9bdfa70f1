//! The customer's own browser, on the customer's own phone: a process that knows the password, which the app never does.

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

use super::bank::{Announcement, SignIn};
use super::children;
use crate::browser::Visit;
use crate::lang::Locale;

/// Opens the page the app asked for and goes through it as the customer.
pub(crate) async fn visit(
    bank: &Announcement,
    customer: &SignIn,
    url: &str,
    locale: Locale,
) -> Result<Visit> {
    visited(browser(bank, customer, url, locale)?).await
}

/// As [`visit`], but the customer says no in the end.
pub(crate) async fn refuse(
    bank: &Announcement,
    customer: &SignIn,
    url: &str,
    locale: Locale,
) -> Result<Visit> {
    let mut command = browser(bank, customer, url, locale)?;
    command.arg("--deny");
    visited(command).await
}

/// Signs in at the bank's security page as the customer, and presses these buttons, page after page.
pub(crate) async fn press(
    bank: &Announcement,
    customer: &SignIn,
    buttons: &[String],
    locale: Locale,
) -> Result<Visit> {
    let page = format!("{}/security", bank.issuer);
    let mut command = browser(bank, customer, &page, locale)?;
    for label in buttons {
        children::option(&mut command, "--press", label);
    }
    visited(command).await
}

fn browser(bank: &Announcement, customer: &SignIn, url: &str, locale: Locale) -> Result<Command> {
    let mut command = children::role("browser")?;
    children::option(&mut command, "--url", url);
    children::option(&mut command, "--ca", &bank.ca_file);
    children::option(&mut command, "--username", &customer.username);
    children::option(&mut command, "--password", &customer.password);
    children::option(&mut command, "--lang", locale.tag());
    Ok(command)
}

async fn visited(mut command: Command) -> Result<Visit> {
    command.arg("--json");
    let child = command.spawn().context("the browser's process cannot be started")?;
    let output = child.wait_with_output().await?;
    if !output.status.success() {
        bail!("the browser: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("the browser said something else")
}

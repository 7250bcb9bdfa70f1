//! A person's browser, scripted: it fetches the bank's real page, follows its forms and redirects, and stops where the bank sends
//! it to the app. Its own process and its own HTTPS client, as on a phone; the app never sees the password.

mod client;
mod form;
mod security_page;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use url::Url;

use client::{Answer, Client};
use form::{Form, Page};

/// More pages than any sign-in has.
const PAGES: usize = 8;

/// Who signs in where.
#[derive(Debug, clap::Args)]
pub(crate) struct BrowserOptions {
    /// The address the app opens.
    #[arg(long)]
    pub(crate) url: Url,
    /// PEM file of the certificate authority to trust.
    #[arg(long)]
    pub(crate) ca: PathBuf,
    /// The person's user name at the bank.
    #[arg(long)]
    pub(crate) username: String,
    /// And their password.
    #[arg(long)]
    pub(crate) password: String,
    /// The languages the browser asks for.
    #[arg(long, default_value = "en")]
    pub(crate) lang: String,
    /// Say no where the bank's page asks for consent.
    #[arg(long)]
    pub(crate) deny: bool,
    /// Instead of signing in for an app: the address is the bank's security page, and these are the labels of the buttons to press
    /// there, page after page.
    #[arg(long)]
    pub(crate) press: Vec<String>,
    /// Print the whole visit as one line of JSON, instead of where it ended.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where the browser ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Visit {
    /// The app's redirect URI with what the bank put into it; empty where it ended at a page.
    pub(crate) redirect: String,
    /// The headings of the pages on the way.
    pub(crate) pages: Vec<String>,
    /// Requests made.
    pub(crate) requests: u64,
}

/// Signs in, and prints where the bank sent the browser.
pub(crate) async fn run(options: BrowserOptions) -> Result<()> {
    let at_page = !options.press.is_empty();
    let visit =
        if at_page { security_page::visit(&options).await? } else { visit(&options).await? };
    let end = if at_page { visit.pages.last().cloned() } else { Some(visit.redirect.clone()) };
    let line = if options.json { serde_json::to_string(&visit)? } else { end.unwrap_or_default() };
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

/// Signs in and returns where the bank sent the browser.
async fn visit(options: &BrowserOptions) -> Result<Visit> {
    let ca = std::fs::read(&options.ca)
        .with_context(|| format!("the CA file {} cannot be read", options.ca.display()))?;
    let mut client = Client::trusting(&ca, &options.lang)?;
    let bank = options.url.origin();
    let mut pages = Vec::new();
    let mut answer = client.get(&options.url).await?;
    for _ in 0..PAGES {
        answer = match answer {
            Answer::Redirect(to) if to.origin() == bank => client.get(&to).await?,
            Answer::Redirect(redirect) => {
                return Ok(Visit { redirect: redirect.into(), pages, requests: client.requests() });
            }
            Answer::Page { address, html } => {
                let page = Page::read(&address, &html);
                if let Some(trouble) = page.trouble {
                    bail!("the bank's page says: {trouble}");
                }
                let form = page.forms.into_iter().next().with_context(|| {
                    format!("the bank's page '{}' has nothing to fill in", page.heading)
                })?;
                pages.push(page.heading);
                ensure!(form.action.origin() == bank, "the form leads away from the bank");
                client.post(&form.action, &fill(&form, options)?).await?
            }
        };
    }
    bail!("the bank's pages do not come to an end")
}

fn fill(form: &Form, options: &BrowserOptions) -> Result<Vec<(String, String)>> {
    if form.asks_for("password") {
        let typed = [("username", &*options.username), ("password", &*options.password)];
        return Ok(form.filled(&typed, None));
    }
    let decision = ("decision", if options.deny { "deny" } else { "allow" });
    let offered = form.buttons.iter().any(|it| (it.name.as_str(), it.value.as_str()) == decision);
    ensure!(offered, "the form asks for something a person would not know");
    Ok(form.filled(&[], Some(decision)))
}

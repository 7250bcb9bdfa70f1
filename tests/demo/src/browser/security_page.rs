//! The person on the bank's security page, without a phone: signs in, and presses what stands on the buttons.

use anyhow::{Context as _, Result, bail, ensure};
use url::Url;

use super::client::{Answer, Client};
use super::form::{Form, Page};
use super::{BrowserOptions, Visit};

/// Signs in and presses the buttons, one page after the other.
pub(super) async fn visit(options: &BrowserOptions) -> Result<Visit> {
    let ca = std::fs::read(&options.ca)
        .with_context(|| format!("the CA file {} cannot be read", options.ca.display()))?;
    let mut client = Client::trusting(&ca, &options.lang)?;
    let typed = [("username", &*options.username), ("password", &*options.password)];
    let bank = options.url.origin();
    let sign_in = shown(client.get(&options.url).await?)?;
    let mut pages = vec![sign_in.heading];
    let form = sign_in.forms.first().context("the bank's page has nothing to fill in")?;
    let mut page = post(&mut client, &bank, form, form.filled(&typed, None)).await?;
    for label in &options.press {
        pages.push(page.heading);
        let found = page.forms.iter().find_map(|form| {
            let button = form.buttons.iter().find(|button| button.label == *label)?;
            Some((form, button))
        });
        let (form, button) =
            found.with_context(|| format!("the bank's page has no button '{label}'"))?;
        let fields = form.filled(&typed, Some((&button.name, &button.value)));
        page = post(&mut client, &bank, form, fields).await?;
    }
    pages.push(page.heading);
    Ok(Visit { redirect: String::new(), pages, requests: client.requests() })
}

async fn post(
    client: &mut Client,
    bank: &url::Origin,
    form: &Form,
    fields: Vec<(String, String)>,
) -> Result<Page> {
    ensure!(form.action.origin() == *bank, "the form leads away from the bank");
    let page = shown(client.post(&form.action, &fields).await?)?;
    match page.trouble {
        Some(trouble) => bail!("the bank's page says: {trouble}"),
        None => Ok(page),
    }
}

fn shown(answer: Answer) -> Result<Page> {
    match answer {
        Answer::Page { address, html } => Ok(Page::read(&address, &html)),
        Answer::Redirect(to) => {
            bail!("the bank's page leads to {}", Url::origin(&to).ascii_serialization())
        }
    }
}

//! The bank's staff: the sandbox's control surface, from behind the counter (not through the link).

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::bank::Announcement;
use super::phone::PATIENCE;
use crate::stopwatch::Stopwatch;
use crate::{https, json};

const ANSWER_LIMIT: usize = 1 << 20;
/// How often the counters are looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// What the staff does.
#[derive(Debug, clap::Args)]
pub(crate) struct StaffOptions {
    /// The bank's address.
    #[arg(long)]
    issuer: String,
    /// PEM file of the certificate authority to trust.
    #[arg(long)]
    ca: PathBuf,
    /// The control token: base64url, so that it may begin with a hyphen.
    #[arg(long, allow_hyphen_values = true)]
    token: String,
    /// The switches to set, as JSON.
    #[arg(long, value_parser = read_json)]
    switches: Value,
}

/// Left to itself the command line would take the text for a JSON string.
fn read_json(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text)
}

/// Sets switches of a sandbox bank.
pub(crate) async fn run(options: StaffOptions) -> Result<()> {
    let ca = std::fs::read(&options.ca)
        .with_context(|| format!("the CA file {} cannot be read", options.ca.display()))?;
    let staff = Control {
        client: https::builder(&ca)?.build()?,
        bank: options.issuer,
        token: options.token,
    };
    staff.switch(options.switches).await
}

/// Staff of one bank.
pub(crate) struct Control {
    client: reqwest::Client,
    bank: String,
    token: String,
}

/// An enrolled device, as the bank's staff sees it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Device {
    pub(crate) device_id: String,
    /// When, if it was.
    pub(crate) revoked_at: Option<String>,
}

impl Control {
    /// The staff of this bank.
    pub(crate) fn of(bank: &Announcement) -> Result<Self> {
        let client = https::builder(bank.ca_pem.as_bytes())?.build()?;
        Ok(Self {
            client,
            bank: format!("https://localhost:{}", bank.port),
            token: bank.control_token.clone(),
        })
    }

    /// Carries out the next `times` submissions of intents, and cuts the connection instead of answering.
    pub(crate) async fn lose_answers_to_intents(&self, times: u32) -> Result<()> {
        let loss = serde_json::json!({"path": "/v1/intents", "method": "POST", "times": times});
        self.switch(serde_json::json!({"lose_response": loss})).await
    }

    /// Every switch is off again.
    pub(crate) async fn behave(&self) -> Result<()> {
        let off = ["delay_ms", "lose_response", "fail", "garble", "clock_offset_s"];
        let off = off.into_iter().map(|switch| (switch.to_owned(), Value::Null)).collect();
        self.switch(Value::Object(off)).await
    }

    /// Sets the switches that are members of `change` and leaves the others (docs/protocol.md, section 12).
    pub(crate) async fn switch(&self, change: Value) -> Result<()> {
        self.ask(Method::PUT, "/sandbox/switches", Some(change)).await.map(drop)
    }

    /// Every access token ends now.
    pub(crate) async fn expire_tokens(&self) -> Result<()> {
        self.ask(Method::POST, "/sandbox/tokens/expire", None).await.map(drop)
    }

    /// The customer's devices, revoked ones too.
    pub(crate) async fn devices(&self, username: &str) -> Result<Vec<Device>> {
        #[derive(Deserialize)]
        struct Answer {
            devices: Vec<Device>,
        }
        let answer =
            self.ask(Method::GET, &format!("/sandbox/devices?username={username}"), None).await?;
        Ok(serde_json::from_value::<Answer>(answer)?.devices)
    }

    /// Revokes a device.
    pub(crate) async fn revoke(&self, device_id: &str) -> Result<()> {
        self.ask(Method::POST, &format!("/sandbox/devices/{device_id}/revoke"), None).await?;
        Ok(())
    }

    /// Whether the balances over the whole ledger are what they were before any payment: sums to zero, entry by entry.
    pub(crate) async fn is_conserved(&self) -> Result<bool> {
        let audit = self.ask(Method::GET, "/sandbox/audit", None).await?;
        json::member(&audit, "conserved")
            .as_bool()
            .context("the audit says nothing of conservation")
    }

    /// Requests since the bank started, the staff's own not counted.
    pub(crate) async fn requests(&self) -> Result<u64> {
        Ok(self.counters().await?.values().filter_map(Value::as_u64).sum())
    }

    /// Requests to one route (`GET /v1/sync`) since the bank started.
    pub(crate) async fn requests_to(&self, route: &str) -> Result<u64> {
        Ok(self.counters().await?.get(route).and_then(Value::as_u64).unwrap_or_default())
    }

    /// Waits until the bank has had so many requests to this route.
    pub(crate) async fn until_requests_to(&self, route: &str, count: u64) -> Result<()> {
        let time = Stopwatch::start();
        while self.requests_to(route).await? < count {
            ensure!(time.elapsed() < PATIENCE, "the bank waits for {route} in vain");
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    async fn counters(&self) -> Result<Map<String, Value>> {
        match self.ask(Method::GET, "/sandbox/counters", None).await?.get_mut("requests") {
            Some(Value::Object(counters)) => Ok(std::mem::take(counters)),
            _ => bail!("the counters are no object"),
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request =
            self.client.request(method, format!("{}{path}", self.bank)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.with_context(|| format!("the bank's {path}"))?;
        let status = response.status();
        let text = https::text(response, ANSWER_LIMIT).await?;
        ensure!(status.is_success(), "the bank's {path} answers {status}: {text}");
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }
}

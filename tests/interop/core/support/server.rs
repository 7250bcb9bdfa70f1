use std::path::Path;
use std::process::Stdio;

use guichet_foundation::bank::BankProfile;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use url::Url;

use super::authority::Identity;

/// A server of its own for one test: `server/main.js` as a process. It ends with the test.
pub(crate) struct Server {
    talk: Mutex<Talk>,
    profile: Value,
    _process: Child,
}

struct Talk {
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Talk {
    async fn say(&mut self, order: &Value) -> Value {
        self.orders.write_all(format!("{order}\n").as_bytes()).await.unwrap();
        let line = self.answers.next_line().await.unwrap();
        serde_json::from_str(&line.expect("the server has ended; it said why on stderr")).unwrap()
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let modules = folder.join("node_modules");
        assert!(modules.is_dir(), "npm ci has not run in tests/interop: use cargo xtask interop");
        let node = std::env::var_os("GUICHET_NODE").unwrap_or_else(|| "node".into());
        let mut process = Command::new(node)
            .arg("server/main.js")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node starts");
        let orders = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut talk = Talk { orders, answers };
        let Identity { ca, certificate, key } = Identity::draw();
        let profile = talk.say(&json!({"ca": ca, "certificate": certificate, "key": key})).await;
        Self { talk: Mutex::new(talk), profile, _process: process }
    }

    /// What an app for this server is built with.
    pub(crate) fn profile(&self) -> BankProfile {
        serde_json::from_value(self.profile.clone()).unwrap()
    }

    /// Gives an order of `server/main.js`.
    pub(crate) async fn order(&self, order: Value) -> Value {
        self.talk.lock().await.say(&order).await
    }

    /// Where the customer's browser ends who opens `url` and decides.
    async fn visit(&self, url: &Url, decide: &str) -> Value {
        self.order(json!({"do": "visit", "url": url.as_str(), "decide": decide})).await
    }

    /// The redirect that a customer who signs in and allows is sent to.
    pub(crate) async fn allowed(&self, url: &Url) -> String {
        redirect(&self.visit(url, "allow").await)
    }

    /// The redirect that a customer who presses Cancel is sent to.
    pub(crate) async fn denied(&self, url: &Url) -> String {
        redirect(&self.visit(url, "deny").await)
    }

    /// The status of the page a customer is left on, who is sent nowhere.
    pub(crate) async fn dead_end(&self, url: &Url) -> u64 {
        let visit = self.visit(url, "allow").await;
        visit["status"].as_u64().unwrap_or_else(|| panic!("no dead end: {visit}"))
    }

    pub(crate) async fn move_clock(&self, seconds: i64) {
        self.order(json!({"do": "move_clock", "seconds": seconds})).await;
    }

    pub(crate) async fn rotate_refresh_tokens(&self) {
        self.order(json!({"do": "rotate_refresh_tokens", "on": true})).await;
    }

    /// How many requests this route has had, as in `POST /token`.
    pub(crate) async fn count(&self, route: &str) -> u64 {
        self.order(json!({"do": "counts"})).await[route].as_u64().unwrap_or(0)
    }

    /// How often a client had its registration deleted.
    pub(crate) async fn deregistrations(&self) -> u64 {
        let counts = self.order(json!({"do": "counts"})).await;
        let routes = counts.as_object().unwrap().iter();
        routes
            .filter(|(route, _)| route.starts_with("DELETE /reg/"))
            .filter_map(|(_, count)| count.as_u64())
            .sum()
    }
}

fn redirect(visit: &Value) -> String {
    let redirect = visit["redirect"].as_str();
    redirect.unwrap_or_else(|| panic!("the browser was left on a page: {visit}")).to_owned()
}

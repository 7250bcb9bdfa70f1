//! What the bank knows of the customer's security (docs/protocol.md, section 7.5).

use guichet_foundation::ports::Method;
use serde_json::{Value, json};

use super::books::Answer;

#[derive(Default)]
pub(crate) struct Security {
    pub(crate) frozen: bool,
    /// Oldest first, as they are sent.
    pub(crate) notices: Vec<Value>,
    pub(crate) acknowledged: Vec<String>,
    /// Said beside every answer instead of what is so.
    pub(crate) beside: Option<Vec<(String, String)>>,
    /// Said in answer to what is asked instead of what is so.
    pub(crate) instead: Option<String>,
}

impl Security {
    pub(super) fn headers(&self) -> Vec<(String, String)> {
        self.beside.clone().unwrap_or_else(|| {
            vec![
                ("guichet-security-notices".to_owned(), self.notices.len().to_string()),
                ("guichet-payments".to_owned(), self.word().to_owned()),
            ]
        })
    }

    const fn word(&self) -> &'static str {
        if self.frozen { "frozen" } else { "open" }
    }

    pub(super) fn called(&mut self, method: Method, path: &str, body: &[u8]) -> Answer {
        match (method, path) {
            (Method::Get, "/v1/security") => {
                let honest = json!({"payments": self.word(), "notices": self.notices});
                let said = self.instead.as_deref().map(serde_json::from_str);
                (200, said.map_or(honest, Result::unwrap))
            }
            (Method::Post, "/v1/security/freeze") => self.set(true),
            (Method::Post, "/v1/security/unfreeze") => self.set(false),
            (Method::Post, "/v1/security/acknowledge") => {
                let body: Value = serde_json::from_slice(body).unwrap();
                let id = body["notice_id"].as_str().unwrap().to_owned();
                let Some(at) = self.notices.iter().position(|notice| notice["notice_id"] == id)
                else {
                    return (404, json!({"error": "notice_unknown"}));
                };
                self.notices.drain(..=at);
                self.acknowledged.push(id);
                (204, json!({}))
            }
            _ => (404, json!({"error": "not_found"})),
        }
    }

    fn set(&mut self, frozen: bool) -> Answer {
        self.frozen = frozen;
        (204, json!({}))
    }
}

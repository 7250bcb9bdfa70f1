//! The network between one phone and the bank: it delays, loses, repeats, reorders, cuts and spoils, as the weather is.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::Request as HttpRequest;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_foundation::ports::{
    Connectivity, Method, Request, Response, Transport, TransportFailure,
};
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};

use crate::house::House;
use crate::life::Life;
use crate::scene::{Scene, hold};
use crate::trace::Whom;
use crate::watch::{Bookkeeper, Broken};

/// How a phone's network is at the moment. Chances are in thousandths, of each request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    pub(crate) name: &'static str,
    /// The phone knows of a network.
    pub(crate) is_online: bool,
    /// No connection can be made, and the phone is told so at once.
    pub(crate) refuses: bool,
    pub(crate) delay_ms: (u64, u64),
    /// The request never arrives.
    pub(crate) lost: u64,
    /// It is carried out, and the answer never arrives.
    pub(crate) answer_lost: u64,
    /// The same, of payments alone.
    pub(crate) payment_unheard: u64,
    /// Payments arrive when their time has run out, or is about to.
    pub(crate) payment_late: u64,
    /// It arrives twice.
    pub(crate) repeated: u64,
    /// It arrives long after the phone has given up.
    pub(crate) late: u64,
    /// The connection breaks under the answer.
    pub(crate) broken: u64,
    /// Something stands between and changes the answer.
    pub(crate) spoilt: u64,
    /// The same, of payments alone.
    pub(crate) payment_spoilt: u64,
}

impl Weather {
    pub(crate) const FAIR: Self = Self {
        name: "fair",
        is_online: true,
        refuses: false,
        delay_ms: (20, 120),
        lost: 0,
        answer_lost: 0,
        payment_unheard: 0,
        payment_late: 0,
        repeated: 0,
        late: 0,
        broken: 0,
        spoilt: 0,
        payment_spoilt: 0,
    };

    /// What there is, the fair one first.
    pub(crate) const ALL: [Self; 11] = [
        Self::FAIR,
        Self { name: "slow", delay_ms: (500, 20_000), late: 50, ..Self::FAIR },
        Self {
            name: "lossy",
            delay_ms: (50, 2_000),
            lost: 200,
            answer_lost: 250,
            broken: 150,
            ..Self::FAIR
        },
        Self { name: "deaf: no answer comes back", answer_lost: 950, ..Self::FAIR },
        Self { name: "deaf to payments", payment_unheard: 970, ..Self::FAIR },
        Self { name: "hostile to payments", payment_spoilt: 700, ..Self::FAIR },
        Self { name: "late with payments", payment_late: 970, ..Self::FAIR },
        Self { name: "repeating", delay_ms: (20, 5_000), repeated: 500, late: 200, ..Self::FAIR },
        Self { name: "cut off", is_online: false, refuses: true, ..Self::FAIR },
        Self { name: "a black hole", lost: 1_000, late: 300, ..Self::FAIR },
        Self { name: "hostile", spoilt: 350, repeated: 100, answer_lost: 100, ..Self::FAIR },
    ];
}

/// One phone's line, whatever process of it is at the other end.
pub(crate) struct Line {
    phone: usize,
    scene: Arc<Scene>,
    house: Arc<House>,
    books: Arc<Bookkeeper>,
    weather: Mutex<Weather>,
    /// The second that is being counted, and the requests of it.
    lately: Mutex<(u64, u32)>,
}

/// How long it takes to learn that there is no connection.
const REFUSED_MS: u64 = 2;

/// More requests than a phone ever has reason for in one second.
const REQUESTS_A_SECOND_MAX: u32 = 200;

impl Line {
    pub(crate) fn new(
        phone: usize,
        scene: Arc<Scene>,
        house: Arc<House>,
        books: Arc<Bookkeeper>,
    ) -> Self {
        Self {
            phone,
            scene,
            house,
            books,
            weather: Mutex::new(Weather::FAIR),
            lately: Mutex::default(),
        }
    }

    /// Part of invariant 5: whoever asks without a pause never comes to an end.
    fn count_request(&self) {
        let second = self.scene.age().as_secs();
        let mut lately = hold(&self.lately);
        *lately = if lately.0 == second { (second, lately.1 + 1) } else { (second, 1) };
        if lately.1 > REQUESTS_A_SECOND_MAX {
            let what = "the phone asks the bank again and again without a pause";
            self.scene.report(Broken::new(5, Whom::Phone(self.phone), what));
        }
    }

    pub(crate) fn set_weather(&self, weather: Weather) {
        *hold(&self.weather) = weather;
    }

    pub(crate) fn weather(&self) -> Weather {
        *hold(&self.weather)
    }
}

impl Connectivity for Line {
    fn is_online(&self) -> bool {
        self.weather().is_online
    }
}

/// The line in the hands of one process.
pub(crate) struct Connection {
    pub(crate) line: Arc<Line>,
    pub(crate) life: Arc<Life>,
    refreshing: AtomicBool,
    /// The payments being sent.
    sending: Mutex<BTreeSet<Vec<u8>>>,
    cut: watch::Sender<u64>,
}

impl Connection {
    pub(crate) fn of(line: Arc<Line>, process: Arc<Life>) -> Self {
        Self {
            line,
            life: process,
            refreshing: AtomicBool::new(false),
            sending: Mutex::default(),
            cut: watch::Sender::new(0),
        }
    }

    /// Part of invariant 2: one hand sends a payment, and waits for what becomes of it.
    fn count_sending(&self, body: &[u8]) -> Sending<'_> {
        if !hold(&self.sending).insert(body.to_vec()) {
            self.line.scene.report(Broken::new(
                2,
                Whom::Phone(self.line.phone),
                "one payment is being sent by two hands at once",
            ));
        }
        Sending { all: &self.sending, body: body.to_vec() }
    }

    /// Invariant 9: a process has one refresh under way.
    fn count_refresh(&self) -> Refreshing<'_> {
        if self.refreshing.swap(true, Ordering::SeqCst) {
            self.line.scene.report(Broken::new(
                9,
                Whom::Phone(self.line.phone),
                "two refreshes of its tokens are under way at once",
            ));
        }
        Refreshing(&self.refreshing)
    }
}

struct Refreshing<'a>(&'a AtomicBool);

impl Drop for Refreshing<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

struct Sending<'a> {
    all: &'a Mutex<BTreeSet<Vec<u8>>>,
    body: Vec<u8>,
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        hold(self.all).remove(&self.body);
    }
}

#[async_trait]
impl Transport for Connection {
    async fn send(&self, request: Request) -> Result<Response, TransportFailure> {
        if !self.life.goes_on() || self.line.scene.broken().is_some() {
            return dead().await;
        }
        self.line.count_request();
        let _refreshing = is_refresh(&request).then(|| self.count_refresh());
        let _sending = is_payment(&request).then(|| self.count_sending(&request.body));
        let mut cut = self.cut.subscribe();
        let answer = tokio::select! {
            biased;
            _ = cut.changed() => Err(TransportFailure::Broken),
            answer = self.line.carry(&request) => answer,
            () = tokio::time::sleep(request.timeout) => Err(TransportFailure::TimedOut),
        };
        if !self.life.goes_on() {
            return dead().await;
        }
        let outcome = match &answer {
            Ok(response) => response.status.to_string(),
            Err(failure) => failure.to_string(),
        };
        self.line.scene.note(&format!("phone {} hears: {outcome}", self.line.phone));
        answer
    }

    fn cut_off(&self) {
        self.cut.send_modify(|cuts| *cuts += 1);
    }
}

/// A process that is over hears nothing any more.
async fn dead() -> Result<Response, TransportFailure> {
    core::future::pending().await
}

fn is_refresh(request: &Request) -> bool {
    request.url.ends_with("/token")
        && String::from_utf8_lossy(&request.body).contains("grant_type=refresh_token")
}

fn is_payment(request: &Request) -> bool {
    request.method == Method::Post && path_of(&request.url) == "/v1/intents"
}

/// What becomes of one request.
#[derive(Clone, Copy, Debug)]
struct Fate {
    there_ms: u64,
    back_ms: u64,
    /// When it arrives once more.
    again_ms: Option<u64>,
    ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Answered,
    Lost,
    AnswerLost,
    Broken,
    Spoilt,
}

impl Line {
    async fn carry(self: &Arc<Self>, request: &Request) -> Result<Response, TransportFailure> {
        let path = path_of(&request.url);
        let shown = path.split('?').next().unwrap_or_default();
        let asked = format!("phone {} {} {shown}", self.phone, request.method.as_str());
        let weather = self.weather();
        if weather.refuses || !weather.is_online {
            self.scene.note(&format!("{asked}: no connection"));
            pass(REFUSED_MS).await;
            return Err(TransportFailure::NotConnected);
        }
        let fate = self.draw(&weather, is_payment(request));
        self.scene.note(&format!("{asked} {fate:?}"));
        let (sender, receiver) = oneshot::channel();
        let (line, request) = (Arc::clone(self), request.clone());
        // A task: the network carries on what a phone has let go of.
        tokio::spawn(async move {
            let answer = line.deliver(request, fate).await;
            // A phone that has given up does not hear it.
            let _ = sender.send(answer);
        });
        match receiver.await {
            Ok(Some(answer)) => answer,
            _ => core::future::pending().await,
        }
    }

    fn draw(&self, weather: &Weather, is_payment: bool) -> Fate {
        let chance = &self.scene.chance;
        let (least, most) = weather.delay_ms;
        let mut there_ms = chance.between(least, most);
        let back_ms = chance.between(least, most);
        if is_payment && chance.permille(weather.payment_late) {
            there_ms = chance.between(250_000, 600_000);
        }
        if chance.permille(weather.late) {
            there_ms = chance.between(30_000, 600_000);
        }
        let again_ms = chance.permille(weather.repeated).then(|| chance.between(1, 20_000));
        let ending = if chance.permille(weather.lost) {
            // What is late is not lost: it comes when nobody expects it.
            if there_ms >= 30_000 { Ending::AnswerLost } else { Ending::Lost }
        } else if chance.permille(weather.answer_lost)
            || (is_payment && chance.permille(weather.payment_unheard))
        {
            Ending::AnswerLost
        } else if chance.permille(weather.broken) {
            Ending::Broken
        } else if chance.permille(weather.spoilt)
            || (is_payment && chance.permille(weather.payment_spoilt))
        {
            Ending::Spoilt
        } else {
            Ending::Answered
        };
        Fate { there_ms, back_ms, again_ms, ending }
    }

    /// `None`: nothing ever comes back.
    async fn deliver(
        self: Arc<Self>,
        request: Request,
        fate: Fate,
    ) -> Option<Result<Response, TransportFailure>> {
        pass(fate.there_ms).await;
        if fate.ending == Ending::Lost {
            self.tell_of(&request, "is lost on its way");
            return None;
        }
        if let Some(later_ms) = fate.again_ms {
            self.repeat(&request, later_ms);
        }
        let answer = self.ask(&request).await;
        match &answer {
            None => self.tell_of(&request, "finds no bank, or one that dies before it answers"),
            Some(answer) => match fate.ending {
                Ending::AnswerLost => {
                    self.tell_of(
                        &request,
                        &format!("is answered with {}; the answer is lost", answer.status),
                    );
                }
                Ending::Broken => {
                    self.tell_of(
                        &request,
                        &format!("is answered with {}; the connection breaks", answer.status),
                    );
                }
                Ending::Spoilt => {
                    self.tell_of(&request, "is answered, and the answer changed on its way");
                }
                Ending::Answered | Ending::Lost => {
                    self.tell_of(&request, &format!("is answered with {}", answer.status));
                }
            },
        }
        pass(fate.back_ms).await;
        let Some(answer) = answer else { return Some(Err(TransportFailure::Broken)) };
        match fate.ending {
            Ending::AnswerLost | Ending::Lost => None,
            Ending::Broken => Some(Err(TransportFailure::Broken)),
            Ending::Spoilt => Some(Ok(self.spoil(&request, answer))),
            Ending::Answered => Some(Ok(answer)),
        }
    }

    async fn ask(&self, request: &Request) -> Option<Response> {
        let answer = self.house.answer(of_http(request)?).await;
        self.books.look(&self.scene, &self.house);
        answer
    }

    fn repeat(self: &Arc<Self>, request: &Request, later_ms: u64) {
        let (line, request) = (Arc::clone(self), request.clone());
        tokio::spawn(async move {
            pass(later_ms).await;
            let answer = line.ask(&request).await;
            let status = answer.map_or(0, |answer| answer.status);
            line.tell_of(
                &request,
                &format!("arrives once more and is answered with {status}, which nobody hears"),
            );
        });
    }

    /// Payments are worth a sentence, everything else a line.
    fn tell_of(&self, request: &Request, what: &str) {
        let path = path_of(&request.url);
        let whom = Whom::Phone(self.phone);
        if path.starts_with("/v1/intents") {
            self.scene.tell(whom, format!("Phone {}'s payment {what}.", self.phone));
        } else {
            self.scene.note(&format!("phone {} {path}: {what}", self.phone));
        }
    }

    /// What something in the bank's name may answer instead of it: a receipt turned round or with a bit the other way, a body cut
    /// short, an error. Numbers inside TLS do not change by themselves, so that what carries no signature is not altered.
    fn spoil(&self, request: &Request, answer: Response) -> Response {
        let chance = &self.scene.chance;
        if let Some(body) = forged(&answer.body)
            && chance.permille(600)
        {
            return Response { body, ..answer };
        }
        let is_receipt = String::from_utf8_lossy(&answer.body).contains("\"receipt\"");
        let is_sync = path_of(&request.url).starts_with("/v1/sync");
        let mut body = answer.body;
        let at = usize::try_from(chance.below(body.len().try_into().unwrap_or(1))).unwrap_or(0);
        match chance.below(4) {
            0 if is_receipt => {
                if let Some(byte) = body.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
            }
            1 if is_sync => return error(410, "cursor_expired"),
            2 => return error(503, "unavailable"),
            3 => return error(404, "not_found"),
            _ => body.truncate(at),
        }
        Response { body, ..answer }
    }
}

fn error(status: u16, name: &str) -> Response {
    let body = format!("{{\"error\":\"{name}\"}}").into_bytes();
    Response { status, headers: Vec::new(), body }
}

/// An answer with a receipt that says the opposite, under the signature of the true one.
fn forged(body: &[u8]) -> Option<Vec<u8>> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let mut parts = answer.get("receipt")?.as_str()?.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let mut claims: Value =
        serde_json::from_slice(&Base64UrlUnpadded::decode_vec(payload).ok()?).ok()?;
    let members = claims.as_object_mut()?;
    if members.get("outcome")? == "executed" {
        members.remove("entry_id");
        members.insert("outcome".to_owned(), json!("refused"));
        members.insert("reason".to_owned(), json!("insufficient_funds"));
    } else {
        members.remove("reason");
        members.insert("outcome".to_owned(), json!("executed"));
        members.insert("entry_id".to_owned(), json!("e-0000000000000000000000"));
    }
    let payload = Base64UrlUnpadded::encode_string(&serde_json::to_vec(&claims).ok()?);
    serde_json::to_vec(&json!({ "receipt": format!("{header}.{payload}.{signature}") })).ok()
}

async fn pass(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

fn path_of(url: &str) -> &str {
    url.strip_prefix("https://")
        .and_then(|rest| rest.find('/').and_then(|at| rest.get(at..)))
        .unwrap_or("/")
}

fn of_http(request: &Request) -> Option<HttpRequest<Body>> {
    let mut built =
        HttpRequest::builder().method(request.method.as_str()).uri(path_of(&request.url));
    for (name, value) in &request.headers {
        built = built.header(*name, value);
    }
    built.body(Body::from(request.body.clone())).ok()
}

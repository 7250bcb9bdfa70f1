//! A small bank without a network: two customers, an enrolled device each, a clock that stands
//! still.

use std::cell::Cell;
use std::path::PathBuf;

use guichet_bank::attestation::TrustLevel;
use guichet_bank::audit;
use guichet_bank::challenges::{self, Purpose};
use guichet_bank::intents::{
    Answer, Arrival, Desk, Display, Intent, LevelLimits, LimitTable, Limits, Locale, Payee, Payer,
    RECEIPT_TYPE, Receipt, SubmitError, Submitter, Suite, Terms, Transfer, Version, display_digest,
    display_text, limits, signing_input, submit,
};
use guichet_bank::jws::{self, SigningKey};
use guichet_bank::ledger::{
    Account, AccountId, AccountKind, Category, Counterparty, EntryId, LocalizedText, Movement,
    MovementId, MovementKind, NewAccount, NewEntry, Status, post,
};
use guichet_bank::moment::Moment;
use guichet_bank::money::{CNY, Currency, Money, USD};
use guichet_bank::store::Store;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction, params};
use serde_json::Value;
use tempfile::TempDir;

pub const ISSUER: &str = "https://bank.test";
pub const NOON: &str = "2026-03-02T04:00:00Z";

/// Ann's accounts.
pub const ANN: &str = "9999000110000000011";
pub const ANN_SAVINGS: &str = "9999000110000000012";
pub const ANN_CARD: &str = "9999000110000000013";
pub const ANN_DOLLARS: &str = "9999000110000000014";
/// Bo's accounts.
pub const BO: &str = "9999000110000000021";
pub const BO_DOLLARS: &str = "9999000110000000022";
/// The bank's own.
pub const WORLD: &str = "BANK0001CNY";

/// What Ann's current account holds at first, in fen.
pub const ANN_FEN: i64 = 3_000_000;

pub struct Books {
    _folder: TempDir,
    pub path: PathBuf,
    pub store: Store,
    now: Cell<Timestamp>,
    ids: Cell<u128>,
    receipt_key: SigningKey,
}

/// A customer's phone.
#[derive(Clone)]
pub struct Phone {
    pub customer_id: &'static str,
    pub client_id: &'static str,
    pub device_id: &'static str,
    approval_key: SigningKey,
}

/// What goes to the bank.
#[derive(Clone, Debug)]
pub struct Submission {
    pub bytes: Vec<u8>,
    pub approval: Vec<u8>,
}

pub fn key(scalar: u8) -> SigningKey {
    SigningKey::from_scalar(&[scalar; 32]).unwrap()
}

pub fn ann() -> Phone {
    Phone { customer_id: "c-ann", client_id: "k-ann", device_id: "d-ann", approval_key: key(11) }
}

pub fn bo() -> Phone {
    Phone { customer_id: "c-bo", client_id: "k-bo", device_id: "d-bo", approval_key: key(12) }
}

impl Phone {
    pub fn submitter(&self) -> Submitter<'_> {
        Submitter {
            customer_id: self.customer_id,
            client_id: self.client_id,
            device_id: self.device_id,
        }
    }

    /// Approves the intent as it stands.
    pub fn approve(&self, intent: &Intent) -> Submission {
        let bytes = intent.canonical_bytes().unwrap();
        let approval = self.approval_key.sign(&signing_input(&bytes)).to_vec();
        Submission { bytes, approval }
    }
}

/// Renders the display text again after the terms were changed.
pub fn shown(mut intent: Intent) -> Intent {
    intent.display.sha256 = display_digest(&display_text(&intent.terms, intent.display.locale));
    intent
}

pub fn money(currency: Currency, minor: i64) -> Money {
    Money::new(currency, minor).unwrap()
}

impl Books {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bank.sqlite");
        let store = Store::open(&path).unwrap();
        let now = Cell::new(NOON.parse().unwrap());
        let books =
            Self { _folder: folder, path, store, now, ids: Cell::new(1), receipt_key: key(1) };
        let plain = books.connection();
        for (phone, en, zh) in [(ann(), "Ann An", "安安"), (bo(), "Bo Bai", "白波")] {
            insert(
                &plain,
                "customer",
                &[
                    ("customer_id", phone.customer_id),
                    ("username", phone.customer_id),
                    ("name_en", en),
                    ("name_zh", zh),
                    ("locale", "en"),
                ],
            );
            let jwk = serde_json::to_string(&phone.approval_key.verifying_key().to_jwk()).unwrap();
            insert(&plain, "client", &[("client_id", phone.client_id)]);
            insert(
                &plain,
                "device",
                &[
                    ("device_id", phone.device_id),
                    ("client_id", phone.client_id),
                    ("customer_id", phone.customer_id),
                    ("approval_key", &jwk),
                    ("trust_level", TrustLevel::Tee.as_str()),
                ],
            );
        }
        books.write(open_accounts);
        books
    }

    /// A second connection to the file, without the store's settings.
    pub fn connection(&self) -> Connection {
        Connection::open(&self.path).unwrap()
    }

    pub fn write<T>(&self, change: impl FnOnce(&Transaction<'_>) -> T) -> T {
        self.store.write(|tx| Ok::<T, rusqlite::Error>(change(tx))).unwrap()
    }

    pub fn read<T>(&self, query: impl FnOnce(&Connection) -> T) -> T {
        self.store.read(|conn| Ok::<T, rusqlite::Error>(query(conn))).unwrap()
    }

    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    pub fn pass(&self, seconds: i64) {
        self.now.set(self.now() + SignedDuration::from_secs(seconds));
    }

    pub fn account(&self, number: &str) -> Account {
        self.read(|conn| Account::by_number(conn, number).unwrap().unwrap())
    }

    pub fn booked(&self, number: &str) -> i64 {
        self.account(number).booked.minor()
    }

    pub fn is_conserved(&self) -> bool {
        self.read(|conn| audit::report(conn).unwrap().conserved)
    }

    /// Ann's limits now, with a device of this level.
    pub fn limits_at(&self, level: TrustLevel) -> Limits {
        let level = LimitTable::default().of(level);
        self.read(|conn| limits(conn, "c-ann", level, self.now()).unwrap())
    }

    /// From now on the bank knows a phone's key to be kept like this.
    pub fn trust(&self, phone: &Phone, level: TrustLevel) -> LevelLimits {
        let sql = "UPDATE device SET trust_level = ?2 WHERE device_id = ?1";
        self.write(|tx| tx.execute(sql, params![phone.device_id, level]).unwrap());
        LimitTable::default().of(level)
    }

    pub fn entries_of(&self, intent_id: &str) -> i64 {
        let sql = "SELECT count(*) FROM entry WHERE intent_id = ?1";
        self.read(|conn| conn.query_row(sql, [intent_id], |row| row.get(0)).unwrap())
    }

    pub fn challenge(&self, phone: &Phone) -> String {
        let now = self.now();
        self.write(|tx| challenges::issue(tx, phone.client_id, Purpose::Intent, now).unwrap())
    }

    /// A good intent: Ann pays Bo 12.34 for lunch.
    pub fn lunch(&self) -> Intent {
        let phone = ann();
        let number = self.ids.replace(self.ids.get() + 1);
        let now = Moment::of(self.now());
        let later = Moment::of(self.now() + SignedDuration::from_secs(300));
        shown(Intent {
            aud: ISSUER.to_owned(),
            challenge: self.challenge(&phone),
            created: now,
            device: phone.device_id.to_owned(),
            display: Display { locale: Locale::En, sha256: String::new() },
            expires: later,
            id: uuid::Builder::from_random_bytes(number.to_be_bytes()).into_uuid().to_string(),
            suite: Suite::Es256,
            terms: Terms::Transfer(Transfer {
                from: Payer { account: ANN.to_owned() },
                to: Payee { account: BO.to_owned(), name: "Bo Bai".to_owned() },
                amount: money(CNY, 1234),
                note: "Lunch".to_owned(),
                arrives: Arrival::Now,
            }),
            v: Version,
        })
    }

    /// A good intent with other terms.
    pub fn lunch_with(&self, change: impl FnOnce(&mut Transfer)) -> Intent {
        let mut intent = self.lunch();
        change(transfer(&mut intent));
        shown(intent)
    }

    pub fn submit(&self, phone: &Phone, submission: &Submission) -> Result<Answer, SubmitError> {
        submit_at(&self.store, &self.receipt_key, self.now(), phone, submission)
    }

    /// Submits and reads the receipt.
    pub fn receipt(&self, phone: &Phone, submission: &Submission) -> Value {
        self.verified(&self.submit(phone, submission).unwrap().receipt)
    }

    pub fn verified(&self, receipt: &str) -> Value {
        jws::verify(&self.receipt_key.verifying_key(), RECEIPT_TYPE, receipt).unwrap()
    }

    pub fn receipt_key(&self) -> SigningKey {
        self.receipt_key.clone()
    }
}

pub fn submit_at(
    store: &Store,
    receipt_key: &SigningKey,
    now: Timestamp,
    phone: &Phone,
    submission: &Submission,
) -> Result<Answer, SubmitError> {
    let sign =
        |receipt: &Receipt<'_>| jws::sign(receipt_key, RECEIPT_TYPE, Some("receipts"), receipt);
    let desk = Desk { issuer: ISSUER, now, limits: &LimitTable::default(), sign: &sign };
    store.write(|tx| submit(tx, &desk, &phone.submitter(), &submission.bytes, &submission.approval))
}

/// The id an account of this number has here.
pub fn id_of(number: &str) -> AccountId {
    format!("a-{number}").as_str().into()
}

fn open_accounts(tx: &Transaction<'_>) {
    let accounts = [
        (Some("c-ann"), ANN, AccountKind::Current, CNY, true),
        (Some("c-ann"), ANN_SAVINGS, AccountKind::Savings, CNY, true),
        (Some("c-ann"), ANN_CARD, AccountKind::Card, CNY, false),
        (Some("c-ann"), ANN_DOLLARS, AccountKind::Foreign, USD, true),
        (Some("c-bo"), BO, AccountKind::Current, CNY, true),
        (Some("c-bo"), BO_DOLLARS, AccountKind::Foreign, USD, true),
        (None, WORLD, AccountKind::Internal, CNY, false),
        (None, "BANK0001USD", AccountKind::Internal, USD, false),
    ];
    for (customer_id, number, kind, currency, can_pay) in accounts {
        let name = LocalizedText::both("Account", "账户");
        let account = NewAccount {
            account_id: id_of(number),
            customer_id,
            number,
            kind,
            currency,
            name,
            can_pay,
        };
        account.open(tx).unwrap();
    }
    move_money(tx, "open-ann", WORLD, ANN, money(CNY, ANN_FEN));
    move_money(tx, "open-bo", WORLD, BO, money(CNY, 50_000));
    move_money(tx, "open-usd", "BANK0001USD", ANN_DOLLARS, money(USD, 900_000));
}

/// Posts an entry between two accounts.
pub fn move_money(tx: &Transaction<'_>, entry: &str, from: &str, to: &str, amount: Money) {
    let (from, to) = (id_of(from), id_of(to));
    let postings = [(&from, amount.negated()), (&to, amount)];
    let entry_id: EntryId = entry.into();
    let entry = NewEntry {
        entry_id: &entry_id,
        at: 0,
        description: "test",
        intent_id: None,
        postings: &postings,
    };
    post(tx, &entry).unwrap();
}

/// A card payment of Ann's, or something like it.
pub fn movement(id: &str, number: &str, minor: i64, at: i64) -> Movement {
    Movement {
        movement_id: MovementId::from(id),
        account_id: id_of(number),
        status: Status::Pending,
        at,
        amount: money(CNY, minor),
        kind: MovementKind::Card,
        category: Category::Food,
        counterparty: Counterparty { name: LocalizedText::both("Shop", "店"), account: None },
        note: None,
        intent_id: None,
        refund_of: None,
    }
}

/// Inserts a row, with its id or zero in whatever the table demands besides. Foreign keys are off
/// on this connection.
fn insert(conn: &Connection, table: &str, given: &[(&str, &str)]) {
    conn.pragma_update(None, "foreign_keys", false).unwrap();
    let mut names: Vec<String> = given.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut values: Vec<String> = given.iter().map(|(_, value)| (*value).to_owned()).collect();
    let sql =
        "SELECT name, type FROM pragma_table_info(?1) WHERE \"notnull\" = 1 AND dflt_value IS NULL";
    let mut columns = conn.prepare(sql).unwrap();
    let columns = columns
        .query_map([table], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .unwrap()
        .map(Result::unwrap);
    for (name, kind) in columns.filter(|(name, _)| !given.iter().any(|(given, _)| given == name)) {
        names.push(name);
        values.push(if kind == "INTEGER" { "0".to_owned() } else { values[0].clone() });
    }
    let places = vec!["?"; names.len()].join(", ");
    conn.execute(
        &format!("INSERT INTO {table} ({}) VALUES ({places})", names.join(", ")),
        rusqlite::params_from_iter(values),
    )
    .unwrap();
}

/// Every row of the customer, as JSON by id.
pub fn rows(conn: &Connection, customer_id: &str) -> Vec<(String, String, i64)> {
    conn.prepare("SELECT movement_id, status, minor FROM movement WHERE customer_id = ?1 ORDER BY movement_id")
        .unwrap()
        .query_map(params![customer_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

/// The terms of an intent that is a transfer.
pub fn transfer(intent: &mut Intent) -> &mut Transfer {
    let Terms::Transfer(terms) = &mut intent.terms else { panic!("the intent is no transfer") };
    terms
}

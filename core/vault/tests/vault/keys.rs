//! The root key under a PIN and behind a biometric.

use guichet_foundation::ports::fakes::{FakeEntropy, FakeStore};
use guichet_foundation::ports::{PromptFailure, PromptId, ReleaseRequest, SecureStore as _, Slot};
use guichet_foundation::sensitivity::SecretBytes;
use guichet_vault::RootKey;
use guichet_vault::keys::by_pin::{self, PinCost};
use guichet_vault::keys::{UnwrapFailure, by_biometric};

const CHEAP: u32 = 8;

fn pin(digits: &str) -> SecretBytes {
    SecretBytes::new(digits.as_bytes().to_vec())
}

struct Kept {
    store: FakeStore,
    entropy: FakeEntropy,
    root: RootKey,
}

impl Kept {
    fn under(digits: &str) -> Self {
        let entropy = FakeEntropy::seeded(1);
        let root = RootKey::make(&entropy);
        let kept = Self { store: FakeStore::default(), entropy, root };
        kept.wrap(digits).unwrap();
        kept
    }

    fn wrap(&self, digits: &str) -> Result<(), guichet_vault::keys::WrapFailure> {
        let cost = PinCost::new(CHEAP, 1);
        by_pin::wrap(&self.store, &self.entropy, &self.root, &pin(digits), cost)
    }

    fn unwraps(&self, digits: &str) -> Result<bool, UnwrapFailure> {
        by_pin::unwrap(&self.store, &pin(digits)).map(|found| same(&found, &self.root))
    }

    fn item(&self, slot: Slot) -> Vec<u8> {
        self.store.get(slot).unwrap().unwrap().expose_secret().clone()
    }

    fn replace(&self, slot: Slot, bytes: Vec<u8>) {
        self.store.put(slot, &SecretBytes::new(bytes)).unwrap();
    }
}

/// Two root keys are the same if they are kept as the same item.
fn same(a: &RootKey, b: &RootKey) -> bool {
    let item = |root: &RootKey| {
        let store = FakeStore::default();
        by_biometric::keep(&store, root).unwrap();
        released(&store).unwrap().expose_secret().clone()
    };
    item(a) == item(b)
}

fn released(store: &FakeStore) -> Result<SecretBytes, PromptFailure> {
    let slot = Slot::VaultRootByBiometric;
    store.ask_release(ReleaseRequest { id: PromptId(1), slot, reason: String::new() });
    store.take_release().unwrap().1
}

#[test]
fn the_right_pin_gives_the_root_and_no_other_does() {
    let kept = Kept::under("739184");
    assert!(by_pin::is_set(&kept.store).unwrap());
    assert_eq!(kept.unwraps("739184"), Ok(true));
    for wrong in ["739185", "", "7391840", "０"] {
        assert_eq!(kept.unwraps(wrong), Err(UnwrapFailure::WrongPin), "{wrong}");
    }
}

#[test]
fn a_changed_pin_replaces_the_old_one() {
    let kept = Kept::under("739184");
    let before = kept.item(Slot::VaultRootByPin);
    kept.wrap("402816").unwrap();
    assert_eq!(kept.unwraps("402816"), Ok(true));
    assert_eq!(kept.unwraps("739184"), Err(UnwrapFailure::WrongPin));
    kept.wrap("739184").unwrap();
    assert_ne!(kept.item(Slot::VaultRootByPin), before, "salt and nonce are never used again");
}

#[test]
fn a_change_of_pin_killed_half_way_leaves_the_old_one() {
    let kept = Kept::under("739184");
    kept.store.fail_after(Some(0));
    assert!(kept.wrap("402816").is_err());
    kept.store.fail_after(None);
    assert_eq!(kept.unwraps("739184"), Ok(true));
}

#[test]
fn the_wrapped_key_is_worthless_without_the_pepper() {
    let kept = Kept::under("739184");
    kept.replace(Slot::PinPepper, vec![0; 32]);
    assert_eq!(kept.unwraps("739184"), Err(UnwrapFailure::WrongPin));
    kept.store.remove(Slot::PinPepper).unwrap();
    assert_eq!(kept.unwraps("739184"), Err(UnwrapFailure::Damaged));
}

#[test]
fn every_altered_byte_of_the_item_is_refused() {
    let kept = Kept::under("739184");
    let item = kept.item(Slot::VaultRootByPin);
    for place in 0..item.len() {
        let mut altered = item.clone();
        altered[place] ^= 1;
        kept.replace(Slot::VaultRootByPin, altered);
        assert!(kept.unwraps("739184").is_err(), "byte {place}");
    }
    for length in 0..item.len() {
        kept.replace(Slot::VaultRootByPin, item[..length].to_vec());
        assert_eq!(kept.unwraps("739184"), Err(UnwrapFailure::Damaged), "length {length}");
    }
    let mut newer = item;
    newer[0] = 2;
    kept.replace(Slot::VaultRootByPin, newer);
    assert_eq!(kept.unwraps("739184"), Err(UnwrapFailure::Newer));
}

#[test]
fn an_altered_item_cannot_ask_for_all_memory() {
    let kept = Kept::under("739184");
    let mut greedy = kept.item(Slot::VaultRootByPin);
    greedy[1..5].copy_from_slice(&u32::MAX.to_be_bytes());
    kept.replace(Slot::VaultRootByPin, greedy);
    assert_eq!(kept.unwraps("739184"), Err(UnwrapFailure::Damaged));
}

#[test]
fn nothing_is_kept_before_a_pin_is_set() {
    let store = FakeStore::default();
    assert!(!by_pin::is_set(&store).unwrap());
    assert_eq!(by_pin::unwrap(&store, &pin("1")).unwrap_err(), UnwrapFailure::NoKey);
}

#[test]
fn what_ships_is_dear_enough() {
    assert_eq!(PinCost::SHIPPED, PinCost::new(32 * 1024, 3));
    let kept = Kept::under("1");
    by_pin::wrap(&kept.store, &kept.entropy, &kept.root, &pin("739184"), PinCost::SHIPPED).unwrap();
    assert_eq!(kept.unwraps("739184"), Ok(true));
}

#[test]
fn a_released_item_gives_the_root() {
    let kept = Kept::under("739184");
    by_biometric::keep(&kept.store, &kept.root).unwrap();
    let item = released(&kept.store).unwrap();
    assert!(same(&by_biometric::from_released(&item).unwrap(), &kept.root));
}

#[test]
fn a_new_finger_costs_the_biometric_item_and_not_the_vault() {
    let kept = Kept::under("739184");
    by_biometric::keep(&kept.store, &kept.root).unwrap();
    kept.store.enrol_new_biometrics();
    assert_eq!(released(&kept.store).unwrap_err(), PromptFailure::KeyInvalidated);
    assert_eq!(kept.unwraps("739184"), Ok(true));
}

#[test]
fn a_released_item_of_another_shape_is_refused() {
    let parse = |bytes: Vec<u8>| by_biometric::from_released(&SecretBytes::new(bytes)).unwrap_err();
    assert_eq!(parse(vec![]), UnwrapFailure::Damaged);
    assert_eq!(parse(vec![1; 32]), UnwrapFailure::Damaged);
    assert_eq!(parse(vec![1; 34]), UnwrapFailure::Damaged);
    assert_eq!(parse(vec![2; 33]), UnwrapFailure::Newer);
}

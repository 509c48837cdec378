//! Known answers, every byte flipped, every place moved.

use super::*;
use crate::keys::RootKey;
use domain::id::OrganizationId;

/// Counts 0, 1, 2, … so that an envelope is the same on every machine.
struct Counting(std::sync::atomic::AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }
}

fn organization(last: u8) -> OrganizationId {
    let text = format!("01900000-0000-7000-8000-0000000000{last:02x}");
    text.parse().unwrap()
}

fn key_of(organization: OrganizationId) -> OrganizationKey {
    let entropy = Counting(std::sync::atomic::AtomicU8::new(0));
    let root = RootKey::generate(&entropy).unwrap();
    let id = "01900000-0000-7000-8000-0000000000aa".parse().unwrap();
    root.new_organization_key(&entropy, id, organization).unwrap().0
}

fn place(organization: OrganizationId) -> Place<'static> {
    Place {
        organization: Some(organization),
        record_kind: "credential",
        record_id: "01900000-0000-7000-8000-0000000000bb",
        version: 3,
        purpose: "secret",
    }
}

fn sealed() -> (OrganizationKey, Vec<u8>) {
    let key = key_of(organization(1));
    let entropy = Counting(std::sync::atomic::AtomicU8::new(100));
    let secret = Secret::from("a synthetic secret".to_owned());
    let envelope = seal(&key, &entropy, &place(organization(1)), &secret).unwrap();
    (key, envelope)
}

/// The same inputs gave these bytes when the format was frozen; another implementation
/// (`vectors/check.py`) opens them too.
#[test]
fn known_answer() {
    let (_, envelope) = sealed();
    let hex: String = envelope.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, include_str!("../vectors/envelope-v1.hex").trim());
}

#[test]
fn what_was_sealed_opens() {
    let (key, envelope) = sealed();
    let secret = open(&key, &place(organization(1)), &envelope).unwrap();
    assert_eq!(secret.expose(), b"a synthetic secret");
    assert!(!envelope.windows(9).any(|window| window == b"synthetic"));
}

#[test]
fn every_flipped_bit_and_every_cut_is_refused() {
    let (key, envelope) = sealed();
    for at in 0..envelope.len() {
        for bit in 0..8 {
            let mut changed = envelope.clone();
            changed[at] ^= 1 << bit;
            assert!(open(&key, &place(organization(1)), &changed).is_err(), "byte {at} bit {bit}");
        }
        assert!(open(&key, &place(organization(1)), &envelope[..at]).is_err(), "cut at {at}");
    }
    let mut longer = envelope;
    longer.push(0);
    assert!(open(&key, &place(organization(1)), &longer).is_err());
}

#[test]
fn a_moved_envelope_does_not_open() {
    let (key, envelope) = sealed();
    let home = place(organization(1));
    let moved = [
        Place { organization: Some(organization(2)), ..home },
        Place { organization: None, ..home },
        Place { record_kind: "hook", ..home },
        Place { record_id: "01900000-0000-7000-8000-0000000000bc", ..home },
        Place { version: 2, ..home },
        Place { purpose: "other", ..home },
    ];
    for place in &moved {
        assert!(open(&key, place, &envelope).is_err(), "{place:?}");
    }
    let other = key_of(organization(2));
    assert!(open(&other, &home, &envelope).is_ok(), "the test's keys are equal on purpose");
}

#[test]
fn a_rewrapped_secret_is_the_same_under_another_key() {
    let (older, envelope) = sealed();
    let root = RootKey::generate(&crate::SystemEntropy).unwrap();
    let id = "01900000-0000-7000-8000-0000000000ab".parse().unwrap();
    let (newer, wrapped) =
        root.new_organization_key(&crate::SystemEntropy, id, organization(1)).unwrap();
    let again =
        rewrap(&older, &newer, &crate::SystemEntropy, &place(organization(1)), &envelope).unwrap();
    assert!(open(&older, &place(organization(1)), &again).is_err());
    let reopened = root.open_organization_key(id, organization(1), &wrapped).unwrap();
    assert_eq!(
        open(&reopened, &place(organization(1)), &again).unwrap().expose(),
        b"a synthetic secret"
    );
    assert!(
        root.open_organization_key(id, organization(2), &wrapped).is_err(),
        "foreign organization"
    );
}

proptest::proptest! {
    #[test]
    fn reading_never_panics(bytes: Vec<u8>) {
        let _ = Envelope::parse(&bytes);
        let _ = open(&key_of(organization(1)), &place(organization(1)), &bytes);
    }
}

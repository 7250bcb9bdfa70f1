//! The customer's devices (docs/protocol.md, section 7).

use guichet_foundation::ids::DeviceId;
use guichet_foundation::sensitivity::C2;
use guichet_foundation::text;
use guichet_foundation::time::Timestamp;
use serde::{Deserialize, Deserializer};

use crate::Session;
use crate::calls::{BankCalls as _, Call, CallFailure, Reply};
use crate::enrol::Platform;
use crate::keeper::Registration;

pub(crate) const PATH: &str = "/v1/devices";
const REVOKE_OTHERS: &str = "/v1/devices/revoke-others";

/// One of the customer's devices, as the bank lists it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Device {
    /// The device.
    #[serde(rename = "device_id")]
    pub id: DeviceId,
    /// What the customer calls it.
    #[serde(deserialize_with = "plain_name")]
    pub name: C2<String>,
    /// What it runs; `Other` also for a platform this app does not know.
    #[serde(deserialize_with = "Platform::known")]
    pub platform: Platform,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
    /// When the bank last heard of it.
    pub last_seen_at: Timestamp,
    /// Whether it is this one.
    #[serde(default)]
    pub current: bool,
    /// How well its keys are kept; `None` for a level this app does not know.
    #[serde(default, deserialize_with = "TrustLevel::known")]
    pub trust_level: Option<TrustLevel>,
}

/// How well a device keeps its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustLevel {
    /// In software.
    Software,
    /// In the trusted execution environment.
    Tee,
    /// In a security chip of Android's `StrongBox` kind.
    Strongbox,
    /// In Apple's Secure Enclave.
    SecureEnclave,
}

/// Why a device was not revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevokeRefusal {
    /// The bank could not be asked, or did not answer.
    #[error(transparent)]
    Bank(#[from] CallFailure),
    /// It is not one of the customer's devices.
    #[error("not one of the customer's devices")]
    Unknown,
    /// It is this one: signing out is the way.
    #[error("this is the device in use; sign out instead")]
    ThisDevice,
}

#[derive(Deserialize)]
struct List {
    devices: Vec<Device>,
}

#[derive(Deserialize)]
struct RevokedOthers {
    revoked: u64,
}

/// The longest name of a device, in characters (docs/protocol.md, section 7.1).
pub(crate) const NAME_MAX: usize = 64;

/// A device is named by whoever enrols it: nothing in the name may pretend to be something around it.
pub(crate) fn plain_name<'de, D: Deserializer<'de>>(from: D) -> Result<C2<String>, D::Error> {
    let name = String::deserialize(from)?;
    Ok(C2::new(text::plainly(&name, NAME_MAX)))
}

impl TrustLevel {
    /// A level this app does not know is none.
    pub(crate) fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        let level = serde_json::Value::deserialize(from)?;
        Ok(serde_json::from_value(level).ok())
    }
}

impl Session {
    /// The customer's devices, without the revoked ones.
    pub async fn devices(&self) -> Result<Vec<Device>, CallFailure> {
        read(&self.call(Call::get(PATH)).await?)
    }

    /// Revokes another of the customer's devices. One that is revoked already stays so.
    pub async fn revoke_device(&self, id: &DeviceId) -> Result<(), RevokeRefusal> {
        if self.identity().is_some_and(|identity| identity.device_id == *id) {
            return Err(RevokeRefusal::ThisDevice);
        }
        let reply = self.call(Call::delete(format!("{PATH}/{id}"))).await?;
        match reply.status {
            200 | 204 => Ok(()),
            404 => Err(RevokeRefusal::Unknown),
            _ => Err(CallFailure::Unreadable.into()),
        }
    }

    /// Revokes every other device of the customer, and ends whatever signed in and has not enrolled. How many devices.
    pub async fn revoke_others(&self) -> Result<u64, CallFailure> {
        let reply = self.call(Call::post(REVOKE_OTHERS, b"{}".to_vec())).await?;
        if reply.status != 200 {
            return Err(CallFailure::Unreadable);
        }
        let answer: RevokedOthers =
            serde_json::from_slice(&reply.body).map_err(|_| CallFailure::Unreadable)?;
        Ok(answer.revoked)
    }

    /// Whether the customer, who has enrolled this device, has not said yet what becomes of those that were there before.
    pub fn is_moving_in(&self) -> bool {
        let device = self.0.keeper.snapshot().registration.device;
        device.is_some_and(|device| device.is_moving_in)
    }

    /// The customer has said it, or there is no other device. Asked again after a restart if it cannot be kept now.
    pub fn moved_in(&self) {
        let seen = self.0.keeper.snapshot();
        if seen.registration.device.is_some_and(|device| device.is_moving_in) {
            let settled = |registration: &mut Registration| {
                if let Some(device) = &mut registration.device {
                    device.is_moving_in = false;
                }
            };
            self.0.keeper.change_registration(seen.life, settled).ok();
        }
    }

    /// Whether this device is in the bank's list as the caller's own.
    pub(crate) fn is_listed(&self, reply: &Reply) -> bool {
        let own = self.identity().map(|identity| identity.device_id);
        read(reply).is_ok_and(|devices| {
            devices.iter().any(|device| device.current && Some(&device.id) == own.as_ref())
        })
    }
}

fn read(reply: &Reply) -> Result<Vec<Device>, CallFailure> {
    if reply.status != 200 {
        return Err(CallFailure::Unreadable);
    }
    let list: List = serde_json::from_slice(&reply.body).map_err(|_| CallFailure::Unreadable)?;
    Ok(list.devices)
}

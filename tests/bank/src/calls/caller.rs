//! Who calls: the extractors that handlers take as their last argument.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::{ApiError, ErrorCode};
use crate::server::Bank;

/// A client that has proven its token, its key and, where the call changes something, its words.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whose session it is.
    pub customer_id: String,
    /// The registered client: one installation.
    pub client_id: String,
    /// The thumbprint of the device key, which everything was signed with.
    pub key_thumbprint: String,
    /// The enrolled device, if this client has enrolled.
    pub device_id: Option<String>,
    body: Bytes,
}

impl Caller {
    /// The body's bytes, already covered by the digest and the signature.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Reads the body as JSON; 400 `invalid_request` if it is not of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body).map_err(|_| {
            ApiError::new(ErrorCode::InvalidRequest, "the body is not of the expected shape")
        })
    }
}

/// A caller whose device is enrolled; others get 403 `device_not_enrolled`.
#[derive(Clone, Debug)]
pub struct EnrolledCaller {
    /// Whose session it is.
    pub customer_id: String,
    /// The registered client: one installation.
    pub client_id: String,
    /// The enrolled device.
    pub device_id: String,
    caller: Caller,
}

impl EnrolledCaller {
    /// As [`Caller::body`].
    pub fn body(&self) -> &[u8] {
        self.caller.body()
    }

    /// As [`Caller::json`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        self.caller.json()
    }
}

impl FromRequest<Bank> for Caller {
    type Rejection = ApiError;

    async fn from_request(_request: Request, _bank: &Bank) -> Result<Self, ApiError> {
        Err(ApiError::new(ErrorCode::Unavailable, "calls are not verified yet"))
    }
}

impl FromRequest<Bank> for EnrolledCaller {
    type Rejection = ApiError;

    async fn from_request(request: Request, bank: &Bank) -> Result<Self, ApiError> {
        let caller = Caller::from_request(request, bank).await?;
        let Some(device_id) = caller.device_id.clone() else {
            return Err(ApiError::new(
                ErrorCode::DeviceNotEnrolled,
                "enrol the approval key with POST /v1/devices first",
            ));
        };
        Ok(Self {
            customer_id: caller.customer_id.clone(),
            client_id: caller.client_id.clone(),
            device_id,
            caller,
        })
    }
}

//! `/documents/{id}/images`: images come in by POST, each a request with the file as its body, and
//! are shown by GET to whoever may read the document. Who may is asked before the file is read.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use model::ids::{DocumentId, ImageId};
use model::limits;

use super::sync::{SyncRefusal, identify, identify_reader};
use crate::auth::Identity;
use crate::clock::now_ms;
use crate::images::Unusable;
use crate::rights::Access;
use crate::state::AppState;
use crate::store::{ImageAdded, ImageRoom, NewImage, StoreError};

/// Longest a file may take to arrive: 20 MiB over a poor line of 1.5 Mbit/s.
const ARRIVAL_TIMEOUT: Duration = Duration::from_secs(120);

/// An image is only ever an image, whatever somebody finds to do with its address.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// An id names the same bytes for ever. Private: who may see them is not for caches on the way.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// Takes an image in.
pub(super) async fn add(
    State(state): State<AppState>,
    Path(document): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ImageRefusal> {
    let identity = identify(&state, None, &headers).await?;
    let document = DocumentId::parse(&document).map_err(|_| ImageRefusal::Unknown)?;
    may(&state, &identity, document, Access::Write).await?;
    let place = state.images.place_for(identity.person);
    let _place = place.ok_or(ImageRefusal::Busy)?;
    let file = arrived(&headers, body).await?;
    let image = state.images.remake(file).await?;
    // Between the first byte and the last rights may have been taken away.
    may(&state, &identity, document, Access::Write).await?;
    let answer = serde_json::json!({
        "image": image.id,
        "width_px": image.width_px,
        "height_px": image.height_px,
    });
    let new = NewImage {
        document,
        image,
        person: identity.person,
        at_ms: now_ms(),
    };
    let room = ImageRoom {
        images_max: limits::DOCUMENT_IMAGES_MAX,
        bytes_max: limits::DOCUMENT_IMAGE_BYTES_MAX,
    };
    match state.store.add_image(new, room).await? {
        ImageAdded::Kept => Ok((StatusCode::CREATED, Json(answer)).into_response()),
        ImageAdded::NoRoom => Err(ImageRefusal::NoRoom),
    }
}

/// Shows an image.
pub(super) async fn show(
    State(state): State<AppState>,
    Path((document, image)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ImageRefusal> {
    let identity = identify_reader(&state, None, &headers).await?;
    let document = DocumentId::parse(&document).map_err(|_| ImageRefusal::Unknown)?;
    let image = ImageId::parse(&image).map_err(|_| ImageRefusal::Unknown)?;
    may(&state, &identity, document, Access::Read).await?;
    let stored = state.store.image(document, image).await?;
    let stored = stored.ok_or(ImageRefusal::Unknown)?;
    let kind = HeaderValue::from_static(stored.media_type.as_str());
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (CACHE_CONTROL, KEPT),
    ];
    Ok((headers, stored.bytes).into_response())
}

/// A document that may not be read is not there; one that may only be read takes no images.
async fn may(
    state: &AppState,
    identity: &Identity,
    document: DocumentId,
    wanted: Access,
) -> Result<(), ImageRefusal> {
    let granted = state.authority.document_access(identity, document).await?;
    let granted = granted.ok_or(ImageRefusal::Unknown)?;
    match (wanted, granted.access) {
        (Access::Read, _) | (_, Access::Write) => Ok(()),
        (Access::Write, Access::Read) => Err(ImageRefusal::ReadOnly),
    }
}

/// The whole file, or why not: no more of it is ever held than may come.
async fn arrived(headers: &HeaderMap, body: Body) -> Result<Bytes, ImageRefusal> {
    let announced = headers.get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > limits::IMAGE_FILE_BYTES_MAX) {
        return Err(ImageRefusal::TooLarge);
    }
    let whole = to_bytes(body, limits::IMAGE_FILE_BYTES_MAX);
    match tokio::time::timeout(ARRIVAL_TIMEOUT, whole).await {
        Ok(Ok(file)) => Ok(file),
        // The bound was met, or the sender left and reads no answer.
        Ok(Err(_)) => Err(ImageRefusal::TooLarge),
        Err(_) => Err(ImageRefusal::Slow),
    }
}

/// Why a request about an image is refused.
#[derive(Debug)]
pub(super) enum ImageRefusal {
    Identity(SyncRefusal),
    /// No such image or document, or none this person may know of.
    Unknown,
    ReadOnly,
    TooLarge,
    Slow,
    Busy,
    NoRoom,
    Unusable(Unusable),
}

impl From<SyncRefusal> for ImageRefusal {
    fn from(refusal: SyncRefusal) -> Self {
        Self::Identity(refusal)
    }
}

impl From<StoreError> for ImageRefusal {
    fn from(error: StoreError) -> Self {
        Self::Identity(SyncRefusal::Store(error))
    }
}

impl From<Unusable> for ImageRefusal {
    fn from(unusable: Unusable) -> Self {
        Self::Unusable(unusable)
    }
}

impl ImageRefusal {
    /// Status, stable code, and a sentence in both languages that says what to do.
    fn words(&self) -> (StatusCode, &'static str, &'static str, &'static str) {
        match self {
            Self::Identity(_) | Self::Unknown => (
                StatusCode::NOT_FOUND,
                "not_found",
                "没有这张图片，或您无权查看。",
                "There is no such image, or you may not see it.",
            ),
            Self::ReadOnly => (
                StatusCode::FORBIDDEN,
                "read_only",
                "您在此文档中只能阅读，不能添加图片。",
                "You may read this document but not add images to it.",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "image_too_large",
                "图片超过 20 MB，请压缩后再上传。",
                "The image is larger than 20 MB. Make it smaller and try again.",
            ),
            Self::Slow => (
                StatusCode::REQUEST_TIMEOUT,
                "image_too_slow",
                "图片上传超时，请检查网络后重试。",
                "The image took too long to arrive. Check your connection and try again.",
            ),
            Self::Busy => (
                StatusCode::TOO_MANY_REQUESTS,
                "images_busy",
                "正在上传的图片太多，请稍后再试。",
                "Too many images are being uploaded. Try again in a moment.",
            ),
            Self::NoRoom => (
                StatusCode::CONFLICT,
                "images_full",
                "此文档的图片已达上限（200 张或 200 MB），请放到另一份文档中。",
                "This document holds as many images as it can (200, or 200 MB). Put it in another document.",
            ),
            Self::Unusable(Unusable::NotAnImage) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_an_image",
                "只能使用 PNG、JPEG、GIF 或 WebP 图片，请转换格式后再上传。",
                "Only PNG, JPEG, GIF and WebP images can be used. Convert it and try again.",
            ),
            Self::Unusable(Unusable::TooManyPixels) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "image_too_many_pixels",
                "图片超过 4000 万像素，请缩小后再上传。",
                "The image has more than 40 megapixels. Make it smaller and try again.",
            ),
            Self::Unusable(Unusable::Damaged) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "image_damaged",
                "图片文件已损坏，请重新导出后再上传。",
                "The image file is damaged. Export it again and try once more.",
            ),
        }
    }
}

impl IntoResponse for ImageRefusal {
    fn into_response(self) -> Response {
        if let Self::Identity(refusal) = self {
            return refusal.into_response();
        }
        let (status, code, chinese, english) = self.words();
        let body = serde_json::json!({ "code": code, "message": english, "message_zh": chinese });
        (status, Json(body)).into_response()
    }
}

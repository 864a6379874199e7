//! Reading CBOR that a stranger wrote: bounded in depth and count, never panicking.
//!
//! Only what the wire needs is here. Lengths are never trusted for allocation: a container grows
//! with the bytes actually present.

use std::borrow::Cow;

use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};

use crate::limits;

/// Typed-array tag (RFC 8746) that some encoders put before a `Uint8Array`.
const TAG_UINT8_ARRAY: u64 = 64;

/// Why bytes were not the CBOR we read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CborError(Cow<'static, str>);

impl CborError {
    /// An error with a fixed text.
    pub(crate) const fn of(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<Error> for CborError {
    fn from(error: Error) -> Self {
        Self(Cow::Owned(error.to_string()))
    }
}

/// A reader over one frame.
pub(crate) struct Reader<'b> {
    decoder: Decoder<'b>,
}

impl<'b> Reader<'b> {
    /// Reads `bytes` from the start.
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self {
            decoder: Decoder::new(bytes),
        }
    }

    /// Calls `visit` for each key of a map with text keys; `visit` must consume the value.
    /// Other keys are skipped with their values.
    pub(crate) fn map(
        &mut self,
        mut visit: impl FnMut(&mut Self, &str) -> Result<(), CborError>,
    ) -> Result<(), CborError> {
        let mut left = self.decoder.map()?;
        loop {
            if left == Some(0) || (left.is_none() && self.at_break()?) {
                return Ok(());
            }
            left = left.map(|n| n - 1);
            match self.decoder.datatype()? {
                Type::String | Type::StringIndef => {
                    let key = self.text()?;
                    visit(self, &key)?;
                }
                _ => {
                    self.skip()?;
                    self.skip()?;
                }
            }
        }
    }

    /// Calls `visit` for each element of an array; `visit` must consume the element.
    pub(crate) fn array(
        &mut self,
        mut visit: impl FnMut(&mut Self) -> Result<(), CborError>,
    ) -> Result<(), CborError> {
        let mut left = self.decoder.array()?;
        loop {
            if left == Some(0) || (left.is_none() && self.at_break()?) {
                return Ok(());
            }
            left = left.map(|n| n - 1);
            visit(self)?;
        }
    }

    /// `None` for `null` and `undefined`, otherwise what `read` makes of the value.
    pub(crate) fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, CborError>,
    ) -> Result<Option<T>, CborError> {
        match self.decoder.datatype()? {
            Type::Null => self.decoder.null()?,
            Type::Undefined => self.decoder.undefined()?,
            _ => return read(self).map(Some),
        }
        Ok(None)
    }

    /// A text string, in one piece or in several.
    pub(crate) fn text(&mut self) -> Result<Cow<'b, str>, CborError> {
        if self.decoder.datatype()? == Type::String {
            return Ok(Cow::Borrowed(self.decoder.str()?));
        }
        let mut whole = String::new();
        for piece in self.decoder.str_iter()? {
            whole.push_str(piece?);
        }
        Ok(Cow::Owned(whole))
    }

    /// A byte string, plain or tagged as a `Uint8Array`, in one piece or in several.
    pub(crate) fn bytes(&mut self) -> Result<Cow<'b, [u8]>, CborError> {
        if self.decoder.datatype()? == Type::Tag && self.decoder.tag()?.as_u64() != TAG_UINT8_ARRAY
        {
            return Err(CborError::of("a byte string with an unknown tag"));
        }
        if self.decoder.datatype()? == Type::Bytes {
            return Ok(Cow::Borrowed(self.decoder.bytes()?));
        }
        let mut whole = Vec::new();
        for piece in self.decoder.bytes_iter()? {
            whole.extend_from_slice(piece?);
        }
        Ok(Cow::Owned(whole))
    }

    /// A whole number, as an integer or as a float (JavaScript sends floats beyond 32 bits).
    pub(crate) fn count(&mut self) -> Result<u64, CborError> {
        let float = match self.decoder.datatype()? {
            Type::F16 | Type::F32 => f64::from(self.decoder.f32()?),
            Type::F64 => self.decoder.f64()?,
            _ => return Ok(self.decoder.u64()?),
        };
        // 2^53: beyond it a float no longer names one whole number.
        if (0.0..=9_007_199_254_740_992.0).contains(&float) && float.fract() == 0.0 {
            Ok(float as u64)
        } else {
            Err(CborError::of("a count that is not a whole number"))
        }
    }

    /// A boolean.
    pub(crate) fn boolean(&mut self) -> Result<bool, CborError> {
        Ok(self.decoder.bool()?)
    }

    /// True where the next value is a map.
    pub(crate) fn at_map(&self) -> Result<bool, CborError> {
        Ok(matches!(
            self.decoder.datatype()?,
            Type::Map | Type::MapIndef
        ))
    }

    /// Passes over one value of any type, up to the depth limit.
    pub(crate) fn skip(&mut self) -> Result<(), CborError> {
        self.skip_within(limits::CBOR_DEPTH_MAX)
    }

    fn skip_within(&mut self, depth: usize) -> Result<(), CborError> {
        let Some(below) = depth.checked_sub(1) else {
            return Err(CborError::of("nested too deeply"));
        };
        match self.decoder.datatype()? {
            Type::Array | Type::ArrayIndef => self.array(|r| r.skip_within(below)),
            Type::Map | Type::MapIndef => {
                let mut left = self.decoder.map()?;
                loop {
                    if left == Some(0) || (left.is_none() && self.at_break()?) {
                        return Ok(());
                    }
                    left = left.map(|n| n - 1);
                    self.skip_within(below)?;
                    self.skip_within(below)?;
                }
            }
            Type::Tag => {
                self.decoder.tag()?;
                self.skip_within(below)
            }
            _ => Ok(self.decoder.skip()?),
        }
    }

    /// Consumes the end of an indefinite container if it is next.
    fn at_break(&mut self) -> Result<bool, CborError> {
        let here = self.decoder.position();
        if self.decoder.datatype()? != Type::Break {
            return Ok(false);
        }
        self.decoder.set_position(here + 1);
        Ok(true)
    }
}

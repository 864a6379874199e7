//! SPEC: W11. Where no WebSocket gets through, the same frames go by HTTP: how several of them lie
//! in one body. The server's side is `server/src/rooms/tunnel.rs`, the browser's
//! `frontend/src/tunnel.rs`.

use crate::limits;

/// Each frame comes behind its length, big-endian.
const LENGTH_BYTES: usize = 4;

/// A body that does not hold whole frames, or too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a body of frames")]
pub struct BadBody;

/// Frames as one body.
///
/// # Panics
/// Never for frames of this protocol: they are shorter than 4 GiB.
pub fn pack<F: AsRef<[u8]>>(frames: &[F]) -> Vec<u8> {
    let bytes = frames.iter().map(|frame| packed_bytes(frame.as_ref()));
    let mut body = Vec::with_capacity(bytes.sum());
    for frame in frames.iter().map(AsRef::as_ref) {
        let length = u32::try_from(frame.len()).expect("a frame is shorter than 4 GiB");
        body.extend_from_slice(&length.to_be_bytes());
        body.extend_from_slice(frame);
    }
    body
}

/// Bytes a frame takes in a body.
pub fn packed_bytes(frame: &[u8]) -> usize {
    LENGTH_BYTES + frame.len()
}

/// The frames of a body, at most [`limits::TUNNEL_FRAMES_MAX`].
///
/// # Errors
/// The body ends in the middle of a frame, or holds more frames.
pub fn unpack(mut body: &[u8]) -> Result<Vec<&[u8]>, BadBody> {
    let mut frames = Vec::new();
    while let Some((length, rest)) = body.split_first_chunk::<LENGTH_BYTES>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| BadBody)?;
        let (frame, rest) = rest.split_at_checked(length).ok_or(BadBody)?;
        frames.push(frame);
        body = rest;
        if frames.len() > limits::TUNNEL_FRAMES_MAX {
            return Err(BadBody);
        }
    }
    match body.is_empty() {
        true => Ok(frames),
        false => Err(BadBody),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_as_they_went_in() {
        let frames: [&[u8]; 3] = [b"one", b"", &[7; 70_000]];
        let body = pack(&frames);
        assert_eq!(unpack(&body), Ok(frames.to_vec()));
        assert_eq!(unpack(b""), Ok(Vec::new()));
    }

    #[test]
    fn a_body_that_ends_early_or_holds_too_much_is_refused() {
        let body = pack(&[b"frame"]);
        for end in 1..body.len() {
            assert_eq!(unpack(&body[..end]), Err(BadBody), "{end}");
        }
        assert_eq!(unpack(&[0xff; 8]), Err(BadBody));
        let most = vec![b""; limits::TUNNEL_FRAMES_MAX];
        assert_eq!(
            unpack(&pack(&most)).map(|frames| frames.len()),
            Ok(most.len())
        );
        let more = vec![b""; limits::TUNNEL_FRAMES_MAX + 1];
        assert_eq!(unpack(&pack(&more)), Err(BadBody));
    }
}

//! A file as somebody sent it → an image as it is kept: upright, at most 2,560 pixels long, without
//! anything but its pixels. What a file says about its size is believed before it is unpacked, and
//! held to while it is.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};
use model::ids::ImageId;
use model::limits;
use sha2::{Digest as _, Sha256};

use crate::store::{MediaType, StoredImage};

/// Bytes an unpacked image and its decoder may take: four for each pixel allowed, and as much again
/// for what the decoder needs.
const UNPACKED_BYTES_MAX: u64 = 8 * limits::IMAGE_PIXELS_MAX;

/// Pixels of a side that are looked at at all: beyond it no format we read goes.
const SIDE_PX_MAX: u32 = 65_535;

/// How like the original a photograph stays, of 100; above this files grow faster than likeness.
const JPEG_QUALITY: u8 = 85;

/// What came without loss stays without it while it is not more than so many times larger: letters
/// of a screenshot do not bear what photographs do.
const PNG_OVER_JPEG_MAX: usize = 2;

/// Why a file is not an image that can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is of none of the formats we read.
    #[error("not a PNG, JPEG, GIF or WebP image")]
    NotAnImage,
    /// It has more pixels than are unpacked.
    #[error("more pixels than can be unpacked")]
    TooManyPixels,
    /// It ends too early or contradicts itself.
    #[error("the file is damaged")]
    Damaged,
}

/// Makes an image anew from its pixels. Takes up to seconds and hundreds of megabytes.
///
/// # Errors
/// It is not an image, too large, or damaged.
pub fn remake(file: &[u8]) -> Result<StoredImage, Unusable> {
    let (upright, came_without_loss) = read(file)?;
    let (media_type, bytes) = write(&upright, came_without_loss)?;
    Ok(StoredImage {
        id: ImageId::from_hash(Sha256::digest(&bytes).into()),
        media_type,
        width_px: upright.width(),
        height_px: upright.height(),
        bytes,
    })
}

/// The image as it is meant to be seen, and whether it came in a format without loss.
fn read(file: &[u8]) -> Result<(DynamicImage, bool), Unusable> {
    let format = image::guess_format(file).map_err(|_| Unusable::NotAnImage)?;
    let came_without_loss = match format {
        ImageFormat::Png | ImageFormat::Gif => true,
        ImageFormat::Jpeg | ImageFormat::WebP => false,
        _ => return Err(Unusable::NotAnImage),
    };
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut bounds = Limits::no_limits();
    bounds.max_image_width = Some(SIDE_PX_MAX);
    bounds.max_image_height = Some(SIDE_PX_MAX);
    bounds.max_alloc = Some(UNPACKED_BYTES_MAX);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().map_err(why)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits::IMAGE_PIXELS_MAX || decoder.total_bytes() > UNPACKED_BYTES_MAX {
        return Err(Unusable::TooManyPixels);
    }
    if pixels == 0 {
        return Err(Unusable::Damaged);
    }
    let orientation = decoder.orientation().map_err(why)?;
    let image = DynamicImage::from_decoder(decoder).map_err(why)?;
    // Turned when it is small: turning makes a second copy.
    let mut image = fitted(image);
    image.apply_orientation(orientation);
    Ok((image, came_without_loss))
}

/// At most 2,560 pixels on its longer side. What is at least twice as long is averaged down, which is
/// as good there and takes no memory beside the image; the careful way takes sixteen bytes a pixel.
fn fitted(image: DynamicImage) -> DynamicImage {
    let side = limits::IMAGE_SIDE_PX_MAX;
    match image.width().max(image.height()) {
        longer if longer <= side => image,
        longer if longer >= 2 * side => image.thumbnail(side, side),
        _ => image.resize(side, side, FilterType::CatmullRom),
    }
}

fn why(error: image::ImageError) -> Unusable {
    match error {
        image::ImageError::Limits(_) => Unusable::TooManyPixels,
        image::ImageError::Unsupported(_) => Unusable::NotAnImage,
        _ => Unusable::Damaged,
    }
}

fn write(image: &DynamicImage, came_without_loss: bool) -> Result<(MediaType, Vec<u8>), Unusable> {
    if is_transparent(image) {
        return Ok((MediaType::Png, png(&DynamicImage::from(image.to_rgba8()))?));
    }
    let opaque = match image.color().has_color() {
        true => DynamicImage::from(image.to_rgb8()),
        false => DynamicImage::from(image.to_luma8()),
    };
    let png = png(&opaque)?;
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY);
    opaque.write_with_encoder(encoder).map_err(why)?;
    let bearable = if came_without_loss {
        jpeg.len().saturating_mul(PNG_OVER_JPEG_MAX)
    } else {
        jpeg.len()
    };
    Ok(if png.len() <= bearable {
        (MediaType::Png, png)
    } else {
        (MediaType::Jpeg, jpeg)
    })
}

fn is_transparent(image: &DynamicImage) -> bool {
    image.color().has_alpha() && image.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX)
}

fn png(image: &DynamicImage) -> Result<Vec<u8>, Unusable> {
    let mut bytes = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, PngFilter::Adaptive);
    image.write_with_encoder(encoder).map_err(why)?;
    Ok(bytes)
}

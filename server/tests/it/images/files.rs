//! Files to send: images made here, and some that only look like ones.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

/// A PNG in two colours.
pub(super) fn png(width: u32, height: u32, alpha: u8) -> Vec<u8> {
    let drawn = RgbaImage::from_fn(width, height, |x, _| match x < width / 2 {
        true => Rgba([200, 30, 30, alpha]),
        false => Rgba([30, 30, 200, alpha]),
    });
    written(&DynamicImage::from(drawn))
}

/// A small picture of two colours in any format.
pub(super) fn two_colours(format: ImageFormat) -> Vec<u8> {
    let drawn = image::load_from_memory(&png(12, 10, 255)).expect("an image");
    let mut file = Cursor::new(Vec::new());
    drawn.write_to(&mut file, format).expect("writes");
    file.into_inner()
}

/// A PNG that does not compress.
pub(super) fn noise(width: u32, height: u32) -> Vec<u8> {
    let mut seed = 1_u32;
    let drawn = RgbImage::from_fn(width, height, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, red, green, blue] = seed.to_le_bytes();
        Rgb([red / 4, 128 + green / 4, blue / 2])
    });
    written(&DynamicImage::from(drawn))
}

fn written(image: &DynamicImage) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, ImageFormat::Png).expect("writes");
    file.into_inner()
}

/// A JPEG, dark on its left, whose EXIF says that it is to be turned to the right and something else.
pub(super) fn jpeg_on_its_side(width: u32, height: u32, told: &[u8]) -> Vec<u8> {
    let drawn = RgbImage::from_fn(width, height, |x, y| {
        let shade = if x < width / 2 { 20 } else { 200 };
        Rgb([shade, shade + (y % 40) as u8, shade + (x * 7 % 50) as u8])
    });
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, 90);
    drawn.write_with_encoder(encoder).expect("writes");
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
    // Orientation, a short: 6.
    exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    // ImageDescription, text behind the two entries.
    exif.extend(b"\x01\x0e\0\x02");
    exif.extend((told.len() as u32).to_be_bytes());
    exif.extend(38_u32.to_be_bytes());
    exif.extend([0; 4]);
    exif.extend(told);
    let mut with_exif = file[..2].to_vec();
    with_exif.extend([0xff, 0xe1]);
    with_exif.extend((exif.len() as u16 + 2).to_be_bytes());
    with_exif.extend(exif);
    with_exif.extend(&file[2..]);
    with_exif
}

/// A PNG of a few bytes that says how large it is and brings nothing of it.
pub(super) fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut header = width.to_be_bytes().to_vec();
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in [
        (b"IHDR", header.as_slice()),
        (b"IDAT", b"x\x9c"),
        (b"IEND", b""),
    ] {
        file.extend((data.len() as u32).to_be_bytes());
        let named = [name.as_slice(), data].concat();
        file.extend(&named);
        file.extend(crc(&named).to_be_bytes());
    }
    file
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

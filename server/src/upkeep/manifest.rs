//! What a backup says of itself: a small JSON file beside the copy.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The file inside a backup.
pub const MANIFEST_FILE_NAME: &str = "manifest.json";

/// The newest form of backup this program knows.
pub(super) const FORMAT: u32 = 1;

/// A manifest is a few lines; more is something else.
const MANIFEST_BYTES_MAX: u64 = 64 * 1024;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the backup.
    pub format: u32,
    /// The program that made it.
    pub countersign: String,
    /// When, in UTC.
    pub made_at: jiff::Timestamp,
    /// Size of the database beside the manifest.
    pub bytes: u64,
    /// SHA-256 of it, hexadecimal.
    pub sha256: String,
    /// Documents in it.
    pub documents: u64,
    /// Changes in them.
    pub changes: u64,
}

impl Manifest {
    /// Reads the one in `folder`.
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let mut text = String::new();
        File::open(folder.join(MANIFEST_FILE_NAME))?
            .take(MANIFEST_BYTES_MAX)
            .read_to_string(&mut text)?;
        serde_json::from_str(&text).map_err(io::Error::from)
    }

    /// Writes it into `folder`; on the disk when this returns.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let mut file = File::create_new(folder.join(MANIFEST_FILE_NAME))?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.sync_all()
    }
}

/// Size and SHA-256 of a file, read once in small pieces and handed on as it is read.
pub(super) fn digest(file: &Path, copy: &mut impl io::Write) -> io::Result<(u64, String)> {
    let mut from = File::open(file)?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut piece = vec![0; 256 * 1024];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok((bytes, hex::encode(hash.finalize()))),
            read => {
                hash.update(&piece[..read]);
                copy.write_all(&piece[..read])?;
                bytes += read as u64;
            }
        }
    }
}

/// Puts names of files on the disk: a file whose folder is lost is lost too.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

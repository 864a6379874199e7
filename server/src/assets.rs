//! The files of the browser's side, inside the binary: program, editor, style, icons.
//!
//! Their names carry the hash of their content, so that a browser may keep one for ever and a new
//! release is never mixed with an old one. Serving them is the business of `routes::assets`.

/// One embedded file in its three encodings.
#[derive(Debug)]
pub struct Asset {
    /// What the code calls it: `app.css`.
    pub name: &'static str,
    /// What the browser calls it: `app.0123456789abcdef.css`.
    pub hashed: &'static str,
    /// As it is.
    pub plain: &'static [u8],
    /// Compressed as far as brotli goes.
    pub brotli: &'static [u8],
    /// Compressed as far as gzip goes, for those who do not read brotli.
    pub gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// The file that a browser asks for by its hashed name.
pub fn find(hashed: &str) -> Option<&'static Asset> {
    SITE.binary_search_by(|asset| asset.hashed.cmp(hashed))
        .ok()
        .map(|at| &SITE[at])
}

/// The address of the file that the code calls `name`.
///
/// A binary built without a site (a test) names an address that answers 404.
pub fn path(name: &str) -> String {
    let hashed = SITE
        .iter()
        .find(|asset| asset.name == name)
        .map_or(name, |asset| asset.hashed);
    format!("/assets/{hashed}")
}

/// What the file that the code calls `name` holds; `None` in a binary built without a site.
pub fn content(name: &str) -> Option<&'static [u8]> {
    let found = SITE.iter().find(|asset| asset.name == name);
    found.map(|asset| asset.plain)
}

/// What the code calls each file.
pub fn names() -> impl Iterator<Item = &'static str> {
    SITE.iter().map(|asset| asset.name)
}

impl Asset {
    /// The media type, by the ending of the name.
    pub fn content_type(&self) -> &'static str {
        content_type(self.name)
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" | "webmanifest" => "application/manifest+json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_named_as_one() {
        // Browsers refuse to stream a program that is called anything else.
        assert_eq!(content_type("app.wasm"), "application/wasm");
        assert_eq!(content_type("nameless"), "application/octet-stream");
    }

    #[test]
    fn every_embedded_file_is_found_by_its_hashed_name() {
        for asset in SITE {
            assert!(find(asset.hashed).is_some_and(|found| found.name == asset.name));
            assert_eq!(path(asset.name), format!("/assets/{}", asset.hashed));
        }
        assert!(find("app.css").is_none(), "only hashed names are served");
    }
}

//! Randomness from the browser, for ids nobody can guess and nobody else can have.

/// Sixteen fresh random bytes.
pub(crate) fn bytes16() -> [u8; 16] {
    let mut bytes = [0; 16];
    web_sys::window()
        .and_then(|window| window.crypto().ok())
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok())
        .expect("every browser that runs WebAssembly has crypto.getRandomValues");
    bytes
}

/// One random number, for jitter.
pub(crate) fn number() -> u32 {
    let [a, b, c, d, ..] = bytes16();
    u32::from_le_bytes([a, b, c, d])
}

//! What time it is on this device.

use web_sys::js_sys::Date;

/// Unix milliseconds. Only in the browser; what the server says of time it says itself.
pub fn now_ms() -> i64 {
    Date::now() as i64
}

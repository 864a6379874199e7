//! The session cookie: how it is named, written and read.

use http::HeaderMap;
use http::header::COOKIE;

use super::{SESSION_LIFETIME, Secret};
use crate::config::CookieSecurity;

/// `__Host-` makes browsers insist on `Secure`, the whole path and no domain.
const NAME_HTTPS: &str = "__Host-countersign";

/// On plain http, where browsers refuse `__Host-`; used on this machine alone.
const NAME_THIS_MACHINE: &str = "countersign";

/// The cookie as this server uses it.
#[derive(Clone, Copy, Debug)]
pub struct SessionCookie {
    security: CookieSecurity,
}

impl SessionCookie {
    /// The cookie for a server reached this way.
    #[must_use]
    pub fn new(security: CookieSecurity) -> Self {
        Self { security }
    }

    /// Under which conditions it may be set.
    #[must_use]
    pub fn security(&self) -> CookieSecurity {
        self.security
    }

    /// The secret in a request's cookies, if one could be ours.
    #[must_use]
    pub fn read(&self, headers: &HeaderMap) -> Option<Secret> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.name())
            .and_then(|(_, value)| Secret::parse(value))
    }

    /// The `Set-Cookie` value that signs a browser in.
    #[must_use]
    pub fn set(&self, secret: &Secret) -> String {
        self.write(secret.expose(), SESSION_LIFETIME.as_secs())
    }

    /// The `Set-Cookie` value that makes a browser forget.
    #[must_use]
    pub fn clear(&self) -> String {
        self.write("", 0)
    }

    fn write(&self, value: &str, max_age_s: u64) -> String {
        let secure = match self.security {
            CookieSecurity::Https => "; Secure",
            CookieSecurity::ThisMachineOnly => "",
        };
        let name = self.name();
        format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}")
    }

    fn name(&self) -> &'static str {
        match self.security {
            CookieSecurity::Https => NAME_HTTPS,
            CookieSecurity::ThisMachineOnly => NAME_THIS_MACHINE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(cookies: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, cookies.parse().expect("a header"));
        headers
    }

    #[test]
    fn over_https_the_cookie_is_locked_to_this_host() {
        let secret = Secret::generate();
        let set = SessionCookie::new(CookieSecurity::Https).set(&secret);
        assert!(set.starts_with("__Host-countersign="), "{set}");
        for attribute in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
            assert!(set.contains(attribute), "{set}");
        }
        assert!(!set.contains("Domain"), "{set}");
    }

    #[test]
    fn the_cookie_is_found_among_others_and_only_under_its_own_name() {
        let secret = Secret::generate();
        let value = secret.expose();
        let https = SessionCookie::new(CookieSecurity::Https);
        let sent = request(&format!(
            "theme=dark; __Host-countersign={value}; locale=en"
        ));
        assert_eq!(https.read(&sent), Some(secret.clone()));
        // A cookie a neighbour on plain http could have set is not taken over https.
        assert_eq!(https.read(&request(&format!("countersign={value}"))), None);
        assert_eq!(https.read(&request("__Host-countersign=")), None);
        assert_eq!(https.read(&HeaderMap::new()), None);
    }
}

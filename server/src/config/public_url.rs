//! The address people type to reach this server, and what it means for cookies.

use http::Uri;

/// Under which conditions a browser may keep our cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieSecurity {
    /// The public address is https: `__Host-` and `Secure`.
    Https,
    /// Plain http, which only this machine itself may use.
    ThisMachineOnly,
}

/// An origin: scheme, host and port, nothing after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    cookie_security: CookieSecurity,
}

impl PublicUrl {
    /// Reads `https://host`, or `http://` and a name of this machine.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "an address such as https://sign.example.com, without a path";
        let uri: Uri = text.parse().map_err(|_| EXPECTED)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(EXPECTED);
        };
        if !matches!(uri.path(), "" | "/")
            || uri.query().is_some()
            || authority.as_str().contains('@')
        {
            return Err(EXPECTED);
        }
        let cookie_security = match scheme {
            "https" => CookieSecurity::Https,
            "http" if names_this_machine(authority.as_str()) => CookieSecurity::ThisMachineOnly,
            "http" => {
                return Err(
                    "an https address: over plain http anybody on the way could read the \
                            sign-in cookie (http is for localhost only)",
                );
            }
            _ => return Err(EXPECTED),
        };
        let origin = format!("{scheme}://{authority}").to_ascii_lowercase();
        Ok(Self {
            origin,
            cookie_security,
        })
    }

    /// What somebody at this machine types.
    #[must_use]
    pub fn on_this_machine(port: u16) -> Self {
        Self {
            origin: format!("http://localhost:{port}"),
            cookie_security: CookieSecurity::ThisMachineOnly,
        }
    }

    /// As a browser spells it in `Origin`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Under which conditions a cookie may be set.
    #[must_use]
    pub fn cookie_security(&self) -> CookieSecurity {
        self.cookie_security
    }

    /// The address of the page that takes a link's secret. The secret is in the fragment, which
    /// browsers do not send and proxies do not log.
    #[must_use]
    pub fn enter_link(&self, secret: &str) -> String {
        format!("{}/enter#{secret}", self.origin)
    }
}

/// Whether a `Host` value (with or without a port) is a name of the machine itself.
#[must_use]
pub(crate) fn names_this_machine(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_at_home() {
        let security = |text: &str| PublicUrl::parse(text).map(|url| url.cookie_security());
        assert_eq!(
            security("https://Sign.Example.com"),
            Ok(CookieSecurity::Https)
        );
        assert_eq!(
            security("http://localhost:8080/"),
            Ok(CookieSecurity::ThisMachineOnly)
        );
        assert_eq!(
            security("http://[::1]:8080"),
            Ok(CookieSecurity::ThisMachineOnly)
        );
        assert!(security("http://sign.example.com").is_err());
        assert!(security("https://sign.example.com/sub").is_err());
        assert!(security("https://user:password@sign.example.com").is_err());
        assert!(security("sign.example.com").is_err());
        assert_eq!(
            PublicUrl::parse("https://Sign.Example.com").map(|url| url.origin().to_owned()),
            Ok("https://sign.example.com".to_owned())
        );
    }

    #[test]
    fn names_of_this_machine() {
        for host in [
            "localhost",
            "localhost:8080",
            "127.0.0.1:1",
            "127.9.9.9",
            "[::1]:8080",
            "[::1]",
        ] {
            assert!(names_this_machine(host), "{host}");
        }
        for host in ["example.com", "localhost.example.com", "10.0.0.1:80", ""] {
            assert!(!names_this_machine(host), "{host}");
        }
    }
}

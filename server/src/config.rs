//! Everything that can be set, in one struct, read once at the start.
//!
//! A setting is taken from the first of: its flag, its environment variable
//! (`COUNTERSIGN_` and the name in capitals), the file (`--config`, else `countersign.toml` in the
//! data directory), the default. A name that is not in [`SETTINGS`] is an error wherever it stands:
//! a misspelt setting must not be a silent default.

mod layers;
mod public_url;
mod relay_token;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;

pub use layers::{ConfigError, Effective, Flags, Origin, load};
pub(crate) use public_url::names_this_machine;
pub use public_url::{CookieSecurity, PublicUrl};
pub use relay_token::RelayToken;

use crate::mail::{Carrier, CarrierFault};

/// Whether a value may be shown by `countersign config`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// Shown as it is.
    Shown,
    /// Shown as dots.
    Masked,
}

/// One thing that can be set.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the file and, with dashes, as a flag.
    pub name: &'static str,
    /// What it is when nobody says anything; empty for "worked out from the others".
    pub default: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// Whether `countersign config` shows it.
    pub disclosure: Disclosure,
}

const fn shown(name: &'static str, default: &'static str, about: &'static str) -> Setting {
    Setting {
        name,
        default,
        about,
        disclosure: Disclosure::Shown,
    }
}

/// Every setting there is. The table in the README is made from this one.
pub const SETTINGS: &[Setting] = &[
    shown("addr", "127.0.0.1:8080", "address and port to listen on"),
    shown(
        "data",
        "./data",
        "directory that holds everything this server keeps",
    ),
    shown(
        "public_url",
        "",
        "address people type, https unless it is this machine; default http://localhost:PORT",
    ),
    shown(
        "trusted_origins",
        "",
        "further origins, comma-separated, whose pages may use this server with a cookie",
    ),
    shown(
        "trusted_proxies",
        "127.0.0.1,::1",
        "proxies in front of this server, comma-separated addresses or nets; whom they name in X-Forwarded-For is believed",
    ),
    Setting {
        name: "smtp_url",
        default: "",
        about: "server that carries mail, smtps://USER:PASSWORD@HOST; default none: mail is shown to the host; not a flag, others could read it",
        disclosure: Disclosure::Masked,
    },
    shown(
        "mail_from",
        "",
        "sender of mail, such as Countersign <countersign@example.com>; needed with smtp_url",
    ),
    shown(
        "log",
        "info",
        "what to log: error, warn, info, debug, or a filter such as info,sqlx=warn",
    ),
    shown(
        "admin_addr",
        "",
        "address and port for /metrics, which nobody else should reach; default none",
    ),
    shown("log_format", "text", "how to log: text or json"),
    shown(
        "workers",
        "0",
        "threads that serve requests; 0 is one per core, at most 8",
    ),
    shown(
        "database_max_mib",
        "0",
        "size the database may grow to in MiB; 0 is as far as the disk goes",
    ),
    shown(
        "relay",
        "off",
        "documents of any shape for holders of relay_token: off, loopback, or network when other machines may come",
    ),
    Setting {
        name: "relay_token",
        default: "",
        about: "what programs show to use the relay, 16 characters or more; not a flag, others could read it",
        disclosure: Disclosure::Masked,
    },
];

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The settings in effect. Each field is documented in [`SETTINGS`].
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub addr: SocketAddr,
    /// The data directory.
    pub data: PathBuf,
    /// As set; [`Config::public_url`] knows the default.
    pub public_url: Option<PublicUrl>,
    /// Origins besides the public one and this machine's own names.
    pub trusted_origins: Vec<String>,
    /// Proxies in front of this server.
    pub trusted_proxies: Vec<IpNet>,
    /// Who carries mail; `None` is nobody.
    pub carrier: Option<Carrier>,
    /// Filter of log lines.
    pub log: String,
    /// Look of log lines.
    pub log_format: LogFormat,
    /// Worker threads.
    pub workers: usize,
    /// Largest database in bytes, `None` for no limit of ours.
    pub database_max_bytes: Option<u64>,
    /// Where figures are shown; `None` is nowhere.
    pub admin_addr: Option<SocketAddr>,
    /// Who may use the relay; `None` when there is none.
    pub relay: Option<RelayToken>,
}

/// More threads than this do not make a document server faster, and each costs memory when idle.
const WORKERS_MAX: usize = 8;

impl Config {
    /// The defaults with another data directory, for tests and tools.
    #[must_use]
    pub fn with_data(data: PathBuf) -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data,
            public_url: None,
            trusted_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            carrier: None,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            workers: 1,
            database_max_bytes: None,
            admin_addr: None,
            relay: None,
        }
    }

    /// The address people type.
    #[must_use]
    pub fn public_url(&self) -> PublicUrl {
        self.public_url
            .clone()
            .unwrap_or_else(|| PublicUrl::on_this_machine(self.addr.port()))
    }

    /// Every origin whose pages may open a socket or post with a cookie, spelled as browsers do.
    #[must_use]
    pub fn public_origins(&self) -> Vec<String> {
        let public = self.public_url();
        let mut origins = vec![public.origin().to_owned()];
        if public.cookie_security() == CookieSecurity::ThisMachineOnly {
            let port = self.addr.port();
            origins.extend(
                ["localhost", "127.0.0.1", "[::1]"].map(|host| format!("http://{host}:{port}")),
            );
        }
        origins.extend(self.trusted_origins.iter().cloned());
        origins.sort();
        origins.dedup();
        origins
    }

    /// Reads typed values out of the layers.
    fn parse(effective: &Effective) -> Result<Self, ConfigError> {
        let mib = effective.parse::<u64>("database_max_mib", "a whole number of MiB")?;
        let workers = match effective.parse::<usize>("workers", "a whole number")? {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            set => set,
        };
        let log_format = match effective.text("log_format") {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            _ => return Err(effective.invalid("log_format", "text or json")),
        };
        let log = effective.text("log");
        if tracing_subscriber::EnvFilter::try_new(log).is_err() {
            return Err(effective.invalid("log", "a level or a filter such as info,sqlx=warn"));
        }
        let public_url = match effective.text("public_url") {
            "" => None,
            text => {
                Some(PublicUrl::parse(text).map_err(|why| effective.invalid("public_url", why))?)
            }
        };
        let addr = effective.parse("addr", "an address and port such as 127.0.0.1:8080")?;
        let admin_addr = match effective.text("admin_addr") {
            "" => None,
            _ => Some(effective.parse("admin_addr", "an address and port such as 127.0.0.1:9090")?),
        };
        Ok(Self {
            relay: relay_token::read(effective, addr, public_url.as_ref())?,
            addr,
            admin_addr,
            data: PathBuf::from(effective.text("data")),
            public_url,
            trusted_origins: parse_origins(effective)?,
            trusted_proxies: parse_proxies(effective)?,
            carrier: parse_carrier(effective)?,
            log: log.to_owned(),
            log_format,
            workers: workers.min(WORKERS_MAX),
            database_max_bytes: (mib > 0).then_some(mib.saturating_mul(1024 * 1024)),
        })
    }
}

fn parse_origins(effective: &Effective) -> Result<Vec<String>, ConfigError> {
    effective
        .text("trusted_origins")
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| match PublicUrl::parse(text) {
            Ok(url) => Ok(url.origin().to_owned()),
            Err(why) => Err(effective.invalid("trusted_origins", why)),
        })
        .collect()
}

fn parse_proxies(effective: &Effective) -> Result<Vec<IpNet>, ConfigError> {
    let expected = "addresses such as 127.0.0.1 or nets such as 10.0.0.0/8, comma-separated";
    let parse = |text: &str| {
        let one = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse::<IpNet>().or_else(|_| one())
    };
    effective
        .text("trusted_proxies")
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| parse(text).map_err(|_| effective.invalid("trusted_proxies", expected)))
        .collect()
}

fn parse_carrier(effective: &Effective) -> Result<Option<Carrier>, ConfigError> {
    let sender = effective.text("mail_from");
    match effective.text("smtp_url") {
        "" => Ok(None),
        url => match Carrier::new(url, sender) {
            Ok(carrier) => Ok(Some(carrier)),
            Err(CarrierFault::Url(expected)) => Err(effective.invalid("smtp_url", expected)),
            Err(CarrierFault::Sender(expected)) => Err(effective.invalid("mail_from", expected)),
        },
    }
}

//! Where settings come from: flags over environment over file over defaults, each value with its
//! origin so that `countersign config` can say who won.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use config::{File, FileFormat, Source as _};

use super::{Config, Disclosure, SETTINGS, Setting};

/// What environment variables of settings begin with.
const ENV_PREFIX: &str = "COUNTERSIGN_";

/// The file looked for in the data directory when none is named.
const CONFIG_FILE_NAME: &str = "countersign.toml";

/// Variables with our prefix that are not settings: what the build reads, and the path of the
/// file, which cannot stand in the file.
const OTHER_VARIABLES: &[&str] = &["COUNTERSIGN_SITE", "COUNTERSIGN_CONFIG"];

/// What is shown of a masked value.
const MASK: &str = "••••••••";

/// Settings given on the command line; names as in [`SETTINGS`].
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// A file to read instead of the one in the data directory.
    pub config_file: Option<PathBuf>,
    /// Name and value of each flag given.
    pub values: BTreeMap<&'static str, String>,
}

/// Who said a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag.
    Flag,
    /// An environment variable, by name.
    Environment(String),
    /// The file.
    File(PathBuf),
    /// Nobody.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Why the settings cannot be used. Each names the setting and says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A name we do not know.
    #[error("unknown setting `{name}` ({origin}); `countersign config` lists those there are")]
    Unknown {
        /// As it was written.
        name: String,
        /// Where.
        origin: Origin,
    },
    /// A value that does not fit.
    #[error("setting `{name}` is `{value}` ({origin}), but must be {expected}")]
    Invalid {
        /// Which.
        name: &'static str,
        /// As it was written.
        value: String,
        /// Where.
        origin: Origin,
        /// What would fit.
        expected: &'static str,
    },
    /// The file cannot be read.
    #[error("cannot read the settings in {}: {detail}", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        detail: String,
    },
}

/// Every setting with its value and who said it, in the order of [`SETTINGS`].
#[derive(Clone, Debug)]
pub struct Effective {
    values: Vec<(&'static Setting, String, Origin)>,
}

/// Reads the layers and the typed settings out of them. `environment` is the process's own, or a
/// test's.
///
/// # Errors
/// The first unknown or unfitting setting.
pub fn load(
    flags: &Flags,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<(Config, Effective), ConfigError> {
    let environment = read_environment(environment)?;
    let given = |name: &str| {
        flags
            .values
            .get(name)
            .or_else(|| environment.values.get(name).map(|(_, value)| value))
    };
    let named = flags.config_file.clone().or(environment.config_file);
    let file = match named {
        Some(path) => Some((read_file(&path)?, path)),
        None => {
            let data = given("data").map_or("./data", String::as_str);
            let path = Path::new(data).join(CONFIG_FILE_NAME);
            if path.exists() {
                Some((read_file(&path)?, path))
            } else {
                None
            }
        }
    };
    let values = SETTINGS
        .iter()
        .map(|setting| {
            let name = setting.name;
            if let Some(value) = flags.values.get(name) {
                return (setting, value.clone(), Origin::Flag);
            }
            if let Some((variable, value)) = environment.values.get(name) {
                return (
                    setting,
                    value.clone(),
                    Origin::Environment(variable.clone()),
                );
            }
            if let Some((values, path)) = &file
                && let Some(value) = values.get(name)
            {
                return (setting, value.clone(), Origin::File(path.clone()));
            }
            (setting, setting.default.to_owned(), Origin::Default)
        })
        .collect();
    let effective = Effective { values };
    Ok((Config::parse(&effective)?, effective))
}

struct Environment {
    config_file: Option<PathBuf>,
    values: BTreeMap<String, (String, String)>,
}

fn read_environment(
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Environment, ConfigError> {
    let mut read = Environment {
        config_file: None,
        values: BTreeMap::new(),
    };
    for (variable, value) in environment {
        let Some(rest) = variable.strip_prefix(ENV_PREFIX) else {
            continue;
        };
        if rest == "CONFIG" {
            read.config_file = Some(PathBuf::from(&value));
        }
        if OTHER_VARIABLES.contains(&variable.as_str()) {
            continue;
        }
        let name = rest.to_ascii_lowercase();
        if !is_known(&name) {
            let origin = Origin::Environment(variable.clone());
            return Err(ConfigError::Unknown {
                name: variable,
                origin,
            });
        }
        read.values.insert(name, (variable, value));
    }
    Ok(read)
}

fn read_file(path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    let unreadable = |detail: String| ConfigError::File {
        path: path.to_owned(),
        detail,
    };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let table = File::from_str(&text, FileFormat::Toml)
        .collect()
        .map_err(|error| unreadable(error.to_string()))?;
    let mut values = BTreeMap::new();
    for (name, value) in table {
        if !is_known(&name) {
            return Err(ConfigError::Unknown {
                name,
                origin: Origin::File(path.to_owned()),
            });
        }
        let value = value
            .into_string()
            .map_err(|error| unreadable(format!("{name}: {error}")))?;
        values.insert(name, value);
    }
    Ok(values)
}

fn is_known(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name == name)
}

impl Effective {
    /// The text of a setting.
    pub(super) fn text(&self, name: &str) -> &str {
        self.entry(name).map_or("", |(_, value, _)| value.trim())
    }

    /// A setting as a type that reads itself.
    pub(super) fn parse<T: FromStr>(
        &self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<T, ConfigError> {
        self.text(name)
            .parse()
            .map_err(|_| self.invalid(name, expected))
    }

    /// The refusal of a setting's value.
    pub(super) fn invalid(&self, name: &'static str, expected: &'static str) -> ConfigError {
        let origin = self
            .entry(name)
            .map_or(Origin::Default, |(_, _, origin)| origin.clone());
        let masked = self
            .entry(name)
            .is_some_and(|(setting, _, _)| setting.disclosure == Disclosure::Masked);
        ConfigError::Invalid {
            name,
            value: match self.text(name) {
                text if text.is_empty() || !masked => text.to_owned(),
                _ => MASK.to_owned(),
            },
            origin,
            expected,
        }
    }

    fn entry(&self, name: &str) -> Option<&(&'static Setting, String, Origin)> {
        self.values
            .iter()
            .find(|(setting, _, _)| setting.name == name)
    }
}

impl fmt::Display for Effective {
    /// One line a setting: name, value, who said it, what it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (setting, value, origin) in &self.values {
            let shown = match setting.disclosure {
                Disclosure::Masked if !value.is_empty() => MASK,
                Disclosure::Masked | Disclosure::Shown => value,
            };
            writeln!(f, "# {}", setting.about)?;
            writeln!(f, "{} = {shown:?}  # {origin}", setting.name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn flags(dir: &Path, pairs: &[(&'static str, &str)]) -> Flags {
        let mut values: BTreeMap<_, _> = pairs
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        values.insert("data", dir.display().to_string());
        Flags {
            config_file: None,
            values,
        }
    }

    #[test]
    fn flag_over_environment_over_file_over_default() {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::write(
            dir.path().join(CONFIG_FILE_NAME),
            "addr = \"127.0.0.1:1\"\nlog = \"warn\"\nworkers = 3\n",
        )
        .expect("a file");
        let env = environment(&[
            ("COUNTERSIGN_ADDR", "127.0.0.1:2"),
            ("COUNTERSIGN_LOG", "error"),
        ]);
        let (config, effective) =
            load(&flags(dir.path(), &[("addr", "127.0.0.1:3")]), env).expect("fits");
        assert_eq!(config.addr.port(), 3);
        assert_eq!(config.log, "error");
        assert_eq!(config.workers, 3);
        assert_eq!(config.log_format, super::super::LogFormat::Text);
        let shown = effective.to_string();
        assert!(shown.contains("addr = \"127.0.0.1:3\"  # flag"), "{shown}");
        assert!(
            shown.contains("log = \"error\"  # environment COUNTERSIGN_LOG"),
            "{shown}"
        );
        assert!(shown.contains("workers = \"3\"  # file"), "{shown}");
        assert!(
            shown.contains("log_format = \"text\"  # default"),
            "{shown}"
        );
    }

    #[test]
    fn an_unknown_setting_is_named_wherever_it_stands() {
        let dir = tempfile::tempdir().expect("a directory");
        let from_environment = load(
            &flags(dir.path(), &[]),
            environment(&[("COUNTERSIGN_ADR", "x")]),
        )
        .expect_err("refused");
        assert!(from_environment.to_string().contains("COUNTERSIGN_ADR"));
        std::fs::write(dir.path().join(CONFIG_FILE_NAME), "adr = \"x\"").expect("a file");
        let from_file = load(&flags(dir.path(), &[]), []).expect_err("refused");
        assert!(from_file.to_string().contains("`adr`"), "{from_file}");
    }

    #[test]
    fn a_value_that_does_not_fit_is_shown_with_what_would() {
        let dir = tempfile::tempdir().expect("a directory");
        for (name, value) in [
            ("addr", "8080"),
            ("public_url", "http://sign.example.com"),
            ("log_format", "xml"),
            ("log", "=,="),
            ("workers", "many"),
            ("database_max_mib", "-1"),
            ("relay", "yes"),
            ("trusted_origins", "https://ok.example, nonsense"),
        ] {
            let error = load(&flags(dir.path(), &[(name, value)]), []).expect_err(name);
            assert!(error.to_string().contains(value), "{error}");
            assert!(error.to_string().contains("must be"), "{error}");
        }
    }

    #[test]
    fn what_the_build_reads_is_not_a_setting() {
        let dir = tempfile::tempdir().expect("a directory");
        let env = environment(&[("COUNTERSIGN_SITE", "target/site")]);
        assert!(load(&flags(dir.path(), &[]), env).is_ok());
    }

    #[test]
    fn a_masked_setting_shows_dots() {
        static SECRET: Setting = Setting {
            name: "database_password",
            default: "",
            about: "",
            disclosure: Disclosure::Masked,
        };
        let effective = Effective {
            values: vec![(&SECRET, "hunter2".to_owned(), Origin::Flag)],
        };
        assert!(!effective.to_string().contains("hunter2"));
    }
}

//! The grammar of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::Flags;
use crate::rights::Role;

/// Write requirement documents and meeting notes with your client, live or offline.
#[derive(Debug, Parser)]
#[command(
    name = "countersign",
    version,
    about,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(super) struct CommandLine {
    #[command(flatten)]
    settings: SettingFlags,

    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the documents in the data directory until stopped.
    Serve,
    /// Make a believable demo project in the data directory and print its links.
    Demo {
        /// Print one JSON object for scripts instead.
        #[arg(long)]
        json: bool,
    },
    /// Access tokens for programs.
    #[command(subcommand)]
    Token(TokenCommand),
    /// People who can sign in.
    #[command(subcommand)]
    User(UserCommand),
    /// What was decided about access, and whether that account is whole.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Copy everything into a new folder, while people write, and check the copy.
    Backup {
        /// The folder to make; it must not exist.
        to: PathBuf,
    },
    /// Put a backup into an empty data directory.
    Restore {
        /// The folder that `countersign backup` made.
        from: PathBuf,
    },
    /// Read every document and say whether anything is damaged; changes nothing.
    Check,
    /// Show every setting, its value and where that comes from.
    Config,
}

/// What can be done with people.
#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// List all people, with their mailbox and what they are.
    List,
    /// Make a link that signs somebody in once and print it: for a host who lost their way in.
    Link {
        /// Their name or id.
        person: String,
    },
    /// Sign somebody out everywhere; open pages lose them within a second.
    SignOut {
        /// Their name or id.
        person: String,
    },
}

/// What can be done with the audit log.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Print it, the oldest first.
    List {
        /// After which entry.
        #[arg(long, default_value_t = 0)]
        after: i64,
        /// How many entries.
        #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        limit: u32,
    },
    /// Check that nothing in it was changed or taken out, and print the hash of its end.
    Verify,
}

/// What can be done with tokens.
#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token and print it, once.
    Create(NewTokenArgs),
    /// List all tokens, without their secrets.
    List,
    /// End a token; connections made with it are closed within a second.
    Revoke {
        /// Its id, as `token list` shows it.
        id: String,
    },
}

/// For whom and where a token is.
#[derive(Debug, Args)]
pub(super) struct NewTokenArgs {
    /// Name or id of a person; a name nobody has becomes a new person.
    #[arg(long)]
    pub(super) person: String,
    /// Name or id of the project the token reaches.
    #[arg(long)]
    pub(super) project: String,
    /// Role of the person in the project: owner, member, client or reader [default: the role they
    /// have, else reader].
    #[arg(long, value_parser = parse_role)]
    pub(super) role: Option<Role>,
    /// Days until it ends.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(super) days: u32,
}

fn parse_role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| "one of: owner, member, client, reader".to_owned())
}

/// One flag for each setting; `countersign config` explains them.
#[derive(Debug, Args)]
struct SettingFlags {
    /// File to read settings from [default: countersign.toml in the data directory].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:8080].
    #[arg(long, global = true, value_name = "HOST:PORT")]
    addr: Option<String>,
    /// Address and port for /metrics, which nobody else should reach [default: none].
    #[arg(long, global = true, value_name = "HOST:PORT")]
    admin_addr: Option<String>,
    /// Directory that holds everything this server keeps [default: ./data].
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<String>,
    /// Address people type, https unless it is this machine [default: http://localhost:PORT].
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// Further origins, comma-separated, whose pages may use this server with a cookie.
    #[arg(long, global = true, value_name = "ORIGINS")]
    trusted_origins: Option<String>,
    /// Proxies in front of this server, comma-separated [default: 127.0.0.1,::1].
    #[arg(long, global = true, value_name = "NETS")]
    trusted_proxies: Option<String>,
    /// Sender of mail; needed with COUNTERSIGN_SMTP_URL.
    #[arg(long, global = true, value_name = "SENDER")]
    mail_from: Option<String>,
    /// What to log [default: info].
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// How to log: text or json [default: text].
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
    /// Threads that serve requests; 0 is one per core [default: 0].
    #[arg(long, global = true, value_name = "N")]
    workers: Option<String>,
    /// Size the database may grow to in MiB; 0 is as far as the disk goes [default: 0].
    #[arg(long, global = true, value_name = "MIB")]
    database_max_mib: Option<String>,
    /// Documents of any shape for holders of COUNTERSIGN_RELAY_TOKEN; `--relay=network` when other
    /// machines may come [default: off].
    #[arg(long, global = true, value_name = "REACH", num_args = 0..=1, require_equals = true,
        default_missing_value = "loopback")]
    relay: Option<String>,
}

impl CommandLine {
    /// The settings given as flags.
    pub(super) fn flags(&self) -> Flags {
        let settings = &self.settings;
        let given = [
            ("addr", &settings.addr),
            ("admin_addr", &settings.admin_addr),
            ("data", &settings.data),
            ("public_url", &settings.public_url),
            ("trusted_origins", &settings.trusted_origins),
            ("trusted_proxies", &settings.trusted_proxies),
            ("mail_from", &settings.mail_from),
            ("log", &settings.log),
            ("log_format", &settings.log_format),
            ("workers", &settings.workers),
            ("database_max_mib", &settings.database_max_mib),
            ("relay", &settings.relay),
        ];
        Flags {
            config_file: settings.config.clone(),
            values: given
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.clone()?)))
                .collect(),
        }
    }
}

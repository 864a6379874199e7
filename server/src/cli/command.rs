//! The grammar of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::Flags;

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
    /// Show every setting, its value and where that comes from.
    Config,
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
    /// Directory that holds everything this server keeps [default: ./data].
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<String>,
    /// Address people type, https unless it is this machine [default: http://localhost:PORT].
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// Further origins, comma-separated, whose pages may use this server with a cookie.
    #[arg(long, global = true, value_name = "ORIGINS")]
    trusted_origins: Option<String>,
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
}

impl CommandLine {
    /// The settings given as flags.
    pub(super) fn flags(&self) -> Flags {
        let settings = &self.settings;
        let given = [
            ("addr", &settings.addr),
            ("data", &settings.data),
            ("public_url", &settings.public_url),
            ("trusted_origins", &settings.trusted_origins),
            ("log", &settings.log),
            ("log_format", &settings.log_format),
            ("workers", &settings.workers),
            ("database_max_mib", &settings.database_max_mib),
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

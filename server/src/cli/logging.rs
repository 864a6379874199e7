//! The log: lines on standard error, in the form that is configured, and never a document's text.

use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Log lines go to standard error; standard output is for answers.
pub(super) fn start(config: &Config) {
    let filter = EnvFilter::new(&config.log);
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // Only the first subscriber of a process counts; a second is a test's business.
    let _ = match config.log_format {
        LogFormat::Json => lines.json().try_init(),
        LogFormat::Text => lines.try_init(),
    };
    std::panic::set_hook(Box::new(panicked));
}

/// A panic's words may quote what somebody wrote (a string cut inside a character does), so the log
/// gets the place alone.
fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string);
    let thread = std::thread::current();
    let thread = thread.name();
    tracing::error!(place, thread, "a part of the program failed");
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("one writer").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_logged_by_its_place_and_never_quotes_a_document() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(panicked));
        let written = String::from("订单系统需求");
        let outcome = tracing::subscriber::with_default(subscriber, || {
            std::panic::catch_unwind(|| written[1..].len())
        });
        std::panic::set_hook(before);
        let words = outcome.expect_err("the cut is inside a character");
        let words = words.downcast_ref::<String>().expect("a formatted panic");
        assert!(words.contains('订'), "the panic itself quotes: {words}");
        let log = String::from_utf8(lines.0.lock().expect("one writer").clone()).expect("text");
        assert!(log.contains("logging.rs"), "{log}");
        assert!(!log.contains('订') && !log.contains("需求"), "{log}");
    }
}

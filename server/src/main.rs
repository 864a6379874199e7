//! The program `countersign`: reads the command line, ends with a sentence and a code.

fn main() -> std::process::ExitCode {
    server::cli::run()
}

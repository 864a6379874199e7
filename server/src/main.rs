//! The program `countersign`: reads the command line, ends with a sentence and a code.

/// The system's keeps what each of its many arenas once held: after an hour of a hundred editors
/// three times as much as is in use.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    server::cli::run()
}

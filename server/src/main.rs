//! The program `countersign`: reads the command line, ends with a sentence and a code.

/// The system's own allocator keeps an arena for nearly every thread that ever was, so a server that
/// is now and then busy grows for hours without anything being kept.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    server::cli::run()
}

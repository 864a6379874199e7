//! How much memory one input takes beyond what was there before, counted by the allocator.

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What anything that somebody sends may take for itself while it is dealt with.
pub const EXTRA_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Runs `work` and fails when it took more than [`EXTRA_BYTES_MAX`] on the way.
pub fn bounded<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let done = work();
    let extra = MEMORY.peak_usage().saturating_sub(before);
    assert!(
        extra <= EXTRA_BYTES_MAX,
        "{what} took {} MiB",
        extra / (1024 * 1024)
    );
    done
}

/// What Automerge panics about and the room catches is no failure: only a panic that comes through
/// ends the fuzzer, and says so there.
pub fn let_caught_panics_pass() {
    std::panic::set_hook(Box::new(|about| {
        if std::env::var_os("FUZZ_SAY_PANICS").is_some() {
            eprintln!("{about}\n{}", std::backtrace::Backtrace::force_capture());
        }
    }));
}

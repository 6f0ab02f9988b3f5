//! Millpond: Amazon Kinesis on your own machine.

/// musl's own allocator takes a lock for all threads.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    millpond::cli::run()
}

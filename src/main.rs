//! Millpond: Amazon Kinesis on your own machine.

fn main() -> std::process::ExitCode {
    millpond::cli::run()
}

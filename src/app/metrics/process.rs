//! What the operating system says of the process, under the names that Prometheus's client libraries give it.

use super::text::{Kind, Page};
use std::fs;

/// Ticks a second in /proc/PID/stat: USER_HZ, which is 100 on every architecture that Linux's /proc is read on here (proc(5)).
const TICKS_PER_SECOND: f64 = 100.0;

/// Adds them; on systems without /proc, none.
pub(super) fn write(page: &mut Page) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = [
        ("VmRSS:", "process_resident_memory_bytes", "Resident memory size in bytes."),
        ("VmHWM:", "process_resident_memory_max_bytes", "The largest resident memory size so far in bytes."),
        ("VmSize:", "process_virtual_memory_bytes", "Virtual memory size in bytes."),
    ];
    for (line, name, help) in memory {
        if let Some(bytes) = kib_of(&status, line) {
            page.single(name, Kind::Gauge, help, bytes);
        }
    }
    if let Some(seconds) = fs::read_to_string("/proc/self/stat").ok().and_then(|stat| cpu_seconds(&stat)) {
        page.single("process_cpu_seconds_total", Kind::Counter, "User and system CPU time spent in seconds.", seconds);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        page.single("process_open_fds", Kind::Gauge, "Number of open file descriptors.", open.count());
    }
}

/// Bytes of a line such as `VmRSS:     1234 kB`.
fn kib_of(status: &str, line: &str) -> Option<u64> {
    let rest = status.lines().find_map(|text| text.strip_prefix(line))?;
    let kib: u64 = rest.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Fields 14 and 15; the second field, the name, may have blanks and is in brackets.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let after_name: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |field: usize| after_name.get(field - 3)?.parse::<f64>().ok();
    Some((ticks(14)? + ticks(15)?) / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_proc_are_read() {
        assert_eq!(kib_of("Name:\tx\nVmRSS:\t     12 kB\n", "VmRSS:"), Some(12 * 1024));
        let stat = "17 (a ) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20";
        assert_eq!(cpu_seconds(stat), Some(3.0));
    }
}

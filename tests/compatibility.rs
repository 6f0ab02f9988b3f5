//! docs/compatibility.md says what is built.

use std::process::Command;

#[test]
fn the_page_is_up_to_date() {
    let made = Command::new(env!("CARGO_BIN_EXE_millpond")).arg("compatibility").output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let kept = include_str!("../docs/compatibility.md");
    let made = String::from_utf8(made.stdout).unwrap();
    assert!(made == kept, "docs/compatibility.md is old; make it new with `millpond compatibility > docs/compatibility.md`");
}

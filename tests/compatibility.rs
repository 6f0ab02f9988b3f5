//! docs/compatibility.md says what is built, docs/cloudformation.md what templates can have, docs/flags.md which flags there are.

use std::process::Command;

fn check(command: &str, kept: &str) {
    let made = Command::new(env!("CARGO_BIN_EXE_millpond")).arg(command).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made = String::from_utf8(made.stdout).unwrap();
    assert!(made == kept, "docs/{command}.md is old; make it new with `millpond {command} > docs/{command}.md`");
}

#[test]
fn the_page_of_operations_is_up_to_date() {
    check("compatibility", include_str!("../docs/compatibility.md"));
}

#[test]
fn the_page_of_stacks_is_up_to_date() {
    check("cloudformation", include_str!("../docs/cloudformation.md"));
}

#[test]
fn the_page_of_flags_is_up_to_date() {
    check("flags", include_str!("../docs/flags.md"));
}

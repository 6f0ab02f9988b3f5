//! Turns `api-models/*.json` into Rust: types, schema tables, operation markers and fault constructors, one file a service.

#![allow(
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    unreachable_pub,
    reason = "a build script, not the product"
)]

#[path = "build/emit.rs"]
mod emit;
#[path = "build/model.rs"]
mod model;
#[path = "build/names.rs"]
mod names;

use std::error::Error;
use std::path::Path;

/// In the order of `src/api/mod.rs`.
const SERVICES: [&str; 13] = [
    "ec2",
    "kinesis",
    "firehose",
    "kinesisanalytics",
    "kinesisanalyticsv2",
    "es",
    "opensearch",
    "iam",
    "sts",
    "logs",
    "cloudformation",
    "cognito-idp",
    "cognito-identity",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=api-models");
    copy_quickly()?;
    let out = std::env::var("OUT_DIR")?;
    let patches = model::read(Path::new("api-models/patches.json"))?;
    for service in SERVICES {
        let mut facts = model::read(&Path::new("api-models").join(format!("{service}.json")))?;
        model::patch(&mut facts, &patches[service])?;
        let code = emit::service(service, &facts).map_err(|e| format!("{service}: {e}"))?;
        std::fs::write(Path::new(&out).join(format!("{}.rs", service.replace('-', "_"))), code)?;
    }
    Ok(())
}

/// Gives static binaries for x86-64 a copy of memory that is quick for short pieces, in place of the library's (build/memory.c says why).
fn copy_quickly() -> Result<(), Box<dyn Error>> {
    let target = |fact: &str| std::env::var(format!("CARGO_CFG_TARGET_{fact}")).unwrap_or_default();
    if target("ENV") != "musl" || target("ARCH") != "x86_64" {
        return Ok(());
    }
    let objects = cc::Build::new().file("build/memory.c").opt_level(3).flag("-ffreestanding").try_compile_intermediates()?;
    for object in objects {
        println!("cargo:rustc-link-arg-bins={}", object.display());
    }
    println!("cargo:rustc-link-arg-bins=-Wl,--wrap=memcpy,--wrap=memmove");
    Ok(())
}

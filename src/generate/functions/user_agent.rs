//! What browsers call themselves, in the proportions and versions of the years of faker 3.x.

use super::Context;
use std::fmt::Write;

/// A browser's name of itself.
pub(super) fn user_agent(context: &mut Context, out: &mut String) {
    let system = system(context);
    // Shares in per cent.
    let agent = match context.chance.up_to(99) {
        0..45 => chrome(&system, context),
        45..72 => explorer(context),
        72..92 => firefox(&system, context),
        92..98 => safari(context),
        _ => opera(&system, context),
    };
    out.push_str(&agent);
}

fn between(least: u64, most: u64, context: &mut Context) -> u64 {
    least + context.chance.up_to(most - least)
}

fn system(context: &mut Context) -> String {
    match context.chance.up_to(99) {
        0..86 => format!("Windows NT {}.{}; Win64; x64", between(5, 6, context), between(0, 3, context)),
        86..98 => format!("Macintosh; Intel Mac OS X 10_{}_{}", between(5, 10, context), between(0, 9, context)),
        _ => "X11; Linux x86_64".to_owned(),
    }
}

fn webkit(context: &mut Context) -> String {
    format!("{}.{}.{}", between(531, 538, context), between(0, 2, context), between(0, 2, context))
}

fn chrome(system: &str, context: &mut Context) -> String {
    let (webkit, version, build) = (webkit(context), between(13, 39, context), between(800, 899, context));
    format!("Mozilla/5.0 ({system}) AppleWebKit/{webkit} (KHTML, like Gecko) Chrome/{version}.0.{build}.0 Safari/{webkit}")
}

fn firefox(system: &str, context: &mut Context) -> String {
    let version = format!("{}.{}", between(5, 15, context), between(0, 9, context));
    format!("Mozilla/5.0 ({system}; rv:{version}) Gecko/20100101 Firefox/{version}.{}", between(0, 9, context))
}

fn explorer(context: &mut Context) -> String {
    let (version, minor) = (between(7, 11, context), between(1, 3, context));
    if version == 11 {
        return format!("Mozilla/5.0 (Windows NT 6.{minor}; Trident/7.0; rv:11.0) like Gecko");
    }
    let mut agent = format!("Mozilla/5.0 (compatible; MSIE {version}.0; Windows NT 6.{minor}; Trident/{}.0", version - 4);
    if context.chance.up_to(1) == 1 {
        // Writing to a String cannot fail.
        let _ = write!(agent, "; .NET CLR {}.0.{}", between(2, 4, context), between(10_000, 99_999, context));
    }
    agent + ")"
}

fn safari(context: &mut Context) -> String {
    let (webkit, version) = (webkit(context), between(4, 7, context));
    let system = format!("Macintosh; Intel Mac OS X 10_{}_{}", between(5, 10, context), between(0, 9, context));
    let minor = between(0, 1, context);
    format!("Mozilla/5.0 ({system}) AppleWebKit/{webkit} (KHTML, like Gecko) Version/{version}.{minor} Safari/{webkit}")
}

fn opera(system: &str, context: &mut Context) -> String {
    let (version, build) = (between(9, 14, context), between(160, 190, context));
    format!("Opera/{version}.{} ({system}) Presto/2.9.{build} Version/{}.00", between(0, 99, context), between(10, 12, context))
}

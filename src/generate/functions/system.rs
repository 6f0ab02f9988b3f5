//! `system.*`. faker's paths of files and folders are not written yet and print `undefined`; they are left out here.

use super::super::words::files::{COMMON_TYPES, MIME_TYPES};
use super::{Argument, Call, Context, Function, plain, push_digit, random, with};

pub(super) const FUNCTIONS: &[Function] = &[
    plain("system.fileName", |c, out| file_name(None, c, out)),
    with("system.commonFileName", "the extension", common_file_name),
    plain("system.mimeType", |c, out| out.push_str(mime_type(c).0)),
    plain("system.commonFileType", |c, out| c.push(&["video", "audio", "image", "text", "application"], out)),
    plain("system.commonFileExt", common_extension),
    plain("system.fileType", |c, out| out.push_str(mime_type(c).0.split('/').next().unwrap_or_default())),
    with("system.fileExt", "a MIME type", extension),
    plain("system.semver", semver),
];

fn mime_type(context: &mut Context) -> &'static (&'static str, &'static [&'static str]) {
    &MIME_TYPES[context.chance.index(MIME_TYPES.len())]
}

fn any_extension(context: &mut Context, out: &mut String) {
    let extensions = mime_type(context).1;
    context.push(extensions, out);
}

fn common_extension(context: &mut Context, out: &mut String) {
    let common = context.chance.pick(COMMON_TYPES);
    context.push(extensions_of(common).unwrap_or(&["txt"]), out);
}

fn extensions_of(mime_type: &str) -> Option<&'static [&'static str]> {
    MIME_TYPES.iter().find(|(name, _)| *name == mime_type).map(|(_, extensions)| *extensions)
}

fn extension(argument: &Argument) -> Result<Call, String> {
    let extensions = argument.text().and_then(|name| extensions_of(&name));
    Ok(Box::new(move |context, out| match extensions {
        Some(extensions) => context.push(extensions, out),
        None => any_extension(context, out),
    }))
}

fn common_file_name(argument: &Argument) -> Result<Call, String> {
    let extension = argument.text();
    Ok(Box::new(move |context, out| match &extension {
        Some(extension) => file_name(Some(extension), context, out),
        None => {
            let mut extension = String::new();
            common_extension(context, &mut extension);
            file_name(Some(&extension), context, out);
        }
    }))
}

/// One to three words in small letters, and an extension.
fn file_name(extension: Option<&str>, context: &mut Context, out: &mut String) {
    let mut name = String::new();
    let count = 1 + context.chance.up_to(2);
    random::words(count, context, &mut name);
    name.push('.');
    match extension {
        Some(extension) => name.push_str(extension),
        None => any_extension(context, &mut name),
    }
    out.push_str(&name.replace([' ', ',', '-', '\\'], "_").to_lowercase());
}

fn semver(context: &mut Context, out: &mut String) {
    for index in 0..3 {
        if index > 0 {
            out.push('.');
        }
        push_digit(context, out);
    }
}

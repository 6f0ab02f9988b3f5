//! Kinds of files.

/// Those that people meet.
#[rustfmt::skip]
pub(in crate::generate) const COMMON_TYPES: &[&str] = &[
    "application/pdf", "audio/mpeg", "audio/x-wav", "image/png", "image/jpeg", "image/gif", "video/mp4", "video/mpeg",
    "text/html",
];

/// MIME types with their extensions.
pub(in crate::generate) const MIME_TYPES: [(&str, &[&str]); 28] = [
    ("application/gzip", &["gz"]),
    ("application/javascript", &["js"]),
    ("application/json", &["json", "map"]),
    ("application/msword", &["doc", "dot"]),
    ("application/octet-stream", &["bin", "dump", "iso", "img"]),
    ("application/pdf", &["pdf"]),
    ("application/rtf", &["rtf"]),
    ("application/vnd.ms-excel", &["xls", "xlt"]),
    ("application/vnd.ms-powerpoint", &["ppt", "pps"]),
    ("application/x-tar", &["tar"]),
    ("application/xml", &["xml", "xsl"]),
    ("application/zip", &["zip"]),
    ("audio/midi", &["mid", "midi"]),
    ("audio/mpeg", &["mp3", "mpga"]),
    ("audio/ogg", &["oga", "ogg"]),
    ("audio/x-wav", &["wav"]),
    ("font/woff", &["woff"]),
    ("image/gif", &["gif"]),
    ("image/jpeg", &["jpeg", "jpg"]),
    ("image/png", &["png"]),
    ("image/svg+xml", &["svg"]),
    ("message/rfc822", &["eml", "mime"]),
    ("text/css", &["css"]),
    ("text/csv", &["csv"]),
    ("text/html", &["html", "htm"]),
    ("text/plain", &["txt", "log", "conf"]),
    ("video/mp4", &["mp4", "mp4v"]),
    ("video/mpeg", &["mpeg", "mpg"]),
];

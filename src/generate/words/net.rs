//! Domains. Addresses of mail lie in names that RFC 2606 keeps free, so that nobody gets any.

/// Behind the point.
#[rustfmt::skip]
pub(in crate::generate) const DOMAIN_SUFFIXES: &[&str] = &[
    "com", "biz", "info", "name", "net", "org",
];

/// Where mail goes.
#[rustfmt::skip]
pub(in crate::generate) const MAIL_DOMAINS: &[&str] = &[
    "mail.example", "post.example", "inbox.example",
];

/// Domains for examples.
#[rustfmt::skip]
pub(in crate::generate) const EXAMPLE_DOMAINS: &[&str] = &[
    "example.org", "example.com", "example.net",
];

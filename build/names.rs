//! AWS's names in Rust's spelling.

const KEYWORDS: [&str; 5] = ["type", "match", "ref", "where", "in"];

/// `StreamARN` → `stream_arn`, `SizeInMBs` → `size_in_mbs`.
pub fn snake(name: &str) -> String {
    let mut text = name.to_owned();
    for (plural, spelled) in [("MBs", "Mbs"), ("IDs", "Ids"), ("ARNs", "Arns"), ("KiB", "Kib"), ("MiB", "Mib"), ("AZs", "Azs")] {
        text = text.replace(plural, spelled);
    }
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let starts_word = c.is_ascii_uppercase()
            && i > 0
            && (!chars[i - 1].is_ascii_uppercase() || chars.get(i + 1).is_some_and(char::is_ascii_lowercase));
        if starts_word && !out.ends_with('_') {
            out.push('_');
        }
        out.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    }
    if KEYWORDS.contains(&out.as_str()) { format!("r#{out}") } else { out }
}

/// `HADOOP_SNAPPY` → `HadoopSnappy`, `FailedDocumentsOnly` stays, `us-east-1` → `UsEast1`.
pub fn camel(name: &str) -> String {
    let mut out = String::new();
    for word in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
        let shout = !word.chars().any(|c| c.is_ascii_lowercase());
        let mut chars = word.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.extend(chars.map(|c| if shout { c.to_ascii_lowercase() } else { c }));
    }
    match out.as_str() {
        // A word of Rust's own that no raw identifier can spell.
        "Self" => "SelfValue".to_owned(),
        _ if out.starts_with(|c: char| c.is_ascii_digit()) => format!("V{out}"),
        _ => out,
    }
}

/// `StreamARN` → `STREAM_ARN`, for statics.
pub fn shout(name: &str) -> String {
    snake(name).trim_start_matches("r#").to_ascii_uppercase()
}

//! `millpond cloudformation` (hidden): docs/cloudformation.md, made from the types that there are.

use super::CliError;
use crate::services::cloudformation::{self, DescribedProperty, DescribedType};
use std::collections::BTreeMap;

/// What is said by hand: the page's text, and notes on types.
const SAID: &str = include_str!("../../docs/compatibility/cloudformation.toml");

#[derive(serde::Deserialize)]
struct Said {
    text: String,
    notes: BTreeMap<String, String>,
}

/// Prints the page.
pub(super) fn run() -> Result<(), CliError> {
    super::say(page(&cloudformation::types(), &toml::from_str(SAID)?)?.trim_end());
    Ok(())
}

/// The page; a note for a type that does not exist is an error.
fn page(types: &[DescribedType], said: &Said) -> Result<String, CliError> {
    if let Some(unknown) = said.notes.keys().find(|name| !types.iter().any(|of| of.name == **name)) {
        return Err(format!("cloudformation.toml names {unknown}, which is no type").into());
    }
    let functions: Vec<String> = cloudformation::functions().iter().map(|name| format!("`Fn::{name}`")).collect();
    let mut out = said.text.replace("{functions}", &functions.join(", "));
    for of in types {
        out += &format!("\n### {}\n\n", of.name);
        if let Some(note) = said.notes.get(of.name) {
            out += &format!("{}\n\n", note.trim());
        }
        out += &properties(of);
        if !of.attributes.is_empty() {
            out += &format!("- `Fn::GetAtt`: {}\n", list(of.attributes.iter().map(|name| format!("`{name}`"))));
        }
    }
    Ok(out)
}

fn properties(of: &DescribedType) -> String {
    let line = |title: &str, shown: &dyn Fn(&DescribedProperty) -> bool| {
        let shown = of.properties.iter().filter(|property| shown(property));
        let names: Vec<String> =
            shown.map(|property| format!("`{}`{}", property.name, if property.required { "\\*" } else { "" })).collect();
        if names.is_empty() { String::new() } else { format!("- {title}: {}\n", names.join(", ")) }
    };
    if of.properties.is_empty() {
        return "- no properties\n".to_owned();
    }
    line("changed in place", &|property| !property.kept && !property.replaces)
        + &line("a change makes a new resource", &|property| !property.kept && property.replaces)
        + &line("kept only", &|property| property.kept)
}

fn list(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_shows_what_becomes_of_its_properties() {
        let property = |name, required, replaces, kept| DescribedProperty { name, required, replaces, kept };
        let properties =
            vec![property("A", true, false, false), property("B", false, true, false), property("C", false, true, true)];
        let of = DescribedType { name: "T", properties, attributes: &["Arn"] };
        let said = |notes: &[(&str, &str)]| Said {
            text: "{functions}\n".to_owned(),
            notes: notes.iter().map(|(name, note)| ((*name).to_owned(), (*note).to_owned())).collect(),
        };
        let made = page(std::slice::from_ref(&of), &said(&[("T", "Note.")])).unwrap();
        let shown = "### T\n\nNote.\n\n- changed in place: `A`\\*\n- a change makes a new resource: `B`\n- kept only: `C`\n- `Fn::GetAtt`: `Arn`\n";
        assert!(made.ends_with(shown) && made.contains("`Fn::Sub`") && !made.contains("Fn::Transform"), "{made}");
        assert!(page(&[of], &said(&[("U", "")])).is_err());
    }
}

//! The Filter of ListUsers: `attribute = "value"`, or `^=` for a beginning (API reference, ListUsers).

use super::error::Refused;
use super::user::UserRecord;

/// The attributes that can be asked for, beside the username and the states.
const SEARCHABLE: [&str; 9] = [
    "username",
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "cognito:user_status",
    "status",
];

/// Which users are wanted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Filter {
    All,
    Where { attribute: String, prefix: bool, value: String },
}

impl Filter {
    /// Reads a filter; an empty one wants all.
    pub(super) fn parse(text: &str) -> Result<Self, Refused> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::All);
        }
        let wrong = || Refused::invalid(format!("Error while parsing filter: {text}"));
        let (left, right) = text.split_once('=').ok_or_else(wrong)?;
        let (left, prefix) = match left.trim_end().strip_suffix('^') {
            Some(name) => (name, true),
            None => (left, false),
        };
        let attribute = left.trim().trim_matches('"').to_owned();
        let quoted = right.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(wrong)?;
        let value = quoted.replace("\\\"", "\"").replace("\\\\", "\\");
        if attribute != "sub" && !SEARCHABLE.contains(&attribute.as_str()) {
            return Err(Refused::invalid(format!("Invalid search attribute: {attribute}")));
        }
        Ok(Self::Where { attribute, prefix, value })
    }

    /// Whether a user is wanted.
    pub(super) fn matches(&self, user: &UserRecord) -> bool {
        let Self::Where { attribute, prefix, value } = self else { return true };
        let own = match attribute.as_str() {
            "username" => Some(user.username.as_str()),
            "sub" => Some(user.sub.as_str()),
            "cognito:user_status" => Some(user.status.as_str()),
            "status" => Some(if user.enabled { "Enabled" } else { "Disabled" }),
            other => user.attributes.get(other).map(String::as_str),
        };
        own.is_some_and(|own| if *prefix { own.starts_with(value.as_str()) } else { own == value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_compare_or_begin() {
        let parsed = |text| Filter::parse(text).unwrap();
        let wanted =
            |attribute: &str, prefix, value: &str| Filter::Where { attribute: attribute.into(), prefix, value: value.into() };
        assert_eq!(parsed(" "), Filter::All);
        assert_eq!(parsed("email = \"a@b.c\""), wanted("email", false, "a@b.c"));
        assert_eq!(parsed("\"username\"^=\"Jo \\\"n\""), wanted("username", true, "Jo \"n"));
        for text in ["email", "email = a", "shoe_size = \"4\"", "email = \"a"] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }
}

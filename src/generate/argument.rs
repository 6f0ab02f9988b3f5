//! What stands in a call's parentheses, with JavaScript's ideas of truth, numbers and text.

use super::javascript;
use serde_json::Value;

/// The one argument that the generator passes: JSON, or else the text as written; nothing without parentheses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Argument(Option<Value>);

impl Argument {
    /// Reads what stood in the parentheses. An empty text, `""` too, is no argument.
    pub fn read(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(Value::String(text)) if text.is_empty() => Self(None),
            Ok(value) => Self(Some(value)),
            Err(_) if text.is_empty() => Self(None),
            Err(_) => Self(Some(Value::String(text.to_owned()))),
        }
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&Value> {
        self.0.as_ref()
    }

    /// The value, if JavaScript takes it for true.
    pub(super) fn truthy(&self) -> Option<&Value> {
        self.0.as_ref().filter(|value| javascript::truthy(value))
    }

    /// The value as a number, if JavaScript takes it for true; an error when it is none.
    pub(super) fn number(&self) -> Result<Option<f64>, String> {
        let Some(value) = self.truthy() else { return Ok(None) };
        let number = javascript::to_number(value);
        if number.is_nan() { Err(format!("{} is no number", javascript::to_text(value))) } else { Ok(Some(number)) }
    }

    /// The value as text, if JavaScript takes it for true.
    pub(super) fn text(&self) -> Option<String> {
        self.truthy().map(javascript::to_text)
    }

    /// A field of an object, if it is there and JavaScript takes it for true.
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name).filter(|value| javascript::truthy(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn arguments_are_json_or_else_text() {
        assert_eq!(Argument::read("50").value(), Some(&json!(50)));
        assert_eq!(Argument::read(" {\"min\":10} ").value(), Some(&json!({"min": 10})));
        assert_eq!(Argument::read("1,2").value(), Some(&json!("1,2")));
        assert_eq!(Argument::read("null").value(), Some(&Value::Null));
        assert_eq!(Argument::read("\"\"").value(), None);
        assert_eq!(Argument::read("").value(), None);
    }

    #[test]
    fn what_is_false_in_javascript_counts_as_not_given() {
        for text in ["0", "false", "null", "", "\"\""] {
            assert_eq!(Argument::read(text).number(), Ok(None), "{text}");
        }
        assert_eq!(Argument::read("\"12\"").number(), Ok(Some(12.0)));
        assert_eq!(Argument::read("1,2").number(), Err("1,2 is no number".into()));
        assert_eq!(Argument::read("{\"a\":1}").field("a"), Some(&json!(1)));
        assert_eq!(Argument::read("{\"a\":0}").field("a"), None);
    }
}

//! What stands between braces: `module.method`, perhaps with an argument.

use super::argument::Argument;
use super::functions::{self, Call};

/// A call as written.
#[derive(Debug, PartialEq)]
pub(super) struct Written {
    /// Before the point.
    pub(super) module: String,
    /// After the point; `None` when there is none.
    pub(super) method: Option<String>,
    /// What is passed.
    pub(super) argument: Argument,
    /// Spaces around the name, or empty parentheses: the generator's page refuses such a call.
    pub(super) lax: bool,
}

/// Reads a call. The argument reaches from the first parenthesis that holds something to the next `)`; names after a second point are ignored.
pub(super) fn read(text: &str) -> Written {
    let text = text.replacen("{{", "", 1);
    let parentheses = text.match_indices('(').find_map(|(open, _)| {
        let length = text[open + 1..].find(')')?;
        (length > 0).then_some((open, open + 1 + length))
    });
    let (name, argument) = match parentheses {
        Some((open, close)) => (format!("{}{}", &text[..open], &text[close + 1..]), Argument::read(&text[open + 1..close])),
        None => (text.clone(), Argument::default()),
    };
    let mut parts = name.split('.');
    let (module, method) = (parts.next().unwrap_or_default(), parts.next());
    let bare = |part: &str| part.trim().trim_end_matches("()").trim().to_owned();
    let lax = module != bare(module) || method.is_some_and(|method| method != bare(method));
    Written { module: bare(module), method: method.map(bare), argument, lax }
}

/// Looks the function up and gives it its argument; a sentence about what is wrong.
pub(super) fn compile(written: &Written) -> Result<Call, String> {
    let Written { module, method, argument, .. } = written;
    let name = match method {
        Some(method) => format!("{module}.{method}"),
        None => module.clone(),
    };
    let Some(function) = functions::find(module, method.as_deref().unwrap_or_default()) else {
        let suggestion = functions::suggestion(module, method.as_deref().unwrap_or_default());
        return Err(match method {
            _ if module.starts_with('{') => "a { directly before {{ belongs to the call; put a space between".to_owned(),
            Some(method) if method.contains(['(', ')']) => {
                format!(
                    "the argument of {name} does not end: it reaches from ( to the first ), and one that holds }}}} or ) cannot be written"
                )
            }
            Some(_) => format!("there is no function {name}; {suggestion}"),
            None => format!("{name:?} is not module.function; {suggestion}"),
        });
    };
    function.call(argument).map_err(|wrong| format!("{name}: {wrong}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, Option<String>, Argument, bool) {
        let Written { module, method, argument, lax } = read(text);
        (module, method, argument, lax)
    }

    #[test]
    fn the_argument_ends_at_the_first_parenthesis() {
        let call = |argument, lax| ("random".to_owned(), Some("number".to_owned()), Argument::read(argument), lax);
        assert_eq!(parts("random.number"), call("", false));
        assert_eq!(parts("random.number(50)"), call("50", false));
        assert_eq!(parts("random.number( {\"min\":10} )"), call("{\"min\":10}", false));
        assert_eq!(parts("random.number(1,2)"), call("1,2", false));
        assert_eq!(parts("random.number(\"\")"), call("", false));
        assert_eq!(parts("random.number((5)"), call("(5", false));
        assert_eq!(parts("random.number.toFixed(2)"), call("2", false));
        assert_eq!(parts("random.number()"), call("", true));
        assert_eq!(parts(" random.number (5) "), call("5", true));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let wrong = |text: &str| compile(&read(text)).err().unwrap_or_default();
        assert_eq!(wrong("random.number(5)"), "");
        assert!(wrong("nothing").starts_with("\"nothing\" is not module.function; the modules are address"));
        assert!(wrong("random.nubmer").starts_with("there is no function random.nubmer; did you mean random.number? "));
        assert!(wrong("random.arrayElement([\"a)\"])").contains("first )"));
        assert!(wrong("{random.number").contains("a space between"));
        assert!(wrong("random.number(1,2)").starts_with("random.number: takes an upper bound"));
    }
}

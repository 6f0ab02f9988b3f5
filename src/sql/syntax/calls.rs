//! The rules of functions: the forms with words of their own, and plain calls with what may follow them.

use super::ast::{Ident, Over};
use super::expr::{Call, ExprKind};
use super::parser::{Parsed, Parser};

/// Reserved words that are names of functions of the dialect or of its ancestors; the latter parse, so that the message can
/// say that there is no such function.
const FUNCTION_WORDS: [&str; 56] = [
    "ABS",
    "ANY",
    "AVG",
    "CARDINALITY",
    "CHARACTER_LENGTH",
    "CHAR_LENGTH",
    "COALESCE",
    "COLLECT",
    "CONVERT",
    "CORR",
    "COUNT",
    "COVAR_POP",
    "COVAR_SAMP",
    "CUME_DIST",
    "DENSE_RANK",
    "ELEMENT",
    "EVERY",
    "EXP",
    "EXP_AVG",
    "FIRST_VALUE",
    "FUSION",
    "GROUPING",
    "INITCAP",
    "LAST_VALUE",
    "LN",
    "LOWER",
    "MAX",
    "MIN",
    "MOD",
    "NORMALIZE",
    "NTH_VALUE",
    "NULLIF",
    "OCTET_LENGTH",
    "PERCENTILE_CONT",
    "PERCENTILE_DISC",
    "PERCENT_RANK",
    "POWER",
    "RANK",
    "REGR_AVGX",
    "REGR_AVGY",
    "REGR_COUNT",
    "REGR_INTERCEPT",
    "REGR_R2",
    "REGR_SLOPE",
    "REGR_SXX",
    "REGR_SXY",
    "ROW_NUMBER",
    "SQRT",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "SUM",
    "UPPER",
    "VAR_POP",
    "VAR_SAMP",
    "WIDTH_BUCKET",
];

/// Whether a reserved word can be called.
pub(super) fn is_function(word: &str) -> bool {
    FUNCTION_WORDS.binary_search(&word).is_ok()
}

impl Parser {
    /// The functions and CASE that have a grammar of their own, if one is here.
    pub(super) fn special(&mut self) -> Parsed<Option<ExprKind>> {
        if self.eat_word("CASE") {
            return self.case().map(Some);
        }
        let called = self.peek_nth(1).is_symbol("(");
        let Some(word) = self.peek().word().filter(|_| called).map(str::to_owned) else { return Ok(None) };
        let rule = match word.as_str() {
            "CAST" => Self::cast,
            "CEIL" | "CEILING" | "FLOOR" => Self::round,
            "EXTRACT" => Self::extract,
            "OVERLAY" => Self::overlay,
            "POSITION" => Self::position,
            "STEP" => Self::step,
            "SUBSTRING" => Self::substring,
            "TRIM" => Self::trim,
            "EXISTS" => Self::exists,
            "PERIOD" | "ROW" => Self::row,
            _ => return Ok(None),
        };
        rule(self).map(Some)
    }

    fn case(&mut self) -> Parsed<ExprKind> {
        let operand = if self.at_word("WHEN") { None } else { Some(Box::new(self.expr()?)) };
        let mut branches = Vec::new();
        while branches.is_empty() || self.at_word("WHEN") {
            self.expect_word("WHEN")?;
            let condition = self.expr()?;
            self.expect_word("THEN")?;
            branches.push((condition, self.expr()?));
        }
        let otherwise = if self.eat_word("ELSE") { Some(Box::new(self.expr()?)) } else { None };
        self.expect_word("END")?;
        Ok(ExprKind::Case { operand, branches, otherwise })
    }

    fn cast(&mut self) -> Parsed<ExprKind> {
        self.open()?;
        let operand = Box::new(self.expr()?);
        self.expect_word("AS")?;
        let target = self.type_name()?;
        self.expect_symbol(")")?;
        Ok(ExprKind::Cast(operand, target))
    }

    /// FLOOR and CEIL of a number, or `… TO unit` of a time.
    fn round(&mut self) -> Parsed<ExprKind> {
        let name = self.open()?;
        let up = name.name != "FLOOR";
        let operand = self.expr()?;
        if self.eat_word("TO") {
            let unit = self.unit()?;
            self.expect_symbol(")")?;
            return Ok(ExprKind::RoundTo(up, Box::new(operand), unit));
        }
        self.expect_symbol(")")?;
        Ok(ExprKind::Special(if up { "CEIL" } else { "FLOOR" }, vec![operand]))
    }

    fn extract(&mut self) -> Parsed<ExprKind> {
        self.open()?;
        let unit = self.unit()?;
        self.expect_word("FROM")?;
        let operand = Box::new(self.expr()?);
        self.expect_symbol(")")?;
        Ok(ExprKind::Extract(unit, operand))
    }

    fn overlay(&mut self) -> Parsed<ExprKind> {
        self.open()?;
        let mut args = vec![self.expr()?];
        self.expect_word("PLACING")?;
        args.push(self.expr()?);
        self.expect_word("FROM")?;
        args.push(self.expr()?);
        if self.eat_word("FOR") {
            args.push(self.expr()?);
        }
        self.expect_symbol(")")?;
        Ok(ExprKind::Special("OVERLAY", args))
    }

    fn position(&mut self) -> Parsed<ExprKind> {
        self.open()?;
        let sought = self.sum()?;
        self.expect_word("IN")?;
        let text = self.expr()?;
        self.expect_symbol(")")?;
        Ok(ExprKind::Special("POSITION", vec![sought, text]))
    }

    fn step(&mut self) -> Parsed<ExprKind> {
        self.open()?;
        let operand = Box::new(self.expr()?);
        self.expect_word("BY")?;
        let by = Box::new(self.expr()?);
        self.expect_symbol(")")?;
        Ok(ExprKind::Step(operand, by))
    }

    fn substring(&mut self) -> Parsed<ExprKind> {
        self.open()?;
        let mut args = vec![self.expr()?];
        let name = if self.eat_word("FROM") {
            args.push(self.expr()?);
            if self.eat_word("FOR") {
                args.push(self.expr()?);
            }
            "SUBSTRING FROM"
        } else if self.eat_word("SIMILAR") {
            args.push(self.expr()?);
            self.expect_word("ESCAPE")?;
            args.push(self.expr()?);
            "SUBSTRING SIMILAR"
        } else {
            while args.len() < 3 && self.eat_symbol(",") {
                args.push(self.expr()?);
            }
            "SUBSTRING"
        };
        self.expect_symbol(")")?;
        Ok(ExprKind::Special(name, args))
    }

    /// `TRIM([[side] [characters] FROM] text)`; one argument: blanks.
    fn trim(&mut self) -> Parsed<ExprKind> {
        self.open()?;
        let sides = [("BOTH", "TRIM BOTH"), ("LEADING", "TRIM LEADING"), ("TRAILING", "TRIM TRAILING")];
        let side = sides.into_iter().find(|(word, _)| self.eat_word(word));
        let name = side.map_or("TRIM BOTH", |(_, name)| name);
        let mut args = Vec::new();
        if side.is_none() || !self.at_word("FROM") {
            args.push(self.expr()?);
        }
        if self.eat_word("FROM") {
            args.push(self.expr()?);
        } else if side.is_some() {
            return self.unexpected();
        }
        self.expect_symbol(")")?;
        Ok(ExprKind::Special(name, args))
    }

    fn exists(&mut self) -> Parsed<ExprKind> {
        self.open()?;
        let query = self.query()?;
        self.expect_symbol(")")?;
        Ok(ExprKind::Subquery(Box::new(query)))
    }

    /// `ROW (a, b …)`, `PERIOD (start, end)`.
    fn row(&mut self) -> Parsed<ExprKind> {
        self.open()?;
        let list = self.list(Self::expr)?;
        self.expect_symbol(")")?;
        Ok(ExprKind::Row(list))
    }

    /// The name of a function and its parenthesis.
    fn open(&mut self) -> Parsed<Ident> {
        let Some(name) = self.any_ident() else { return self.unexpected() };
        self.expect_symbol("(")?;
        Ok(name)
    }

    /// A plain call: `name([DISTINCT] arguments) [FROM LAST] [IGNORE NULLS] [OVER window]`.
    pub(super) fn call(&mut self) -> Parsed<ExprKind> {
        let name = self.open()?;
        let mut call =
            Call { name, args: Vec::new(), star: false, distinct: false, from_last: false, ignore_nulls: false, over: None };
        if self.eat_symbol("*") {
            call.star = true;
        } else if !self.at_symbol(")") {
            call.distinct = self.eat_word("DISTINCT");
            if !call.distinct {
                self.eat_word("ALL");
            }
            call.args = self.list(Self::expr)?;
        }
        self.expect_symbol(")")?;
        if call.name.name == "NTH_VALUE" {
            call.from_last = self.eat_words(["FROM", "LAST"]);
            if !call.from_last {
                self.eat_words(["FROM", "FIRST"]);
            }
        }
        call.ignore_nulls = self.eat_words(["IGNORE", "NULLS"]);
        if !call.ignore_nulls {
            self.eat_words(["RESPECT", "NULLS"]);
        }
        call.over = self.over()?;
        Ok(ExprKind::Call(Box::new(call)))
    }

    /// `OVER name` or `OVER (…)`, if it is here.
    pub(super) fn over(&mut self) -> Parsed<Option<Over>> {
        if !self.eat_word("OVER") {
            return Ok(None);
        }
        if self.at_symbol("(") {
            return Ok(Some(Over::Spec(Box::new(self.window_spec()?))));
        }
        self.ident().map(|name| Some(Over::Name(name)))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_are_in_order() {
        assert!(super::FUNCTION_WORDS.is_sorted());
    }
}

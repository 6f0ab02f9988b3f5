//! The rules of expressions: precedence from OR to unary signs, and what an expression can start with.

use super::ast::{Ident, Qualifier};
use super::expr::{Expr, ExprKind, Literal, TemporalPredicate, TemporalRelation, Truth};
use super::parser::{Parsed, Parser};
use super::tokens::TokenKind;

/// How tightly operators bind (the order of Calcite's operator table).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Is,
    Comparison,
    Range,
    Sum,
    Product,
    Sign,
}

/// Functions of the dialect written without parentheses; all are reserved words.
const BARE_FUNCTIONS: [&str; 11] = [
    "CURRENT_CATALOG",
    "CURRENT_DATE",
    "CURRENT_PATH",
    "CURRENT_ROLE",
    "CURRENT_SCHEMA",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "SYSTEM_USER",
];

impl Parser {
    /// An expression.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.deeper(1, |parser| parser.binary(Binding::Or))
    }

    fn operand(&mut self, binding: Binding) -> Parsed<Expr> {
        self.deeper(1, |parser| parser.binary(binding))
    }

    /// An operand and all operators behind it that bind at least so tightly.
    fn binary(&mut self, least: Binding) -> Parsed<Expr> {
        let mut left = self.prefix()?;
        loop {
            left = match self.infix(least, left)? {
                (next, true) => next,
                (done, false) => return Ok(done),
            };
        }
    }

    fn infix(&mut self, least: Binding, left: Expr) -> Parsed<(Expr, bool)> {
        let start = left.span;
        let kind = if let Some((symbol, binding)) = self.symbol_operator(least) {
            self.higher()?;
            let right = self.operand(tighter(binding))?;
            ExprKind::Binary(symbol, Box::new(left), Box::new(right))
        } else if least <= Binding::Or && self.at_word("OR") {
            self.flat("OR", Binding::And, left, ExprKind::Or)?
        } else if least <= Binding::And && self.at_word("AND") {
            self.flat("AND", Binding::Not, left, ExprKind::And)?
        } else if least <= Binding::Is && self.eat_word("IS") {
            self.higher()?;
            self.is_predicate(left)?
        } else if least <= Binding::Range {
            return self.predicate(left);
        } else {
            return Ok((left, false));
        };
        Ok((Expr { kind, span: self.since(start) }, true))
    }

    /// AND and OR are lists, so that chains of any length stay flat.
    fn flat(
        &mut self,
        word: &'static str,
        binding: Binding,
        first: Expr,
        make: impl FnOnce(Vec<Expr>) -> ExprKind,
    ) -> Parsed<ExprKind> {
        self.higher()?;
        let mut terms = vec![first];
        while self.eat_word(word) {
            terms.push(self.operand(binding)?);
        }
        Ok(make(terms))
    }

    fn symbol_operator(&mut self, least: Binding) -> Option<(&'static str, Binding)> {
        const OPERATORS: [(&str, Binding); 11] = [
            ("=", Binding::Comparison),
            ("<>", Binding::Comparison),
            ("<", Binding::Comparison),
            (">", Binding::Comparison),
            ("<=", Binding::Comparison),
            (">=", Binding::Comparison),
            ("+", Binding::Sum),
            ("-", Binding::Sum),
            ("*", Binding::Product),
            ("/", Binding::Product),
            ("||", Binding::Product),
        ];
        OPERATORS.into_iter().find(|&(symbol, binding)| least <= binding && self.eat_symbol(symbol))
    }

    fn is_predicate(&mut self, left: Expr) -> Parsed<ExprKind> {
        let negated = self.eat_word("NOT");
        if self.eat_word("DISTINCT") {
            self.expect_word("FROM")?;
            let right = self.operand(Binding::Range)?;
            return Ok(ExprKind::Distinct(Box::new(left), Box::new(right), negated));
        }
        let words = [("NULL", Truth::Null), ("TRUE", Truth::True), ("FALSE", Truth::False), ("UNKNOWN", Truth::Unknown)];
        match words.into_iter().find(|(word, _)| self.eat_word(word)) {
            Some((_, truth)) => Ok(ExprKind::Is { operand: Box::new(left), truth, negated }),
            None => self.unexpected(),
        }
    }

    /// BETWEEN, IN, LIKE, SIMILAR TO and the temporal predicates behind `left`; false when none stands there.
    fn predicate(&mut self, left: Expr) -> Parsed<(Expr, bool)> {
        let start = left.span;
        if let Some(predicate) = self.temporal_predicate(&left)? {
            let kind = self.temporal(left, predicate)?;
            return Ok((Expr { kind, span: self.since(start) }, true));
        }
        let negatable = ["BETWEEN", "IN", "LIKE", "SIMILAR"];
        let negated = self.at_word("NOT") && negatable.iter().any(|word| self.peek_nth(1).is_word(word));
        if negated {
            self.advance();
        }
        let kind = if self.eat_word("BETWEEN") {
            self.higher()?;
            self.between(left, negated)?
        } else if self.eat_word("IN") {
            self.higher()?;
            self.in_list(left, negated)?
        } else if self.eat_word("LIKE") {
            self.higher()?;
            self.pattern(left, false, negated)?
        } else if self.eat_words(["SIMILAR", "TO"]) {
            self.higher()?;
            self.pattern(left, true, negated)?
        } else {
            return Ok((left, false));
        };
        Ok((Expr { kind, span: self.since(start) }, true))
    }

    /// An expression without comparisons and predicates.
    pub(super) fn sum(&mut self) -> Parsed<Expr> {
        self.operand(Binding::Sum)
    }

    fn between(&mut self, operand: Expr, negated: bool) -> Parsed<ExprKind> {
        let symmetric = self.eat_word("SYMMETRIC");
        if !symmetric {
            self.eat_word("ASYMMETRIC");
        }
        let low = self.operand(Binding::Sum)?;
        self.expect_word("AND")?;
        let high = self.operand(Binding::Sum)?;
        Ok(ExprKind::Between { operand: Box::new(operand), low: Box::new(low), high: Box::new(high), symmetric, negated })
    }

    fn in_list(&mut self, operand: Expr, negated: bool) -> Parsed<ExprKind> {
        self.expect_symbol("(")?;
        if self.at_query() {
            let query = self.query()?;
            self.expect_symbol(")")?;
            return Ok(ExprKind::Subquery(Box::new(query)));
        }
        let list = self.list(Self::expr)?;
        self.expect_symbol(")")?;
        Ok(ExprKind::In(Box::new(operand), list, negated))
    }

    fn pattern(&mut self, operand: Expr, similar: bool, negated: bool) -> Parsed<ExprKind> {
        let pattern = Box::new(self.operand(Binding::Sum)?);
        let escape = if self.eat_word("ESCAPE") { Some(Box::new(self.operand(Binding::Sum)?)) } else { None };
        Ok(ExprKind::Match { similar, operand: Box::new(operand), pattern, escape, negated })
    }

    /// A temporal predicate can only follow a period: `(a, b)` or `PERIOD (a, b)`.
    fn temporal_predicate(&mut self, left: &Expr) -> Parsed<Option<TemporalPredicate>> {
        if !matches!(left.kind, ExprKind::Row(_)) {
            return Ok(None);
        }
        let strictly = self.eat_word("STRICTLY");
        let immediately = !strictly && self.eat_word("IMMEDIATELY");
        let relations = [
            ("EQUALS", TemporalRelation::Equals),
            ("CONTAINS", TemporalRelation::Contains),
            ("OVERLAPS", TemporalRelation::Overlaps),
            ("PRECEDES", TemporalRelation::Precedes),
            ("SUCCEEDS", TemporalRelation::Succeeds),
            ("LEADS", TemporalRelation::Leads),
            ("LAGS", TemporalRelation::Lags),
        ];
        match relations.into_iter().find(|(word, _)| self.eat_word(word)) {
            Some((_, relation)) => Ok(Some(TemporalPredicate { relation, strictly, immediately })),
            None if strictly || immediately => self.unexpected(),
            None => Ok(None),
        }
    }

    fn temporal(&mut self, first: Expr, predicate: TemporalPredicate) -> Parsed<ExprKind> {
        self.higher()?;
        let mut periods = vec![first, self.operand(Binding::Sum)?];
        let mut predicates = vec![predicate];
        while let Some(predicate) = self.temporal_predicate(&periods[periods.len() - 1])? {
            predicates.push(predicate);
            periods.push(self.operand(Binding::Sum)?);
        }
        Ok(ExprKind::Temporal(periods, predicates))
    }

    /// What an expression starts with: NOT, a sign, or a primary.
    fn prefix(&mut self) -> Parsed<Expr> {
        let start = self.peek().span;
        if self.eat_word("NOT") {
            let operand = Box::new(self.operand(Binding::Not)?);
            return Ok(Expr { kind: ExprKind::Not(operand), span: self.since(start) });
        }
        for (symbol, negative) in [("-", true), ("+", false)] {
            if self.eat_symbol(symbol) {
                let operand = Box::new(self.operand(Binding::Sign)?);
                return Ok(Expr { kind: ExprKind::Sign(negative, operand), span: self.since(start) });
            }
        }
        self.primary()
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let start = self.peek().span;
        if self.peek().is_symbol("(") {
            return self.in_parentheses();
        }
        if let Some(kind) = self.literal()? {
            return Ok(Expr { kind, span: self.since(start) });
        }
        if self.peek().is_word("INTERVAL") {
            return self.interval();
        }
        if let Some(kind) = self.special()? {
            return Ok(Expr { kind, span: self.since(start) });
        }
        self.expecting("(");
        let callable = self.peek_nth(1).is_symbol("(");
        let kind = match self.peek().kind.clone() {
            TokenKind::Word { upper, .. } if callable && (self.peek().is_name() || super::calls::is_function(&upper)) => {
                self.call()?
            }
            TokenKind::Word { upper, .. } if BARE_FUNCTIONS.contains(&upper.as_str()) || upper == "CURRENT_ROW_TIMESTAMP" => {
                self.bare()?
            }
            TokenKind::Quoted(_) if callable => self.call()?,
            TokenKind::Word { .. } | TokenKind::Quoted(_) => ExprKind::Column(self.column_name()?),
            _ => {
                self.expecting("<IDENTIFIER>");
                return self.unexpected();
            }
        };
        Ok(Expr { kind, span: self.since(start) })
    }

    fn bare(&mut self) -> Parsed<ExprKind> {
        match self.any_ident() {
            Some(ident) => Ok(ExprKind::Column(vec![ident])),
            None => self.unexpected(),
        }
    }

    /// A column's name: its parts may also be the system columns' names, which are reserved words.
    fn column_name(&mut self) -> Parsed<Vec<Ident>> {
        let mut parts = vec![self.column_ident()?];
        while self.eat_symbol(".") {
            parts.push(self.column_ident()?);
        }
        Ok(parts)
    }

    /// A name, or the unquoted name of a system column.
    pub(super) fn column_ident(&mut self) -> Parsed<Ident> {
        let system = self.peek().word().is_some_and(|word| super::SYSTEM_COLUMNS.contains(&word));
        match if system { self.any_ident() } else { None } {
            Some(ident) => Ok(ident),
            None => self.ident(),
        }
    }

    /// `(expression) [qualifier]`, `(a, b …)` or `(query)`.
    fn in_parentheses(&mut self) -> Parsed<Expr> {
        let start = self.peek().span;
        self.expect_symbol("(")?;
        if self.at_query() {
            let query = Box::new(self.query()?);
            self.expect_symbol(")")?;
            return Ok(Expr { kind: ExprKind::Subquery(query), span: self.since(start) });
        }
        let mut list = self.list(Self::expr)?;
        self.expect_symbol(")")?;
        let span = self.since(start);
        if list.len() > 1 {
            return Ok(Expr { kind: ExprKind::Row(list), span });
        }
        let Some(inner) = list.pop() else { return self.unexpected() };
        let inner = Expr { span, ..inner };
        if matches!(inner.kind, ExprKind::Binary("-", ..))
            && let Some(qualifier) = self.eat_qualifier()?
        {
            let kind = ExprKind::Qualified(Box::new(inner), qualifier);
            return Ok(Expr { kind, span: self.since(start) });
        }
        Ok(inner)
    }

    /// `INTERVAL [+|-] 'text' qualifier`.
    fn interval(&mut self) -> Parsed<Expr> {
        let start = self.peek().span;
        self.expect_word("INTERVAL")?;
        let negative = self.eat_symbol("-");
        if !negative {
            self.eat_symbol("+");
        }
        let text = self.text()?;
        let qualifier: Qualifier = self.qualifier()?;
        Ok(Expr { kind: ExprKind::Interval { negative, text, qualifier }, span: self.since(start) })
    }

    /// A number, text or other literal, if one is here.
    fn literal(&mut self) -> Parsed<Option<ExprKind>> {
        self.expecting("<UNSIGNED_INTEGER_LITERAL>");
        self.expecting("<QUOTED_STRING>");
        let literal = match self.peek().kind.clone() {
            TokenKind::Number(text) => {
                self.advance();
                Literal::Number(text)
            }
            TokenKind::Text(text) => {
                self.advance();
                Literal::Text(text)
            }
            TokenKind::UnicodeText(text) => self.unicode_text(&text)?,
            TokenKind::Hex(digits) => self.binary_literal(&digits)?,
            TokenKind::Symbol("{") => self.braces()?,
            TokenKind::Word { upper, .. } => match self.word_literal(&upper)? {
                Some(literal) => literal,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(ExprKind::Literal(literal)))
    }

    /// Whether a query starts here.
    pub(super) fn at_query(&self) -> bool {
        // `((SELECT …) UNION ALL …)`: look behind further parentheses.
        let mut n = 0;
        while self.peek_nth(n).is_symbol("(") {
            n += 1;
        }
        self.peek_nth(n).is_word("SELECT") || self.peek_nth(n).is_word("VALUES")
    }
}

/// The binding of a right operand of a left-associative operator.
fn tighter(binding: Binding) -> Binding {
    match binding {
        Binding::Or => Binding::And,
        Binding::And => Binding::Not,
        Binding::Not => Binding::Is,
        Binding::Is => Binding::Comparison,
        Binding::Comparison => Binding::Range,
        Binding::Range => Binding::Sum,
        Binding::Sum => Binding::Product,
        Binding::Product | Binding::Sign => Binding::Sign,
    }
}

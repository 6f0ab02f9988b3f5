//! The syntax tree of expressions.

use super::ast::{Ident, Over, Qualifier, Query, TypeName};
use crate::sql::diagnostic::Span;
use crate::sql::types::IntervalUnit;

/// An expression. Its span is exact: the text there reads as the same expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its place, parentheses around it included.
    pub span: Span,
}

impl PartialEq for Expr {
    /// Expressions are equal by what they say, not by where they stand.
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A column, perhaps qualified; also functions without parentheses (CURRENT_TIMESTAMP).
    Column(Vec<Ident>),
    /// A literal.
    Literal(Literal),
    /// `INTERVAL [-] 'text' qualifier`.
    Interval {
        /// A minus sign stands before the text.
        negative: bool,
        /// The text.
        text: String,
        /// The qualifier.
        qualifier: Qualifier,
    },
    /// `-x`, `+x`.
    Sign(bool, Box<Expr>),
    /// NOT.
    Not(Box<Expr>),
    /// AND over two or more.
    And(Vec<Expr>),
    /// OR over two or more.
    Or(Vec<Expr>),
    /// Arithmetic, `||` and comparisons, by symbol.
    Binary(&'static str, Box<Expr>, Box<Expr>),
    /// `x IS [NOT] NULL|TRUE|FALSE|UNKNOWN`.
    Is {
        /// What is tested.
        operand: Box<Expr>,
        /// For what.
        truth: Truth,
        /// NOT.
        negated: bool,
    },
    /// `x IS [NOT] DISTINCT FROM y`; true: NOT.
    Distinct(Box<Expr>, Box<Expr>, bool),
    /// `x [NOT] BETWEEN [SYMMETRIC] low AND high`.
    Between {
        /// What is tested.
        operand: Box<Expr>,
        /// The lower end.
        low: Box<Expr>,
        /// The upper end.
        high: Box<Expr>,
        /// SYMMETRIC: the ends may come in either order.
        symmetric: bool,
        /// NOT.
        negated: bool,
    },
    /// `x [NOT] IN (list)`.
    In(Box<Expr>, Vec<Expr>, bool),
    /// `x [NOT] LIKE|SIMILAR TO pattern [ESCAPE e]`.
    Match {
        /// SIMILAR TO.
        similar: bool,
        /// The text.
        operand: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// ESCAPE.
        escape: Option<Box<Expr>>,
        /// NOT.
        negated: bool,
    },
    /// CASE.
    Case {
        /// `CASE x WHEN`.
        operand: Option<Box<Expr>>,
        /// WHEN and THEN.
        branches: Vec<(Expr, Expr)>,
        /// ELSE.
        otherwise: Option<Box<Expr>>,
    },
    /// CAST.
    Cast(Box<Expr>, TypeName),
    /// A call of a function, an aggregate or an analytic function.
    Call(Box<Call>),
    /// `FLOOR(x TO unit)` (false), `CEIL(x TO unit)` (true).
    RoundTo(bool, Box<Expr>, IntervalUnit),
    /// `STEP(x BY y)`.
    Step(Box<Expr>, Box<Expr>),
    /// `EXTRACT(unit FROM x)`.
    Extract(IntervalUnit, Box<Expr>),
    /// The forms with words of SUBSTRING, TRIM, OVERLAY and POSITION: the name for the function table, then the arguments.
    Special(&'static str, Vec<Expr>),
    /// `(a - b) qualifier`.
    Qualified(Box<Expr>, Qualifier),
    /// `(a, b …)` or ROW(a, b …).
    Row(Vec<Expr>),
    /// Temporal predicates: periods, and the predicate between each two neighbours.
    Temporal(Vec<Expr>, Vec<TemporalPredicate>),
    /// `(query)`, `EXISTS (query)` and `x IN (query)`: known to the grammar, not to the engine.
    Subquery(Box<Query>),
}

/// A call with parentheses.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function.
    pub name: Ident,
    /// Its arguments.
    pub args: Vec<Expr>,
    /// `(*)`.
    pub star: bool,
    /// DISTINCT.
    pub distinct: bool,
    /// FROM LAST.
    pub from_last: bool,
    /// IGNORE NULLS.
    pub ignore_nulls: bool,
    /// OVER.
    pub over: Option<Over>,
}

/// Literals.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// NULL.
    Null,
    /// TRUE, FALSE; none is UNKNOWN.
    Boolean(Option<bool>),
    /// A number as written.
    Number(String),
    /// A text.
    Text(String),
    /// The bytes of `X'…'`.
    Binary(Vec<u8>),
    /// DATE '…'.
    Date(String),
    /// TIME '…'.
    Time(String),
    /// TIMESTAMP '…'.
    Timestamp(String),
}

/// What IS tests for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// NULL.
    Null,
    /// TRUE.
    True,
    /// FALSE.
    False,
    /// UNKNOWN.
    Unknown,
}

/// The temporal predicates (SQL reference, "Temporal Predicates").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemporalPredicate {
    /// Which.
    pub relation: TemporalRelation,
    /// STRICTLY.
    pub strictly: bool,
    /// IMMEDIATELY.
    pub immediately: bool,
}

/// How two periods lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemporalRelation {
    /// EQUALS.
    Equals,
    /// CONTAINS.
    Contains,
    /// OVERLAPS.
    Overlaps,
    /// PRECEDES.
    Precedes,
    /// SUCCEEDS.
    Succeeds,
    /// LEADS.
    Leads,
    /// LAGS.
    Lags,
}

//! The syntax tree of scripts: statements and queries. Every node has the place of its whole text.

use super::expr::Expr;
use crate::sql::diagnostic::Span;
use crate::sql::types::IntervalQualifier;

/// A script: statements separated by `;`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// In their order.
    pub statements: Vec<Statement>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Which.
    pub kind: StatementKind,
    /// From its first to its last token, without the `;`.
    pub span: Span,
}

/// The kinds of statements.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// CREATE STREAM.
    CreateStream(CreateStream),
    /// CREATE PUMP.
    CreatePump(Box<CreatePump>),
    /// CREATE FUNCTION.
    CreateFunction(Box<CreateFunction>),
    /// DROP STREAM, PUMP or FUNCTION.
    Drop(ObjectKind, Name),
    /// ALTER PUMP name START (true) or STOP.
    AlterPump(Name, bool),
}

/// What can be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// A stream.
    Stream,
    /// A pump.
    Pump,
    /// A function.
    Function,
}

/// `CREATE [OR REPLACE] STREAM name (columns)`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateStream {
    /// OR REPLACE.
    pub replace: bool,
    /// Its name.
    pub name: Name,
    /// Its columns.
    pub columns: Vec<ColumnDefinition>,
}

/// `name type [NOT NULL]`.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDefinition {
    /// The column's name.
    pub name: Ident,
    /// Its type.
    pub data_type: TypeName,
    /// NOT NULL.
    pub not_null: bool,
    /// The definition's place.
    pub span: Span,
}

/// `CREATE [OR REPLACE] PUMP name [STARTED|STOPPED] AS INSERT INTO target [(columns)] query`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatePump {
    /// OR REPLACE.
    pub replace: bool,
    /// Its name.
    pub name: Name,
    /// STOPPED was written.
    pub stopped: bool,
    /// The stream it writes to.
    pub target: Name,
    /// The target's columns in the query's order, when written; ROWTIME may be among them.
    pub columns: Option<Vec<Ident>>,
    /// What it inserts.
    pub query: Query,
}

/// `CREATE [OR REPLACE] FUNCTION name (parameters) RETURNS type … RETURN body`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateFunction {
    /// OR REPLACE.
    pub replace: bool,
    /// Its name.
    pub name: Name,
    /// Names and types of its parameters.
    pub parameters: Vec<(Ident, TypeName)>,
    /// RETURNS.
    pub returns: TypeName,
    /// RETURNS NULL ON NULL INPUT.
    pub null_on_null_input: bool,
    /// RETURN.
    pub body: Expr,
}

/// A name: folded to upper case unless it was quoted.
#[derive(Clone, Debug)]
pub struct Ident {
    /// As looked up.
    pub name: String,
    /// Whether it was quoted.
    pub quoted: bool,
    /// Its place, quotes included.
    pub span: Span,
}

impl PartialEq for Ident {
    /// Names are equal by what they name: `rowtime` and `"ROWTIME"` are.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A possibly qualified name.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// Its parts; the last one is the object's own name.
    pub parts: Vec<Ident>,
    /// Its place.
    pub span: Span,
}

impl Name {
    /// The object's own name; there is one schema, so qualifiers say nothing.
    pub fn object(&self) -> &str {
        self.parts.last().map_or("", |ident| &ident.name)
    }
}

/// A type as written.
#[derive(Clone, Debug)]
pub struct TypeName {
    /// Which.
    pub kind: TypeKind,
    /// Its place.
    pub span: Span,
}

impl PartialEq for TypeName {
    /// Equal by what it says, not by where it stands.
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The kinds of written types.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// A type by its canonical name (INTEGER, VARCHAR, DECIMAL …) with the numbers in parentheses.
    Plain(&'static str, Vec<u64>),
    /// INTERVAL with its qualifier.
    Interval(Qualifier),
}

/// An interval qualifier as written.
#[derive(Clone, Copy, Debug)]
pub struct Qualifier {
    /// What it says.
    pub value: IntervalQualifier,
    /// Its place.
    pub span: Span,
}

impl PartialEq for Qualifier {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// A query with its ORDER BY.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// What it selects.
    pub body: QueryBody,
    /// ORDER BY.
    pub order_by: Vec<SortItem>,
    /// `WITHIN interval` after ORDER BY.
    pub within: Option<Expr>,
    /// Its place.
    pub span: Span,
}

/// A query without ORDER BY.
#[derive(Clone, Debug, PartialEq)]
pub enum QueryBody {
    /// SELECT.
    Select(Box<Select>),
    /// `a UNION ALL b EXCEPT c …`: the first input, then operators with theirs, from left to right.
    SetOperation(Box<Query>, Vec<(SetOperator, Query)>),
    /// VALUES: the rows.
    Values(Vec<Vec<Expr>>),
    /// A query in parentheses.
    Nested(Box<Query>),
}

/// How two queries are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOperator {
    /// UNION ALL.
    UnionAll,
    /// UNION.
    Union,
    /// EXCEPT.
    Except,
    /// INTERSECT.
    Intersect,
}

/// SELECT.
#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    /// STREAM was written.
    pub stream: bool,
    /// DISTINCT.
    pub distinct: bool,
    /// The select list.
    pub items: Vec<SelectItem>,
    /// FROM; empty without one.
    pub from: Vec<TableRef>,
    /// WHERE.
    pub condition: Option<Expr>,
    /// GROUP BY or WINDOWED BY.
    pub grouping: Option<Grouping>,
    /// HAVING.
    pub having: Option<Expr>,
    /// WINDOW: names and what they stand for.
    pub windows: Vec<(Ident, WindowSpec)>,
    /// Its place.
    pub span: Span,
}

/// An item of a select list.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectItem {
    /// `*`.
    All(Span),
    /// `alias.*`.
    AllOf(Ident, Span),
    /// `expression [[AS] name]`.
    Expr(Expr, Option<Ident>),
}

impl SelectItem {
    /// Its place, without the alias.
    pub fn span(&self) -> Span {
        match self {
            Self::All(span) | Self::AllOf(_, span) => *span,
            Self::Expr(expr, _) => expr.span,
        }
    }
}

/// How rows are grouped.
#[derive(Clone, Debug, PartialEq)]
pub enum Grouping {
    /// GROUP BY, and its place.
    Keys(Vec<Expr>, Span),
    /// WINDOWED BY STAGGER.
    Stagger {
        /// PARTITION BY.
        partition: Vec<Expr>,
        /// RANGE.
        range: Expr,
        /// Its place.
        span: Span,
    },
}

/// A table reference of FROM.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRef {
    /// What it refers to.
    pub kind: TableKind,
    /// OVER.
    pub over: Option<Over>,
    /// The alias.
    pub alias: Option<Ident>,
    /// New names of the columns, in parentheses after the alias.
    pub columns: Option<Vec<Ident>>,
    /// Its place.
    pub span: Span,
}

/// The kinds of table references.
#[derive(Clone, Debug, PartialEq)]
pub enum TableKind {
    /// A stream or a reference table.
    Named(Name),
    /// A query in parentheses.
    Derived(Box<Query>),
    /// `TABLE(function(CURSOR(query), arguments…))`.
    Function(Box<TableCall>),
    /// A join.
    Join(Box<Join>),
}

/// A call of a table function.
#[derive(Clone, Debug, PartialEq)]
pub struct TableCall {
    /// The function.
    pub name: Ident,
    /// The query in CURSOR.
    pub cursor: Query,
    /// The other arguments.
    pub args: Vec<Expr>,
    /// The place of the call.
    pub span: Span,
}

/// A join of two table references.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// Left.
    pub left: TableRef,
    /// Right.
    pub right: TableRef,
    /// Which.
    pub kind: JoinKind,
    /// NATURAL.
    pub natural: bool,
    /// ON or USING.
    pub constraint: JoinConstraint,
    /// The place of the words that say which join it is.
    pub operator: Span,
}

/// The kinds of joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// JOIN, INNER JOIN.
    Inner,
    /// LEFT.
    Left,
    /// RIGHT.
    Right,
    /// FULL.
    Full,
    /// CROSS JOIN; also a comma of FROM.
    Cross,
}

/// A join's condition.
#[derive(Clone, Debug, PartialEq)]
pub enum JoinConstraint {
    /// None written.
    None,
    /// ON.
    On(Expr),
    /// USING.
    Using(Vec<Ident>),
}

/// OVER: a named or an inline window.
#[derive(Clone, Debug, PartialEq)]
pub enum Over {
    /// `OVER name`.
    Name(Ident),
    /// `OVER (…)`.
    Spec(Box<WindowSpec>),
}

/// A window specification.
#[derive(Clone, Debug)]
pub struct WindowSpec {
    /// A named window that it builds on.
    pub base: Option<Ident>,
    /// PARTITION BY.
    pub partition: Vec<Expr>,
    /// ORDER BY.
    pub order_by: Vec<SortItem>,
    /// ROWS or RANGE.
    pub frame: Option<Frame>,
    /// Its place, parentheses included.
    pub span: Span,
}

impl PartialEq for WindowSpec {
    /// Equal by what it says, not by where it stands.
    fn eq(&self, other: &Self) -> bool {
        (&self.base, &self.partition, &self.order_by, &self.frame)
            == (&other.base, &other.partition, &other.order_by, &other.frame)
    }
}

/// The extent of a window.
#[derive(Clone, Debug)]
pub struct Frame {
    /// ROWS instead of RANGE.
    pub rows: bool,
    /// Where it starts.
    pub start: Bound,
    /// Where it ends, after BETWEEN … AND.
    pub end: Option<Bound>,
    /// Its place.
    pub span: Span,
}

impl PartialEq for Frame {
    /// Equal by what it says, not by where it stands.
    fn eq(&self, other: &Self) -> bool {
        (&self.rows, &self.start, &self.end) == (&other.rows, &other.start, &other.end)
    }
}

/// An end of a window.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// UNBOUNDED PRECEDING.
    UnboundedPreceding,
    /// UNBOUNDED FOLLOWING.
    UnboundedFollowing,
    /// CURRENT ROW.
    CurrentRow,
    /// `n PRECEDING` or `INTERVAL … PRECEDING`.
    Preceding(Expr),
    /// `n FOLLOWING` or `INTERVAL … FOLLOWING`.
    Following(Expr),
}

/// A sort key.
#[derive(Clone, Debug, PartialEq)]
pub struct SortItem {
    /// What is sorted by.
    pub expr: Expr,
    /// DESC.
    pub descending: bool,
}

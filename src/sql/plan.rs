//! The plan: what analysis hands to the operators. Data only, printable, free of names to look up.
//!
//! Columns are indexes into the input row. Every expression knows its type; conversions are explicit [`ExprKind::Cast`]s.
//! A node's output row is the columns said at the node; ROWTIME travels beside the cells.

use super::diagnostic::Span;
use super::types::{Cell, Column, DataType, IntervalUnit};
use crate::base::clock::Millis;

/// Index of a stream in [`Plan::streams`].
pub type StreamIndex = usize;

/// A checked script, ready to run.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Input streams first, then those the script creates.
    pub streams: Vec<Stream>,
    /// Reference tables, loaded before the program starts.
    pub tables: Vec<Table>,
    /// In script order; they form no cycle.
    pub pumps: Vec<Pump>,
}

/// An in-application stream.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The stored name.
    pub name: String,
    /// Declared (or mapped) columns, then, for input streams, the system columns that the script uses.
    pub columns: Vec<Column>,
    /// How many of `columns` are declared; the rest are system columns (APPROXIMATE_ARRIVAL_TIME, PARTITION_KEY,
    /// SEQUENCE_NUMBER, SHARD_ID), which `*` leaves out.
    pub declared: usize,
    /// Whether rows come from outside (an input) rather than from pumps.
    pub input: bool,
}

/// A reference table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The stored name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// `CREATE PUMP … AS INSERT INTO target query`.
#[derive(Clone, Debug)]
pub struct Pump {
    /// The stored name; error_stream shows it as PUMP_NAME.
    pub name: String,
    /// Where its rows go.
    pub target: StreamIndex,
    /// One expression a column of the target, over the query's output row; conversions to the target's types are in it.
    pub assign: Vec<Expr>,
    /// What it reads.
    pub query: Node,
    /// Whether the pump was created STOPPED.
    pub stopped: bool,
}

/// A relational operator with its inputs.
#[derive(Clone, Debug)]
pub enum Node {
    /// All rows of a stream from now on. Output: the stream's columns.
    Scan {
        /// The stream.
        stream: StreamIndex,
    },
    /// VALUES or a query without FROM: one row a list, once, at start.
    Values {
        /// Rows of constant expressions.
        rows: Vec<Vec<Expr>>,
    },
    /// Rows for which the predicate is TRUE.
    Filter {
        /// Rows in.
        input: Box<Node>,
        /// BOOLEAN over the input row.
        predicate: Expr,
    },
    /// One expression a column.
    Project {
        /// Rows in.
        input: Box<Node>,
        /// Output columns.
        items: Vec<Expr>,
        /// `… AS ROWTIME`: the output row's ROWTIME over the input row, where it is not the input's own. NULL drops the row.
        rowtime: Option<Expr>,
    },
    /// The first row of each combination; state is dropped when the monotonic expressions advance. Output: as the input.
    Distinct {
        /// Rows in.
        input: Box<Node>,
        /// Indexes of the columns compared (ROWTIME itself left out).
        keys: Vec<usize>,
        /// Which of them, or ROWTIME, are monotonic: when one of these changes, what was seen is forgotten.
        monotonic: Vec<MonotonicKey>,
    },
    /// Tumbling window. Output: group keys, then aggregates. Emitted when a monotonic key changes.
    Aggregate {
        /// Rows in.
        input: Box<Node>,
        /// Group expressions over the input row.
        keys: Vec<Expr>,
        /// The keys that are monotonic, by their place in `keys`.
        monotonic: Vec<MonotonicKey>,
        /// The aggregate calls.
        aggregates: Vec<AggregateCall>,
    },
    /// `WINDOWED BY STAGGER`. Output: keys, then aggregates; ROWTIME is the window's end.
    Stagger {
        /// Rows in.
        input: Box<Node>,
        /// PARTITION BY expressions.
        keys: Vec<Expr>,
        /// Length of a window in ms.
        range_ms: Millis,
        /// The aggregate calls; FIRST_VALUE and LAST_VALUE are allowed here.
        aggregates: Vec<AggregateCall>,
    },
    /// Sliding windows: one row out a row in. Output: the input's columns, then one a call.
    Window {
        /// Rows in.
        input: Box<Node>,
        /// The windows used.
        windows: Vec<WindowSpec>,
        /// The calls, each with its window's index.
        calls: Vec<(usize, AggregateCall)>,
    },
    /// `ORDER BY` of a stream: rows are collected until the leading key changes, then emitted in order. Output: as the input.
    Sort {
        /// Rows in.
        input: Box<Node>,
        /// The leading, monotonic key.
        leading: Expr,
        /// Its monotonicity.
        monotonic: MonotonicKey,
        /// All keys, the leading one included, with direction.
        keys: Vec<SortKey>,
    },
    /// `ORDER BY ts WITHIN INTERVAL …`: reorders by an event time, which becomes ROWTIME. Output: as the input.
    TimeSort {
        /// Rows in.
        input: Box<Node>,
        /// TIMESTAMP over the input row.
        key: Expr,
        /// Slack in ms.
        within_ms: Millis,
    },
    /// `TABLE(f(CURSOR(…), …))`. Output: the cursor's columns, then those of the function.
    TableFunction {
        /// The cursor.
        input: Box<Node>,
        /// Which function, with its arguments.
        function: TableFunction,
    },
    /// A join of two streams.
    StreamJoin {
        /// Left rows and their window; none is the current row only.
        left: Box<JoinSide>,
        /// Right rows and their window.
        right: Box<JoinSide>,
        /// INNER, LEFT, RIGHT, FULL.
        kind: JoinKind,
        /// Equal pairs found in the condition: (expression over the left row, expression over the right row).
        equal: Vec<(Expr, Expr)>,
        /// The rest of the condition over the joined row (left columns, then right ones).
        condition: Option<Expr>,
    },
    /// A stream joined with a reference table. Output: left columns, then the table's.
    TableJoin {
        /// Stream rows.
        input: Box<Node>,
        /// How many columns they have.
        width: usize,
        /// Index in [`Plan::tables`].
        table: usize,
        /// INNER or LEFT.
        kind: JoinKind,
        /// Equal pairs: (over the stream row, over the table row).
        equal: Vec<(Expr, Expr)>,
        /// The rest of the condition over the joined row.
        condition: Option<Expr>,
    },
    /// UNION ALL; inputs have the same types already.
    Union {
        /// The inputs.
        inputs: Vec<Node>,
    },
}

impl Node {
    /// The nodes whose rows it takes.
    pub fn inputs(&self) -> Vec<&Self> {
        match self {
            Self::Scan { .. } | Self::Values { .. } => Vec::new(),
            Self::Filter { input, .. }
            | Self::Project { input, .. }
            | Self::Distinct { input, .. }
            | Self::Aggregate { input, .. }
            | Self::Stagger { input, .. }
            | Self::Window { input, .. }
            | Self::Sort { input, .. }
            | Self::TimeSort { input, .. }
            | Self::TableFunction { input, .. }
            | Self::TableJoin { input, .. } => vec![input],
            Self::StreamJoin { left, right, .. } => vec![&left.input, &right.input],
            Self::Union { inputs } => inputs.iter().collect(),
        }
    }

    /// The in-application streams read by it and by what is below it.
    pub fn streams(&self) -> Vec<StreamIndex> {
        match self {
            Self::Scan { stream } => vec![*stream],
            _ => self.inputs().into_iter().flat_map(Self::streams).collect(),
        }
    }
}

/// A join's input.
#[derive(Clone, Debug)]
pub struct JoinSide {
    /// Rows in.
    pub input: Node,
    /// How many columns they have.
    pub width: usize,
    /// The window over them.
    pub frame: Option<Frame>,
}

/// The kinds of join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// Only matches.
    Inner,
    /// And left rows without one.
    Left,
    /// And right rows without one.
    Right,
    /// And both.
    Full,
}

/// A key that only grows with time.
#[derive(Clone, Debug)]
pub struct MonotonicKey {
    /// Place among the node's keys or columns.
    pub key: usize,
    /// The same expression over ROWTIME alone ([`ExprKind::Rowtime`]), when it depends on nothing else: then the clock can close
    /// the window without a row. `None` for a key asserted by MONOTONIC() or taken from data.
    pub of_rowtime: Option<Expr>,
}

/// A sort key over the input row.
#[derive(Clone, Debug)]
pub struct SortKey {
    /// What is compared.
    pub expr: Expr,
    /// DESC.
    pub descending: bool,
}

/// A window of OVER.
#[derive(Clone, Debug)]
pub struct WindowSpec {
    /// PARTITION BY over the input row.
    pub partition: Vec<Expr>,
    /// How far back it goes.
    pub frame: Frame,
}

/// A window's extent; it ends at the current row unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Rows whose ROWTIME is at most so many ms older, both ends included.
    RangePreceding(Millis),
    /// Rows whose ROWTIME is at most so many ms newer (joins only).
    RangeFollowing(Millis),
    /// The current row and up to so many before it.
    RowsPreceding(u64),
    /// All rows since the start.
    Unbounded,
}

/// A call of an aggregate or analytic function.
#[derive(Clone, Debug)]
pub struct AggregateCall {
    /// Which.
    pub function: AggregateFunction,
    /// Its arguments over the input row; empty for COUNT(*).
    pub args: Vec<Expr>,
    /// DISTINCT.
    pub distinct: bool,
    /// IGNORE NULLS (FIRST_VALUE, LAST_VALUE, NTH_VALUE, LAG).
    pub ignore_nulls: bool,
    /// The type of the result.
    pub data_type: DataType,
    /// Where it stands.
    pub span: Span,
}

/// Aggregate and analytic functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregateFunction {
    /// COUNT(*).
    CountAll,
    /// COUNT(x): rows where x is not NULL.
    Count,
    /// SUM.
    Sum,
    /// AVG; of whole numbers it truncates.
    Avg,
    /// MIN.
    Min,
    /// MAX.
    Max,
    /// STDDEV_POP.
    StddevPop,
    /// STDDEV_SAMP, STDDEV.
    StddevSamp,
    /// VAR_POP.
    VarPop,
    /// VAR_SAMP.
    VarSamp,
    /// ANY.
    Any,
    /// EVERY.
    Every,
    /// FIRST_VALUE.
    FirstValue,
    /// LAST_VALUE.
    LastValue,
    /// NTH_VALUE(x, n); `from_last` counts from the newest row.
    NthValue {
        /// FROM LAST.
        from_last: bool,
    },
    /// LAG(x, n, default).
    Lag,
    /// EXP_AVG(x, half-life).
    ExpAvg,
}

/// The table functions with their arguments (SQL reference; ranges checked by analysis).
#[derive(Clone, Debug, PartialEq)]
pub enum TableFunction {
    /// RANDOM_CUT_FOREST and …_WITH_EXPLANATION: adds ANOMALY_SCORE DOUBLE and, explained, ANOMALY_EXPLANATION VARCHAR.
    RandomCutForest {
        /// Indexes of the cursor's numeric columns.
        columns: Vec<usize>,
        /// Their names, for the explanation.
        names: Vec<String>,
        /// numberOfTrees, 1 to 1000; 100.
        trees: u32,
        /// subSampleSize, 10 to 1000; 256.
        sample: u32,
        /// timeDecay, 1 to 2³¹−1; 100000.
        time_decay: u32,
        /// shingleSize, 1 to 30; 1.
        shingle: u32,
        /// `None`: score only; `Some(withDirectionality)`: explained.
        explain: Option<bool>,
    },
}

/// A typed expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// Its type.
    pub data_type: DataType,
    /// Whether it can be NULL.
    pub nullable: bool,
    /// Where it stands in the script; zero where analysis made it.
    pub span: Span,
}

/// The forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A cell of the input row.
    Column(usize),
    /// The input row's ROWTIME.
    Rowtime,
    /// A constant of the expression's type.
    Literal(Cell),
    /// A scalar function or operator by its entry in the function table.
    Call(super::functions::Function, Vec<Expr>),
    /// CAST, written or implied; numeric conversions round, text is cut, failures are row errors.
    Cast(Box<Expr>),
    /// AND over two or more, three-valued.
    And(Vec<Expr>),
    /// OR over two or more, three-valued.
    Or(Vec<Expr>),
    /// NOT, three-valued.
    Not(Box<Expr>),
    /// Searched CASE: (condition, result) pairs and ELSE. `CASE x WHEN` is rewritten to this.
    Case(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// The first operand that is not NULL.
    Coalesce(Vec<Expr>),
    /// A field of a ROW value.
    Field(Box<Expr>, usize),
    /// FLOOR or CEIL of a datetime or interval to a unit.
    RoundTime {
        /// CEIL instead of FLOOR.
        up: bool,
        /// The unit.
        unit: IntervalUnit,
        /// What is rounded.
        of: Box<Expr>,
    },
    /// EXTRACT(unit FROM x).
    Extract(IntervalUnit, Box<Expr>),
    /// `(of - minus) qualifier`: the time between two datetimes of one type, cut (towards zero) to the last field of the
    /// expression's interval type. The leading field's precision is not checked: official samples write
    /// `(ROWTIME - TIMESTAMP '1970-01-01 00:00:00') SECOND`.
    Difference {
        /// The minuend.
        of: Box<Expr>,
        /// The subtrahend.
        minus: Box<Expr>,
    },
    /// `x LIKE`/`SIMILAR TO pattern`, with the escape character.
    Match {
        /// SIMILAR TO instead of LIKE.
        similar: bool,
        /// The text.
        of: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// ESCAPE.
        escape: Option<Box<Expr>>,
    },
    /// The clock when the row is processed (CURRENT_ROW_TIMESTAMP).
    CurrentRowTimestamp,
    /// The clock when the pump started (CURRENT_TIMESTAMP and its kin), of this expression's type.
    PumpStart,
}

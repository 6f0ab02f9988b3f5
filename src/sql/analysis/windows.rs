//! OVER and WINDOW: partitions and extents.

use super::expressions::{Clause, Names};
use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind, Frame, WindowSpec};
use crate::sql::syntax::{self, Bound, Ident, Over};
use crate::sql::types::{Cell, DataType};

/// A window with what it takes from the one it builds on.
struct Window<'w> {
    partition: Vec<&'w syntax::Expr>,
    ordered_at: Option<Span>,
    frame: Option<&'w syntax::Frame>,
}

impl Analysis<'_> {
    /// The window of an aggregate or analytic function.
    pub(super) fn aggregation_window(&mut self, over: &Over, names: &mut Names<'_>) -> Checked<WindowSpec> {
        let window = self.window(over, names.named_windows)?;
        if let Some(span) = window.ordered_at {
            return self.error(
                span,
                "ORDER BY is not allowed in the window of an aggregate over a stream: rows come in the order of ROWTIME",
            );
        }
        let outer = std::mem::replace(&mut names.clause, Clause::Window);
        let partition = self.exprs(window.partition, names);
        names.clause = outer;
        let frame = match window.frame {
            Some(frame) => self.frame_of_aggregation(frame)?,
            None => Frame::Unbounded,
        };
        Some(WindowSpec { partition: partition?, frame })
    }

    /// The window over an input of a join.
    pub(super) fn join_window(&mut self, over: &Over, named: &[(Ident, syntax::WindowSpec)]) -> Checked<Frame> {
        let window = self.window(over, named)?;
        if let Some(first) = window.partition.first() {
            return self.error(first.span, "PARTITION BY is not allowed in the window of a join");
        }
        let Some(frame) = window.frame else { return Some(Frame::Unbounded) };
        match (&frame.start, &frame.end) {
            (Bound::Following(length), None) if !frame.rows => Some(Frame::RangeFollowing(self.window_millis(length)?)),
            (Bound::CurrentRow, Some(Bound::Following(length))) if !frame.rows => {
                Some(Frame::RangeFollowing(self.window_millis(length)?))
            }
            _ => self.frame_of_aggregation(frame),
        }
    }

    fn window<'w>(&mut self, over: &'w Over, named: &'w [(Ident, syntax::WindowSpec)]) -> Checked<Window<'w>> {
        match over {
            Over::Name(name) => self.named_window(name, named, named.len()),
            Over::Spec(spec) => self.window_of_spec(spec, named, named.len()),
        }
    }

    /// A named window; it may build on those named before it only, so that no circle is possible.
    fn named_window<'w>(&mut self, name: &Ident, named: &'w [(Ident, syntax::WindowSpec)], before: usize) -> Checked<Window<'w>> {
        match named.iter().take(before).position(|(other, _)| other.name == name.name) {
            Some(place) => self.window_of_spec(&named[place].1, named, place),
            None => self.error(name.span, format!("Window '{}' not found", name.name)),
        }
    }

    fn window_of_spec<'w>(
        &mut self,
        spec: &'w syntax::WindowSpec,
        named: &'w [(Ident, syntax::WindowSpec)],
        before: usize,
    ) -> Checked<Window<'w>> {
        let mut window = match &spec.base {
            Some(base) => self.named_window(base, named, before)?,
            None => Window { partition: Vec::new(), ordered_at: None, frame: None },
        };
        if !spec.partition.is_empty() {
            window.partition = spec.partition.iter().collect();
        }
        let order = spec.order_by.iter().map(|item| item.expr.span).reduce(Span::to);
        window.ordered_at = order.or(window.ordered_at);
        window.frame = spec.frame.as_ref().or(window.frame);
        Some(window)
    }

    /// WINDOW: no name twice.
    pub(super) fn check_window_names(&mut self, named: &[(Ident, syntax::WindowSpec)]) -> Checked<()> {
        for (place, (name, _)) in named.iter().enumerate() {
            if named.iter().take(place).any(|(other, _)| other.name == name.name) {
                return self.error(name.span, "Duplicate window names not allowed");
            }
        }
        Some(())
    }

    /// An extent that ends at the current row.
    fn frame_of_aggregation(&mut self, frame: &syntax::Frame) -> Checked<Frame> {
        let ends_here = match &frame.end {
            None | Some(Bound::CurrentRow) => true,
            Some(Bound::Preceding(size) | Bound::Following(size)) => self.is_zero(size),
            Some(_) => false,
        };
        match &frame.start {
            Bound::UnboundedFollowing | Bound::Following(_) => {
                self.error(frame.span, "FOLLOWING cannot be specified for a window over a stream")
            }
            _ if !ends_here => self.error(frame.span, "A window over a stream must end at the current row"),
            Bound::UnboundedPreceding => Some(Frame::Unbounded),
            Bound::CurrentRow if frame.rows => Some(Frame::RowsPreceding(0)),
            Bound::CurrentRow => Some(Frame::RangePreceding(0)),
            Bound::Preceding(size) if frame.rows => self.row_count(size).map(Frame::RowsPreceding),
            Bound::Preceding(length) if matches!(length.kind, syntax::ExprKind::Interval { .. }) => {
                self.window_millis(length).map(Frame::RangePreceding)
            }
            Bound::Preceding(length) => self.unsupported(length.span, "RANGE over a number"),
        }
    }

    fn row_count(&mut self, size: &syntax::Expr) -> Checked<u64> {
        match self.constant(size)?.kind {
            ExprKind::Literal(Cell::Int(count)) if count < 0 => self.error(size.span, "Window has negative size"),
            ExprKind::Literal(Cell::Int(count)) => u64::try_from(count).ok(),
            _ => self.error(size.span, "ROWS value must be a non-negative integral constant"),
        }
    }

    fn is_zero(&mut self, size: &syntax::Expr) -> bool {
        match &size.kind {
            syntax::ExprKind::Literal(syntax::Literal::Number(text)) => text.bytes().all(|byte| byte == b'0'),
            syntax::ExprKind::Interval { text, .. } => text.bytes().all(|byte| !byte.is_ascii_digit() || byte == b'0'),
            _ => false,
        }
    }

    /// A literal, with its sign.
    pub(super) fn constant(&mut self, expr: &syntax::Expr) -> Checked<Expr> {
        match &expr.kind {
            syntax::ExprKind::Literal(literal) => self.literal(literal, false, expr.span),
            syntax::ExprKind::Sign(negative, of) => match &of.kind {
                syntax::ExprKind::Literal(number @ syntax::Literal::Number(_)) => self.literal(number, *negative, expr.span),
                _ => self.error(expr.span, "A literal is expected here"),
            },
            syntax::ExprKind::Interval { negative, text, qualifier } => {
                self.interval(text, *negative, qualifier.value, expr.span)
            }
            _ => self.error(expr.span, "A literal is expected here"),
        }
    }

    /// A whole number as a constant.
    pub(super) fn constant_int(&mut self, expr: &syntax::Expr) -> Checked<i64> {
        let constant = self.constant(expr)?;
        match constant {
            Expr { kind: ExprKind::Literal(Cell::Int(value)), data_type: DataType::Integer | DataType::BigInt, .. } => {
                Some(value)
            }
            _ => self.error(expr.span, "A whole number is expected here"),
        }
    }
}

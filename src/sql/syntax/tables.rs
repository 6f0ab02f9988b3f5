//! The rules of FROM: table references, joins, table functions, windows.

use super::ast::{Bound, Frame, Join, JoinConstraint, JoinKind, TableCall, TableKind, TableRef, WindowSpec};
use super::parser::{Parsed, Parser, QUERY_LEVELS};
use crate::sql::diagnostic::Span;

impl Parser {
    /// A table reference with the joins behind it.
    pub(super) fn table_ref(&mut self) -> Parsed<TableRef> {
        let mut left = self.table_primary()?;
        while let Some((kind, natural, operator)) = self.join_operator()? {
            self.higher()?;
            let right = self.table_primary()?;
            let constraint = self.join_constraint()?;
            let span = self.since(left.span);
            let join = Join { left, right, kind, natural, constraint, operator };
            left = TableRef { kind: TableKind::Join(Box::new(join)), over: None, alias: None, columns: None, span };
        }
        Ok(left)
    }

    fn join_operator(&mut self) -> Parsed<Option<(JoinKind, bool, Span)>> {
        let start = self.peek().span;
        let natural = self.eat_word("NATURAL");
        let words = [("INNER", JoinKind::Inner), ("LEFT", JoinKind::Left), ("RIGHT", JoinKind::Right), ("FULL", JoinKind::Full)];
        let written = words.into_iter().find(|(word, _)| self.eat_word(word)).map(|(_, kind)| kind);
        let kind = match written {
            Some(JoinKind::Inner) => JoinKind::Inner,
            Some(outer) => {
                self.eat_word("OUTER");
                outer
            }
            None if !natural && self.eat_word("CROSS") => JoinKind::Cross,
            None if !natural && !self.at_word("JOIN") => return Ok(None),
            None => JoinKind::Inner,
        };
        self.expect_word("JOIN")?;
        Ok(Some((kind, natural, self.since(start))))
    }

    fn join_constraint(&mut self) -> Parsed<JoinConstraint> {
        if self.eat_word("ON") {
            return self.expr().map(JoinConstraint::On);
        }
        if self.eat_word("USING") {
            return self.parenthesized(Self::column_ident).map(JoinConstraint::Using);
        }
        Ok(JoinConstraint::None)
    }

    fn table_primary(&mut self) -> Parsed<TableRef> {
        let start = self.peek().span;
        let kind = if self.at_symbol("(") && self.at_query() {
            self.advance();
            let query = Box::new(self.query()?);
            self.expect_symbol(")")?;
            TableKind::Derived(query)
        } else if self.at_symbol("(") {
            return self.table_in_parentheses();
        } else if self.eat_word("TABLE") {
            self.table_function()?
        } else {
            // ROWTIME and its kin are columns; a stream cannot have a reserved word as its name.
            TableKind::Named(self.name()?)
        };
        let over = self.over()?;
        let alias = if self.eat_word("AS") { Some(self.ident()?) } else { self.bare_alias() };
        let columns = if alias.is_some() && self.at_symbol("(") { Some(self.parenthesized(Self::column_ident)?) } else { None };
        Ok(TableRef { kind, over, alias, columns, span: self.since(start) })
    }

    /// `(a JOIN b ON …)`.
    fn table_in_parentheses(&mut self) -> Parsed<TableRef> {
        let start = self.peek().span;
        self.expect_symbol("(")?;
        let inner = self.deeper(QUERY_LEVELS, Self::table_ref)?;
        self.expect_symbol(")")?;
        Ok(TableRef { span: self.since(start), ..inner })
    }

    /// `(function(CURSOR(query), arguments…))` behind TABLE.
    fn table_function(&mut self) -> Parsed<TableKind> {
        self.expect_symbol("(")?;
        let start = self.peek().span;
        let name = self.ident()?;
        self.expect_symbol("(")?;
        self.expect_word("CURSOR")?;
        self.expect_symbol("(")?;
        let cursor = self.query()?;
        self.expect_symbol(")")?;
        let mut args = Vec::new();
        while self.eat_symbol(",") {
            args.push(self.expr()?);
        }
        self.expect_symbol(")")?;
        let span = self.since(start);
        self.expect_symbol(")")?;
        Ok(TableKind::Function(Box::new(TableCall { name, cursor, args, span })))
    }

    /// `([name] [PARTITION BY …] [ORDER BY …] [ROWS|RANGE …])`.
    pub(super) fn window_spec(&mut self) -> Parsed<WindowSpec> {
        let start = self.peek().span;
        self.expect_symbol("(")?;
        let base = self.eat_ident();
        let partition = if self.eat_words(["PARTITION", "BY"]) { self.list(Self::expr)? } else { Vec::new() };
        let order_by = if self.eat_words(["ORDER", "BY"]) { self.list(Self::sort_item)? } else { Vec::new() };
        let place = self.peek().span;
        let rows = self.eat_word("ROWS");
        let frame = if rows || self.eat_word("RANGE") { Some(self.frame(rows, place)?) } else { None };
        self.expect_symbol(")")?;
        Ok(WindowSpec { base, partition, order_by, frame, span: self.since(start) })
    }

    fn frame(&mut self, rows: bool, start: Span) -> Parsed<Frame> {
        if !self.eat_word("BETWEEN") {
            let bound = self.bound()?;
            return Ok(Frame { rows, start: bound, end: None, span: self.since(start) });
        }
        let first = self.bound()?;
        self.expect_word("AND")?;
        let last = self.bound()?;
        Ok(Frame { rows, start: first, end: Some(last), span: self.since(start) })
    }

    fn bound(&mut self) -> Parsed<Bound> {
        if self.eat_words(["CURRENT", "ROW"]) {
            return Ok(Bound::CurrentRow);
        }
        if self.eat_word("UNBOUNDED") {
            return if self.direction()? { Ok(Bound::UnboundedFollowing) } else { Ok(Bound::UnboundedPreceding) };
        }
        // The size is an expression without AND, which separates the bounds.
        let size = self.sum()?;
        if self.direction()? { Ok(Bound::Following(size)) } else { Ok(Bound::Preceding(size)) }
    }

    /// PRECEDING (false) or FOLLOWING (true).
    fn direction(&mut self) -> Parsed<bool> {
        if self.eat_word("PRECEDING") {
            return Ok(false);
        }
        self.expect_word("FOLLOWING").map(|()| true)
    }
}

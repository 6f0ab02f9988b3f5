//! The rules of queries: SELECT and its clauses, set operators, VALUES.

use super::ast::{Grouping, Ident, Query, QueryBody, Select, SelectItem, SetOperator, SortItem, WindowSpec};
use super::parser::{Parsed, Parser, QUERY_LEVELS};

impl Parser {
    /// A query with its ORDER BY.
    pub(super) fn query(&mut self) -> Parsed<Query> {
        self.deeper(QUERY_LEVELS, Self::query_here)
    }

    fn query_here(&mut self) -> Parsed<Query> {
        let start = self.peek().span;
        let first = self.query_term()?;
        let mut others = Vec::new();
        while let Some(operator) = self.set_operator() {
            others.push((operator, self.query_term()?));
        }
        let body = if others.is_empty() { first.body } else { QueryBody::SetOperation(Box::new(first), others) };
        let order_by = if self.eat_words(["ORDER", "BY"]) { self.list(Self::sort_item)? } else { Vec::new() };
        let within = if !order_by.is_empty() && self.eat_word("WITHIN") { Some(self.expr()?) } else { None };
        Ok(Query { body, order_by, within, span: self.since(start) })
    }

    fn set_operator(&mut self) -> Option<SetOperator> {
        if self.eat_word("UNION") {
            return Some(if self.eat_word("ALL") { SetOperator::UnionAll } else { SetOperator::Union });
        }
        if self.eat_word("EXCEPT") {
            return Some(SetOperator::Except);
        }
        self.eat_word("INTERSECT").then_some(SetOperator::Intersect)
    }

    /// SELECT without ORDER BY, VALUES, or a query in parentheses.
    fn query_term(&mut self) -> Parsed<Query> {
        let start = self.peek().span;
        let body = if self.eat_word("SELECT") {
            QueryBody::Select(Box::new(self.select(start)?))
        } else if self.eat_word("VALUES") {
            QueryBody::Values(self.list(Self::values_row)?)
        } else if self.eat_symbol("(") {
            let query = Box::new(self.query()?);
            self.expect_symbol(")")?;
            QueryBody::Nested(query)
        } else {
            return self.unexpected();
        };
        Ok(Query { body, order_by: Vec::new(), within: None, span: self.since(start) })
    }

    /// `(a, b)`, `ROW (a, b)` or a lone expression.
    fn values_row(&mut self) -> Parsed<Vec<super::Expr>> {
        let expr = self.expr()?;
        Ok(match expr.kind {
            super::ExprKind::Row(list) => list,
            _ => vec![expr],
        })
    }

    fn select(&mut self, start: crate::sql::diagnostic::Span) -> Parsed<Select> {
        let stream = self.eat_word("STREAM");
        let distinct = self.eat_word("DISTINCT");
        if !distinct {
            self.eat_word("ALL");
        }
        let items = self.list(Self::select_item)?;
        let from = if self.eat_word("FROM") { self.list(Self::table_ref)? } else { Vec::new() };
        let condition = if self.eat_word("WHERE") { Some(self.expr()?) } else { None };
        let grouping = self.grouping()?;
        let having = if self.eat_word("HAVING") { Some(self.expr()?) } else { None };
        let windows = if self.eat_word("WINDOW") { self.list(Self::named_window)? } else { Vec::new() };
        Ok(Select { stream, distinct, items, from, condition, grouping, having, windows, span: self.since(start) })
    }

    fn select_item(&mut self) -> Parsed<SelectItem> {
        let start = self.peek().span;
        if self.eat_symbol("*") {
            return Ok(SelectItem::All(start));
        }
        if self.peek().is_name() && self.peek_nth(1).is_symbol(".") && self.peek_nth(2).is_symbol("*") {
            let alias = self.ident()?;
            self.advance();
            self.advance();
            return Ok(SelectItem::AllOf(alias, self.since(start)));
        }
        let expr = self.expr()?;
        let alias = if self.eat_word("AS") { Some(self.column_ident()?) } else { self.bare_alias() };
        Ok(SelectItem::Expr(expr, alias))
    }

    /// An alias without AS; the word before BY of WINDOWED BY is none.
    pub(super) fn bare_alias(&mut self) -> Option<Ident> {
        if self.peek().is_word("WINDOWED") && self.peek_nth(1).is_word("BY") {
            return None;
        }
        self.eat_ident()
    }

    fn grouping(&mut self) -> Parsed<Option<Grouping>> {
        let start = self.peek().span;
        if self.eat_words(["GROUP", "BY"]) {
            let keys = self.list(Self::expr)?;
            return Ok(Some(Grouping::Keys(keys, self.since(start))));
        }
        if !self.eat_words(["WINDOWED", "BY"]) {
            return Ok(None);
        }
        self.expect_word("STAGGER")?;
        self.expect_symbol("(")?;
        self.expect_word("PARTITION")?;
        self.expect_word("BY")?;
        let partition = self.list(Self::expr)?;
        self.expect_word("RANGE")?;
        let range = self.expr()?;
        self.expect_symbol(")")?;
        Ok(Some(Grouping::Stagger { partition, range, span: self.since(start) }))
    }

    fn named_window(&mut self) -> Parsed<(Ident, WindowSpec)> {
        let name = self.ident()?;
        self.expect_word("AS")?;
        Ok((name, self.window_spec()?))
    }

    /// A sort key; NULLS FIRST and LAST are no part of the dialect.
    pub(super) fn sort_item(&mut self) -> Parsed<SortItem> {
        let expr = self.expr()?;
        let descending = self.eat_word("DESC");
        if !descending {
            self.eat_word("ASC");
        }
        Ok(SortItem { expr, descending })
    }
}

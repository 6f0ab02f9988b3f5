//! Pumps: what a query's columns become in the stream that they are inserted into.

use super::scope::Output;
use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind, Node, Pump, StreamIndex};
use crate::sql::syntax::{CreatePump, Ident, QueryBody};
use crate::sql::types::{Cell, Column, DataType, can_assign};

/// An item of a query, as what may be assigned.
#[derive(Clone)]
struct Source {
    expr: Expr,
    name: String,
}

impl Analysis<'_> {
    /// `CREATE PUMP`.
    pub(super) fn create_pump(&mut self, create: &CreatePump) -> Checked<()> {
        let name = create.name.object();
        let existing = self.plan.pumps.iter().position(|pump| pump.name == name);
        if existing.is_some() && !create.replace {
            return self.error(create.name.span, format!("Object '{name}' already exists"));
        }
        let target = self.target(&create.target);
        let output = self.query(&create.query);
        let (target, output) = (target?, output?);
        self.check_acyclic(name, target, &output.node, create.target.span)?;
        let places = item_places(create, output.columns.len() + usize::from(output.rowtime_at.is_some()));
        let (assign, query) = self.assign(create, target, output, &places)?;
        let pump = Pump { name: name.to_owned(), target, assign, query, stopped: create.stopped };
        // Replaced, it stands where the new statement does.
        if let Some(at) = existing {
            self.plan.pumps.remove(at);
        }
        self.plan.pumps.push(pump);
        Some(())
    }

    fn assign(
        &mut self,
        create: &CreatePump,
        target: StreamIndex,
        output: Output,
        places: &[Span],
    ) -> Checked<(Vec<Expr>, Node)> {
        let columns = self.plan.streams[target].columns.clone();
        let mut sources = sources(&output, places);
        let Some(listed) = &create.columns else {
            // Without a column list the item named ROWTIME is the row's time; where the counts say so, it is a column too.
            if let Some(at) = output.rowtime_at.filter(|_| sources.len() == columns.len() + 1) {
                sources.remove(at);
            }
            self.check_count(columns.len(), sources.len(), create.query.span)?;
            return Some((self.convert_all(&columns, sources)?, output.node));
        };
        self.check_count(listed.len(), sources.len(), create.query.span)?;
        self.assign_listed(&columns, listed, sources, output)
    }

    fn check_count(&mut self, targets: usize, items: usize, span: Span) -> Checked<()> {
        if targets == items {
            return Some(());
        }
        self.error(span, format!("Number of INSERT target columns ({targets}) does not equal number of source items ({items})"))
    }

    fn assign_listed(
        &mut self,
        columns: &[Column],
        listed: &[Ident],
        sources: Vec<Source>,
        output: Output,
    ) -> Checked<(Vec<Expr>, Node)> {
        let mut by_column: Vec<Option<Source>> = vec![None; columns.len()];
        let mut rowtime = None;
        for (ident, source) in listed.iter().zip(sources) {
            let place = columns.iter().position(|column| column.name == ident.name);
            let slot = match place {
                Some(place) => &mut by_column[place],
                None if ident.name == "ROWTIME" => &mut rowtime,
                None => return self.error(ident.span, format!("Unknown target column '{}'", ident.name)),
            };
            if slot.replace(source).is_some() {
                return self.error(ident.span, format!("Target column '{}' is assigned more than once", ident.name));
            }
        }
        let missing = columns.iter().zip(&by_column).find(|(column, source)| source.is_none() && !column.nullable);
        if let Some((column, _)) = missing {
            let span = listed.iter().map(|ident| ident.span).reduce(Span::to).unwrap_or_default();
            return self.error(span, format!("Column '{}' has no default value and does not allow NULLs", column.name));
        }
        let null = |column: &Column| Source { expr: null_of(&column.data_type), name: column.name.clone() };
        let sources = columns.iter().zip(by_column).map(|(column, source)| source.unwrap_or_else(|| null(column))).collect();
        let assign = self.convert_all(columns, sources)?;
        let node = self.with_rowtime(output, rowtime)?;
        Some((assign, node))
    }

    /// A query whose rows take their time from an item that is listed as ROWTIME.
    fn with_rowtime(&mut self, output: Output, rowtime: Option<Source>) -> Checked<Node> {
        let Some(source) = rowtime.filter(|source| source.expr.kind != ExprKind::Rowtime) else { return Some(output.node) };
        if source.expr.data_type != DataType::Timestamp {
            let rowtime = Column { name: "ROWTIME".to_owned(), data_type: DataType::Timestamp, nullable: false };
            return self.convert(&rowtime, source).map(|_| output.node);
        }
        let expr = source.expr;
        let items = output.columns.iter().enumerate().map(|(place, column)| column.at(place, expr.span)).collect();
        Some(Node::Project { input: Box::new(output.node), items, rowtime: Some(expr) })
    }

    fn convert_all(&mut self, columns: &[Column], sources: Vec<Source>) -> Checked<Vec<Expr>> {
        let converted: Vec<_> = columns.iter().zip(sources).map(|(column, source)| self.convert(column, source)).collect();
        converted.into_iter().collect()
    }

    fn convert(&mut self, column: &Column, source: Source) -> Checked<Expr> {
        let Source { expr, name } = source;
        if !can_assign(&expr.data_type, &column.data_type) {
            let message = format!(
                "Cannot assign to target field '{}' of type {} from source field '{name}' of type {}",
                column.name, column.data_type, expr.data_type
            );
            return self.error(expr.span, message);
        }
        Some(self.cast(expr, &column.data_type))
    }
}

/// The query's items in their order, the one named ROWTIME included.
fn sources(output: &Output, places: &[Span]) -> Vec<Source> {
    let place = |item: usize| places.get(item).copied().unwrap_or_default();
    let mut sources: Vec<Source> = Vec::new();
    for (index, column) in output.columns.iter().enumerate() {
        let item = index + usize::from(output.rowtime_at.is_some_and(|at| at <= index));
        sources.push(Source { expr: column.at(index, place(item)), name: column.name.clone() });
    }
    if let Some(at) = output.rowtime_at {
        let expr = Expr { kind: ExprKind::Rowtime, data_type: DataType::Timestamp, nullable: false, span: place(at) };
        sources.insert(at, Source { expr, name: "ROWTIME".to_owned() });
    }
    sources
}

/// The places of a query's items, as far as the query is one SELECT without `*`; else the place of the whole query.
fn item_places(create: &CreatePump, count: usize) -> Vec<Span> {
    let mut body = &create.query.body;
    while let QueryBody::Nested(query) = body {
        body = &query.body;
    }
    match body {
        QueryBody::Select(select) if select.items.len() == count => select.items.iter().map(|item| item.span()).collect(),
        QueryBody::Values(rows) if rows.len() == 1 => rows[0].iter().map(|expr| expr.span).collect(),
        _ => vec![create.query.span; count],
    }
}

/// NULL of a type.
pub(super) fn null_of(data_type: &DataType) -> Expr {
    Expr { kind: ExprKind::Literal(Cell::Null), data_type: data_type.clone(), nullable: true, span: Span::default() }
}

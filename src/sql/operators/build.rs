//! From the plan to the graph of operators.

use super::aggregate::Aggregate;
use super::anomaly::AnomalyScore;
use super::distinct::Distinct;
use super::graph::{Graph, Tap, Vertex};
use super::map::{Map, Mapping, Values};
use super::merge::Merge;
use super::optimise;
use super::sort::Sort;
use super::stagger::Stagger;
use super::stream_join::StreamJoin;
use super::table_join::TableJoin;
use super::time_sort::TimeSort;
use super::window::Window;
use super::{Operator, Origin};
use crate::base::clock::Millis;
use crate::sql::expressions::Compiler;
use crate::sql::plan::{AggregateCall, Expr, ExprKind, Node, Plan, Pump, StreamIndex, TableFunction};
use crate::sql::program::Options;
use crate::sql::tables::Tables;
use crate::sql::types::{Block, Column, DataType, MAX_VARCHAR};

impl Graph {
    /// The graph of a plan's pumps; those created STOPPED are left out.
    pub(crate) fn new(plan: &Plan, options: &Options) -> Self {
        let compiler = Compiler { start_ms: options.start_ms };
        let tables = Tables::new(&options.tables);
        let mut builder = Builder {
            plan,
            compiler,
            tables,
            seed: options.seed,
            nodes: Vec::new(),
            streams: vec![Visit::New; plan.streams.len()],
        };
        let streams: Vec<usize> = (0..plan.streams.len()).map(|stream| builder.stream(stream)).collect();
        let taps = options.taps.iter().filter_map(|stream| {
            let columns = &plan.streams.get(*stream)?.columns;
            Some(Tap { stream: *stream, rows: Block::new(columns.len()) })
        });
        let mut graph =
            Self { taps: taps.collect(), nodes: builder.nodes, streams, errors: Vec::new(), now_ms: options.start_ms };
        graph.find_last_readers();
        graph
    }
}

struct Builder<'p> {
    plan: &'p Plan,
    compiler: Compiler,
    tables: Tables,
    seed: u64,
    nodes: Vec<Vertex>,
    streams: Vec<Visit>,
}

#[derive(Clone, Copy)]
enum Visit {
    New,
    /// Its writers are being built. Plans have no cycles; were there one, it would end in an empty stream here.
    Open,
    Built(usize),
}

impl<'p> Builder<'p> {
    /// Where the rows of a stream come out.
    fn stream(&mut self, stream: StreamIndex) -> usize {
        if let Some(Visit::Built(place)) = self.streams.get(stream) {
            return *place;
        }
        let Some(declared) = self.plan.streams.get(stream) else { return self.source(&[]) };
        if declared.input || matches!(self.streams[stream], Visit::Open) {
            let place = self.source(&declared.columns);
            self.streams[stream] = Visit::Built(place);
            return place;
        }
        self.streams[stream] = Visit::Open;
        let plan = self.plan;
        let writers: Vec<usize> =
            plan.pumps.iter().filter(|pump| pump.target == stream && !pump.stopped).map(|pump| self.pump(pump)).collect();
        let place = match writers.as_slice() {
            [] => self.source(&declared.columns),
            [only] => *only,
            _ => self.merge(&writers, declared.columns.clone(), ""),
        };
        self.streams[stream] = Visit::Built(place);
        place
    }

    /// A stream whose rows come from outside.
    fn source(&mut self, columns: &[Column]) -> usize {
        self.nodes.push(Vertex {
            operator: None,
            inputs: Vec::new(),
            last: Vec::new(),
            bounds: Vec::new(),
            out: Block::new(columns.len()),
            bound: Millis::MIN,
            timed: true,
            columns: columns.to_vec(),
            origin: Origin { pump: String::new(), columns: columns.to_vec() },
        });
        self.nodes.len() - 1
    }

    fn pump(&mut self, pump: &'p Pump) -> usize {
        let columns = self.plan.streams.get(pump.target).map_or(Vec::new(), |stream| stream.columns.clone());
        let (base, mut mapping) = optimise::projected(&pump.query, &pump.assign, None);
        let may_be_null =
            |column: &usize| !columns[*column].nullable && pump.assign.get(*column).is_some_and(|expr| expr.nullable);
        mapping.required = (0..columns.len()).filter(may_be_null).map(|column| (column, columns[column].name.clone())).collect();
        let input = self.node(base, &pump.name);
        self.map(input, &mapping, columns, &pump.name)
    }

    /// An operator upon its inputs. `timed` is said where it is not that of the inputs.
    fn add(
        &mut self,
        operator: impl Operator + 'static,
        inputs: Vec<usize>,
        columns: Vec<Column>,
        pump: &str,
        timed: Option<bool>,
    ) -> usize {
        let of_inputs = inputs.iter().flat_map(|input| self.nodes[*input].columns.iter().cloned()).collect();
        self.nodes.push(Vertex {
            operator: Some(Box::new(operator)),
            last: Vec::new(),
            bounds: vec![Millis::MIN; inputs.len()],
            out: Block::new(columns.len()),
            bound: Millis::MIN,
            timed: timed.unwrap_or_else(|| inputs.iter().all(|input| self.nodes[*input].timed)),
            columns,
            origin: Origin { pump: pump.to_owned(), columns: of_inputs },
            inputs,
        });
        self.nodes.len() - 1
    }

    fn merge(&mut self, inputs: &[usize], columns: Vec<Column>, pump: &str) -> usize {
        let timed: Vec<bool> = inputs.iter().map(|input| self.nodes[*input].timed).collect();
        let merge = Merge::new(columns.len(), &timed);
        self.add(merge, inputs.to_vec(), columns, pump, Some(timed.contains(&true)))
    }

    /// A pass over the rows of `input`, unless it would change nothing.
    fn map(&mut self, input: usize, mapping: &Mapping, columns: Vec<Column>, pump: &str) -> usize {
        let width = self.nodes[input].columns.len();
        let as_they_are = |items: &Vec<Expr>| {
            items.len() == width && items.iter().zip(0..).all(|(item, place)| item.kind == ExprKind::Column(place))
        };
        let changes_nothing = mapping.predicates.is_empty()
            && mapping.rowtime.is_none()
            && mapping.required.is_empty()
            && mapping.items.as_ref().is_none_or(as_they_are);
        if changes_nothing {
            return input;
        }
        let timed = mapping.rowtime.is_some().then_some(false);
        self.add(Map::new(mapping, self.compiler), vec![input], columns, pump, timed)
    }

    fn node(&mut self, node: &'p Node, pump: &str) -> usize {
        if let Some((base, mapping)) = optimise::mapping(node) {
            let input = self.node(base, pump);
            let columns = mapping.items.as_ref().map_or_else(|| self.nodes[input].columns.clone(), |items| unnamed(items));
            return self.map(input, &mapping, columns, pump);
        }
        let compiler = self.compiler;
        match node {
            Node::Scan { stream } => self.stream(*stream),
            Node::Values { rows } => {
                let columns = rows.first().map_or(Vec::new(), |row| unnamed(row));
                self.add(Values::new(rows, compiler), Vec::new(), columns, pump, None)
            }
            Node::Distinct { input, keys, monotonic } => {
                self.unary(input, pump, |_| Distinct::new(keys, monotonic, compiler), |columns| columns)
            }
            Node::Aggregate { input, keys, monotonic, aggregates } => {
                self.unary(input, pump, |_| Aggregate::new(keys, monotonic, aggregates, compiler), |_| grouped(keys, aggregates))
            }
            Node::Stagger { input, keys, range_ms, aggregates } => {
                self.unary(input, pump, |_| Stagger::new(keys, *range_ms, aggregates, compiler), |_| grouped(keys, aggregates))
            }
            Node::Window { input, windows, calls } => {
                let results =
                    |columns: Vec<Column>| columns.into_iter().chain(calls.iter().map(|(_, call)| result(call))).collect();
                self.unary(input, pump, |_| Window::new(windows, calls, compiler), results)
            }
            Node::Sort { input, leading, monotonic, keys } => {
                self.unary(input, pump, |width| Sort::new(leading, monotonic, keys, width, compiler), |columns| columns)
            }
            Node::TimeSort { input, key, within_ms } => {
                let place = self.unary(input, pump, |width| TimeSort::new(key, *within_ms, width, compiler), |columns| columns);
                self.nodes[place].timed = false;
                place
            }
            Node::TableFunction { input, function } => self.table_function(input, function, pump),
            Node::Union { inputs } => {
                let inputs: Vec<usize> = inputs.iter().map(|input| self.node(input, pump)).collect();
                let columns = inputs.first().map_or(Vec::new(), |first| self.nodes[*first].columns.clone());
                self.merge(&inputs, columns, pump)
            }
            Node::StreamJoin { left, right, kind, equal, condition } => {
                let inputs = vec![self.node(&left.input, pump), self.node(&right.input, pump)];
                let columns = self.nodes[inputs[0]].columns.iter().chain(&self.nodes[inputs[1]].columns).cloned().collect();
                self.add(StreamJoin::new((left, right), *kind, equal, condition.as_ref(), compiler), inputs, columns, pump, None)
            }
            Node::TableJoin { input, table, kind, equal, condition, .. } => {
                let of_table = self.plan.tables.get(*table).map_or(Vec::new(), |table| table.columns.clone());
                let join = TableJoin::new(&self.tables, *table, of_table.len(), *kind, equal, condition.as_ref(), compiler);
                self.unary(input, pump, |_| join, |columns| columns.into_iter().chain(of_table).collect())
            }
            // Taken by the mapping above.
            Node::Filter { input, .. } | Node::Project { input, .. } => self.node(input, pump),
        }
    }

    /// An operator with one input; it is told the input's width, and `columns` makes its output's columns from the input's.
    fn unary<O: Operator + 'static>(
        &mut self,
        input: &'p Node,
        pump: &str,
        operator: impl FnOnce(usize) -> O,
        columns: impl FnOnce(Vec<Column>) -> Vec<Column>,
    ) -> usize {
        let input = self.node(input, pump);
        let of_input = self.nodes[input].columns.clone();
        self.add(operator(of_input.len()), vec![input], columns(of_input), pump, None)
    }

    fn table_function(&mut self, input: &'p Node, function: &'p TableFunction, pump: &str) -> usize {
        // Each forest of a program has a seed of its own.
        let seed = self.seed.wrapping_add(self.nodes.len() as u64);
        match function {
            TableFunction::RandomCutForest { explain, .. } => {
                let added = |mut columns: Vec<Column>| {
                    columns.push(column("ANOMALY_SCORE", DataType::Double));
                    columns.extend(explain.map(|_| column("ANOMALY_EXPLANATION", DataType::VarChar(MAX_VARCHAR))));
                    columns
                };
                self.unary(input, pump, |_| AnomalyScore::new(function, seed), added)
            }
        }
    }
}

fn column(name: &str, data_type: DataType) -> Column {
    Column { name: name.to_owned(), data_type, nullable: true }
}

/// Columns of expressions, by their place.
fn unnamed(items: &[Expr]) -> Vec<Column> {
    items.iter().enumerate().map(|(place, item)| column(&format!("EXPR${place}"), item.data_type.clone())).collect()
}

fn result(call: &AggregateCall) -> Column {
    column("EXPR$", call.data_type.clone())
}

fn grouped(keys: &[Expr], aggregates: &[AggregateCall]) -> Vec<Column> {
    unnamed(keys).into_iter().chain(aggregates.iter().map(result)).collect()
}

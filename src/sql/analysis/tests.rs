//! Tests of the analysis: what compiles to which plan, and where errors stand.

use super::{Catalog, compile};
use crate::sql::plan::{Plan, Stream};
use crate::sql::types::{Column, DataType};

mod corpus;
mod errors;
mod plans;
mod robustness;

/// `name type, name type …` as columns.
fn columns(text: &str) -> Vec<Column> {
    let pairs = text.split(", ").filter_map(|pair| pair.split_once(' '));
    pairs.map(|(name, of)| Column { name: name.to_owned(), data_type: DataType::parse(of).unwrap(), nullable: true }).collect()
}

/// An input stream with its system columns.
fn input(name: &str, mapped: &str) -> Stream {
    let mut all = columns(mapped);
    let declared = all.len();
    all.extend(columns(
        "APPROXIMATE_ARRIVAL_TIME TIMESTAMP, PARTITION_KEY VARCHAR(256), SEQUENCE_NUMBER VARCHAR(128), SHARD_ID VARCHAR(64)",
    ));
    Stream { name: name.to_owned(), columns: all, declared, input: true }
}

/// An application with one input, `SOURCE_SQL_STREAM_001`.
fn catalog(mapped: &str) -> Catalog {
    Catalog { inputs: vec![input("SOURCE_SQL_STREAM_001", mapped)], tables: Vec::new() }
}

/// The guide's input.
fn sensors() -> Catalog {
    catalog("sensorId INTEGER, eventTimeStamp TIMESTAMP, currentTemperature INTEGER, status VARCHAR(4)")
}

/// The developer guide's demo input.
fn tickers() -> Catalog {
    catalog("TICKER_SYMBOL VARCHAR(4), SECTOR VARCHAR(16), CHANGE REAL, PRICE REAL, EVENT_TIME TIMESTAMP, TRADETIME BIGINT")
}

fn plan(code: &str, catalog: &Catalog) -> Plan {
    compile(code, catalog).unwrap_or_else(|errors| {
        let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
        panic!("{code}\n{}", texts.join("\n"))
    })
}

/// The errors as they print.
fn errors(code: &str, catalog: &Catalog) -> Vec<String> {
    match compile(code, catalog) {
        Ok(_) => panic!("this compiles: {code}"),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

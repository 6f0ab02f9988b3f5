//! The grammar: text to a syntax tree whose every node knows its exact place.
//!
//! sqlparser gives the tokens; the grammar, the tree and the messages are our own (SQL reference of Kinesis Data Analytics;
//! the service's engine descends from Eigenbase, so errors read as its parser's).

mod ast;
mod calls;
mod expr;
mod expressions;
mod literals;
mod parser;
mod queries;
mod reserved;
mod statements;
mod tables;
mod tokens;

pub use ast::*;
pub use expr::*;
pub use reserved::{RESERVED, SYSTEM_COLUMNS, is_reserved};
pub use tokens::{Token, TokenKind, tokenize};

use super::diagnostic::Diagnostic;
use parser::Parser;

/// Reads a script. Each statement is read for itself: after an error reading goes on behind the next `;`, so that every
/// statement with an error is told of, once.
pub fn parse(code: &str) -> Result<Script, Vec<Diagnostic>> {
    let mut parser = Parser::new(tokenize(code).map_err(|error| vec![error])?);
    let mut script = Script::default();
    let mut errors = Vec::new();
    loop {
        while parser.eat_symbol(";") {}
        if parser.at_end() {
            break;
        }
        match parser.statement() {
            Ok(statement) => script.statements.push(statement),
            Err(error) => {
                errors.push(*error);
                parser.skip_statement();
            }
        }
    }
    if errors.is_empty() { Ok(script) } else { Err(errors) }
}

/// Reads one expression, nothing else: for tests and for tools that complete text.
pub fn parse_expression(code: &str) -> Result<Expr, Diagnostic> {
    let mut parser = Parser::new(tokenize(code)?);
    let expr = parser.expr().map_err(|error| *error)?;
    parser.expect_end().map_err(|error| *error)?;
    Ok(expr)
}

#[cfg(test)]
mod tests;

//! The rules of statements and of type names.

use super::ast::{
    ColumnDefinition, CreateFunction, CreatePump, CreateStream, Ident, ObjectKind, Statement, StatementKind, TypeKind, TypeName,
};
use super::parser::{Parsed, Parser};

impl Parser {
    /// A statement, up to `;` or the end.
    pub(super) fn statement(&mut self) -> Parsed<Statement> {
        let start = self.peek().span;
        let kind = if self.eat_word("CREATE") {
            self.create()?
        } else if self.eat_word("DROP") {
            let object = self.object_kind()?;
            StatementKind::Drop(object, self.name()?)
        } else if self.eat_word("ALTER") {
            self.alter_pump()?
        } else {
            return self.unexpected();
        };
        let span = self.since(start);
        self.expecting("<EOF>");
        if self.at_end() || self.at_symbol(";") { Ok(Statement { kind, span }) } else { self.unexpected() }
    }

    fn create(&mut self) -> Parsed<StatementKind> {
        let replace = self.eat_word("OR");
        if replace {
            self.expect_word("REPLACE")?;
        }
        if self.eat_word("STREAM") {
            self.create_stream(replace)
        } else if self.eat_word("PUMP") {
            self.create_pump(replace)
        } else if self.eat_word("FUNCTION") {
            self.create_function(replace)
        } else {
            self.unexpected()
        }
    }

    fn object_kind(&mut self) -> Parsed<ObjectKind> {
        let kinds = [("STREAM", ObjectKind::Stream), ("PUMP", ObjectKind::Pump), ("FUNCTION", ObjectKind::Function)];
        match kinds.into_iter().find(|(word, _)| self.eat_word(word)) {
            Some((_, kind)) => Ok(kind),
            None => self.unexpected(),
        }
    }

    fn alter_pump(&mut self) -> Parsed<StatementKind> {
        self.expect_word("PUMP")?;
        let name = self.name()?;
        let start = self.eat_word("START");
        if !start {
            self.expect_word("STOP")?;
        }
        Ok(StatementKind::AlterPump(name, start))
    }

    fn create_stream(&mut self, replace: bool) -> Parsed<StatementKind> {
        let name = self.name()?;
        let columns = self.parenthesized(Self::column_definition)?;
        self.options()?;
        Ok(StatementKind::CreateStream(CreateStream { replace, name, columns }))
    }

    fn column_definition(&mut self) -> Parsed<ColumnDefinition> {
        let name = self.ident()?;
        let data_type = self.type_name()?;
        let not_null = self.eat_word("NOT");
        if not_null {
            self.expect_word("NULL")?;
        } else {
            self.eat_word("NULL");
        }
        self.options()?;
        let span = self.since(name.span);
        Ok(ColumnDefinition { name, data_type, not_null, span })
    }

    /// `OPTIONS (name 'value', …)` and `DESCRIPTION 'text'`: read and forgotten, they have no effect in an application.
    fn options(&mut self) -> Parsed<()> {
        if self.eat_word("OPTIONS") {
            self.parenthesized(|parser| {
                parser.name()?;
                parser.eat_symbol("=");
                parser.literal_or_name()
            })?;
        }
        if self.eat_word("DESCRIPTION") {
            self.text()?;
        }
        Ok(())
    }

    fn literal_or_name(&mut self) -> Parsed<()> {
        self.expr().map(|_| ())
    }

    fn create_pump(&mut self, replace: bool) -> Parsed<StatementKind> {
        let name = self.name()?;
        let stopped = self.eat_word("STOPPED");
        if !stopped {
            self.eat_word("STARTED");
        }
        self.options()?;
        self.expect_word("AS")?;
        self.expect_word("INSERT")?;
        self.eat_word("EXPEDITED");
        self.expect_word("INTO")?;
        let target = self.name()?;
        let columns = if self.at_symbol("(") && !self.at_query() { Some(self.parenthesized(Self::column_ident)?) } else { None };
        let query = self.query()?;
        Ok(StatementKind::CreatePump(Box::new(CreatePump { replace, name, stopped, target, columns, query })))
    }

    fn create_function(&mut self, replace: bool) -> Parsed<StatementKind> {
        let name = self.name()?;
        self.expect_symbol("(")?;
        let parameters = if self.at_symbol(")") { Vec::new() } else { self.list(Self::parameter)? };
        self.expect_symbol(")")?;
        self.expect_word("RETURNS")?;
        let returns = self.type_name()?;
        let mut null_on_null_input = false;
        while !self.eat_word("RETURN") {
            null_on_null_input |= self.function_clause()?;
        }
        let body = self.expr()?;
        let function = CreateFunction { replace, name, parameters, returns, null_on_null_input, body };
        Ok(StatementKind::CreateFunction(Box::new(function)))
    }

    fn parameter(&mut self) -> Parsed<(Ident, TypeName)> {
        Ok((self.ident()?, self.type_name()?))
    }

    /// A clause between RETURNS and RETURN; true for RETURNS NULL ON NULL INPUT. The others have no effect.
    fn function_clause(&mut self) -> Parsed<bool> {
        if self.eat_words(["RETURNS", "NULL"]) {
            self.on_null_input()?;
            return Ok(true);
        }
        if self.eat_word("CALLED") {
            self.on_null_input()?;
        } else if self.eat_word("SPECIFIC") {
            self.name()?;
        } else if self.eat_words(["READS", "SQL"]) || self.eat_words(["MODIFIES", "SQL"]) {
            self.eat_word("DATA");
        } else if !(self.eat_words(["LANGUAGE", "SQL"])
            || self.eat_words(["CONTAINS", "SQL"])
            || self.eat_words(["NO", "SQL"])
            || self.eat_words(["NOT", "DETERMINISTIC"])
            || self.eat_word("DETERMINISTIC"))
        {
            return self.unexpected();
        }
        Ok(false)
    }

    fn on_null_input(&mut self) -> Parsed<()> {
        self.expect_word("ON")?;
        self.expect_word("NULL")?;
        self.expect_word("INPUT")
    }

    /// A type.
    pub(super) fn type_name(&mut self) -> Parsed<TypeName> {
        let start = self.peek().span;
        if self.eat_word("INTERVAL") {
            let kind = TypeKind::Interval(self.qualifier()?);
            return Ok(TypeName { kind, span: self.since(start) });
        }
        const WORDS: [(&str, &str); 20] = [
            ("BIGINT", "BIGINT"),
            ("BINARY", "BINARY"),
            ("BOOLEAN", "BOOLEAN"),
            ("CHAR", "CHAR"),
            ("CHARACTER", "CHAR"),
            ("DATE", "DATE"),
            ("DEC", "DECIMAL"),
            ("DECIMAL", "DECIMAL"),
            ("DOUBLE", "DOUBLE"),
            ("FLOAT", "DOUBLE"),
            ("INT", "INTEGER"),
            ("INTEGER", "INTEGER"),
            ("NUMERIC", "DECIMAL"),
            ("REAL", "REAL"),
            ("SMALLINT", "SMALLINT"),
            ("TIME", "TIME"),
            ("TIMESTAMP", "TIMESTAMP"),
            ("TINYINT", "TINYINT"),
            ("VARBINARY", "VARBINARY"),
            ("VARCHAR", "VARCHAR"),
        ];
        let Some((_, mut name)) = WORDS.into_iter().find(|(word, _)| self.eat_word(word)) else { return self.unexpected() };
        match name {
            "CHAR" if self.eat_word("VARYING") => name = "VARCHAR",
            "BINARY" if self.eat_word("VARYING") => name = "VARBINARY",
            "DOUBLE" => {
                self.eat_word("PRECISION");
            }
            _ => {}
        }
        let numbers = if self.takes_numbers(name) { self.parenthesized(Self::whole_number)? } else { Vec::new() };
        Ok(TypeName { kind: TypeKind::Plain(name, numbers), span: self.since(start) })
    }

    fn takes_numbers(&mut self, name: &str) -> bool {
        matches!(name, "CHAR" | "VARCHAR" | "BINARY" | "VARBINARY" | "DECIMAL") && self.at_symbol("(")
    }
}

//! The functions that a script creates: checked once, then put in wherever they are called.

use super::expressions::{Clause, Names};
use super::rewrite;
use super::scope::Scope;
use super::script::{Analysis, Checked};
use crate::sql::diagnostic::Span;
use crate::sql::plan::{Expr, ExprKind};
use crate::sql::syntax::CreateFunction;
use crate::sql::types::{DataType, can_assign};

/// A SQL function.
pub(super) struct UserFunction {
    /// Its name.
    pub name: String,
    parameters: Vec<DataType>,
    /// Over a row of the arguments.
    body: Expr,
    null_on_null_input: bool,
}

impl Analysis<'_> {
    /// `CREATE FUNCTION`; functions of one name differ in their parameters.
    pub(super) fn create_function(&mut self, create: &CreateFunction) -> Checked<()> {
        let name = create.name.object().to_owned();
        match self.checked_function(create) {
            Some(function) => {
                self.functions.retain(|other| other.name != name || other.parameters != function.parameters);
                self.functions.push(function);
                Some(())
            }
            None => {
                self.broken.insert(name);
                None
            }
        }
    }

    fn checked_function(&mut self, create: &CreateFunction) -> Checked<UserFunction> {
        let mut parameters = Vec::new();
        for (ident, written) in &create.parameters {
            parameters.push((ident.name.clone(), self.data_type(written)?));
        }
        let returns = self.data_type(&create.returns)?;
        let scope = Scope { width: parameters.len(), ..Scope::default() };
        let mut names = Names { parameters: &parameters, ..Names::new(&scope, Clause::Function) };
        let body = self.expr(&create.body, &mut names)?;
        if !can_assign(&body.data_type, &returns) {
            let message = format!("Function returns {returns}, its body is of type {}", body.data_type);
            return self.error(create.body.span, message);
        }
        let name = create.name.object().to_owned();
        let types: Vec<_> = parameters.into_iter().map(|(_, data_type)| data_type).collect();
        let existing = self.functions.iter().any(|other| other.name == name && other.parameters == types);
        if existing && !create.replace {
            return self.error(create.name.span, format!("Object '{name}' already exists"));
        }
        let body = self.cast(body, &returns);
        Some(UserFunction { name, parameters: types, body, null_on_null_input: create.null_on_null_input })
    }

    /// A call: the body with the arguments in place of the parameters.
    pub(super) fn user_function(&mut self, name: &str, args: Vec<Expr>, span: Span) -> Checked<Expr> {
        let types: Vec<_> = args.iter().map(|arg| &arg.data_type).collect();
        let candidates = || self.functions.iter().enumerate().filter(|(_, function)| function.name == name);
        let exact = candidates().find(|(_, function)| function.parameters.iter().eq(types.iter().copied()));
        let fitting = |function: &UserFunction| {
            function.parameters.len() == types.len()
                && types.iter().zip(&function.parameters).all(|(from, to)| can_assign(from, to))
        };
        let found = exact.or_else(|| candidates().find(|(_, function)| fitting(function))).map(|(place, _)| place);
        let Some(place) = found else {
            let types: Vec<_> = types.iter().map(|data_type| format!("<{data_type}>")).collect();
            return self.error(span, format!("No match found for function signature {name}({})", types.join(", ")));
        };
        let (parameters, body) = (self.functions[place].parameters.clone(), self.functions[place].body.clone());
        let null_on_null_input = self.functions[place].null_on_null_input;
        let args: Vec<_> = args.into_iter().zip(&parameters).map(|(arg, data_type)| self.cast(arg, data_type)).collect();
        for arg in &args {
            let copies = rewrite::size(&body).0;
            self.check_copies(arg, copies.min(uses(&body)) + 1, span)?;
        }
        let put_in = rewrite::replace(body, &|expr| match expr.kind {
            ExprKind::Column(place) => args.get(place).cloned(),
            _ => None,
        });
        let call = Expr { span, ..put_in };
        let call = if null_on_null_input { self.null_if_any_is_null(args, call, span)? } else { call };
        self.check_copies(&call, 1, span)?;
        Some(call)
    }

    fn null_if_any_is_null(&mut self, args: Vec<Expr>, call: Expr, span: Span) -> Checked<Expr> {
        let tests: Vec<_> = args.into_iter().map(|arg| self.operator("IS NULL", vec![arg], span)).collect();
        let mut tests: Vec<Expr> = tests.into_iter().collect::<Checked<_>>()?;
        let test = match tests.len() {
            0 => return Some(call),
            1 => tests.pop()?,
            _ => super::predicates::logic(ExprKind::Or, tests, span),
        };
        let data_type = call.data_type.clone();
        let null = super::assignment::null_of(&data_type);
        Some(Expr { kind: ExprKind::Case(vec![(test, null)], Some(Box::new(call))), data_type, nullable: true, span })
    }
}

/// How often a body uses its parameters.
fn uses(expr: &Expr) -> usize {
    let own = usize::from(matches!(expr.kind, ExprKind::Column(_)));
    own + expr.children().into_iter().map(uses).sum::<usize>()
}

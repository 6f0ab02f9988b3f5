//! The AWS APIs as types: generated shapes, one marker type an operation, and what turns a [`Value`] into a checked, typed input.
//!
//! `build.rs` writes one module a service from `api-models/`. A service registers one handler an operation in [`Routes`];
//! what is not registered answers UnknownOperation and stands as "no" in docs/compatibility.md.

mod coerce;
mod dispatch;
mod events;
mod fault;
mod schema;
mod shape;
pub mod stored;
mod trailers;
mod validate;
mod value;

pub use dispatch::{BoxFuture, Caller, Operation, OperationFacts, Protocol, Routes, ServiceFacts, ServiceTable};
pub use events::{Event, EventOperation, Events};
pub use fault::Fault;
pub use schema::{Kind, Location, Member, Pattern, Schema};
pub use shape::{Empty, Shape, Timestamp};
pub use trailers::Trailers;
pub use value::Value;

/// Declares a generated enumeration of texts.
macro_rules! text_enum {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        /// A value set of the API model.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, clippy::enum_variant_names)]
        #[rustfmt::skip]
        pub enum $name { #[default] $($variant),* }
        text_enum_impl! { $name { $($variant = $text),* } }
    };
}

/// The conversions of an enumeration of texts.
macro_rules! text_enum_impl {
    ($name:ident { $($variant:ident = $text:literal),* }) => {
        impl $name {
            /// The text on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The value with this text.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Shape for $name {
            fn from_value(value: Value<'_>) -> Self {
                value.as_str().and_then(Self::parse).unwrap_or_default()
            }

            fn into_value(self) -> Option<Value<'static>> {
                Some(Value::text(self.as_str()))
            }
        }
    };
}

/// Declares a generated structure.
macro_rules! structure {
    ($name:ident : $schema:ident { $($field:ident : $type:ty = $wire:literal),* $(,)? }) => {
        /// A structure of the API model; members that the model requires are not optional.
        #[derive(Clone, Debug, Default, PartialEq)]
        #[allow(missing_docs)]
        pub struct $name { $(pub $field: $type),* }

        impl $name {
            /// The facts of its members.
            pub const SCHEMA: &'static Schema = &$schema;
        }

        impl Shape for $name {
            #[allow(unused_mut, unused_variables, clippy::match_single_binding, clippy::single_match)]
            fn from_value(value: Value<'_>) -> Self {
                let mut out = Self::default();
                for (name, value) in value.into_members() {
                    match &*name { $($wire => out.$field = Shape::from_value(value),)* _ => {} }
                }
                out
            }

            #[allow(unused_mut)]
            fn into_value(self) -> Option<Value<'static>> {
                let mut members = Vec::with_capacity(const { <[&str]>::len(&[$($wire),*]) });
                $(if let Some(value) = self.$field.into_value() { members.push(($wire.into(), value)); })*
                Some(Value::Map(members))
            }
        }
    };
}

/// Declares a marker of an operation.
macro_rules! operation {
    ($marker:ident = $name:literal : $input:ident [$input_schema:ident] -> $output:ident [$output_schema:ident],
     $method:literal $uri:literal $status:literal, $wrapper:expr, $unsigned:literal) => {
        #[doc = concat!("Marker of ", $name, ".")]
        #[derive(Clone, Copy, Debug)]
        pub struct $marker;

        impl $marker {
            pub(super) const FACTS: &'static OperationFacts = &OperationFacts {
                service: &SERVICE,
                name: $name,
                method: $method,
                uri: $uri,
                status: $status,
                input: &$input_schema,
                output: &$output_schema,
                result_wrapper: $wrapper,
                unsigned: $unsigned,
            };
        }

        impl Operation for $marker {
            type Input = $input;
            type Output = $output;
            const FACTS: &'static OperationFacts = $marker::FACTS;
        }
    };
}

/// Declares a constructor of a modelled error.
macro_rules! fault {
    ($name:ident = $code:literal $status:literal) => {
        #[doc = concat!($code, ", HTTP ", $status, ".")]
        pub fn $name(message: impl Into<String>) -> Fault {
            Fault::new($code, $status, message)
        }
    };
}

/// Declares the module of a generated service.
macro_rules! service {
    ($module:ident) => {
        #[doc = concat!("Shapes, operations and faults of `", stringify!($module), "` (generated).")]
        #[allow(
            clippy::all,
            clippy::pedantic,
            clippy::redundant_pub_crate,
            dead_code,
            unused_imports,
            unreachable_pub,
            rustdoc::all
        )]
        pub mod $module {
            use super::dispatch::{Operation, OperationFacts, Protocol, ServiceFacts};
            use super::events::EventOperation;
            use super::schema::{EMPTY, Kind, Location, Member, Pattern, Schema};
            use super::{Empty, Fault, Shape, Timestamp, Value};
            use bytes::Bytes;
            use std::collections::BTreeMap;

            include!(concat!(env!("OUT_DIR"), "/", stringify!($module), ".rs"));
        }
    };
}

service!(ec2);
service!(kinesis);
service!(firehose);
service!(kinesisanalytics);
service!(kinesisanalyticsv2);
service!(es);
service!(opensearch);
service!(iam);
service!(sts);
service!(logs);
service!(cloudformation);
service!(cognito_idp);
service!(cognito_identity);

/// All services with generated types.
pub static SERVICES: [&ServiceFacts; 13] = [
    &ec2::SERVICE,
    &kinesis::SERVICE,
    &firehose::SERVICE,
    &kinesisanalytics::SERVICE,
    &kinesisanalyticsv2::SERVICE,
    &es::SERVICE,
    &opensearch::SERVICE,
    &iam::SERVICE,
    &sts::SERVICE,
    &logs::SERVICE,
    &cloudformation::SERVICE,
    &cognito_idp::SERVICE,
    &cognito_identity::SERVICE,
];

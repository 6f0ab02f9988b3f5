//! Ids, limits and updates of the model.

use super::*;
use crate::services::analytics::mapping::{RecordColumn, RecordFormat, RecordSchema};

fn application() -> Application {
    Application {
        name: "a".into(),
        arn: "arn:aws:kinesisanalytics:us-east-1:000000000000:application/a".into(),
        description: None,
        api: ApiVersion::V1,
        service_execution_role: None,
        code: None,
        status: Status::Ready,
        version: 1,
        created_ms: 0,
        updated_ms: 0,
        started_ms: 0,
        inputs: Vec::new(),
        outputs: Vec::new(),
        references: Vec::new(),
        logging: Vec::new(),
        tags: BTreeMap::new(),
    }
}

fn resource(arn: &str) -> Resource {
    Resource { arn: arn.into(), role: Some("role".into()) }
}

fn output(name: &str) -> Output {
    Output { id: String::new(), name: name.into(), destination: Destination::Stream(resource("s")), format: OutputFormat::Json }
}

fn schema() -> RecordSchema {
    let column = RecordColumn { name: "x".into(), sql_type: "INTEGER".into(), mapping: Some("$.x".into()) };
    RecordSchema { format: RecordFormat::Json { row_path: "$".into() }, columns: vec![column], encoding: None }
}

fn input() -> Input {
    Input {
        id: String::new(),
        prefix: "SOURCE_SQL_STREAM".into(),
        source: Source::Stream(resource("s")),
        processor: None,
        parallelism: 1,
        schema: schema(),
        start: None,
    }
}

#[test]
fn a_part_is_known_by_the_version_that_brought_it() {
    let mut application = application();
    application.add_input(input()).unwrap();
    application.add_output(output("a")).unwrap();
    application.add_output(output("b")).unwrap();
    application.version = 2;
    application.add_output(output("c")).unwrap();
    assert_eq!(application.inputs[0].id, "1.1");
    let ids: Vec<_> = application.outputs.iter().map(|output| output.id.as_str()).collect();
    assert_eq!(ids, ["1.1", "1.2", "2.1"]);
}

#[test]
fn parts_beyond_the_limits_are_refused() {
    let mut application = application();
    (0..3).for_each(|_| application.add_output(output("a")).unwrap());
    assert_eq!(application.add_output(output("a")), Err(Refusal::Argument("An application has at most 3 outputs".into())));
    application.add_input(input()).unwrap();
    let refused = application.add_input(input());
    assert_eq!(refused, Err(Refusal::Argument("An application has at most 1 streaming source".into())));
}

#[test]
fn an_input_names_its_streams_with_three_digits() {
    let names = Input { parallelism: 12, ..input() }.stream_names();
    assert_eq!((names[0].as_str(), names[11].as_str()), ("SOURCE_SQL_STREAM_001", "SOURCE_SQL_STREAM_012"));
}

#[test]
fn a_schema_that_cannot_be_is_refused_with_its_place() {
    let mut wrong = input();
    wrong.schema.columns[0].sql_type = "TEXT".into();
    let Err(Refusal::Argument(text)) = wrong.check() else { panic!("accepted") };
    assert!(text.starts_with("InputSchema: column \"x\":"), "{text}");
}

#[test]
fn an_update_changes_what_it_names_and_nothing_else() {
    let mut application = application();
    application.add_input(input()).unwrap();
    application.add_output(output("a")).unwrap();
    let update = Update {
        inputs: vec![InputUpdate {
            id: "1.1".into(),
            stream: Some(ResourceUpdate { arn: None, role: Some("other".into()) }),
            ..InputUpdate::default()
        }],
        outputs: vec![OutputUpdate {
            id: "1.1".into(),
            delivery_stream: Some(ResourceUpdate { arn: Some("d".into()), role: None }),
            ..OutputUpdate::default()
        }],
        code: Some("--".into()),
        ..Update::default()
    };
    application.apply(update).unwrap();
    assert_eq!(application.inputs[0].source, Source::Stream(Resource { arn: "s".into(), role: Some("other".into()) }));
    assert_eq!(application.inputs[0].schema, schema());
    assert_eq!(application.outputs[0].destination, Destination::DeliveryStream(Resource { arn: "d".into(), role: None }));
    assert_eq!(application.outputs[0].name, "a");
    assert_eq!(application.code.as_deref(), Some("--"));
}

#[test]
fn a_change_of_kind_needs_the_new_resource() {
    let mut output = output("a");
    let update = OutputUpdate { function: Some(ResourceUpdate::default()), ..OutputUpdate::default() };
    assert!(matches!(output.apply(update), Err(Refusal::Argument(_))));
}

#[test]
fn an_unknown_part_is_not_found() {
    let mut application = application();
    let refused = application.remove_output("9.9");
    assert_eq!(refused, Err(Refusal::NotFound("Application a has no output with id 9.9".into())));
}

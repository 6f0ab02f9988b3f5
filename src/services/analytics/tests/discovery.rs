//! DiscoverInputSchema on live streams.

use super::*;
use crate::api::kinesisanalytics as api1;
use crate::api::kinesisanalytics::op::DiscoverInputSchema;

fn of_stream(position: api1::InputStartingPosition) -> api1::DiscoverInputSchemaRequest {
    api1::DiscoverInputSchemaRequest {
        resource_arn: Some(STREAM.into()),
        role_arn: Some(ROLE.into()),
        input_starting_position_configuration: Some(api1::InputStartingPositionConfiguration {
            input_starting_position: Some(position),
        }),
        ..Default::default()
    }
}

/// Calls while the clock runs, so that waiting ends.
async fn discover(
    world: &World,
    input: api1::DiscoverInputSchemaRequest,
) -> Result<api1::DiscoverInputSchemaResponse, crate::api::Fault> {
    let call = world.call(DiscoverInputSchema, input);
    let time = async {
        loop {
            world.pass(1_000).await;
        }
    };
    tokio::select! {
        answer = call => answer,
        () = time => unreachable!("time does not end"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_of_a_live_stream_is_found() {
    let world = World::new().await;
    world.create_stream("readings", 2).await;
    let record = r#"{"sensorId":3,"eventTimeStamp":"2017-11-28T01:02:03Z","currentTemperature":20,"status":"OK"}"#;
    world.put("readings", &[record, record]).await;
    for position in [api1::InputStartingPosition::TrimHorizon, api1::InputStartingPosition::Now] {
        let found = discover(&world, of_stream(position)).await.unwrap();
        let columns = found.input_schema.unwrap().record_columns;
        let first = (columns[0].name.as_str(), columns[0].sql_type.as_str(), columns[0].mapping.as_deref());
        assert_eq!((columns.len(), first), (4, ("sensorId", "INTEGER", Some("$.sensorId"))));
        assert_eq!(found.raw_input_records, Some(vec![record.to_owned(); 2]));
        assert_eq!(
            found.parsed_input_records.unwrap()[0],
            ["3", "2017-11-28T01:02:03Z", "20", "OK"].map(|field| Some(field.to_owned()))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_records_there_is_no_schema() {
    let world = World::new().await;
    world.create_stream("readings", 1).await;
    let refused = discover(&world, of_stream(api1::InputStartingPosition::Now)).await.unwrap_err();
    assert_eq!(refused.code, "UnableToDetectSchemaException");
    assert_eq!(refused.members[0].0, "RawInputRecords");
}

#[tokio::test]
async fn the_stream_must_be_there_and_only_one_source_given() {
    let world = World::new().await;
    let refused = world.call(DiscoverInputSchema, of_stream(api1::InputStartingPosition::Now)).await.unwrap_err();
    let text = "Stream readings under account 000000000000 not found.";
    assert_eq!((&*refused.code, refused.message.as_deref()), ("InvalidArgumentException", Some(text)));
    let refused = world.call(DiscoverInputSchema, Default::default()).await.unwrap_err();
    assert_eq!(refused.code, "InvalidArgumentException");
}

use super::super::evaluation::{self, Environment, Given};
use super::super::template::Template;
use super::resource::State;
use super::*;
use crate::api::cloudformation::{Change, ChangeAction, Replacement};
use crate::base::account::Scope;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn version(template: &str, given: &[(&str, &str)]) -> Environment {
    let template = Arc::new(Template::parse(template).unwrap());
    let given = given.iter().map(|(name, text)| ((*name).to_owned(), Given::Value((*text).to_owned()))).collect();
    let parameters = evaluation::resolve(&template, &given, &BTreeMap::new()).unwrap();
    let version = Version { parameters, ..Version::default() };
    let scope = Scope::new("123456789012", "us-west-2");
    environment(template, &version, &scope, ("s", "arn:s"), Arc::default()).unwrap()
}

/// Logical id, action and replacement of each change.
fn told(changes: &Changes) -> Vec<(String, ChangeAction, Option<Replacement>)> {
    let tell = |change: &Change| {
        let inner = change.resource_change.clone().unwrap();
        (inner.logical_resource_id.unwrap(), inner.action.unwrap(), inner.replacement)
    };
    changes.resources.iter().map(tell).collect()
}

const BASE: &str = "Parameters: {Count: {Type: Number, Default: 1}, Name: {Type: String, Default: one}}\n\
    Conditions: {Both: !Equals [!Ref Count, 2]}\n\
    Resources:\n  \
      A: {Type: 'AWS::Kinesis::Stream', Properties: {Name: !Ref Name, ShardCount: !Ref Count}}\n  \
      B: {Type: 'AWS::Kinesis::Stream', Condition: Both, Properties: {ShardCount: 1}}\n  \
      C: {Type: 'AWS::Kinesis::Stream', Properties: {Name: !Sub '${A}-c', ShardCount: 1}}\n\
    Outputs: {O: {Value: !Ref A}}\n";

#[test]
fn a_plan_has_the_active_resources_and_what_they_wait_for() {
    let plan = Plan::new(version(BASE, &[]));
    let needs = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(plan.waits, BTreeMap::from([("A".to_owned(), needs(&[])), ("C".to_owned(), needs(&["A"]))]));
    assert!(plan.unsupported().is_empty() && plan.check().unwrap().is_empty());
    let strange = Plan::new(version("Resources: {X: {Type: 'Custom::X'}}\n", &[]));
    assert!(strange.unsupported()["X"].starts_with("Resource type Custom::X is not supported. "));
}

#[test]
fn a_difference_says_what_is_made_changed_and_replaced() {
    use ChangeAction::{Add, Modify, Remove};
    let old = version(BASE, &[]);
    let difference = |new: &Environment| compare(Some(&old), new, &BTreeMap::new(), false).unwrap();
    assert!(difference(&version(BASE, &[])).is_empty());
    let entry = |id: &str, action, replacement| (id.to_owned(), action, replacement);
    let grown = difference(&version(BASE, &[("Count", "2")]));
    assert_eq!(told(&grown), [entry("A", Modify, Some(Replacement::False)), entry("B", Add, None)]);
    let detail = grown.resources[0].resource_change.as_ref().unwrap().details.as_ref().unwrap()[0].clone();
    assert_eq!(detail.causing_entity.as_deref(), Some("Count"));
    let renamed = difference(&version(BASE, &[("Name", "two")]));
    let may = Some(Replacement::Conditional);
    assert_eq!(told(&renamed), [entry("A", Modify, Some(Replacement::True)), entry("C", Modify, may)]);
    let lines: Vec<&str> = BASE.split_inclusive('\n').filter(|line| !line.contains("  C: ")).collect();
    assert_eq!(told(&difference(&version(&lines.concat(), &[]))), [entry("C", Remove, None)]);
    let outputs = difference(&version(&BASE.replace("O: {", "P: {"), &[]));
    assert!(outputs.resources.is_empty() && outputs.outputs && !outputs.is_empty());
    let tagged = compare(Some(&old), &old, &BTreeMap::new(), true).unwrap();
    assert_eq!(told(&tagged).len(), 2, "tags of the stack go to all that can have some");
}

#[test]
fn a_resource_keeps_its_type() {
    let old = version(BASE, &[]);
    let new = version("Resources: {A: {Type: 'AWS::Logs::LogGroup'}}\n", &[]);
    let refusal = compare(Some(&old), &new, &BTreeMap::new(), false).unwrap_err().0;
    assert!(refusal.starts_with("Update of resource type is not permitted.") && refusal.ends_with("[A]"), "{refusal}");
}

#[test]
fn an_update_after_one_that_failed_starts_from_what_is_there() {
    let state = |hours: &str| State { physical_id: Some("a".into()), shown: hours.to_owned(), ..State::default() };
    let resource = |status| Resource {
        logical_id: "A".into(),
        kind: "AWS::Kinesis::Stream".into(),
        status,
        reason: None,
        updated_ms: 0,
        suffix: "X".into(),
        now: state("48"),
        before: Some(Box::new(state("24"))),
        is_new: false,
        stable: Default::default(),
        attempted: None,
        intent: None,
        waits: BTreeSet::new(),
        policies: resource::Policies::default(),
        metadata: None,
    };
    use crate::api::cloudformation::ResourceStatus::{CreateFailed, UpdateComplete, UpdateFailed};
    assert_eq!(resource(UpdateFailed).settled().now.shown, "24");
    assert_eq!(resource(UpdateComplete).settled().now.shown, "48");
    assert!(resource(CreateFailed).settled().is_new && resource(UpdateComplete).settled().before.is_none());
}

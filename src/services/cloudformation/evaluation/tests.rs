use super::*;
use serde_json::json;

fn environment(template: &str) -> Result<Environment, Invalid> {
    with_parameters(template, &[])
}

fn with_parameters(template: &str, given: &[(&str, &str)]) -> Result<Environment, Invalid> {
    let template = Arc::new(Template::parse(template)?);
    let given = given.iter().map(|(name, text)| ((*name).to_owned(), parameter::Given::Value((*text).to_owned()))).collect();
    let parameters = resolve(&template, &given, &BTreeMap::new())?;
    let pseudo = Pseudo {
        account: "123456789012".into(),
        region: "us-west-2".into(),
        stack_id: "arn:aws:cloudformation:us-west-2:123456789012:stack/s/u".into(),
        stack_name: "s".into(),
        notification_arns: Vec::new(),
    };
    let exports = Arc::new(BTreeMap::from([("shared".to_owned(), "value".to_owned())]));
    Environment::new(template, pseudo, parameters, exports)
}

/// The properties of the resource A.
fn properties(environment: &Environment) -> Result<Document, String> {
    environment.properties("A").map(Document::Object).map_err(|invalid| invalid.0)
}

/// One property `x` of the resource A beside a resource B that is not made, or is.
fn x(expression: &str, made: bool) -> Result<Document, String> {
    let text = format!(
        "Mappings: {{M: {{k: {{v: 5, l: [a, b]}}}}}}\nParameters: {{P: {{Type: String, Default: p}}, L: {{Type: CommaDelimitedList, Default: 'a, b'}}}}\n\
         Conditions: {{Yes: !Equals [!Ref P, p], No: !Not [!Condition Yes], Both: !And [!Condition Yes, !Condition No]}}\n\
         Resources: {{A: {{Type: T, Properties: {{x: {expression}}}}}, B: {{Type: T}}, C: {{Type: T, Condition: No}}}}\n"
    );
    let mut environment = environment(&text).map_err(|invalid| invalid.0)?;
    if made {
        let attributes = BTreeMap::from([("Arn".to_owned(), json!("arn:b")), ("Out.Deep".to_owned(), json!("deep"))]);
        environment.made.insert("B".into(), Resolved { reference: "b-1".into(), attributes });
    }
    properties(&environment).map(|properties| properties["x"].clone())
}

#[test]
fn functions_give_what_the_reference_says() {
    for (expression, expected) in [
        ("!Sub '${AWS::StackName}-${P}-${!P}-${B}-${B.Arn}'", json!("s-p-${P}-b-1-arn:b")),
        ("!Sub ['${q}:${ P }$', {q: !Ref L2}]", json!("")),
        ("!Join ['-', [a, !Ref P, 3, !GetAtt B.Out.Deep]]", json!("a-p-3-deep")),
        ("!Join [',', !Ref L]", json!("a,b")),
        ("!Select ['1', !Ref L]", json!("b")),
        ("!Select [1, !Split ['|', 'a|b|c']]", json!("b")),
        ("!FindInMap [M, !Join ['', [k]], v]", json!(5)),
        ("!FindInMap [M, k, l]", json!(["a", "b"])),
        ("!If [Yes, 1, 2]", json!(1)),
        ("!If [Both, 1, !Ref 'AWS::NoValue']", Document::Null),
        ("[1, !If [No, 2, !Ref 'AWS::NoValue'], 3]", json!([1, 3])),
        ("!Base64 abc", json!("YWJj")),
        ("!Cidr [10.0.0.0/16, 2, 8]", json!(["10.0.0.0/24", "10.0.1.0/24"])),
        ("!GetAZs ''", json!(["us-west-2a", "us-west-2b", "us-west-2c"])),
        ("!ImportValue shared", json!("value")),
        (
            "!Sub 'arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:${AWS::URLSuffix}'",
            json!("arn:aws:kinesis:us-west-2:123456789012:amazonaws.com"),
        ),
        ("!Equals [a, a]", json!(true)),
    ] {
        if expression.contains("L2") {
            assert!(x(expression, true).is_err());
            continue;
        }
        assert_eq!(x(expression, true), Ok(expected), "{expression}");
    }
}

#[test]
fn what_waits_for_a_resource_stays_a_function() {
    assert_eq!(x("!Ref B", false), Ok(json!({"Ref": "B"})));
    assert_eq!(x("!Sub '${P}/${B.Arn}'", false), Ok(json!({"Fn::Join": ["", ["p/", {"Fn::GetAtt": ["B", "Arn"]}]]})));
    assert_eq!(x("!Select [0, [!Ref P, !Ref B]]", false), Ok(json!("p")));
    let waiting = x("!Join ['-', [!Ref B, !Ref P]]", false).unwrap();
    assert_eq!(waiting, json!({"Fn::Join": ["-", [{"Ref": "B"}, "p"]]}));
    assert!(is_symbolic(&waiting) && !is_symbolic(&x("!Ref P", false).unwrap()));
}

#[test]
fn wrong_arguments_are_refused_in_awss_words() {
    for (expression, text) in [
        ("!Join [a]", "Template error: every Fn::Join object requires two parameters"),
        ("!Select [7, [a]]", "Template error: Fn::Select cannot select nonexistent value at index 7"),
        ("!Select [a]", "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"),
        ("!Split ['', a]", "Template error: every Fn::Split object requires two parameters"),
        ("!FindInMap [M, k, nope]", "Template error: Unable to get mapping for M::k::nope"),
        ("!ImportValue nope", "No export named nope found"),
        ("!GetAtt B.Nope", "Template error: resource B does not support attribute type Nope in Fn::GetAtt"),
        ("!Ref C", "Template format error: Unresolved resource dependencies [C] in the Resources block of the template"),
        ("!Length [1]", "Template error: Fn::Length needs the transform AWS::LanguageExtensions"),
        ("{'Fn::Nope': 1}", "Template error: Fn::Nope is not a known function"),
        ("!Cidr [10.0.0.0/24, 9, 8]", "Template error: every Fn::Cidr object"),
        ("!Sub [a]", "Template error: One or more Fn::Sub intrinsic functions"),
        ("!Base64 [a]", "Template error: every Fn::Base64 object must have a String-typed value."),
    ] {
        let refusal = x(expression, true).unwrap_err();
        assert!(refusal.starts_with(text), "{expression}: {refusal}");
    }
}

#[test]
fn substitutions_that_double_at_each_level_are_bounded() {
    let mut expression = "'xxxxxxxxxxxxxxxx'".to_owned();
    for _ in 0..25 {
        expression = format!("!Sub ['${{a}}${{a}}', {{a: {expression}}}]");
    }
    assert!(x(&expression, true).unwrap_err().contains("bytes of text"));
}

#[test]
fn conditions_may_stand_on_each_other_in_any_order_but_not_in_a_circle() {
    let resources = "Resources: {A: {Type: T}}\n";
    let chain: Vec<String> = (1..150).map(|n| format!("C{n}: !Not [!Condition C{}]", n - 1)).collect();
    let text = format!("Conditions: {{{}, C0: !Equals [1, '1']}}\n{resources}", chain.join(", "));
    let decided = environment(&text).unwrap();
    assert!(decided.condition("C148").unwrap() && !decided.condition("C149").unwrap());
    let circle = environment(&format!("Conditions: {{X: !Not [!Condition Y], Y: !Not [!Condition X]}}\n{resources}"));
    assert_eq!(circle.unwrap_err().0, "Template error: Circular dependency between conditions: [X, Y]");
}

#[test]
fn parameters_are_checked_as_declared() {
    let refusal = |declaration: &str, value: &str| {
        let text = format!("Parameters: {{P: {declaration}}}\nResources: {{A: {{Type: T}}}}\n");
        with_parameters(&text, &[("P", value)]).err().map(|invalid| invalid.0)
    };
    let look_ahead = "{Type: String, AllowedPattern: '(?=.*[0-9])[a-z0-9]+'}";
    assert_eq!(refusal(look_ahead, "abc1"), None);
    assert_eq!(refusal(look_ahead, "abc").unwrap(), "Parameter 'P' must match pattern (?=.*[0-9])[a-z0-9]+");
    assert!(refusal(look_ahead, "abc1!").is_some(), "the whole value must match");
    assert!(refusal("{Type: String, AllowedPattern: '(?=(a+)+$)(a|aa)+b'}", &"a".repeat(60)).is_some());
    assert_eq!(refusal("{Type: String, AllowedValues: [a]}", "b").unwrap(), "Parameter 'P' must be one of AllowedValues");
    assert_eq!(refusal("{Type: Number}", "x").unwrap(), "Parameter 'P' must be a number.");
    assert_eq!(refusal("{Type: Number, MinValue: 3}", "2.5").unwrap(), "Parameter 'P' must be a number not less than 3");
    assert_eq!(
        refusal("{Type: 'List<Number>', MaxValue: 3}", "1, 4").unwrap(),
        "Parameter 'P' must be a number not greater than 3"
    );
    assert_eq!(refusal("{Type: String, MinLength: 3}", "ab").unwrap(), "Parameter 'P' must contain at least 3 characters");
    assert_eq!(
        refusal("{Type: String, MaxLength: '3', ConstraintDescription: 'be short'}", "abcd").unwrap(),
        "Parameter P failed to satisfy constraint: be short"
    );
    assert_eq!(refusal("{Type: String}", &"x".repeat(4097)).unwrap(), "Parameter 'P' is longer than 4096 bytes.");
    assert!(
        refusal("{Type: 'AWS::SSM::Parameter::Value<String>'}", "/mine")
            .unwrap()
            .starts_with("Unable to fetch parameters [/mine]")
    );
    assert_eq!(refusal("{Type: 'AWS::EC2::VPC::Id'}", "vpc-1"), None);
    let text = "Parameters: {P: {Type: String}, Q: {Type: String}}\nResources: {A: {Type: T}}\n";
    assert_eq!(environment(text).unwrap_err().0, "Parameters: [P, Q] must have values");
    assert_eq!(with_parameters(text, &[("Z", "")]).unwrap_err().0, "Parameters: [Z] do not exist in the template");
}

#[test]
fn secrets_are_masked_where_they_are_shown() {
    let text = "Parameters: {P: {Type: String, NoEcho: true}}\nResources: {A: {Type: T, Properties: {x: !Sub 'key=${P}'}}}\n";
    let environment = with_parameters(text, &[("P", "secret")]).unwrap();
    assert_eq!(properties(&environment), Ok(json!({"x": "key=secret"})));
    assert_eq!(properties(&environment.masked()), Ok(json!({"x": "key=****"})));
}

#[test]
fn rules_of_the_cdk_hold_and_others_can_fail() {
    let cdk = r#"{"Resources": {"A": {"Type": "AWS::CDK::Metadata"}},
        "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"}},
        "Rules": {"CheckBootstrapVersion": {"Assertions": [{"Assert": {"Fn::Not": [{"Fn::Contains": [["1", "2", "3", "4", "5"], {"Ref": "BootstrapVersion"}]}]},
            "AssertDescription": "CDK bootstrap stack version 6 required."}]}}}"#;
    assert_eq!(check_rules(&environment(cdk).unwrap()), Ok(()));
    let failing = cdk.replace("\"5\"]", "\"9999\"]");
    assert_eq!(
        check_rules(&environment(&failing).unwrap()).unwrap_err().0,
        "Template validation error: Rule CheckBootstrapVersion failed: CDK bootstrap stack version 6 required."
    );
}

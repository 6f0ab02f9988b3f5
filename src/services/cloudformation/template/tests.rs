use super::*;

fn refusal(text: &str) -> String {
    Template::parse(text).unwrap_err().0
}

#[test]
fn a_template_needs_resources_with_types() {
    assert_eq!(refusal("Description: x\n"), "Template format error: At least one Resources member must be defined.");
    assert_eq!(refusal("Resources: {A: 1}\n"), "Template format error: Any Resources member must be an object.");
    assert_eq!(
        refusal("Resources: {A: {}}\n"),
        "Template format error: [/Resources/A] Every Resources object must contain a Type member."
    );
    assert_eq!(refusal("Resources: {A-b: {Type: T}}\n"), "Template format error: Resource name A-b is non alphanumeric.");
    assert_eq!(refusal("Resurces: {}\n"), "Invalid template property or properties [Resurces]");
}

#[test]
fn names_that_nothing_declares_are_refused() {
    let with = |properties: &str| refusal(&format!("Resources: {{A: {{Type: T, Properties: {properties}}}}}\n"));
    assert_eq!(
        with("{x: !Ref Nope}"),
        "Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template"
    );
    assert_eq!(with("{x: !GetAtt Nope.Arn}"), "Template error: instance of Fn::GetAtt references undefined resource Nope");
    assert_eq!(with("{x: !Sub 'a-${Nope.Arn}'}"), "Template error: instance of Fn::GetAtt references undefined resource Nope");
    assert_eq!(
        with("{x: !If [Nope, 1, 2]}"),
        "Template format error: Unresolved condition dependency Nope in the Resources block of the template"
    );
    let fine = "Resources: {A: {Type: T, Properties: {x: !Sub ['${p}${!Lit}${AWS::Region}${ B.Arn }', {p: !Ref P}]}}, B: {Type: T}}\n\
                Parameters: {P: {Type: String}}\n";
    assert!(Template::parse(fine).is_ok());
    assert!(refusal("Resources: {A: {Type: T, DependsOn: [B]}}\n").contains("[B] in the Resources block"));
    assert!(refusal("Resources: {A: {Type: T}}\nOutputs: {O: {Value: !Ref X}}\n").contains("[X] in the Outputs block"));
}

#[test]
fn cycles_are_refused_without_what_hangs_on_them() {
    let text = "Resources:\n  A: {Type: T, Properties: {x: !Ref B}}\n  B: {Type: T, DependsOn: C}\n  C: {Type: T, Properties: {x: !Sub '${A.Arn}'}}\n  \
                D: {Type: T, DependsOn: A}\n  E: {Type: T}\n  F: {Type: T, Properties: {x: !Ref E}}\n";
    assert_eq!(refusal(text), "Circular dependency between resources: [A, B, C]");
    assert_eq!(refusal("Resources: {A: {Type: T, Properties: {x: !Ref A}}}\n"), "Circular dependency between resources: [A]");
}

#[test]
fn counts_are_bounded() {
    let many = |count: usize| {
        let resources: Vec<String> = (0..count).map(|n| format!("\"R{n}\": {{\"Type\": \"T\"}}")).collect();
        format!("{{\"Resources\": {{{}}}}}", resources.join(","))
    };
    assert!(Template::parse(&many(500)).is_ok());
    assert_eq!(refusal(&many(501)), "Template format error: Number of resources, 501, is greater than maximum allowed, 500");
}

#[test]
fn roles_need_a_capability_and_named_ones_a_stronger_one() {
    let needs = |properties: &str| {
        let text =
            format!("Resources: {{A: {{Type: 'AWS::IAM::Role', Properties: {properties}}}, B: {{Type: 'AWS::S3::Bucket'}}}}\n");
        Template::parse(&text).unwrap().needs
    };
    let unnamed = needs("{}");
    assert_eq!(
        (unnamed.capabilities(), unnamed.reason()),
        (vec!["CAPABILITY_IAM"], Some("The following resource(s) require capabilities: [AWS::IAM::Role]".to_owned()))
    );
    assert_eq!(needs("{RoleName: r}").capabilities(), ["CAPABILITY_NAMED_IAM"]);
    let none = Template::parse("Resources: {B: {Type: 'AWS::S3::Bucket'}}\n").unwrap().needs;
    assert_eq!((none.capabilities().len(), none.reason()), (0, None));
}

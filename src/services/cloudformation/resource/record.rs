//! Types that nothing here stands behind: a stack keeps them, with the names and ARNs that other resources refer to. A Lambda function
//! never runs, a secret's value is not kept.

use super::{Calls, Failure, Handler, Made, Properties, Property, ResourceType};
use async_trait::async_trait;

/// AWS::Lambda::Function.
pub(super) static LAMBDA_FUNCTION: ResourceType = ResourceType {
    name: "AWS::Lambda::Function",
    properties: &[
        Property::changeable("Architectures").kept(),
        Property::changeable("Code").required().kept(),
        Property::changeable("CodeSigningConfigArn").kept(),
        Property::changeable("DeadLetterConfig").kept(),
        Property::changeable("Description").kept(),
        Property::changeable("Environment").kept(),
        Property::changeable("EphemeralStorage").kept(),
        Property::changeable("FileSystemConfigs").kept(),
        Property::fixed("FunctionName"),
        Property::changeable("Handler").kept(),
        Property::changeable("ImageConfig").kept(),
        Property::changeable("KmsKeyArn").kept(),
        Property::changeable("Layers").kept(),
        Property::changeable("LoggingConfig").kept(),
        Property::changeable("MemorySize").kept(),
        Property::fixed("PackageType").kept(),
        Property::changeable("RecursiveLoop").kept(),
        Property::changeable("ReservedConcurrentExecutions").kept(),
        Property::changeable("Role").required().kept(),
        Property::changeable("Runtime").kept(),
        Property::changeable("RuntimeManagementConfig").kept(),
        Property::changeable("SnapStart").kept(),
        Property::changeable("Tags").kept(),
        Property::changeable("Timeout").kept(),
        Property::changeable("TracingConfig").kept(),
        Property::changeable("VpcConfig").kept(),
    ],
    attributes: &["Arn"],
    handler: &Record { id: function_id, made: function },
};

/// AWS::SecretsManager::Secret.
pub(super) static SECRET: ResourceType = ResourceType {
    name: "AWS::SecretsManager::Secret",
    properties: &[
        Property::changeable("Description").kept(),
        Property::changeable("GenerateSecretString").kept(),
        Property::changeable("KmsKeyId").kept(),
        Property::fixed("Name"),
        Property::changeable("ReplicaRegions").kept(),
        Property::changeable("SecretString").kept(),
        Property::changeable("Tags").kept(),
    ],
    attributes: &["Id"],
    handler: &Record { id: secret_id, made: |_, id| Made::new(id).with("Id", id) },
};

/// AWS::CloudFormation::WaitConditionHandle, which has no properties.
pub(super) static WAIT_CONDITION_HANDLE: ResourceType = ResourceType {
    name: "AWS::CloudFormation::WaitConditionHandle",
    properties: &[],
    attributes: &[],
    handler: &Record { id: handle_id, made: |_, id| Made::new(id) },
};

/// AWS::CDK::Metadata, which the CDK adds to its stacks.
pub(super) static CDK_METADATA: ResourceType = ResourceType {
    name: "AWS::CDK::Metadata",
    properties: &[Property::changeable("Analytics").kept(), Property::changeable("Modules")],
    attributes: &[],
    handler: &Record { id: |calls, _| calls.generated_name(LONGEST_NAME), made: |_, id| Made::new(id) },
};

/// Custom::BootstrapStagingLambdaFunc of the Kinesis Data Generator's template: it would fetch the set-up function's code, which is not
/// needed (spec/workshop.md 3.2).
pub(super) static KDG_STAGING: ResourceType = ResourceType {
    name: "Custom::BootstrapStagingLambdaFunc",
    properties: &[
        Property::changeable("Expected512Sha").kept(),
        Property::changeable("FilenameKey").kept(),
        Property::fixed("ServiceToken").required().kept(),
        Property::changeable("StagingS3BucketName").kept(),
        Property::changeable("UrlLambdaZipToStage").kept(),
    ],
    attributes: &[],
    handler: &Record { id: |calls, _| calls.generated_name(LONGEST_NAME), made: |_, id| Made::new(id) },
};

/// Longest generated name, which is that of Lambda functions (API reference, CreateFunction).
const LONGEST_NAME: usize = 64;

/// Letters behind the name in a secret's ARN (user guide of Secrets Manager).
const SECRET_LETTERS: usize = 6;

/// A resource that is only remembered.
struct Record {
    /// The physical id of a new one.
    id: fn(&Calls, &Properties) -> String,
    /// What `Ref` and `Fn::GetAtt` give.
    made: fn(&Calls, &str) -> Made,
}

#[async_trait]
impl Handler for Record {
    async fn create(&self, calls: &Calls, desired: &Properties) -> Result<Made, Failure> {
        let id = (self.id)(calls, desired);
        calls.initiated(&id).await;
        Ok((self.made)(calls, &id))
    }

    async fn update(&self, calls: &Calls, id: &str, _: &Properties, _: &Properties) -> Result<Made, Failure> {
        Ok((self.made)(calls, id))
    }

    async fn delete(&self, _: &Calls, _: &str, _: &Properties) -> Result<(), Failure> {
        Ok(())
    }
}

fn function_id(calls: &Calls, desired: &Properties) -> String {
    calls.name(desired, "FunctionName", LONGEST_NAME)
}

fn function(calls: &Calls, id: &str) -> Made {
    Made::new(id).with("Arn", calls.arn("lambda", format!("function:{id}")))
}

/// A secret's ARN: its name and six letters, which are those of the stack's resource.
fn secret_id(calls: &Calls, desired: &Properties) -> String {
    let name = calls.name(desired, "Name", LONGEST_NAME);
    let letters: String = calls.at().suffix.chars().take(SECRET_LETTERS).collect();
    calls.arn("secretsmanager", format!("secret:{name}-{letters}"))
}

/// The URL that signals would go to; nobody waits for one here.
fn handle_id(calls: &Calls, _: &Properties) -> String {
    let at = calls.at();
    format!("{}/cloudformation-waitcondition/{}/{}", at.caller.endpoint, at.stack_id, at.logical_id)
}

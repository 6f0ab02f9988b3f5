//! The kinds of resources that can be declared, in the order in which they are made: each may need those before it.

use crate::api::Value;

/// A kind of resource.
#[derive(Debug)]
pub(super) struct Kind {
    /// The table's name in the file.
    pub(super) table: &'static str,
    /// The service's id in botocore.
    pub(super) service: &'static str,
    /// The operation that makes one; the keys are its input's members.
    pub(super) create: &'static str,
    /// The member with the resource's name.
    pub(super) name: &'static str,
    /// The code that says that there is one of this name.
    pub(super) exists: &'static str,
    /// How to tell when it can be used, where that takes time.
    pub(super) settled: Option<Settled>,
}

/// How a resource comes to rest.
#[derive(Debug)]
pub(super) struct Settled {
    /// The operation that describes it, by the same member.
    pub(super) describe: &'static str,
    /// Where the state stands in its output.
    pub(super) state: &'static [&'static str],
    /// Whether it can be used: not yet (`None`), yes, or never, because making it has failed.
    pub(super) is_usable: fn(&Value<'_>) -> Option<bool>,
}

fn is_active(state: &Value<'_>) -> Option<bool> {
    match state.as_str()? {
        "ACTIVE" => Some(true),
        "CREATING_FAILED" | "DELETING" => Some(false),
        _ => None,
    }
}

fn is_false(processing: &Value<'_>) -> Option<bool> {
    (*processing != Value::Bool(true)).then_some(true)
}

fn is_complete(status: &Value<'_>) -> Option<bool> {
    match status.as_str()? {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE" => Some(true),
        status if status.ends_with("_COMPLETE") || status.ends_with("_FAILED") => Some(false),
        _ => None,
    }
}

/// The table of buckets: S3 has no operations of this form, so it is not among the [`KINDS`].
pub(super) const BUCKETS: &str = "buckets";

/// The table of applications of version 1, which can be started.
pub(super) const APPLICATIONS: &str = "applications";

/// All kinds but buckets, which are made first.
pub(super) const KINDS: [Kind; 8] = [
    Kind { table: "roles", service: "iam", create: "CreateRole", name: "RoleName", exists: "EntityAlreadyExists", settled: None },
    Kind {
        table: "log-groups",
        service: "logs",
        create: "CreateLogGroup",
        name: "logGroupName",
        exists: "ResourceAlreadyExistsException",
        settled: None,
    },
    Kind {
        table: "elasticsearch-domains",
        service: "es",
        create: "CreateElasticsearchDomain",
        name: "DomainName",
        exists: "ResourceAlreadyExistsException",
        settled: Some(Settled {
            describe: "DescribeElasticsearchDomain",
            state: &["DomainStatus", "Processing"],
            is_usable: is_false,
        }),
    },
    Kind {
        table: "opensearch-domains",
        service: "opensearch",
        create: "CreateDomain",
        name: "DomainName",
        exists: "ResourceAlreadyExistsException",
        settled: Some(Settled { describe: "DescribeDomain", state: &["DomainStatus", "Processing"], is_usable: is_false }),
    },
    Kind {
        table: "streams",
        service: "kinesis",
        create: "CreateStream",
        name: "StreamName",
        exists: "ResourceInUseException",
        settled: Some(Settled {
            describe: "DescribeStreamSummary",
            state: &["StreamDescriptionSummary", "StreamStatus"],
            is_usable: is_active,
        }),
    },
    Kind {
        table: "delivery-streams",
        service: "firehose",
        create: "CreateDeliveryStream",
        name: "DeliveryStreamName",
        exists: "ResourceInUseException",
        settled: Some(Settled {
            describe: "DescribeDeliveryStream",
            state: &["DeliveryStreamDescription", "DeliveryStreamStatus"],
            is_usable: is_active,
        }),
    },
    Kind {
        table: APPLICATIONS,
        service: "kinesisanalytics",
        create: "CreateApplication",
        name: "ApplicationName",
        exists: "ResourceInUseException",
        settled: None,
    },
    Kind {
        table: "stacks",
        service: "cloudformation",
        create: "CreateStack",
        name: "StackName",
        exists: "AlreadyExistsException",
        settled: Some(Settled { describe: "DescribeStacks", state: &["Stacks", "StackStatus"], is_usable: is_complete }),
    },
];

//! EC2, as far as the Kinesis Data Generator asks it: DescribeRegions (spec/workshop.md 1.3).

use crate::api::ec2::{DescribeRegionsRequest, DescribeRegionsResult, Region, SERVICE, op};
use crate::api::{Caller, Fault, Routes, ServiceTable};

/// The regions that every account has without opting in (AWS General Reference, service endpoints).
const REGIONS: [&str; 17] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
];

/// The most filters of one request, and values of one filter, on AWS.
const MAX_FILTER_VALUES: usize = 200;

/// EC2, which keeps nothing.
#[derive(Clone, Debug)]
pub struct Ec2;

/// The operations for the gateway.
pub fn routes(ec2: Ec2) -> ServiceTable {
    Routes::new(&SERVICE, ec2).on(op::DescribeRegions, describe_regions).finish()
}

/// The caller's region first: the KDG preselects the first one (spec/workshop.md 1.4).
async fn describe_regions(_: Ec2, caller: Caller, input: DescribeRegionsRequest) -> Result<DescribeRegionsResult, Fault> {
    if input.dry_run == Some(true) {
        return Err(Fault::new("DryRunOperation", 412, "Request would have succeeded, but DryRun flag is set."));
    }
    let own = caller.scope.region();
    let all = || std::iter::once(own).chain(REGIONS.into_iter().filter(|name| *name != own));
    let asked = input.region_names.unwrap_or_default();
    if let Some(unknown) = asked.iter().find(|name| !all().any(|known| known == name.as_str())) {
        return Err(Fault::new("InvalidParameterValue", 400, format!("Invalid region provided: {unknown}")));
    }
    let mut found: Vec<Region> =
        all().filter(|name| asked.is_empty() || asked.iter().any(|asked| asked == name)).map(region).collect();
    for filter in input.filters.unwrap_or_default() {
        let (name, values) = (filter.name.unwrap_or_default(), filter.values.unwrap_or_default());
        if values.len() > MAX_FILTER_VALUES {
            return Err(Fault::new("FilterLimitExceeded", 400, "The maximum number of filter values is 200."));
        }
        let member: fn(&Region) -> &Option<String> = match name.as_str() {
            "region-name" => |region| &region.region_name,
            "endpoint" => |region| &region.endpoint,
            "opt-in-status" => |region| &region.opt_in_status,
            _ => return Err(Fault::new("InvalidParameterValue", 400, format!("The filter '{name}' is invalid"))),
        };
        found.retain(|region| member(region).as_ref().is_some_and(|text| values.contains(text)));
    }
    Ok(DescribeRegionsResult { regions: Some(found) })
}

fn region(name: &str) -> Region {
    Region {
        region_name: Some(name.to_owned()),
        endpoint: Some(format!("ec2.{name}.amazonaws.com")),
        opt_in_status: Some("opt-in-not-required".to_owned()),
        ..Region::default()
    }
}

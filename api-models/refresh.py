#!/usr/bin/env python3
"""Writes the facts of the AWS APIs that Millpond speaks: one JSON file a service, beside this script.

The source is the API models shipped in the botocore package (any recent version; `pip install botocore`). Only facts are
kept: operations, shapes, members, constraints, errors. None of AWS's prose. Corrections that the models need are in
patches.json, each with its reason; build.rs applies them.

  python3 api-models/refresh.py            # rewrites the files; git diff shows what AWS changed
"""
import glob
import gzip
import json
import os

import botocore

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(botocore.__file__), "data")

# None: all operations.
SERVICES = {
    "kinesis": None,
    "firehose": None,
    "kinesisanalytics": None,
    "kinesisanalyticsv2": None,
    "es": [
        "CreateElasticsearchDomain", "DescribeElasticsearchDomain", "DescribeElasticsearchDomains", "DescribeElasticsearchDomainConfig",
        "UpdateElasticsearchDomainConfig", "DeleteElasticsearchDomain", "ListDomainNames", "ListElasticsearchVersions",
        "GetCompatibleElasticsearchVersions", "ListElasticsearchInstanceTypes", "AddTags", "ListTags", "RemoveTags",
    ],
    "opensearch": [
        "CreateDomain", "DescribeDomain", "DescribeDomains", "DescribeDomainConfig", "UpdateDomainConfig", "DeleteDomain",
        "ListDomainNames", "ListVersions", "GetCompatibleVersions", "AddTags", "ListTags", "RemoveTags",
    ],
    "iam": [
        "CreateRole", "GetRole", "ListRoles", "DeleteRole", "UpdateRole", "UpdateAssumeRolePolicy", "PutRolePolicy", "GetRolePolicy",
        "DeleteRolePolicy", "ListRolePolicies", "AttachRolePolicy", "DetachRolePolicy", "ListAttachedRolePolicies", "TagRole",
        "UntagRole", "ListRoleTags", "ListInstanceProfilesForRole", "CreatePolicy", "GetPolicy", "GetPolicyVersion",
        "ListPolicyVersions", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion", "ListPolicies",
        "ListEntitiesForPolicy", "TagPolicy", "UntagPolicy", "ListPolicyTags", "CreateInstanceProfile", "GetInstanceProfile",
        "DeleteInstanceProfile", "ListInstanceProfiles", "AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile",
        "TagInstanceProfile", "UntagInstanceProfile", "ListInstanceProfileTags", "UpdateRoleDescription",
        "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", "CreateServiceLinkedRole", "DeleteServiceLinkedRole",
        "GetServiceLinkedRoleDeletionStatus",
    ],
    "ec2": ["DescribeRegions"],
    "sts": ["GetCallerIdentity", "AssumeRole", "GetSessionToken", "AssumeRoleWithWebIdentity"],
    "cloudformation": [
        "CreateStack", "UpdateStack", "DeleteStack", "DescribeStacks", "DescribeStackEvents", "DescribeStackResource",
        "DescribeStackResources", "ListStackResources", "ListStacks", "GetTemplate", "GetTemplateSummary", "ValidateTemplate",
        "CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet", "ListChangeSets", "ListExports",
        "ListImports", "SetStackPolicy", "GetStackPolicy", "UpdateTerminationProtection", "CancelUpdateStack",
        "ContinueUpdateRollback", "RollbackStack",
    ],
    "logs": [
        "CreateLogGroup", "DeleteLogGroup", "DescribeLogGroups", "CreateLogStream", "DeleteLogStream", "DescribeLogStreams",
        "PutLogEvents", "GetLogEvents", "FilterLogEvents", "PutRetentionPolicy", "DeleteRetentionPolicy", "ListTagsForResource",
        "TagResource", "UntagResource",
    ],
    "cognito-idp": [
        "CreateUserPool", "DescribeUserPool", "UpdateUserPool", "DeleteUserPool", "ListUserPools", "CreateUserPoolClient",
        "DescribeUserPoolClient", "UpdateUserPoolClient", "DeleteUserPoolClient", "ListUserPoolClients", "SignUp", "AdminConfirmSignUp",
        "AdminCreateUser", "AdminSetUserPassword", "AdminGetUser", "AdminDeleteUser", "AdminUserGlobalSignOut", "ListUsers",
        "InitiateAuth", "AdminInitiateAuth", "RespondToAuthChallenge", "AdminRespondToAuthChallenge", "GetUser", "ChangePassword",
        "GlobalSignOut", "RevokeToken", "ConfirmSignUp", "ResendConfirmationCode", "ForgotPassword", "ConfirmForgotPassword",
        "AdminUpdateUserAttributes", "AdminDeleteUserAttributes", "AdminDisableUser", "AdminEnableUser", "UpdateUserAttributes",
        "DeleteUserAttributes", "DeleteUser", "TagResource", "UntagResource", "ListTagsForResource", "GetUserPoolMfaConfig",
        "SetUserPoolMfaConfig",
    ],
    "cognito-identity": [
        "CreateIdentityPool", "DescribeIdentityPool", "UpdateIdentityPool", "DeleteIdentityPool", "ListIdentityPools",
        "SetIdentityPoolRoles", "GetIdentityPoolRoles", "GetId", "GetCredentialsForIdentity", "GetOpenIdToken", "DescribeIdentity",
        "TagResource", "UntagResource", "ListTagsForResource",
    ],
}
SHAPE_KEYS = ("type", "required", "min", "max", "pattern", "enum", "sensitive", "exception", "fault", "payload", "flattened", "sparse",
              "timestampFormat", "union", "event", "eventstream", "box")
MEMBER_KEYS = ("location", "locationName", "flattened", "timestampFormat", "streaming")


def model(service):
    path = sorted(glob.glob(os.path.join(DATA, service, "*", "service-2.json*")))[-1]
    with (gzip.open(path) if path.endswith(".gz") else open(path)) as f:
        return json.load(f)


def reference(ref):
    return {"shape": ref["shape"], **{k: ref[k] for k in MEMBER_KEYS if k in ref}}


def shape_facts(shape):
    out = {k: shape[k] for k in SHAPE_KEYS if k in shape}
    if "error" in shape:
        out["error"] = {k: shape["error"][k] for k in ("code", "httpStatusCode", "senderFault") if k in shape["error"]}
    for key in ("member", "key", "value"):
        if key in shape:
            out[key] = reference(shape[key])
    if "members" in shape:
        out["members"] = {name: reference(ref) for name, ref in shape["members"].items()}
    return out


def reachable(shapes, roots):
    seen, queue = set(), list(roots)
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        shape = shapes[name]
        queue += [shape[k]["shape"] for k in ("member", "key", "value") if k in shape]
        queue += [ref["shape"] for ref in shape.get("members", {}).values()]
    return seen


def facts(service, wanted):
    m = model(service)
    operations, roots = {}, []
    for name in sorted(wanted or m["operations"]):
        op = m["operations"][name]
        out = {"http": {k: op["http"][k] for k in ("method", "requestUri", "responseCode") if k in op["http"]}}
        for side in ("input", "output"):
            if side in op:
                out[side] = op[side]["shape"]
                roots.append(op[side]["shape"])
                if "resultWrapper" in op[side]:
                    out["resultWrapper"] = op[side]["resultWrapper"]
        out["errors"] = [e["shape"] for e in op.get("errors", [])]
        if op.get("authtype") == "none":
            out["unsigned"] = True
        roots += out["errors"]
        operations[name] = out
    keep = reachable(m["shapes"], roots)
    md = m["metadata"]
    return {
        "metadata": {k: md[k] for k in ("apiVersion", "endpointPrefix", "jsonVersion", "protocol", "signingName", "targetPrefix",
                                        "xmlNamespace", "serviceId") if k in md},
        "operations": operations,
        "shapes": {name: shape_facts(m["shapes"][name]) for name in sorted(keep)},
    }


def main():
    for service, wanted in SERVICES.items():
        with open(os.path.join(HERE, service + ".json"), "w") as f:
            json.dump(facts(service, wanted), f, indent=1, ensure_ascii=False)
            f.write("\n")
        print(service)


if __name__ == "__main__":
    main()

//! Tags of user pools.

use crate::api::cognito_idp::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, TagResourceRequest, TagResourceResponse, UntagResourceRequest,
    UntagResourceResponse,
};
use crate::api::{Caller, Fault};
use crate::services::cognito::user_pools::UserPools;
use crate::services::cognito::user_pools::error::Refused;
use crate::services::cognito::user_pools::pool::PoolRecord;
use crate::services::cognito::{MOST_TAGS, tags_fit};

/// The pool's id in `arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID`.
fn pool_id(arn: &str) -> Result<String, Refused> {
    let id = arn.split_once(":userpool/").map(|(_, id)| id.to_owned());
    id.ok_or_else(|| Refused::invalid(format!("Invalid resource ARN: {arn}")))
}

pub(crate) async fn tag(pools: UserPools, caller: Caller, input: TagResourceRequest) -> Result<TagResourceResponse, Fault> {
    let id = pool_id(&input.resource_arn)?;
    let had = pools.pool_in(&caller.scope, &id).await?.settings.user_pool_tags;
    if !tags_fit(had.as_ref(), &input.tags) {
        return Err(Refused::invalid(format!("A user pool can have at most {MOST_TAGS} tags.")).into());
    }
    let change = move |pool: &mut PoolRecord| pool.settings.user_pool_tags.get_or_insert_default().extend(input.tags);
    pools.change_pool(&caller.scope, &id, change).await?;
    Ok(TagResourceResponse::default())
}

pub(crate) async fn untag(pools: UserPools, caller: Caller, input: UntagResourceRequest) -> Result<UntagResourceResponse, Fault> {
    let id = pool_id(&input.resource_arn)?;
    let change = move |pool: &mut PoolRecord| {
        pool.settings.user_pool_tags.get_or_insert_default().retain(|name, _| !input.tag_keys.contains(name));
    };
    pools.change_pool(&caller.scope, &id, change).await?;
    Ok(UntagResourceResponse::default())
}

pub(crate) async fn list(
    pools: UserPools,
    caller: Caller,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, Fault> {
    let pool = pools.pool_in(&caller.scope, &pool_id(&input.resource_arn)?).await?;
    Ok(ListTagsForResourceResponse { tags: Some(pool.settings.user_pool_tags.unwrap_or_default()) })
}

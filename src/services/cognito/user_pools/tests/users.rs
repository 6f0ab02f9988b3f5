//! Users and their attributes, codes and lists.

use super::*;
use crate::api::cognito_idp::{
    AdminDeleteUserRequest, AdminGetUserRequest, AdminGetUserResponse, AdminUpdateUserAttributesRequest,
    AdminUpdateUserAttributesResponse, AliasAttributeType, AttributeDataType, AttributeType, ConfirmForgotPasswordRequest,
    ConfirmForgotPasswordResponse, ConfirmSignUpRequest, ConfirmSignUpResponse, DeleteUserPoolRequest, DescribeUserPoolRequest,
    DescribeUserPoolResponse, ForgotPasswordRequest, ForgotPasswordResponse, ListUserPoolsRequest, ListUserPoolsResponse,
    ListUsersRequest, ListUsersResponse, SchemaAttributeType, UserStatusType, UsernameAttributeType, UsernameConfigurationType,
    VerifiedAttributeType,
};
use crate::services::cognito::user_pools::user::{MOST_USERS, UserRecord, count_key};

fn attribute(name: &str, value: &str) -> AttributeType {
    AttributeType { name: name.into(), value: Some(value.into()) }
}

async fn kept(bench: &Bench, name: &str) -> UserRecord {
    let pool = bench.pools.pool(&bench.pool).await.unwrap();
    bench.pools.user(&pool, name).await.unwrap()
}

async fn sign_up_with(bench: &Bench, username: &str, attributes: Vec<AttributeType>) -> Result<SignUpResponse, Fault> {
    let input = SignUpRequest {
        client_id: bench.client.clone(),
        username: username.into(),
        password: Some(PASSWORD.into()),
        user_attributes: Some(attributes),
        ..SignUpRequest::default()
    };
    bench.call("SignUp", input).await
}

#[tokio::test]
async fn a_user_confirms_with_the_code_and_guesses_are_counted() {
    let settings = CreateUserPoolRequest {
        auto_verified_attributes: Some(vec![VerifiedAttributeType::Email]),
        ..CreateUserPoolRequest::default()
    };
    let bench = Bench::with(settings, CreateUserPoolClientRequest::default()).await;
    let made = sign_up_with(&bench, "demo", vec![attribute("email", "me@example.com")]).await.unwrap();
    assert_eq!(made.code_delivery_details.unwrap().destination.as_deref(), Some("m***@e***"));
    let code = kept(&bench, "demo").await.code.unwrap().digits;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let confirm = |code: &str| ConfirmSignUpRequest {
        client_id: bench.client.clone(),
        username: "demo".into(),
        confirmation_code: code.into(),
        ..ConfirmSignUpRequest::default()
    };
    let refused: Result<ConfirmSignUpResponse, Fault> = bench.call("ConfirmSignUp", confirm(wrong)).await;
    assert_eq!(refusal(refused), fault("CodeMismatchException", "Invalid verification code provided, please try again."));
    let _: ConfirmSignUpResponse = bench.call("ConfirmSignUp", confirm(&code)).await.unwrap();
    assert_eq!(kept(&bench, "demo").await.attributes["email_verified"], "true");
    assert!(bench.log_in_as(&bench.client, "demo", PASSWORD).await.is_ok());

    let input =
        ForgotPasswordRequest { client_id: bench.client.clone(), username: "demo".into(), ..ForgotPasswordRequest::default() };
    let _: ForgotPasswordResponse = bench.call("ForgotPassword", input).await.unwrap();
    let code = kept(&bench, "demo").await.code.unwrap().digits;
    let answer = |code: &str| ConfirmForgotPasswordRequest {
        client_id: bench.client.clone(),
        username: "demo".into(),
        confirmation_code: code.into(),
        password: "another1".into(),
        ..ConfirmForgotPasswordRequest::default()
    };
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let refused: Result<ConfirmForgotPasswordResponse, Fault> = bench.call("ConfirmForgotPassword", answer(wrong)).await;
        assert_eq!(refusal(refused).0, "CodeMismatchException");
    }
    let refused: Result<ConfirmForgotPasswordResponse, Fault> = bench.call("ConfirmForgotPassword", answer(&code)).await;
    assert_eq!(refusal(refused).0, "LimitExceededException", "the right code no longer counts after five guesses");
}

#[tokio::test]
async fn users_may_be_named_by_an_address() {
    let settings = CreateUserPoolRequest {
        username_attributes: Some(vec![UsernameAttributeType::Email]),
        username_configuration: Some(UsernameConfigurationType { case_sensitive: false }),
        ..CreateUserPoolRequest::default()
    };
    let bench = Bench::with(settings, CreateUserPoolClientRequest::default()).await;
    let refused = refusal(sign_up_with(&bench, "demo", Vec::new()).await);
    assert_eq!(refused, fault("InvalidParameterException", "Username should be an email."));
    let sub = bench.sign_up("Me@example.com").await;
    let user = kept(&bench, "me@EXAMPLE.com").await;
    assert_eq!((user.username.as_str(), user.attributes["email"].as_str()), (sub.as_str(), "Me@example.com"));
    assert!(bench.log_in_as(&bench.client, "me@example.com", PASSWORD).await.is_ok());
    assert_eq!(refusal(sign_up_with(&bench, "ME@example.com", Vec::new()).await).0, "UsernameExistsException");
}

/// Names of documents of a kind of user pools.
async fn stored(bench: &Bench, kind: &'static str) -> Vec<String> {
    let found = bench.store.list_everywhere::<serde::de::IgnoredAny>("cognito-idp", kind).await.unwrap();
    found.into_iter().map(|entry| entry.name).collect()
}

#[tokio::test]
async fn an_alias_follows_the_attribute_and_counts_once_verified() {
    let settings = CreateUserPoolRequest {
        alias_attributes: Some(vec![AliasAttributeType::Email, AliasAttributeType::PreferredUsername]),
        ..CreateUserPoolRequest::default()
    };
    let bench = Bench::with(settings, CreateUserPoolClientRequest::default()).await;
    for name in ["anna", "bert"] {
        bench.sign_up(name).await;
    }
    let set = async |name: &str, attributes: &[(&str, &str)]| {
        let update = AdminUpdateUserAttributesRequest {
            user_pool_id: bench.pool.clone(),
            username: name.into(),
            user_attributes: attributes.iter().map(|(name, value)| attribute(name, value)).collect(),
            client_metadata: None,
        };
        let _: AdminUpdateUserAttributesResponse = bench.call("AdminUpdateUserAttributes", update).await.unwrap();
    };
    let pool = bench.pools.pool(&bench.pool).await.unwrap();
    let found = async |name: &str| bench.pools.find_user(&pool, name).await.unwrap().map(|user| user.username);
    set("anna", &[("email", "a/%@example.com")]).await;
    assert_eq!(found("a/%@example.com").await, None, "not verified");
    set("bert", &[("email", "a/%@example.com"), ("email_verified", "true"), ("preferred_username", "b")]).await;
    assert_eq!((found("a/%@example.com").await.as_deref(), found("b").await.as_deref()), (Some("bert"), Some("bert")));
    assert_eq!((found("a").await, found("A/%@example.com").await), (None, None), "no part, and upper case is another name");
    set("bert", &[("email", "b@example.com"), ("email_verified", "true")]).await;
    assert_eq!((found("a/%@example.com").await, found("b@example.com").await.as_deref()), (None, Some("bert")));
    let delete = AdminDeleteUserRequest { user_pool_id: bench.pool.clone(), username: "b@example.com".into() };
    let _: Empty = bench.call("AdminDeleteUser", delete).await.unwrap();
    assert_eq!(stored(&bench, "alias").await.len(), 1, "anna's");
    let _: Empty = bench.call("DeleteUserPool", DeleteUserPoolRequest { user_pool_id: bench.pool.clone() }).await.unwrap();
    for kind in ["alias", "user", "users", "pool"] {
        assert_eq!(stored(&bench, kind).await, Vec::<String>::new(), "{kind}");
    }
}

#[tokio::test]
async fn a_pool_has_so_many_users_and_no_more() {
    let bench = Bench::new().await;
    bench.sign_up("anna").await;
    bench.store.put(&count_key(&bench.pool), MOST_USERS - 1).await.unwrap();
    bench.sign_up("bert").await;
    let text = "The user pool has 100000 users, which is the most it can have.";
    assert_eq!(refusal(sign_up_with(&bench, "carl", Vec::new()).await), fault("LimitExceededException", text));
    let delete = AdminDeleteUserRequest { user_pool_id: bench.pool.clone(), username: "anna".into() };
    let _: Empty = bench.call("AdminDeleteUser", delete).await.unwrap();
    bench.sign_up("carl").await;
}

#[tokio::test]
async fn a_pool_is_looked_through_in_pieces() {
    let bench = Bench::new().await;
    bench.sign_up("zoe").await;
    let zoe = kept(&bench, "zoe").await;
    let others: Vec<UserRecord> =
        (0..2_100).map(|n| UserRecord { folded: format!("u{n:04}"), username: format!("u{n:04}"), ..zoe.clone() }).collect();
    let change = move |tx: &mut crate::store::Transaction<'_>| others.iter().try_for_each(|user| tx.put(&user.key(), user));
    bench.store.transaction(change).await.unwrap();
    let found = async |after: Option<&str>, most, name: &'static str| {
        let wanted = move |user: &UserRecord| user.username.starts_with(name);
        let users = bench.pools.users_after(&bench.pool, after, most, wanted).await.unwrap();
        (users.len(), users.first().map(|user| user.username.clone()), users.last().map(|user| user.username.clone()))
    };
    let named = |first: &str, last: &str| (Some(first.to_owned()), Some(last.to_owned()));
    let (first, last) = named("u0000", "zoe");
    assert_eq!(found(None, 5_000, "").await, (2_101, first, last));
    let (first, last) = named("u0998", "u1997");
    assert_eq!(found(Some("u0997"), 1_000, "u").await, (1_000, first, last));
    let (first, last) = named("zoe", "zoe");
    assert_eq!(found(None, 5, "z").await, (1, first, last));
    assert_eq!(found(Some("zoe"), 5, "").await.0, 0);
}

#[tokio::test]
async fn attributes_are_those_of_the_schema() {
    let own = |name: &str, required| SchemaAttributeType {
        name: Some(name.into()),
        attribute_data_type: Some(AttributeDataType::String),
        required: Some(required),
        ..SchemaAttributeType::default()
    };
    let settings =
        CreateUserPoolRequest { schema: Some(vec![own("team", false), own("name", true)]), ..CreateUserPoolRequest::default() };
    let bench = Bench::with(settings, CreateUserPoolClientRequest::default()).await;
    let text = "Attributes did not conform to the schema: name: The attribute is required";
    assert_eq!(refusal(sign_up_with(&bench, "demo", Vec::new()).await), fault("InvalidParameterException", text));
    let unknown = sign_up_with(&bench, "demo", vec![attribute("name", "D"), attribute("custom:shoe", "4")]).await;
    let text = "Attributes did not conform to the schema: Type for attribute {custom:shoe} could not be determined";
    assert_eq!(refusal(unknown), fault("InvalidParameterException", text));
    sign_up_with(&bench, "demo", vec![attribute("name", "D"), attribute("custom:team", "a")]).await.unwrap();
    let update = AdminUpdateUserAttributesRequest {
        user_pool_id: bench.pool.clone(),
        username: "demo".into(),
        user_attributes: vec![attribute("custom:team", ""), attribute("email", "e@f.g"), attribute("email_verified", "true")],
        client_metadata: None,
    };
    let _: AdminUpdateUserAttributesResponse = bench.call("AdminUpdateUserAttributes", update).await.unwrap();
    let input = AdminGetUserRequest { user_pool_id: bench.pool.clone(), username: "demo".into() };
    let user: AdminGetUserResponse = bench.call("AdminGetUser", input).await.unwrap();
    assert_eq!(user.user_status, Some(UserStatusType::Unconfirmed));
    let names: Vec<String> = user.user_attributes.unwrap().into_iter().map(|attribute| attribute.name).collect();
    assert_eq!(names, ["sub", "email", "email_verified", "name"]);
    let input = DescribeUserPoolRequest { user_pool_id: bench.pool.clone() };
    let shown: DescribeUserPoolResponse = bench.call("DescribeUserPool", input).await.unwrap();
    let pool = shown.user_pool.unwrap();
    assert_eq!(pool.estimated_number_of_users, Some(1));
    let schema = pool.schema_attributes.unwrap();
    assert_eq!(schema.len(), 21);
    assert!(schema.iter().any(|known| known.name.as_deref() == Some("name") && known.required == Some(true)));
    assert!(schema.iter().any(|known| known.name.as_deref() == Some("custom:team")));
}

#[tokio::test]
async fn lists_come_in_pages() {
    let bench = Bench::new().await;
    for name in ["anna", "bert", "carl"] {
        bench.sign_up(name).await;
    }
    let (mut found, mut token) = (Vec::new(), None);
    loop {
        let (user_pool_id, limit) = (bench.pool.clone(), Some(2));
        let input = ListUsersRequest { user_pool_id, limit, pagination_token: token, ..ListUsersRequest::default() };
        let page: ListUsersResponse = bench.call("ListUsers", input).await.unwrap();
        found.extend(page.users.unwrap().into_iter().filter_map(|user| user.username));
        token = page.pagination_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(found, ["anna", "bert", "carl"]);
    let filter = Some("username ^= \"b\"".to_owned());
    let input = ListUsersRequest { user_pool_id: bench.pool.clone(), filter, ..ListUsersRequest::default() };
    let page: ListUsersResponse = bench.call("ListUsers", input).await.unwrap();
    assert_eq!(page.users.unwrap().len(), 1);
    let pools: ListUserPoolsResponse =
        bench.call("ListUserPools", ListUserPoolsRequest { max_results: 10, next_token: None }).await.unwrap();
    assert_eq!(pools.user_pools.unwrap().len(), 1);
    let input = DescribeUserPoolRequest { user_pool_id: "us-east-1_abcdefghi".into() };
    let missing: Result<DescribeUserPoolResponse, Fault> = bench.call("DescribeUserPool", input).await;
    assert_eq!(refusal(missing), fault("ResourceNotFoundException", "User pool us-east-1_abcdefghi does not exist."));
}

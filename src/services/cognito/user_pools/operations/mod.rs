//! The operations, each a function of the handle, the caller and the input.

mod attributes;
mod auth;
mod clients;
mod codes;
mod pools;
mod schema;
mod sign_up;
mod tags;
mod tokens;
mod users;

use super::UserPools;
use crate::api::cognito_idp::{SERVICE, op};
use crate::api::{Routes, ServiceTable};

/// The operations for the gateway.
pub fn routes(user_pools: UserPools) -> ServiceTable {
    Routes::new(&SERVICE, user_pools)
        .on(op::CreateUserPool, pools::create)
        .on(op::DescribeUserPool, pools::describe)
        .on(op::UpdateUserPool, pools::update)
        .on(op::DeleteUserPool, pools::delete)
        .on(op::ListUserPools, pools::list)
        .on(op::GetUserPoolMfaConfig, pools::get_mfa)
        .on(op::SetUserPoolMfaConfig, pools::set_mfa)
        .on(op::TagResource, tags::tag)
        .on(op::UntagResource, tags::untag)
        .on(op::ListTagsForResource, tags::list)
        .on(op::CreateUserPoolClient, clients::create)
        .on(op::DescribeUserPoolClient, clients::describe)
        .on(op::UpdateUserPoolClient, clients::update)
        .on(op::DeleteUserPoolClient, clients::delete)
        .on(op::ListUserPoolClients, clients::list)
        .on(op::SignUp, sign_up::sign_up)
        .on(op::ConfirmSignUp, sign_up::confirm)
        .on(op::AdminConfirmSignUp, sign_up::admin_confirm)
        .on(op::ResendConfirmationCode, codes::resend)
        .on(op::ForgotPassword, codes::forgot_password)
        .on(op::ConfirmForgotPassword, codes::confirm_forgot_password)
        .on(op::AdminCreateUser, users::create)
        .on(op::AdminGetUser, users::get)
        .on(op::AdminDeleteUser, users::delete)
        .on(op::AdminEnableUser, users::enable)
        .on(op::AdminDisableUser, users::disable)
        .on(op::AdminSetUserPassword, users::set_password)
        .on(op::AdminUserGlobalSignOut, users::sign_out)
        .on(op::ListUsers, users::list)
        .on(op::AdminUpdateUserAttributes, attributes::admin_update)
        .on(op::AdminDeleteUserAttributes, attributes::admin_delete)
        .on(op::UpdateUserAttributes, attributes::update)
        .on(op::DeleteUserAttributes, attributes::delete)
        .on(op::InitiateAuth, auth::initiate)
        .on(op::AdminInitiateAuth, auth::admin_initiate)
        .on(op::RespondToAuthChallenge, auth::respond)
        .on(op::AdminRespondToAuthChallenge, auth::admin_respond)
        .on(op::GetUser, tokens::get_user)
        .on(op::DeleteUser, tokens::delete_user)
        .on(op::ChangePassword, tokens::change_password)
        .on(op::GlobalSignOut, tokens::sign_out)
        .on(op::RevokeToken, tokens::revoke)
        .finish()
}

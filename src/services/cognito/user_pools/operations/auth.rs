//! InitiateAuth and RespondToAuthChallenge, for users and for administrators.

use crate::api::cognito_idp::{
    AdminInitiateAuthRequest, AdminInitiateAuthResponse, AdminRespondToAuthChallengeRequest, AdminRespondToAuthChallengeResponse,
    AuthFlowType, ChallengeNameType, ExplicitAuthFlowsType, InitiateAuthRequest, InitiateAuthResponse,
    RespondToAuthChallengeRequest, RespondToAuthChallengeResponse,
};
use crate::api::stored::recast;
use crate::api::{Caller, Fault};
use crate::services::cognito::user_pools::UserPools;
use crate::services::cognito::user_pools::error::Refused;
use crate::services::cognito::user_pools::login::{Parameters, Scene};
use AuthFlowType as Flow;

impl UserPools {
    /// The scene of an unsigned call: the client leads to its pool.
    async fn scene(&self, client: &str) -> Result<Scene, Refused> {
        let client = self.client(client).await?;
        Ok(Scene { pool: self.pool(&client.pool).await?, client })
    }

    /// The scene of an administrator's call, who names the pool too.
    async fn admin_scene(&self, caller: &Caller, pool: &str, client: &str) -> Result<Scene, Refused> {
        let pool = self.pool_in(&caller.scope, pool).await?;
        Ok(Scene { client: self.client_of(&pool.id, client).await?, pool })
    }
}

/// The flows that both kinds of callers have.
async fn shared_flow(
    pools: &UserPools,
    scene: &Scene,
    flow: AuthFlowType,
    parameters: &Parameters,
) -> Result<InitiateAuthResponse, Refused> {
    match flow {
        Flow::UserSrpAuth => pools.begin_proof(scene, parameters).await,
        Flow::RefreshTokenAuth | Flow::RefreshToken => pools.refresh(scene, parameters).await,
        Flow::CustomAuth | Flow::UserAuth => {
            Err(Refused::invalid(format!("{flow} is not supported here: use USER_SRP_AUTH or USER_PASSWORD_AUTH")))
        }
        Flow::AdminNoSrpAuth | Flow::UserPasswordAuth | Flow::AdminUserPasswordAuth => {
            Err(Refused::invalid("Initiate Auth method not supported."))
        }
    }
}

pub(crate) async fn initiate(pools: UserPools, _: Caller, input: InitiateAuthRequest) -> Result<InitiateAuthResponse, Fault> {
    let scene = pools.scene(&input.client_id).await?;
    let parameters = input.auth_parameters.unwrap_or_default();
    if input.auth_flow != Flow::UserPasswordAuth {
        return Ok(shared_flow(&pools, &scene, input.auth_flow, &parameters).await?);
    }
    if !scene.client.allows(&[ExplicitAuthFlowsType::AllowUserPasswordAuth, ExplicitAuthFlowsType::UserPasswordAuth]) {
        return Err(Refused::invalid("USER_PASSWORD_AUTH flow not enabled for this client").into());
    }
    Ok(pools.password_login(&scene, &parameters).await?)
}

pub(crate) async fn admin_initiate(
    pools: UserPools,
    caller: Caller,
    input: AdminInitiateAuthRequest,
) -> Result<AdminInitiateAuthResponse, Fault> {
    let scene = pools.admin_scene(&caller, &input.user_pool_id, &input.client_id).await?;
    let parameters = input.auth_parameters.unwrap_or_default();
    if !matches!(input.auth_flow, Flow::AdminNoSrpAuth | Flow::AdminUserPasswordAuth) {
        return Ok(recast(shared_flow(&pools, &scene, input.auth_flow, &parameters).await?));
    }
    if !scene.client.allows(&[ExplicitAuthFlowsType::AllowAdminUserPasswordAuth, ExplicitAuthFlowsType::AdminNoSrpAuth]) {
        return Err(Refused::invalid("Auth flow not enabled for this client").into());
    }
    Ok(recast(pools.password_login(&scene, &parameters).await?))
}

async fn answer(
    pools: &UserPools,
    scene: &Scene,
    challenge: ChallengeNameType,
    session: Option<String>,
    responses: Option<Parameters>,
) -> Result<InitiateAuthResponse, Refused> {
    let responses = responses.ok_or_else(|| Refused::missing("ChallengeResponses"))?;
    match challenge {
        ChallengeNameType::PasswordVerifier => pools.end_proof(scene, &responses).await,
        ChallengeNameType::NewPasswordRequired => pools.set_new_password(scene, session, &responses).await,
        other => Err(Refused::invalid(format!("The challenge {other} is never given here"))),
    }
}

pub(crate) async fn respond(
    pools: UserPools,
    _: Caller,
    input: RespondToAuthChallengeRequest,
) -> Result<RespondToAuthChallengeResponse, Fault> {
    let scene = pools.scene(&input.client_id).await?;
    Ok(recast(answer(&pools, &scene, input.challenge_name, input.session, input.challenge_responses).await?))
}

pub(crate) async fn admin_respond(
    pools: UserPools,
    caller: Caller,
    input: AdminRespondToAuthChallengeRequest,
) -> Result<AdminRespondToAuthChallengeResponse, Fault> {
    let scene = pools.admin_scene(&caller, &input.user_pool_id, &input.client_id).await?;
    Ok(recast(answer(&pools, &scene, input.challenge_name, input.session, input.challenge_responses).await?))
}

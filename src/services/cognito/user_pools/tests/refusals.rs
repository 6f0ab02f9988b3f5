//! Logins that fail, and floods of nonsense: refused in Cognito's words, at no great cost.

use super::*;
use crate::api::cognito_idp::PreventUserExistenceErrorTypes;
use crate::services::cognito::srp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

const VERIFIER: (ChallengeNameType, Option<String>) = (ChallengeNameType::PasswordVerifier, None);

fn wrong() -> (String, String) {
    fault("NotAuthorizedException", "Incorrect username or password.")
}

#[tokio::test]
async fn a_wrong_password_signature_or_block_is_refused_alike() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    assert_eq!(refusal(bench.log_in_as(&bench.client, "demo", "secret2").await), wrong());
    let zeros = STANDARD.encode([0; 32]);
    for (name, value) in [
        ("PASSWORD_CLAIM_SIGNATURE", zeros.as_str()),
        ("PASSWORD_CLAIM_SIGNATURE", "no base64"),
        ("PASSWORD_CLAIM_SIGNATURE", "AAAA"),
        ("PASSWORD_CLAIM_SECRET_BLOCK", zeros.as_str()),
        ("PASSWORD_CLAIM_SECRET_BLOCK", "no base64"),
        ("TIMESTAMP", "Wed Apr 5 12:34:56 UTC 2017"),
        ("USERNAME", "other"),
    ] {
        let mut proof = bench.proof(&bench.client, "demo", PASSWORD).await.unwrap();
        proof.insert(name.into(), value.into());
        assert_eq!(refusal(bench.respond(&bench.client, VERIFIER, proof).await), wrong(), "{name} {value}");
    }
}

#[tokio::test]
async fn a_proof_counts_once_for_its_client_and_in_time() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    let proof = bench.proof(&bench.client, "demo", PASSWORD).await.unwrap();
    assert!(bench.respond(&bench.client, VERIFIER, proof.clone()).await.is_ok());
    assert_eq!(refusal(bench.respond(&bench.client, VERIFIER, proof).await), wrong(), "a second time");
    let other = bench.new_client(CreateUserPoolClientRequest::default()).await;
    let proof = bench.proof(&bench.client, "demo", PASSWORD).await.unwrap();
    assert_eq!(refusal(bench.respond(&other, VERIFIER, proof).await), wrong(), "another client");
    let proof = bench.proof(&bench.client, "demo", PASSWORD).await.unwrap();
    bench.clock.advance_to(NOW + 3 * 60_000);
    assert_eq!(refusal(bench.respond(&bench.client, VERIFIER, proof).await), wrong(), "too late");
}

#[tokio::test]
async fn timestamps_and_missing_answers_are_named() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    let proof = bench.proof(&bench.client, "demo", PASSWORD).await.unwrap();
    let mut padded = proof.clone();
    padded.insert("TIMESTAMP".into(), "Wed Apr 05 12:34:56 UTC 2017".into());
    let text = "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.";
    assert_eq!(refusal(bench.respond(&bench.client, VERIFIER, padded).await), fault("InvalidParameterException", text));
    for name in ["USERNAME", "TIMESTAMP", "PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE"] {
        let mut lacking = proof.clone();
        lacking.remove(name);
        let refused = refusal(bench.respond(&bench.client, VERIFIER, lacking).await);
        assert_eq!(refused, fault("InvalidParameterException", &format!("Missing required parameter {name}")));
    }
    assert!(bench.respond(&bench.client, VERIFIER, proof).await.is_ok(), "none of these was an answer");
}

/// Measured against AWS (spec/workshop.md 2.3): unknown users are told at once, unless the client hides them.
#[tokio::test]
async fn unknown_users_are_told_or_hidden() {
    let bench = Bench::new().await;
    let told = refusal(bench.proof(&bench.client, "nobody", PASSWORD).await);
    assert_eq!(told, fault("UserNotFoundException", "User does not exist."));
    let hides = Some(PreventUserExistenceErrorTypes::Enabled);
    let settings = CreateUserPoolClientRequest { prevent_user_existence_errors: hides, ..CreateUserPoolClientRequest::default() };
    let hiding = bench.new_client(settings).await;
    assert_eq!(refusal(bench.log_in_as(&hiding, "nobody", PASSWORD).await), wrong());
    let mut salts = Vec::new();
    for _ in 0..2 {
        let parameters = texts([("USERNAME", "nobody"), ("SRP_A", "abcdef")]);
        let asked = bench.initiate(&hiding, AuthFlowType::UserSrpAuth, parameters).await.unwrap();
        salts.push(asked.challenge_parameters.unwrap()["SALT"].clone());
    }
    assert_eq!(salts[0], salts[1], "as of a user that exists");
}

#[tokio::test]
async fn users_that_may_not_log_in() {
    let bench = Bench::new().await;
    let (client_id, password) = (bench.client.clone(), Some(PASSWORD.to_owned()));
    let input = SignUpRequest { client_id, username: "demo".into(), password, ..SignUpRequest::default() };
    let _: SignUpResponse = bench.call("SignUp", input.clone()).await.unwrap();
    let unconfirmed = refusal(bench.log_in_as(&bench.client, "demo", PASSWORD).await);
    assert_eq!(unconfirmed, fault("UserNotConfirmedException", "User is not confirmed."));
    assert_eq!(refusal(bench.log_in_as(&bench.client, "demo", "secret2").await), wrong());
    let again: Result<SignUpResponse, Fault> = bench.call("SignUp", input).await;
    assert_eq!(refusal(again), fault("UsernameExistsException", "User already exists"));
    let unknown = refusal(bench.proof("nosuchclient", "demo", PASSWORD).await);
    assert_eq!(unknown, fault("ResourceNotFoundException", "User pool client nosuchclient does not exist."));
}

async fn srp_a(bench: &Bench, number: &str) -> Result<InitiateAuthResponse, Fault> {
    bench.initiate(&bench.client, AuthFlowType::UserSrpAuth, texts([("USERNAME", "demo"), ("SRP_A", number)])).await
}

#[tokio::test]
async fn numbers_that_prove_nothing_are_refused_before_any_arithmetic() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    let prime = srp::prime_hex();
    let twice = format!("{:x}", num_bigint::BigUint::parse_bytes(prime.as_bytes(), 16).unwrap() * 2u32);
    let _turns = bench.pools.0.turns.acquire_many(2).await.unwrap();
    for number in ["0", "00", &prime, &twice, "-1", "+1", " 1", "xyz", "1_0", &"1".repeat(771), &"f".repeat(131_072)] {
        let refused = refusal(srp_a(&bench, number).await);
        assert_eq!(refused, fault("InvalidParameterException", "Invalid SRP_A"), "{number:.20}");
    }
    assert_eq!(refusal(srp_a(&bench, "").await), fault("InvalidParameterException", "Missing required parameter SRP_A"));
}

#[tokio::test]
async fn logins_that_wait_are_bounded() {
    let bench = Bench::new().await;
    bench.sign_up("demo").await;
    let waiting = bench.pools.0.waiting.acquire_many(256).await.unwrap();
    assert_eq!(refusal(srp_a(&bench, "a").await), fault("TooManyRequestsException", "Too many requests"));
    drop(waiting);
    assert!(srp_a(&bench, "a").await.is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is sent in place of a proof, it is refused as Cognito refuses, and no one gets in.
    #[test]
    fn nonsense_is_refused(
        number in "[0-9a-fA-F]{0,20}|.{0,40}",
        block in "[A-Za-z0-9+/=]{0,80}|.{0,40}",
        signature in "[A-Za-z0-9+/]{43}=|.{0,40}",
        timestamp in "Wed Apr [0-9]{1,2} 12:34:56 UTC 20[0-9]{2}|.{0,40}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let refused = runtime.block_on(async {
            let bench = Bench::new().await;
            let answers = texts([
                ("USERNAME", "demo"),
                ("PASSWORD_CLAIM_SECRET_BLOCK", &block),
                ("PASSWORD_CLAIM_SIGNATURE", &signature),
                ("TIMESTAMP", &timestamp),
            ]);
            [refusal(srp_a(&bench, &number).await), refusal(bench.respond(&bench.client, VERIFIER, answers).await)]
        });
        for (code, message) in refused {
            let known = ["InvalidParameterException", "NotAuthorizedException", "UserNotFoundException"];
            prop_assert!(known.contains(&code.as_str()), "{code}: {message}");
        }
    }
}

"""Logins at user pools and credentials of identity pools, by boto3 and an SRP client that is not ours (pycognito)."""
import base64
import hashlib
import hmac
import json
import urllib.request

import boto3
import jwt
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from pycognito.aws_srp import AWSSRP
from pycognito.exceptions import ForceChangePasswordException

from support.millpond import ACCOUNT, REGION, Millpond

KEYS = ("signer", "a secret of the signer")
PASSWORD = "secret1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/page"


def signed(millpond, service, **credentials):
    names = {"aws_access_key_id": KEYS[0], "aws_secret_access_key": KEYS[1], **credentials}
    return boto3.client(service, endpoint_url=millpond.url, region_name=REGION, config=Config(retries={"max_attempts": 0}), **names)


def unsigned(millpond, service):
    config = Config(signature_version=UNSIGNED, retries={"max_attempts": 0})
    return boto3.client(service, endpoint_url=millpond.url, region_name=REGION, config=config)


class Setup:
    """What the Kinesis Data Generator's set-up makes: a pool, a client, a confirmed user, an identity pool with roles."""

    def __init__(self, millpond, **client):
        self.millpond = millpond
        self.idp, self.identity = signed(millpond, "cognito-idp"), signed(millpond, "cognito-identity")
        policy = {"PasswordPolicy": {"MinimumLength": 6, "RequireNumbers": True}}
        self.pool = self.idp.create_user_pool(PoolName="Kinesis Data-Generator Users", Policies=policy)["UserPool"]["Id"]
        settings = {"ClientName": "page", **client}
        made = self.idp.create_user_pool_client(UserPoolId=self.pool, **settings)["UserPoolClient"]
        self.client, self.secret = made["ClientId"], made.get("ClientSecret")
        self.provider = f"cognito-idp.{REGION}.amazonaws.com/{self.pool}"
        self.identity_pool = self.identity.create_identity_pool(
            IdentityPoolName="KinesisDataGeneratorUsers", AllowUnauthenticatedIdentities=False,
            CognitoIdentityProviders=[{"ProviderName": self.provider, "ClientId": self.client}])["IdentityPoolId"]
        self.identity.set_identity_pool_roles(IdentityPoolId=self.identity_pool, Roles={"authenticated": ROLE, "unauthenticated": ROLE + "-none"})

    def sign_up(self, username="demo", password=PASSWORD):
        unsigned(self.millpond, "cognito-idp").sign_up(ClientId=self.client, Username=username, Password=password, **self.hash(username))
        self.idp.admin_confirm_sign_up(UserPoolId=self.pool, Username=username)

    def hash(self, username):
        if not self.secret:
            return {}
        digest = hmac.new(self.secret.encode(), (username + self.client).encode(), hashlib.sha256).digest()
        return {"SecretHash": base64.b64encode(digest).decode()}

    def srp(self, username="demo", password=PASSWORD):
        return AWSSRP(username=username, password=password, pool_id=self.pool, client_id=self.client, client_secret=self.secret,
                      client=unsigned(self.millpond, "cognito-idp"))

    def log_in(self, username="demo", password=PASSWORD):
        return self.srp(username, password).authenticate_user()["AuthenticationResult"]

    def credentials(self, id_token):
        identity = unsigned(self.millpond, "cognito-identity")
        logins = {self.provider: id_token}
        found = identity.get_id(IdentityPoolId=self.identity_pool, Logins=logins)["IdentityId"]
        return found, identity.get_credentials_for_identity(IdentityId=found, Logins=logins)["Credentials"]

    def with_credentials(self, service, credentials):
        return signed(self.millpond, service, aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretKey"],
                      aws_session_token=credentials["SessionToken"])


@pytest.fixture(scope="module")
def millpond():
    with Millpond("--verify-signatures", "--credential", ":".join(KEYS)) as m:
        yield m


@pytest.fixture(scope="module")
def setup(millpond):
    setup = Setup(millpond)
    setup.sign_up()
    return setup


def test_the_whole_way_of_the_page_with_signatures_verified(millpond, setup):
    tokens = setup.log_in()
    assert tokens["TokenType"] == "Bearer" and tokens["ExpiresIn"] == 3600
    identity, credentials = setup.credentials(tokens["IdToken"])
    assert identity.startswith(REGION + ":")
    who = setup.with_credentials("sts", credentials).get_caller_identity()
    assert who["Account"] == ACCOUNT and who["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/page/CognitoIdentityCredentials"
    kinesis = setup.with_credentials("kinesis", credentials)
    kinesis.create_stream(StreamName="page", ShardCount=1)
    assert kinesis.put_records(StreamName="page", Records=[{"Data": b"{}\n", "PartitionKey": "1"}])["FailedRecordCount"] == 0
    wrong = signed(millpond, "kinesis", aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key="no", aws_session_token=credentials["SessionToken"])
    with pytest.raises(ClientError, match="signature"):
        wrong.list_streams()
    with pytest.raises(ClientError):
        unsigned(millpond, "kinesis").list_streams()


def test_tokens_are_signed_by_the_published_key_and_say_who(millpond, setup):
    tokens = setup.log_in()
    issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{setup.pool}"
    discovered = millpond.get(f"/{setup.pool}/.well-known/openid-configuration")
    assert discovered["issuer"] == issuer
    with urllib.request.urlopen(discovered["jwks_uri"], timeout=5) as answer:
        keys = json.load(answer)["keys"]
    key = jwt.PyJWK(keys[0]).key
    claims = jwt.decode(tokens["IdToken"], key, algorithms=["RS256"], audience=setup.client, issuer=issuer)
    assert jwt.get_unverified_header(tokens["IdToken"])["kid"] == keys[0]["kid"]
    assert (claims["token_use"], claims["cognito:username"]) == ("id", "demo")
    access = jwt.decode(tokens["AccessToken"], key, algorithms=["RS256"], issuer=issuer)
    assert (access["token_use"], access["client_id"], access["username"]) == ("access", setup.client, "demo")
    assert access["scope"] == "aws.cognito.signin.user.admin" and access["sub"] == claims["sub"]
    assert access["exp"] - access["iat"] == 3600 and access["auth_time"] <= access["iat"]
    user = unsigned(millpond, "cognito-idp").get_user(AccessToken=tokens["AccessToken"])
    assert {"Name": "sub", "Value": claims["sub"]} in user["UserAttributes"]


def test_wrong_passwords_and_unknown_users(millpond, setup):
    with pytest.raises(ClientError, match="NotAuthorizedException.*Incorrect username or password"):
        setup.log_in(password="secret2")
    with pytest.raises(ClientError, match="UserNotFoundException.*User does not exist"):
        setup.log_in(username="nobody")
    hiding = setup.idp.create_user_pool_client(UserPoolId=setup.pool, ClientName="hiding", PreventUserExistenceErrors="ENABLED")["UserPoolClient"]
    srp = AWSSRP("nobody", PASSWORD, setup.pool, hiding["ClientId"], client=unsigned(millpond, "cognito-idp"))
    with pytest.raises(ClientError, match="NotAuthorizedException.*Incorrect username or password"):
        srp.authenticate_user()


def test_a_restart_between_two_logins(setup):
    millpond = setup.millpond
    before = setup.log_in()
    identity, credentials = setup.credentials(before["IdToken"])
    keys = millpond.get(f"/{setup.pool}/.well-known/jwks.json")
    millpond.kill()
    millpond.start()
    assert millpond.get(f"/{setup.pool}/.well-known/jwks.json") == keys
    logins = {setup.provider: before["IdToken"]}
    again = unsigned(millpond, "cognito-identity").get_credentials_for_identity(IdentityId=identity, Logins=logins)
    setup.with_credentials("kinesis", again["Credentials"]).list_streams()
    setup.with_credentials("kinesis", credentials).list_streams()
    assert setup.credentials(setup.log_in()["IdToken"])[0] == identity
    refreshed = unsigned(millpond, "cognito-idp").initiate_auth(
        AuthFlow="REFRESH_TOKEN_AUTH", ClientId=setup.client, AuthParameters={"REFRESH_TOKEN": before["RefreshToken"]})["AuthenticationResult"]
    assert "RefreshToken" not in refreshed and jwt.decode(refreshed["IdToken"], options={"verify_signature": False})["cognito:username"] == "demo"


def test_an_identity_remembered_from_elsewhere(millpond, setup):
    """A browser that has an identity id from before the data was lost skips GetId; anything but credentials makes the page hang."""
    logins = {setup.provider: setup.log_in()["IdToken"]}
    identity = unsigned(millpond, "cognito-identity")
    stale = f"{REGION}:01234567-89ab-4cde-8f01-23456789abcd"
    found = identity.get_credentials_for_identity(IdentityId=stale, Logins=logins)
    assert found["IdentityId"] == stale
    setup.with_credentials("kinesis", found["Credentials"]).list_streams()
    with pytest.raises(identity.exceptions.ResourceNotFoundException):
        identity.get_credentials_for_identity(IdentityId=f"{REGION}:11111111-89ab-4cde-8f01-23456789abcd")
    for token in (logins[setup.provider][:-8] + "AAAAAAAA", "a.b.c", "x"):
        with pytest.raises(ClientError, match="NotAuthorizedException.*Invalid login token"):
            identity.get_credentials_for_identity(IdentityId=f"{REGION}:22222222-89ab-4cde-8f01-23456789abcd", Logins={setup.provider: token})


def test_a_temporary_password_must_be_changed(millpond, setup):
    setup.idp.admin_create_user(UserPoolId=setup.pool, Username="fresh", TemporaryPassword="tempo1", MessageAction="SUPPRESS",
                                UserAttributes=[{"Name": "email", "Value": "fresh@example.com"}])
    with pytest.raises(ForceChangePasswordException):
        setup.log_in("fresh", "tempo1")
    srp = setup.srp("fresh", "tempo1")
    with pytest.raises(ClientError, match="InvalidPasswordException.*numeric"):
        srp.set_new_password_challenge("no digits")
    tokens = setup.srp("fresh", "tempo1").set_new_password_challenge("lasting1")["AuthenticationResult"]
    assert jwt.decode(tokens["IdToken"], options={"verify_signature": False})["email"] == "fresh@example.com"
    assert setup.log_in("fresh", "lasting1")["IdToken"]
    assert setup.idp.admin_get_user(UserPoolId=setup.pool, Username="fresh")["UserStatus"] == "CONFIRMED"


def test_a_client_with_a_secret_and_passwords_in_the_clear(millpond):
    flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    setup = Setup(millpond, GenerateSecret=True, ExplicitAuthFlows=flows)
    setup.sign_up()
    assert setup.log_in()["IdToken"]
    parameters = {"USERNAME": "demo", "PASSWORD": PASSWORD, "SECRET_HASH": setup.hash("demo")["SecretHash"]}
    idp = unsigned(millpond, "cognito-idp")
    assert idp.initiate_auth(AuthFlow="USER_PASSWORD_AUTH", ClientId=setup.client, AuthParameters=parameters)["AuthenticationResult"]
    admin = setup.idp.admin_initiate_auth(AuthFlow="ADMIN_USER_PASSWORD_AUTH", UserPoolId=setup.pool, ClientId=setup.client, AuthParameters=parameters)
    assert admin["AuthenticationResult"]["AccessToken"]
    for changed, refused in (({"PASSWORD": "secret2"}, "Incorrect username"), ({"SECRET_HASH": "AAAA"}, "Unable to verify secret hash")):
        with pytest.raises(idp.exceptions.NotAuthorizedException, match=refused):
            idp.initiate_auth(AuthFlow="USER_PASSWORD_AUTH", ClientId=setup.client, AuthParameters={**parameters, **changed})


def test_tokens_end_with_a_sign_out(millpond, setup):
    setup.sign_up("leaving")
    idp, tokens = unsigned(millpond, "cognito-idp"), setup.log_in("leaving")
    idp.change_password(AccessToken=tokens["AccessToken"], PreviousPassword=PASSWORD, ProposedPassword="another1")
    idp.global_sign_out(AccessToken=tokens["AccessToken"])
    with pytest.raises(idp.exceptions.NotAuthorizedException, match="revoked"):
        idp.get_user(AccessToken=tokens["AccessToken"])
    with pytest.raises(idp.exceptions.NotAuthorizedException, match="revoked"):
        idp.initiate_auth(AuthFlow="REFRESH_TOKEN_AUTH", ClientId=setup.client, AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]})
    assert idp.get_user(AccessToken=setup.log_in("leaving", "another1")["AccessToken"])["Username"] == "leaving"


def test_the_classic_way_by_a_token_for_sts(millpond, setup):
    sts, identity = unsigned(millpond, "sts"), unsigned(millpond, "cognito-identity")
    logins = {setup.provider: setup.log_in()["IdToken"]}
    found = identity.get_id(IdentityPoolId=setup.identity_pool, Logins=logins)["IdentityId"]
    with pytest.raises(ClientError, match="classic"):
        identity.get_open_id_token(IdentityId=found, Logins=logins)
    pool = setup.identity.describe_identity_pool(IdentityPoolId=setup.identity_pool)
    pool.pop("ResponseMetadata")
    setup.identity.update_identity_pool(**{**pool, "AllowClassicFlow": True})
    token = identity.get_open_id_token(IdentityId=found, Logins=logins)["Token"]
    for web_token, subject in ((token, found), (logins[setup.provider], None)):
        assumed = sts.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="me", WebIdentityToken=web_token)
        assert subject in (assumed["SubjectFromWebIdentityToken"], None)
        keys = {"SecretKey": assumed["Credentials"]["SecretAccessKey"], **assumed["Credentials"]}
        assert setup.with_credentials("sts", keys).get_caller_identity()["Arn"].endswith(":assumed-role/page/me")
    with pytest.raises(sts.exceptions.InvalidIdentityTokenException):
        sts.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="me", WebIdentityToken="a.b.c")

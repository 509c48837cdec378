"""Who asks: signatures, and tokens in their place (§3)."""

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkservicestage import v2

from report import step

UNKNOWN = (401, "APIGW.0301")
EVERYTHING = v2.ListAuthorizationsRequest()


@step("signing.key")
def key(t):
    w = t.world
    w.listed(w.client.list_authorizations, "§3.1 a signed request")
    signed = w.last.request.headers["Authorization"]
    t.ok("the SDK signs", signed.startswith("SDK-HMAC-SHA256 Access="), signed)


@step("signing.without-a-content-type")
def without_a_content_type(t):
    w = t.world
    client = w.build(ignore_content_type_for_get_request=True)
    w.listed(client.list_authorizations, "§3.2 no content type")
    t.ok("none was sent", "Content-Type" not in w.last.request.headers, dict(w.last.request.headers))


@step("signing.strangers")
def strangers(t):
    w = t.world
    other = w["SK"][::-1]
    for what, credentials in {
        "another secret": w.credentials(sk=other),
        "an unknown key": w.credentials(ak="CLVAKUNKNOWNUNKNOWN0"),
        "a key and its name only": BasicCredentials(w["AK"], w["AK"], w["PROJECT"]),
    }.items():
        client = w.build(credentials)
        error = w.refused(f"§1.5 {what}", *UNKNOWN, client.list_authorizations, EVERYTHING)
        said = error.error_msg if error else ""
        wanted = "Incorrect IAM authentication information"
        t.ok(f"§1.5 {what}: the words", said.startswith(wanted), said)


@step("signing.security-token")
def security_token(t):
    w = t.world
    client = w.build(w.credentials().with_security_token("never-issued"))
    w.refused("§5.6 a security token", *UNKNOWN, client.list_authorizations, EVERYTHING)


@step("signing.token-beside-it")
def token_beside_it(t):
    w = t.world
    invoker = w.client.list_authorizations_invoker(EVERYTHING)
    invoker.add_header("X-Auth-Token", w["TOKEN"])
    w.listed(lambda _: invoker.invoke(), "§3.1 X-Auth-Token, signed along")
    signed = w.last.request.headers["Authorization"]
    t.ok("it is signed", "x-auth-token" in signed.split("SignedHeaders=")[1], signed)
    client = w.build(w.credentials(sk=w["SK"][::-1]))
    invoker = client.list_authorizations_invoker(EVERYTHING).add_header("X-Auth-Token", w["TOKEN"])
    sentence = "§3.1 a bad signature is not healed by a token"
    w.refused(sentence, *UNKNOWN, lambda _: invoker.invoke(), None)


@step("signing.bearer")
def bearer(t):
    w = t.world

    def asked(value):
        invoker = w.client.list_authorizations_invoker(EVERYTHING)
        return lambda _: invoker.add_header("Authorization", value).invoke()

    w.listed(asked(f"Bearer {w['TOKEN']}"), "§3.1 a native token")
    t.ok("it is not signed", "X-Sdk-Date" not in w.last.request.headers, dict(w.last.request.headers))
    w.refused("§3.1 a wrong one", *UNKNOWN, asked(f"Bearer {w['TOKEN'][:-1]}"), None)
    w.refused("§3.1 nothing in it", *UNKNOWN, asked("Bearer "), None)

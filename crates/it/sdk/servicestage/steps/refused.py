"""Authorizations that are not made, and how it is said (§1.4, §2, §5)."""

from huaweicloudsdkservicestage import v2

from report import step

INVALID = (400, "SVCSTG.REPO.0400")
NOT_SERVED = (400, "SVCSTG.REPO.0401")
TAKEN = (400, "SVCSTG.REPO.0403")
ABSENT = (400, "SVCSTG.REPO.0450")
DEAD = (400, "SVCSTG.REPO.0451")


@step("refused.types")
def types(t):
    w = t.world
    name = w.name("type")
    call = w.client.create_personal_auth
    w.forget(name)
    for repo_type in ["bitbucket", "devcloud", "nothing", "git hub", "<b>", "githüb"]:
        request = w.personal(repo_type, name, w["GITHUB_TOKEN"])
        w.refused(f"§2 {repo_type}", *NOT_SERVED, call, request)
    request = v2.CreatePersonalAuthRequest(body=w.personal("", name, w["GITHUB_TOKEN"]).body)
    error = w.refused("§2 forgotten", *NOT_SERVED, call, request)
    t.ok("§2 forgotten: said", bool(error), error)
    t.ok("nothing was stored", name not in w.listed(), name)


@step("refused.names")
def names(t):
    w = t.world
    call = w.client.create_personal_auth
    names = ["", "abc", "a" * 64, "a b c", "a/b/c", "a:b:c", "..", "../..", "ünïcödé", "<script>"]
    for name in [*names, "nul\x00nul", "line\nline", None]:
        request = w.personal("github", name, w["GITHUB_TOKEN"])
        w.refused(f"§5.3 {name!r}", *INVALID, call, request)
    t.equal("nothing was stored", [it for it in names if it in w.listed()], [])


@step("refused.taken")
def taken(t):
    w = t.world
    name = w.stored("github")
    before = w.listed()[name].to_dict()
    for request in [
        w.personal("github", name, w["GITHUB_TOKEN"]),
        w.personal("gitlab", name, w["GITLAB_TOKEN"]),
    ]:
        w.refused(f"§1.4 {request.body.name}", *TAKEN, w.client.create_personal_auth, request)
    t.equal("it is what it was", w.listed()[name].to_dict(), before)
    # Names are what they are, byte by byte: this is another one.
    w.forget(name.upper())
    request = w.personal("github", name.upper(), w["GITHUB_TOKEN"])
    w.call("§4 another name", w.client.create_personal_auth, request)
    t.ok("§4 both are listed", {name, name.upper()} <= set(w.listed()), name)


@step("refused.tokens", "BAD_GITHUB_TOKEN")
def tokens(t):
    w = t.world
    name = w.name("token")
    call = w.client.create_personal_auth
    w.forget(name)
    request = w.personal("github", name, w["BAD_GITHUB_TOKEN"])
    error = w.refused("§5.2 the provider does not know it", *DEAD, call, request)
    said = error.error_msg if error else ""
    t.ok("§1.1 never the secret", w["BAD_GITHUB_TOKEN"] not in said, said)
    for token in ["", None, "two\nlines"]:
        w.refused(f"§1.4 {token!r}", *INVALID, call, w.personal("github", name, token))
    t.ok("nothing was stored", name not in w.listed(), name)


@step("refused.hosts", "DEAD_URL")
def hosts(t):
    w = t.world
    name = w.name("host")
    call = w.client.create_personal_auth
    w.forget(name)
    for host in [
        w["DEAD_URL"],
        "https://10.0.0.1:8080/gitlab",
        "https://169.254.169.254/",
        "https://user:word@gitlab.com",
        "ftp://gitlab.com",
        "javascript:alert(1)",
        "https://",
        "no address",
    ]:
        request = w.personal("gitlab", name, w["GITLAB_TOKEN"], host)
        w.refused(f"§5.2 {host}", *INVALID, call, request)
    t.ok("nothing was stored", name not in w.listed(), name)


@step("refused.deleting")
def deleting(t):
    w = t.world
    call = w.client.delete_authorize
    before = sorted(w.listed())
    for name in ["nobody-at-all", "ü b+c%", "<b>bold", "*"]:
        request = v2.DeleteAuthorizeRequest(name=name)
        w.refused(f"§5.1 {name}", *ABSENT, call, request)
    for name in ["a/b/c/d", "grp/personal"]:
        request = v2.DeleteAuthorizeRequest(name=name)
        w.refused(f"§5.4 {name}", *INVALID, call, request)
    # The HTTP library takes the dots away once the request is signed.
    request = v2.DeleteAuthorizeRequest(name="..")
    w.refused("§3.4 two dots", 401, "APIGW.0301", call, request)
    t.equal("nothing is gone", sorted(w.listed()), before)

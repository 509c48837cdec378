"""Authorizations by a user and a password (§1.1, §2)."""

from huaweicloudsdkservicestage import v2

from report import step


@step("password.bitbucket")
def bitbucket(t):
    w = t.world
    name = w.name("password")
    w.forget(name)
    user, password = w["BITBUCKET_USER"], w["BITBUCKET_PASSWORD"]
    request = w.password("bitbucket", name, user, password)
    w.call("§1.1 create", w.client.create_password_auth, request)
    made = w.body()["authorization"]
    w.whole("created", made)
    t.equal("§2 repo_type", made["repo_type"], "bitbucket")
    t.equal("§1.1 token_type", made["token_type"], "password")
    t.equal("§1.1 repo_host", made["repo_host"], "https://bitbucket.org")
    t.equal("§5 status", made["status"], 0)
    t.ok("§1.1 repo_user", made["repo_user"] in ("octocat", user), made["repo_user"])
    t.ok("§1.1 never the secret", password not in w.last.text, "the secret")
    t.ok("it is listed", name in w.listed(), name)
    t.ok("§1.1 never the secret", password not in w.last.text, "the secret")
    request = v2.ListBranchesRequest(x_repo_auth=name, namespace="acme", project="app")
    found = w.call("§1.2 it is used", w.client.list_branches, request)
    t.equal("§1.2 branches", sorted(found.branches), ["feature/one", "main"])
    w.delete(name)


@step("password.refused")
def refused(t):
    w = t.world
    name = w.name("password")
    call = w.client.create_password_auth
    w.forget(name)
    for repo_type in ["gitlab", "gitee", "devcloud", "nothing"]:
        request = w.password(repo_type, name, "octocat", "not-to-be-stored")
        w.refused(f"§2 {repo_type}", 400, "SVCSTG.REPO.0401", call, request)
    user, password = w["BITBUCKET_USER"], w["BITBUCKET_PASSWORD"]
    for what, request in {
        "no user": w.password("bitbucket", name, None, password),
        "no password": w.password("bitbucket", name, user, None),
        "no name": w.password("bitbucket", None, user, password),
        "an empty user": w.password("bitbucket", name, "", password),
        "an empty password": w.password("bitbucket", name, user, ""),
    }.items():
        w.refused(f"§1.4 {what}", 400, "SVCSTG.REPO.0400", call, request)
    request = w.password("bitbucket", name, user, password[::-1])
    w.refused("§5.2 it is wrong", 400, "SVCSTG.REPO.0451", call, request)
    t.ok("nothing was stored", name not in w.listed(), name)

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


@step("password.bitbucket-without-a-person", "BITBUCKET_ACCESS_TOKEN", "OF_A_WORKSPACE")
def bitbucket_without_a_person(t):
    """A workspace's token has a user of its own, and no call that tells of it without its workspace."""
    w = t.world
    name = w.name("password")
    w.forget(name)
    request = w.password("bitbucket", name, "x-token-auth", w["BITBUCKET_ACCESS_TOKEN"])
    call = w.client.create_password_auth
    error = w.refused("§5.2 it cannot be asked about", 400, "SVCSTG.REPO.0400", call, request)
    said = error.error_msg if error else ""
    t.ok("§5.2 what is missing", "workspace" in said, said)
    # Stored natively, with its workspace, it is an authorization as any other.
    name = w["OF_A_WORKSPACE"]
    found = w.listed().get(name)
    got = found and [found.repo_type, found.token_type, found.status]
    t.equal("§1.1 what it is", got, ["bitbucket", "password", 0])
    request = v2.ListBranchesRequest(x_repo_auth=name, namespace="acme", project="app")
    branches = w.call("§1.2 it is used", w.client.list_branches, request).branches
    t.equal("§1.2 branches", sorted(branches), ["feature/one", "main"])


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

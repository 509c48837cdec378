"""Authorizations by a token: made, shown, deleted (§1.1, §2, §5)."""

import time

from huaweicloudsdkservicestage import v2

from report import step

PROVIDERS = ["github", "gitlab", "gitee", "gitea", "forgejo"]
# What the SDK's clients are told, wherever the clouds really are.
CLOUDS = {
    "github": "https://api.github.com",
    "gitlab": "https://gitlab.com",
    "gitee": "https://gitee.com",
}
# A clock of another machine may differ by this, in milliseconds.
DRIFT = 60_000


def shown(t, provider, item, name):
    """What an authorization says of itself."""
    w = t.world
    t.equal("§1.1 name, byte by byte", item["name"], name)
    t.equal("§2 repo_type", item["repo_type"], provider)
    host = w.environment.get(f"{provider.upper()}_URL") or CLOUDS.get(provider)
    t.equal("§1.1 repo_host", item["repo_host"], host)
    t.equal("§1.1 repo_user", item["repo_user"], "octocat")
    for field in ["repo_home", "avartar"]:
        t.ok(f"§1.1 {field}", item[field].startswith("http"), item[field])
    t.equal("§1.1 token_type", item["token_type"], "personal")
    t.equal("§5 status", item["status"], 0)
    now = time.time() * 1000
    made = item["create_time"]
    t.ok("§1.1 create_time in milliseconds", abs(now - made) < DRIFT, made)
    t.equal("§1.1 update_time", item["update_time"], made)


def journey(provider):
    """Stores a token, finds it, deletes it."""

    def work(t):
        w = t.world
        name = w.name(f"T.{provider}_1")
        w.forget(name)
        host = w.environment.get(f"{provider.upper()}_URL")
        request = w.personal(provider, name, w[f"{provider.upper()}_TOKEN"], host)
        answer = w.call("§1.1 create", w.client.create_personal_auth, request)
        t.equal("§1.1 the answer", sorted(w.body()), ["authorization"])
        made = w.body()["authorization"]
        w.whole("created", made)
        shown(t, provider, made, name)
        t.equal("the SDK reads it", answer.authorization.to_dict(), made)
        secret = w[f"{provider.upper()}_TOKEN"]
        t.ok("§1.1 never the secret", secret not in w.last.text, "the secret")

        found = w.listed().get(name)
        item = next((it for it in w.body()["authorizations"] if it["name"] == name), {})
        w.whole("listed", item, ["tag"])
        t.equal("§1.1 listed as it was made", item, {**made, "tag": None})
        t.equal("the SDK reads the tag", found and found.tag, None)
        t.ok("§1.1 never the secret", secret not in w.last.text, "the secret")

        w.delete(name)
        t.ok("it is gone at once", name not in w.listed(), name)
        request = v2.DeleteAuthorizeRequest(name=name)
        call = w.client.delete_authorize
        w.refused("§5.1 there is none any more", 400, "SVCSTG.REPO.0450", call, request)

    return work


for one in PROVIDERS:
    wants = [f"{one.upper()}_TOKEN"] + ([f"{one.upper()}_URL"] if one not in CLOUDS else [])
    step(f"personal.{one}", *wants)(journey(one))


@step("personal.bitbucket-dc", "BITBUCKET_DC_URL", "BITBUCKET_DC_TOKEN")
def bitbucket_dc(t):
    """A provider this API has no word for: the words are ours, everything else is the same."""
    w = t.world
    name = w.name("dc")
    w.forget(name)
    url = w["BITBUCKET_DC_URL"]
    request = w.personal("bitbucket-dc", name, w["BITBUCKET_DC_TOKEN"], url)
    made = w.call("§2 create", w.client.create_personal_auth, request).authorization
    w.whole("created", w.body()["authorization"])
    got = [made.repo_type, made.repo_host, made.repo_user, made.token_type, made.status]
    t.equal("§2 what it is", got, ["bitbucket-dc", url, "octocat", "personal", 0])
    request = v2.ListNamespacesRequest(x_repo_auth=name)
    spaces = w.call("§1.2 namespaces", w.client.list_namespaces, request).namespaces
    t.ok("§1.2 acme is there", "acme" in [it.name for it in spaces], w.last.text)
    for namespace in ["ACME", "acme"]:
        request = v2.ListProjectsRequest(x_repo_auth=name, namespace=namespace)
        found = w.call("§1.2 projects", w.client.list_projects, request).projects
        t.equal(f"§1.2 projects of {namespace}", [it.name for it in found], ["app"])
    request = v2.ShowProjectDetailRequest(x_repo_auth=name, clone_url=found[0].clone_url)
    detail = w.call("§1.2 detail", w.client.show_project_detail, request)
    t.equal("§1.2 detail", [detail.namespace, detail.project], ["acme", "app"])
    request = v2.ListBranchesRequest(x_repo_auth=name, namespace="ACME", project="app")
    branches = w.call("§1.2 branches", w.client.list_branches, request).branches
    t.equal("§1.2 branches", sorted(branches), ["feature/one", "main"])


@step("personal.types-in-any-case")
def types_in_any_case(t):
    w = t.world
    for word in ["GitHub", "GITHUB"]:
        name = w.name("case")
        w.forget(name)
        request = w.personal(word, name, w["GITHUB_TOKEN"])
        answer = w.call(f"§2 {word}", w.client.create_personal_auth, request)
        t.equal(f"§2 {word}", answer.authorization.repo_type, "github")


@step("personal.hosts-of-github")
def hosts_of_github(t):
    w = t.world
    for host in [
        "https://api.github.com",
        "https://github.com",
        "https://github.com/",
        "https://github.com/tom-repo",
    ]:
        name = w.name("host")
        w.forget(name)
        request = w.personal("github", name, w["GITHUB_TOKEN"], host)
        answer = w.call(f"§1.1 {host}", w.client.create_personal_auth, request)
        t.equal(f"§1.1 {host}", answer.authorization.repo_host, "https://api.github.com")


@step("personal.own-host-below-a-path", "OWN_GITLAB_URL", "OWN_GITLAB_TOKEN")
def own_host_below_a_path(t):
    w = t.world
    name = w.name("own")
    w.forget(name)
    request = w.personal("gitlab", name, w["OWN_GITLAB_TOKEN"], w["OWN_GITLAB_URL"])
    answer = w.call("§1.1 a port and a path", w.client.create_personal_auth, request)
    t.equal("§1.1 repo_host", answer.authorization.repo_host, w["OWN_GITLAB_URL"])
    request = v2.ListBranchesRequest(x_repo_auth=name, namespace="acme", project="app")
    found = w.call("§1.2 and it is used there", w.client.list_branches, request)
    t.equal("§1.2 branches", sorted(found.branches), ["feature/one", "main"])


@step("personal.names")
def names(t):
    w = t.world
    for name in ["T-_.", "a" * 63, "UPPER.lower_0-9", "v1.0", "4444"]:
        w.forget(name)
        request = w.personal("github", name, w["GITHUB_TOKEN"])
        answer = w.call(f"§5 {name}", w.client.create_personal_auth, request)
        t.equal(f"§4 {name}, byte by byte", answer.authorization.name, name)
        t.ok(f"§4 {name} is listed so", name in w.listed(), name)
        w.delete(name)

"""Namespaces, projects, branches, tags and commits through an authorization (§1.2)."""

from huaweicloudsdkservicestage import v2

from report import step

INVALID = (400, "SVCSTG.REPO.0400")
TAKEN = (400, "SVCSTG.REPO.0403")
CLONE_URL = (400, "SVCSTG.REPO.0452")
PROVIDERS = ["github", "gitlab", "gitee", "gitea", "forgejo", "bitbucket"]
# The messages of the commits of `feature/one`, the newest first.
MESSAGES = ["An idea", "A program", "A way to build it", "The beginning"]
HOSTS = {
    "github": "https://github.com",
    "gitlab": "https://gitlab.com",
    "gitee": "https://gitee.com",
    "bitbucket": "https://bitbucket.org",
}


def each(name, wants=()):
    """A step for each provider."""

    def added(work):
        for provider in PROVIDERS:
            needed = [f"{provider.upper()}_TOKEN"]
            if provider == "bitbucket":
                needed = ["BITBUCKET_USER", "BITBUCKET_PASSWORD"]

            def one(t, provider=provider):
                work(t, provider, At(t, t.world.stored(provider)))

            step(f"{name}.{provider}", *needed, *wants)(one)
        return work

    return added


class At:
    """Requests through one authorization, at one repository."""

    def __init__(self, t, name, namespace="acme", project="app"):
        self.w = t.world
        self.auth = {"x_repo_auth": name}
        self.given = {**self.auth, "namespace": namespace, "project": project}

    def namespaces(self):
        request = v2.ListNamespacesRequest(**self.auth)
        return self.w.call("§1.2 namespaces", self.w.client.list_namespaces, request).namespaces

    def projects(self, namespace):
        request = v2.ListProjectsRequest(**self.auth, namespace=namespace)
        return self.w.call("§1.2 projects", self.w.client.list_projects, request).projects

    def branches(self):
        request = v2.ListBranchesRequest(**self.given)
        return sorted(self.w.call("§1.2 branches", self.w.client.list_branches, request).branches)

    def tags(self):
        request = v2.ListTagsRequest(**self.given)
        return sorted(self.w.call("§1.2 tags", self.w.client.list_tags, request).tags)

    def tag(self, name, ref="main", description="A tag"):
        body = v2.TagCreate(name=name, description=description)
        return v2.CreateTagRequest(**self.given, ref=ref, body=body)

    def untag(self, name):
        return v2.DeleteTagRequest(**self.given, tag_name=name)

    def commits(self, ref=None):
        request = v2.ListCommitsRequest(**self.given, ref=ref)
        return self.w.call("§1.2 commits", self.w.client.list_commits, request).commits


@each("repositories")
def repositories(t, provider, at):
    w = t.world
    spaces = at.namespaces()
    fields = [sorted(it) for it in w.body()["namespaces"]]
    t.ok("§1.2 id and name", all(it == ["id", "name"] for it in fields), fields)
    t.ok("§1.2 acme is there", "acme" in [it.name for it in spaces], [it.name for it in spaces])
    acme = next((it for it in spaces if it.name == "acme"), None)
    t.ok("§1.2 ids are strings", acme and isinstance(acme.id, str), w.last.text)

    projects = at.projects(acme.id)
    fields = [sorted(it) for it in w.body()["projects"]]
    t.ok("§1.2 the fields", all(it == ["clone_url", "id", "name"] for it in fields), fields)
    app = next((it for it in projects if it.name == "app"), None)
    t.ok("§1.2 acme/app is there", app, w.last.text)
    # Whatever a cloud is here, its address is that of the cloud.
    host = w.environment.get(f"{provider.upper()}_URL") or HOSTS[provider]
    t.equal("§1.2 clone_url", app.clone_url, f"{host}/acme/app.git")

    scheme, rest = app.clone_url.split("://")
    for url in [app.clone_url, app.clone_url[: -len(".git")], f"{scheme}://octocat@{rest}"]:
        request = v2.ShowProjectDetailRequest(**at.auth, clone_url=url)
        detail = w.call(f"§1.2 detail of {url}", w.client.show_project_detail, request)
        got = [detail.namespace, detail.project, detail.namespace_id, detail.project_id]
        t.equal(f"§1.2 detail of {url}", got, ["acme", "app", acme.id, app.id])
        fields = ["namespace", "namespace_id", "project", "project_id"]
        t.equal("§1.2 its fields", sorted(w.body()), fields)
    t.equal("§1.2 branches", at.branches(), ["feature/one", "main"])
    t.equal("§1.2 all of it", sorted(w.body()), ["branches"])


@each("projects")
def projects(t, provider, at):
    w = t.world
    name = w.name("new")

    def wanted(name, namespace="acme"):
        body = v2.ProjectCreate(name=name)
        return v2.CreateProjectRequest(**at.auth, namespace=namespace, body=body)

    made = w.call("§1.2 create", w.client.create_project, wanted(name))
    t.equal("§1.2 id and name", [made.id, made.name], [name, name])
    t.equal("§1.2 the fields", sorted(w.body()), ["clone_url", "id", "name"])
    listed = [it.clone_url for it in at.projects("acme") if it.name == name]
    t.equal("§4 written is read", listed, [made.clone_url])
    t.equal("§1.2 it is empty", At(t, at.auth["x_repo_auth"], project=name).branches(), [])
    w.refused("§1.4 it is there", *TAKEN, w.client.create_project, wanted(name))
    for odd in ["a/b", "..", "a.git", ""]:
        w.refused(f"§1.4 {odd!r}", *INVALID, w.client.create_project, wanted(odd))
    call = w.client.create_project
    w.refused("§1.4 no such namespace", *INVALID, call, wanted(name, "nowhere-at-all"))


@each("tags")
def tags(t, provider, at):
    w = t.world
    name = w.name("v2")
    t.equal("§1.2 tags", at.tags(), ["v1.0"])
    made = w.call("§1.2 create", w.client.create_tag, at.tag(name))
    t.equal("§1.2 its name", made.name, name)
    t.equal("§1.2 all of it", w.body(), {"name": name})
    t.equal("§4 written is read", at.tags(), sorted(["v1.0", name]))
    w.refused("§1.4 it is there", *TAKEN, w.client.create_tag, at.tag(name))
    if provider == "gitee":
        # Its API cannot do that.
        call = w.client.delete_tag
        w.refused("§1.4 not implemented", 400, "SVCSTG.REPO.0401", call, at.untag(name))
        return
    w.call("§1.2 delete", w.client.delete_tag, at.untag(name), 204)
    t.equal("§4 and gone", at.tags(), ["v1.0"])


@each("commits")
def commits(t, provider, at):
    w = t.world
    all_of = at.commits("feature/one")
    t.equal("§1.2 messages", [it.message.strip() for it in all_of], MESSAGES)
    fields = [sorted(it) for it in w.body()["commits"]]
    wanted = ["authored_date", "message", "sha"]
    t.ok("§1.2 the fields", all(it == wanted for it in fields), fields)
    for it in all_of:
        t.ok("§1.2 sha", len(it.sha) == 40, it.sha)
        t.ok("§1.2 authored_date", it.authored_date.startswith("2026-01-01T"), it.authored_date)
    newest = at.commits()
    t.equal("§1.2 the first branch, when none is named", newest[0].sha, all_of[1].sha)
    t.equal("§1.0 a commit", [it.sha for it in at.commits(all_of[2].sha)][0], all_of[2].sha)


@step("tags.names")
def names(t):
    w = t.world
    at = At(t, w.stored("github"))
    for name in ["release/two", "grün-1.0", "v1+rc_1"]:
        w.call(f"§1.2 {name}", w.client.create_tag, at.tag(name, ref="feature/one"))
        t.ok(f"§1.2 {name}, byte by byte", name in at.tags(), w.last.text)
        w.call(f"§1.2 {name}", w.client.delete_tag, at.untag(name), 204)
    call = w.client.create_tag
    for name in ["", "a b", "a..b/../c", "-x", "a~1", None]:
        w.refused(f"§1.4 {name!r}", *INVALID, call, at.tag(name))
    w.refused("§1.4 no ref", *INVALID, call, at.tag("v9.9", ref=None))
    w.refused("§1.4 a ref that is not there", *INVALID, call, at.tag("v9.9", ref="nowhere"))
    w.refused("§1.4 no such tag", *INVALID, w.client.delete_tag, at.untag("v9.9"))
    t.equal("nothing was made", at.tags(), ["v1.0"])


@step("repositories.below-groups")
def below_groups(t):
    w = t.world
    at = At(t, w.stored("gitlab"), namespace="acme/tools")
    spaces = {it.name: it.id for it in at.namespaces()}
    t.ok("§1.2 groups below groups", "acme/tools" in spaces, spaces)
    found = at.projects(spaces.get("acme/tools", "acme/tools"))
    t.equal("§1.0 grp/sub", [it.name for it in found], ["app"])
    t.equal("§1.2 a group's own only", "app" in [it.name for it in at.projects("acme")], True)
    request = v2.ShowProjectDetailRequest(**at.auth, clone_url=found[0].clone_url)
    detail = w.call("§1.2 detail", w.client.show_project_detail, request)
    t.equal("§1.2 detail", [detail.namespace, detail.project], ["acme/tools", "app"])
    t.equal("§1.2 branches", at.branches(), ["feature/one", "main"])
    # §1.0: in a project, a colon stands for a slash.
    at = At(t, at.auth["x_repo_auth"], namespace="acme", project="tools:app")
    t.equal("§1.0 grp:sub", at.branches(), ["feature/one", "main"])
    at = At(t, at.auth["x_repo_auth"], namespace="acme/tools", project="app")
    name = w.name("deep")
    w.call("§1.2 a tag there", w.client.create_tag, at.tag(name))
    w.call("§1.2 and away", w.client.delete_tag, at.untag(name), 204)
    body = v2.ProjectCreate(name=name)
    request = v2.CreateProjectRequest(**at.auth, namespace="acme/tools", body=body)
    made = w.call("§1.2 a project there", w.client.create_project, request)
    t.equal("§1.2 its clone_url", made.clone_url, f"https://gitlab.com/acme/tools/{name}.git")
    listed = [it.name for it in at.projects("acme/tools")]
    t.equal("§4 written is read", sorted(listed), sorted(["app", name]))


@step("repositories.clone-urls")
def clone_urls(t):
    w = t.world
    name = w.stored("github")
    for url in [
        "https://gitlab.com/acme/app.git",
        "https://github.com",
        "https://github.com/acme",
        "https://github.com/acme/../app.git",
        "not an address",
        "git@",
        "https://",
        "",
        None,
    ]:
        request = v2.ShowProjectDetailRequest(x_repo_auth=name, clone_url=url)
        w.refused(f"§1.4 {url}", *CLONE_URL, w.client.show_project_detail, request)


@step("repositories.absent")
def absent(t):
    w = t.world
    name = w.stored("github")
    at = At(t, name, project="nowhere")
    for call, request in [
        (w.client.list_branches, v2.ListBranchesRequest(**at.given)),
        (w.client.list_tags, v2.ListTagsRequest(**at.given)),
        (w.client.list_commits, v2.ListCommitsRequest(**at.given)),
        (w.client.list_hooks, v2.ListHooksRequest(**at.given)),
        (w.client.create_tag, at.tag("v9.9")),
    ]:
        w.refused(f"§1.4 {type(request).__name__}", *INVALID, call, request)
    at = At(t, name)
    request = v2.ListCommitsRequest(**at.given, ref="nowhere")
    w.refused("§1.4 no such ref", *INVALID, w.client.list_commits, request)

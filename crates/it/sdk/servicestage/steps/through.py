"""Which authorization a request goes through (§1.0, §1.4)."""

from huaweicloudsdkservicestage import v2

from report import step
from steps.repositories import At

ABSENT = (400, "SVCSTG.REPO.0450")


def requests(w, name):
    """One request of each operation that goes through an authorization."""
    client = w.client
    given = {"x_repo_auth": name, "namespace": "acme", "project": "app"}
    one = {**given, "path": "README.md", "ref": "main"}
    tag = v2.TagCreate(name="v9.9", description="A tag")
    hook = v2.HookCreate(url="https://ci.example/x", secret="a-secret")
    new, text = v2.FileCreate(message="m", content="eA=="), "0" * 40
    changed = v2.FileUpdate(message="m", content="eA==", sha=text)
    return [
        (client.list_namespaces, v2.ListNamespacesRequest(x_repo_auth=name)),
        (client.list_projects, v2.ListProjectsRequest(x_repo_auth=name, namespace="acme")),
        (
            client.create_project,
            v2.CreateProjectRequest(
                x_repo_auth=name, namespace="acme", body=v2.ProjectCreate(name="not-made")
            ),
        ),
        (
            client.show_project_detail,
            v2.ShowProjectDetailRequest(x_repo_auth=name, clone_url="https://github.com/acme/app"),
        ),
        (client.list_branches, v2.ListBranchesRequest(**given)),
        (client.list_tags, v2.ListTagsRequest(**given)),
        (client.create_tag, v2.CreateTagRequest(**given, ref="main", body=tag)),
        (client.delete_tag, v2.DeleteTagRequest(**given, tag_name="v1.0")),
        (client.list_commits, v2.ListCommitsRequest(**given)),
        (client.list_hooks, v2.ListHooksRequest(**given)),
        (client.create_hook, v2.CreateHookRequest(**given, body=hook)),
        (client.delete_hook, v2.DeleteHookRequest(**given, hook_id="1")),
        (client.list_trees, v2.ListTreesRequest(**given, ref="main")),
        (client.show_content, v2.ShowContentRequest(**one)),
        (client.create_file, v2.CreateFileRequest(**one, body=new)),
        (client.update_file, v2.UpdateFileRequest(**one, body=changed)),
        (client.delete_file, v2.DeleteFileRequest(**one, message="m", sha=text)),
    ]


@step("through.nobody")
def nobody(t):
    w = t.world
    for call, request in requests(w, "nobody-at-all"):
        w.refused(f"§1.4 {type(request).__name__}", *ABSENT, call, request)


@step("through.nothing")
def nothing(t):
    w = t.world
    for call, request in requests(w, None):
        w.refused(f"§5 no header: {type(request).__name__}", *ABSENT, call, request)


@step("through.names")
def names(t):
    w = t.world
    name = w.stored("github")
    for word in [name.upper(), f"{name} x", name[:-1], "ünïcödé".encode(), "../" + name]:
        request = v2.ListNamespacesRequest(x_repo_auth=word)
        w.refused(f"§1.4 {word!r}", *ABSENT, w.client.list_namespaces, request)


@step("through.the-one-that-is-named")
def the_one_that_is_named(t):
    w = t.world
    at_github, at_gitlab = w.stored("github"), w.stored("gitlab")
    # What GitLab has, GitHub's authorization does not find.
    at = At(t, at_gitlab, namespace="acme/tools")
    t.equal("its own host", at.branches(), ["feature/one", "main"])
    at = At(t, at_github, namespace="acme/tools")
    request = v2.ListBranchesRequest(**at.given)
    w.refused("and no other", 400, "SVCSTG.REPO.0400", w.client.list_branches, request)

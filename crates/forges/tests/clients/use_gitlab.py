"""Drives the GitLab forge with python-gitlab."""

import json
import sys

from gitlab import Gitlab, exceptions

given = json.load(sys.stdin)


def login(token, **options):
    return Gitlab(given["url"], private_token=token, retry_transient_errors=False, **options)


def refused(status, work):
    try:
        work()
    except exceptions.GitlabError as error:
        assert error.response_code == status, f"{error.response_code}: {error}"
        return str(error.response_body)
    raise AssertionError("nothing was refused")


def identity():
    api = login(given["token"])
    api.auth()
    assert api.user.username == "maintainer"
    assert api.version()[0].endswith("-ee"), api.version()
    own = api.personal_access_tokens.get("self")
    assert own.active and own.scopes == ["api"]
    assert [it.full_path for it in api.groups.list(get_all=True)] == ["acme/tools", "acme"]
    assert api.groups.get("acme/tools").full_name == "acme / tools"
    assert "maintainer" in [it.path for it in api.namespaces.list(get_all=True)]
    bearer = Gitlab(given["url"], oauth_token=given["oauth_token"])
    bearer.auth()
    assert bearer.user.username == "maintainer"
    refused(401, lambda: login("nothing").auth())
    assert "Token was revoked" in refused(401, lambda: login(given["revoked"]).auth())
    refused(403, lambda: login(given["weak"]).projects.list())


def projects():
    api = login(given["token"], per_page=1)
    everything = api.projects.list(iterator=True)
    assert everything.total == 2, everything.total
    assert sorted(it.path_with_namespace for it in everything) == ["acme/public", "acme/tools/app"]
    keyset = api.projects.list(iterator=True, pagination="keyset", order_by="id", sort="asc")
    assert [it.path_with_namespace for it in keyset] == ["acme/tools/app", "acme/public"]
    found = api.projects.list(search="tools", search_namespaces=True, simple=True, get_all=True)
    assert [it.path for it in found] == ["app"]
    project = api.projects.get("acme/tools/app")
    assert project.members_all.get(api.users.list(username="developer")[0].id).access_level == 30
    refused(404, lambda: login(given["stranger"]).projects.get("acme/tools/app"))
    return login(given["token"]).projects.get(project.id)


def content(project):
    assert [it.name for it in project.branches.list(get_all=True)] == ["feature/one", "main"]
    assert project.branches.get("feature/one").commit["title"] == "An idea"
    assert project.tags.get("v1.0").target
    assert len(project.commits.list(ref_name="main", get_all=True)) == 3
    tree = project.repository_tree(ref="main", recursive=True, get_all=True)
    assert "src/app/start.sh" in [it["path"] for it in tree]
    assert project.files.get("src/app/start.sh", ref="main").decode().startswith(b"#!/bin/sh")
    assert project.files.raw("README.md", ref="main") == b"# app\n"
    assert project.files.head("README.md", ref="main")["X-Gitlab-Size"] == "6"
    archive = project.repository_archive(sha="main", path="src", format="tar.gz")
    assert archive[:2] == b"\x1f\x8b"
    refused(404, lambda: project.files.get("nothing", ref="main"))


def changes(project):
    facts = {"file_path": "docs/new.md", "branch": "main", "commit_message": "New"}
    file = project.files.create({**facts, "content": "one"})
    file = project.files.get("docs/new.md", ref="main")
    file.content = "two"
    file.save(branch="main", commit_message="Newer")
    assert project.files.raw("docs/new.md", ref="main") == b"two"
    project.files.delete("docs/new.md", branch="main", commit_message="Away")
    project.branches.create({"branch": "topic/two", "ref": "main"})
    project.files.create({**facts, "branch": "topic/two", "content": "one"})
    request = {"source_branch": "topic/two", "target_branch": "main", "title": "It"}
    assert project.mergerequests.create(request).iid == 1
    assert project.mergerequests.get(1).state == "opened"
    project.branches.delete("topic/two")
    project.tags.create({"tag_name": "v2.0", "ref": "main", "message": "Two"})
    project.tags.delete("v2.0")
    refused(400, lambda: project.branches.create({"branch": "main", "ref": "main"}))


def hooks(project):
    hook = project.hooks.create({"url": "http://127.0.0.1:9/hook", "token": "hush",
                                 "merge_requests_events": True})
    assert hook.token_present and not hook.signing_token_present and hook.push_events
    hook.push_events = False
    hook.save()
    again = project.hooks.get(hook.id)
    assert not again.push_events and again.merge_requests_events
    assert "hush" not in again.to_json()
    hook.delete()
    assert project.hooks.list(get_all=True) == []
    developer = login(given["developer"]).projects.get(project.id)
    refused(403, lambda: developer.hooks.list())


def tokens(project):
    made = project.access_tokens.create({"name": "ci", "scopes": ["api"], "access_level": 40,
                                         "expires_at": "2026-06-01"})
    token = project.access_tokens.get(made.id)
    assert token.active and token.access_level == 40
    token.rotate(expires_at="2026-07-01")
    assert login(token.token).personal_access_tokens.get("self").expires_at == "2026-07-01"
    refused(401, lambda: login(made.token).personal_access_tokens.get("self"))
    api = login(token.token)
    new = api.http_post("/personal_access_tokens/self/rotate")
    assert new["token"] != token.token and new["active"]
    refused(401, lambda: api.http_post("/personal_access_tokens/self/rotate"))
    refused(401, lambda: login(new["token"]).auth())


def creation():
    api = login(given["token"])
    wanted = {"name": "new", "namespace_id": api.namespaces.get("acme/tools").id}
    made = api.projects.create(wanted)
    assert made.path_with_namespace == "acme/tools/new" and made.empty_repo
    assert "has already been taken" in refused(400, lambda: api.projects.create(wanted))
    other = login(given["stranger"])
    assert "is not valid" in refused(400, lambda: other.projects.create(wanted))
    assert other.projects.create({"name": "new"}).path_with_namespace == "stranger/new"


identity()
project = projects()
content(project)
changes(project)
hooks(project)
tokens(project)
creation()
print("python-gitlab got what it expects")

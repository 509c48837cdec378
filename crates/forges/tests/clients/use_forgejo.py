"""Drives the Forgejo forge with pyforgejo and holds its answers against Forgejo's description."""

import base64
import json
import sys

from description import Description, refused
from pyforgejo import ForbiddenError, NotFoundError, PyforgejoApi
from pyforgejo.core.api_error import ApiError

given = json.load(sys.stdin)
description = Description(given["description"], "/api/v1")
description.watch()


def login(token):
    return PyforgejoApi(base_url=given["api_url"], api_key=token)


def identity(api):
    assert "+gitea-" in api.miscellaneous.get_version().version
    assert api.settings.get_general_api_settings().max_response_items == 50
    assert api.user.get_current().login == "octocat"
    assert [it.name for it in api.organization.org_list_current_user_orgs()] == ["acme"]
    assert api.organization.org_get("acme").username == "acme"
    assert refused(ApiError, lambda: login("nothing").user.get_current()).status_code == 401
    refused(ForbiddenError, lambda: login(given["weak"]).user.get_current())


def repositories(api):
    names = [it.full_name for it in api.user.current_list_repos(limit=50)]
    assert names == ["octocat/private", "octocat/public", "acme/app"], names
    assert len(api.user.current_list_repos(limit=2, page=2)) == 1
    found = api.repository.repo_search(q="app")
    assert [it.full_name for it in found.data] == ["acme/app"]
    repo = api.repository.repo_get("acme", "app")
    assert repo.permissions.push and not repo.permissions.admin
    stranger = login(given["stranger"])
    refused(NotFoundError, lambda: stranger.repository.repo_get("acme", "app"))
    limited = login(given["limited"])
    assert limited.repository.repo_get("acme", "app").name == "app"
    refused(NotFoundError, lambda: limited.repository.repo_get("octocat", "private"))


def content(api):
    place = ("octocat", "private")
    assert [it.name for it in api.repository.repo_list_branches(*place)] == ["feature/one", "main"]
    assert api.repository.repo_get_branch(*place, "main").commit.message == "A program\n"
    assert [it.name for it in api.repository.repo_list_tags(*place)] == ["v1.0"]
    commits = api.repository.repo_get_all_commits(*place, sha="main")
    assert len(commits) == 3 and commits[0].parents[0].sha == commits[1].sha
    assert len(api.repository.repo_get_contents_list(*place)) == 3
    file = api.repository.repo_get_contents(*place, "README.md")
    assert base64.b64decode(file.content) == b"# private\n"
    made = api.repository.repo_create_file(
        *place, "docs/new.md", content=base64.b64encode(b"one").decode(), message="New"
    )
    changed = api.repository.repo_update_file(
        *place, "docs/new.md", content=base64.b64encode(b"two").decode(), sha=made.content.sha
    )
    api.repository.repo_delete_file(*place, "docs/new.md", sha=changed.content.sha)
    api.repository.repo_create_branch(*place, new_branch_name="topic", old_ref_name="main")
    api.repository.repo_create_tag(*place, tag_name="v2", message="Two", target="main")
    api.repository.repo_delete_tag(*place, "v2")
    pull = api.repository.repo_create_pull_request(
        *place, base="main", head="feature/one", title="An idea"
    )
    assert [it.number for it in api.repository.repo_list_pull_requests(*place)] == [pull.number]


def hooks(api):
    place = ("octocat", "private")
    config = {"content_type": "json", "url": "http://127.0.0.1:9/"}
    hook = api.repository.repo_create_hook(*place, config=config, type="forgejo", events=["push"])
    assert hook.active is False
    changed = api.repository.repo_edit_hook(*place, hook.id, active=True)
    assert changed.active
    api.repository.repo_delete_hook(*place, hook.id)
    assert api.repository.repo_list_hooks(*place) == []
    error = refused(ApiError, lambda: api.repository.repo_list_hooks("acme", "app"))
    assert error.status_code == 403


def creation(api):
    made = api.organization.create_org_repo("acme", name="new", private=True)
    assert made.full_name == "acme/new" and made.empty
    again = refused(ApiError, lambda: api.organization.create_org_repo("acme", name="new"))
    assert again.status_code == 409
    assert api.repository.create_current_user_repo(name="own").full_name == "maker/own"
    stranger = login(given["stranger"])
    denied = refused(ApiError, lambda: stranger.organization.create_org_repo("acme", name="x"))
    assert denied.status_code == 403
    refused(NotFoundError, lambda: api.organization.create_org_repo("nowhere", name="x"))


api = login(given["token"])
identity(api)
repositories(api)
content(api)
hooks(api)
creation(login(given["maker"]))
description.verdict(29)

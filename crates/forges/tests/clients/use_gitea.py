"""Drives the Gitea forge with py-gitea, made for Gitea."""

import base64
import json
import sys

from gitea import Gitea, Organization, Repository
from gitea.exceptions import ConflictException, NotFoundException

# What its own words are for 401 and for 403.
from gitea.gitea import Forbidden, Unauthorized, Unprocessable

given = json.load(sys.stdin)


def refused(kind, work):
    try:
        work()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def login(token):
    return Gitea(given["url"], token, log_level="CRITICAL")


def identity(gitea):
    assert gitea.get_version() == "1.27.0"
    assert gitea.get_user().username == "octocat"
    assert gitea.requests_get("/token")["scopes"] == ["write:repository", "read:user", "read:organization"]
    assert [it.username for it in gitea.get_user().get_orgs()] == ["acme"]
    refused(Forbidden, lambda: login("nothing").get_user())
    refused(Unauthorized, lambda: login(given["weak"]).get_user())


def repositories(gitea):
    paths = sorted(it.full_name for it in gitea.get_user().get_repositories())
    assert paths == ["octocat/private", "octocat/public"], paths
    assert [it.name for it in Organization.request(gitea, "acme").get_repositories()] == ["app"]
    pages = gitea.requests_get_paginated("/user/repos")
    assert len(pages) == 3, pages
    refused(NotFoundException, lambda: Repository.request(login(given["stranger"]), "acme", "app"))
    repository = Repository.request(gitea, "octocat", "private")
    assert repository.private and repository.default_branch == "main"
    assert repository.get_user_permission("octocat").permission == "owner"
    return repository


def content(gitea, repository):
    assert [it.name for it in repository.get_branches()] == ["feature/one", "main"]
    assert len(repository.get_commits()) == 3
    root = repository.get_git_content()
    assert [it.name for it in root] == ["Dockerfile", "README.md", "src"]
    readme = base64.b64decode(repository.get_file_content(root[1]))
    assert readme == b"# private\n"
    encoded = base64.b64encode(b"one").decode()
    made = repository.create_file("docs/new.md", encoded, {"message": "New"})
    refused(Unprocessable, lambda: repository.create_file("docs/new.md", encoded))
    sha = made["content"]["sha"]
    repository.change_file("docs/new.md", sha, base64.b64encode(b"two").decode())
    place = "/repos/octocat/private/contents/docs/new.md"
    repository.delete_file("docs/new.md", gitea.requests_get(place)["sha"])
    refused(NotFoundException, lambda: gitea.requests_get(place))
    branch = repository.add_branch(repository.get_branches()[1], "topic")
    assert branch.name == "topic"
    refused(ConflictException, lambda: repository.add_branch(branch, "topic"))


def hooks(repository):
    hook = repository.create_gitea_hook("http://127.0.0.1:9/", ["push", "pull_request"])
    assert hook["active"] and "pull_request_sync" in hook["events"]
    assert [it["id"] for it in repository.list_hooks()] == [hook["id"]]
    repository.delete_hook(hook["id"])
    assert not repository.list_hooks()


def creation(gitea):
    acme = Organization.request(gitea, "acme")
    made = acme.create_repo("new", private=True, autoInit=False)
    assert made.full_name == "acme/new" and made.private and made.empty
    refused(ConflictException, lambda: acme.create_repo("new", autoInit=False))
    own = gitea.get_user().create_repo("own", autoInit=False)
    assert own.full_name == "maker/own" and not own.private
    other = Organization.request(login(given["stranger"]), "acme")
    refused(Unauthorized, lambda: other.create_repo("other", autoInit=False))


gitea = login(given["token"])
identity(gitea)
repository = repositories(gitea)
content(gitea, repository)
hooks(repository)
creation(login(given["maker"]))
print("done")

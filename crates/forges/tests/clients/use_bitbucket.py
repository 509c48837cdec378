"""Drives the Bitbucket forge with atlassian-python-api and holds its answers against Bitbucket's
description, which is older than the forge."""

import json
import sys

import requests
from atlassian.bitbucket import Cloud
from description import Description, refused
from requests import HTTPError

given = json.load(sys.stdin)
description = Description(
    given["description"],
    "/2.0",
    # Newer than the description.
    undescribed=("/user/workspaces",),
    is_loose=True,
)
description.watch()


def status(work):
    return refused(HTTPError, work).response.status_code


def identity():
    person = requests.Session()
    person.auth = (given["email"], given["token"])
    user = person.get(f"{given['url']}/2.0/user")
    assert user.json()["nickname"] == "octocat", user.text
    assert user.headers["x-credential-type"] == "api_token"
    spaces = person.get(f"{given['url']}/2.0/user/workspaces").json()
    assert "acme" in [it["workspace"]["slug"] for it in spaces["values"]]
    assert person.get(f"{given['url']}/2.0/workspaces").status_code == 410
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    assert requests.get(f"{given['url']}/2.0/user", headers=bearer).status_code == 403


def repositories(cloud):
    workspace = cloud.workspaces.get("acme")
    assert workspace.slug == "acme" and workspace.name == "acme"
    assert sorted(it.slug for it in workspace.repositories.each(role="member")) == ["app", "lib"]
    assert [it.slug for it in workspace.repositories.each(q='name ~ "li"')] == ["lib"]
    assert len(list(workspace.projects.each())) == 1
    assert status(lambda: cloud.workspaces.get("nothing")) == 404
    limited = Cloud(given["url"], token=given["access_token"])
    assert [it.slug for it in limited.workspaces.get("acme").repositories.each()] == ["app", "open"]
    assert status(lambda: limited.repositories.get("acme", "lib")) == 404
    unknown = Cloud(given["url"], token="nothing")
    assert status(lambda: unknown.repositories.get("acme", "app")) == 401
    return workspace.repositories.get("app")


def content(repository):
    assert [it.name for it in repository.branches.each()] == ["feature/one", "main"]
    assert [it.name for it in repository.branches.each(pagelen=1)] == ["feature/one", "main"]
    branch = repository.branches.get("main")
    assert [it.name for it in repository.tags.each()] == ["v1.0"]
    commits = list(repository.commits.each())
    assert len(commits) == 3 and commits[0].hash == branch.hash
    assert repository.commits.get(branch.hash).message == "A program\n"
    assert b"# app" in bytes(repository.get_source_file(branch.hash, "README.md"))
    rows = repository.get_source_directory(branch.hash)["values"]
    assert [it["path"] for it in rows] == ["Dockerfile", "README.md", "src"]
    made = repository.branches.create("topic", branch.hash)
    assert made.name == "topic"
    pull = repository.pullrequests.create("An idea", "feature/one", "main")
    assert pull.is_open and [it.id for it in repository.pullrequests.each()] == [pull.id]


def hooks(repository):
    events = ["repo:push", "pullrequest:created"]
    hook = repository.hooks.create("http://127.0.0.1:9/", "ours", events)
    assert hook.active and hook.get_data("events") == events
    again = repository.hooks.get(hook.get_data("uuid"))
    assert again.get_data("url") == "http://127.0.0.1:9/"
    again.delete()
    assert list(repository.hooks.each()) == []


def creation(cloud):
    workspace = cloud.workspaces.get("acme")
    made = workspace.repositories.create("new")
    assert made.slug == "new" and list(made.branches.each()) == []
    assert status(lambda: workspace.repositories.create("new")) == 400
    limited = Cloud(given["url"], token=given["access_token"])
    assert status(lambda: limited.workspaces.get("acme").repositories.create("x")) == 403


identity()
cloud = Cloud(given["url"], username=given["email"], password=given["token"])
repository = repositories(cloud)
content(repository)
hooks(repository)
creation(cloud)
description.verdict(19)

"""Drives the Bitbucket Data Center forge with atlassian-python-api."""

import io
import json
import sys

from atlassian import Bitbucket
from requests import HTTPError

given = json.load(sys.stdin)


def refused(code, work):
    try:
        work()
    except HTTPError as error:
        assert error.response.status_code == code, error
        return error
    raise AssertionError("nothing was refused")


def identity(api):
    assert [it["key"] for it in api.project_list()] == ["PROJ"]
    assert sorted(it["slug"] for it in api.repo_list("PROJ", limit=1)) == ["app", "lib"]
    assert api.get_repo("PROJ", "app")["project"]["key"] == "PROJ"
    refused(404, lambda: api.get_repo("PROJ", "nothing"))
    refused(401, lambda: Bitbucket(given["url"], token="nothing").get_repo("PROJ", "app"))
    refused(401, lambda: Bitbucket(given["url"], token=given["stranger"]).get_repo("PROJ", "app"))


def content(api):
    place = ("PROJ", "app")
    names = [it["displayId"] for it in api.get_branches(*place)]
    assert names == ["feature/one", "main"], names
    assert api.get_default_branch(*place)["displayId"] == "main"
    assert [it["displayId"] for it in api.get_tags(*place)] == ["v1.0"]
    assert len(list(api.get_commits(*place, limit=1))) == 3
    assert "src/app/start.sh" in list(api.get_file_list(*place))
    assert api.get_content_of_file(*place, "README.md", at="refs/heads/main") == b"# app\n"
    archive = io.BytesIO()
    api.download_repo_archive(*place, archive, at="main", format="tgz", path="src")
    assert archive.getvalue()[:2] == b"\x1f\x8b"
    made = api.upload_file(*place, "one", "New", "main", "docs/new.md")
    api.update_file(*place, "two", "Newer", "main", "docs/new.md", made["id"])
    assert api.get_content_of_file(*place, "docs/new.md") == b"two"
    api.create_branch(*place, "topic", "main")
    api.delete_branch(*place, "topic")
    api.set_tag(*place, "v2", "main", "Two")
    api.delete_tag(*place, "v2")
    pull = api.open_pull_request(*place, *place, "feature/one", "main", "An idea", "")
    assert pull["state"] == "OPEN"


def hooks(api):
    place = ("PROJ", "app")
    hook = api.create_webhook(*place, "ours", ["pr:opened"], "http://127.0.0.1:9/", True, "hush")
    assert [it["id"] for it in api.get_webhooks(*place)] == [hook["id"]]
    changed = {"name": "ours", "events": ["repo:refs_changed"], "url": "http://127.0.0.1:9/"}
    assert api.update_webhook(*place, hook["id"], **changed)["events"] == ["repo:refs_changed"]
    api.delete_webhook(*place, hook["id"])
    refused(404, lambda: api.get_webhook(*place, hook["id"]))
    refused(401, lambda: list(api.get_webhooks("PROJ", "lib")))


def creation(api):
    made = api.create_repo("PROJ", "A New One")
    assert made["slug"] == "a-new-one" and made["project"]["key"] == "PROJ"
    refused(409, lambda: api.create_repo("PROJ", "A New One"))
    refused(404, lambda: api.create_repo("NONE", "x"))
    refused(401, lambda: Bitbucket(given["url"], token=given["token"]).create_repo("PROJ", "x"))


api = Bitbucket(given["url"], token=given["token"])
identity(api)
content(api)
hooks(api)
creation(Bitbucket(given["url"], token=given["maker"]))
print("done")

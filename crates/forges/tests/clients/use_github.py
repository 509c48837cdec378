"""Drives the GitHub forge with PyGithub and holds its answers against GitHub's own description."""

import base64
import json
import sys

import requests
from description import Description, refused
from github import (
    Auth,
    BadCredentialsException,
    Github,
    GithubException,
    GithubIntegration,
    RateLimitExceededException,
    UnknownObjectException,
)

given = json.load(sys.stdin)
description = Description(
    given["description"],
    given["prefix"],
    # Where a renamed repository leads to: clients follow it, and it is not described.
    undescribed=("/repositories/",),
    # There an account has to be a user and an enterprise at once.
    mistakes=("GET /app/installations 200 0/account",),
)
description.watch()


def login(token, **options):
    auth = Auth.Token(token)
    return Github(auth=auth, base_url=given["api_url"], retry=None, seconds_between_requests=0,
                  seconds_between_writes=0, **options)


def identity(github):
    user = github.get_user()
    assert user.login == "octocat", user.login
    assert "repo" in github.oauth_scopes, github.oauth_scopes
    assert [org.login for org in user.get_orgs()] == ["acme"]
    assert github.get_organization("acme").login == "acme"
    assert github.get_user("stranger").type == "User"
    assert github.get_rate_limit().rate.limit == 5000
    refused(BadCredentialsException, lambda: login("nothing").get_user().login)


def repositories(github):
    names = sorted(repo.full_name for repo in github.get_user().get_repos())
    assert names == ["acme/app", "octocat/private", "octocat/public"], names
    pages = login(given["token"], per_page=1).get_user().get_repos()
    assert len(list(pages)) == 3 and pages.totalCount == 3
    assert github.search_repositories("app user:acme").totalCount == 1
    repo = github.get_repo("acme/app")
    assert repo.permissions.push and not repo.permissions.admin
    assert github.get_repo(repo.id).full_name == "acme/app"
    assert repo.get_collaborator_permission("octocat") == "write"
    refused(UnknownObjectException, lambda: login(given["stranger"]).get_repo("acme/app"))


def content(github):
    repo = github.get_repo("octocat/private")
    assert [it.name for it in repo.get_branches()] == ["feature/one", "main"]
    assert repo.get_branch("feature/one").commit.commit.message == "An idea"
    tag = repo.get_tags()[0]
    assert tag.name == "v1.0" and tag.commit.sha
    assert repo.get_commits(sha="main").totalCount == 3
    assert repo.get_commit("main").sha == repo.get_branch("main").commit.sha
    assert [it.ref for it in repo.get_git_matching_refs("heads/feature")] == ["refs/heads/feature/one"]
    assert repo.get_contents("README.md").decoded_content == b"# private\n"
    assert {it.path for it in repo.get_contents("")} == {"README.md", "Dockerfile", "src"}
    assert "src/app/start.sh" in [it.path for it in repo.get_git_tree("main", recursive=True).tree]
    archive = requests.get(repo.get_archive_link("tarball", "main"), timeout=30)
    assert archive.content[:2] == b"\x1f\x8b", archive.status_code
    refused(UnknownObjectException, lambda: repo.get_contents("nothing"))


def changes(github):
    repo = github.get_repo("octocat/private")
    made = repo.create_file("new.txt", "New", "one", branch="main")
    again = repo.update_file("new.txt", "Newer", "two", made["content"].sha, branch="main")
    assert repo.get_contents("new.txt").decoded_content == b"two"
    wrong = refused(GithubException, lambda: repo.update_file("new.txt", "x", "x", "0" * 40))
    assert wrong.status == 409, wrong.status
    repo.delete_file("new.txt", "Away", again["content"].sha, branch="main")
    head = repo.get_branch("main").commit.sha
    reference = repo.create_git_ref("refs/heads/topic", head)
    reference.edit(head, force=True)
    tag = repo.create_git_tag("v2.0", "Two", head, "commit")
    repo.create_git_ref("refs/tags/v2.0", tag.sha)
    assert repo.get_git_ref("tags/v2.0").object.type == "tag"
    repo.create_file("topic.txt", "Topic", "t", branch="topic")
    pull = repo.create_pull(base="main", head="topic", title="A topic")
    assert repo.get_pull(pull.number).head.ref == "topic"
    assert repo.get_pulls(state="open").totalCount == 1
    reference.delete()


def hooks(github):
    repo = github.get_repo("octocat/private")
    config = {"url": "http://127.0.0.1:9/hook", "content_type": "json", "secret": "hush"}
    hook = repo.create_hook("web", config, ["push", "pull_request"], active=True)
    assert hook.config["secret"] == "********", hook.config
    hook.edit("web", config, events=["push"], active=False)
    assert repo.get_hook(hook.id).events == ["push"]
    assert not repo.get_hook(hook.id).active
    hook.ping()
    for _ in repo.get_hook_deliveries(hook.id):
        pass
    twice = refused(GithubException, lambda: repo.create_hook("web", config, ["push"]))
    assert twice.status == 422
    hook.delete()
    assert list(repo.get_hooks()) == []
    refused(UnknownObjectException, lambda: github.get_repo("acme/app").get_hooks()[0])


def apps():
    auth = Auth.AppAuth(given["app_client_id"], given["app_key"])
    integration = GithubIntegration(auth=auth, base_url=given["api_url"])
    assert integration.get_app().slug == "vault"
    [installation] = list(integration.get_installations())
    assert installation.target_type == "Organization"
    assert integration.get_repo_installation("acme", "app").id == installation.id
    minted = integration.get_access_token(installation.id, permissions={"contents": "read"})
    assert minted.permissions["contents"] == "read"
    repos = requests.get(
        given["api_url"] + "/installation/repositories",
        headers={"authorization": f"Bearer {minted.token}"},
        timeout=30,
    ).json()
    assert [it["full_name"] for it in repos["repositories"]] == ["acme/app"]
    small = login(minted.token)
    assert small.get_repo("acme/app").get_branch("main").name == "main"
    denied = refused(GithubException, lambda: small.get_repo("acme/app").create_file("a", "m", "c"))
    assert denied.status == 403, denied.status


def plain():
    """What PyGithub has no word for, or reads only in part."""
    session = requests.Session()
    session.headers["authorization"] = f"Bearer {given['token']}"
    api = given["api_url"]
    for path in [
        "/user/memberships/orgs/acme",
        "/orgs/acme/repos",
        "/users/octocat/repos",
        "/repos/octocat/private/git/trees/main",
        "/repos/octocat/private/git/ref/heads/main",
        "/rate_limit",
        "/user/emails",
    ]:
        answer = session.get(api + path, timeout=30)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
    pair = base64.b64encode(f"{given['client_id']}:{given['client_secret']}".encode()).decode()
    body = {"access_token": given["oauth_token"]}
    headers = {"authorization": f"Basic {pair}"}
    address = f"{api}/applications/{given['client_id']}/token"
    answer = requests.post(address, json=body, headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text
    if not given["is_cloud"]:
        # The description of this Enterprise Server does not have it.
        return
    body = {"credentials": [given["stranger"]]}
    answer = requests.post(f"{api}/credentials/revoke", json=body, timeout=30)
    assert answer.status_code == 202, answer.text
    refused(BadCredentialsException, lambda: login(given["stranger"]).get_user().login)


def creation(github):
    acme = github.get_organization("acme")
    made = acme.create_repo("new", private=True, description="New")
    assert made.full_name == "acme/new" and made.private and made.permissions.admin
    error = refused(GithubException, lambda: acme.create_repo("new"))
    assert error.status == 422 and "already exists" in str(error.data["errors"])
    assert github.get_user().create_repo("own").full_name == "octocat/own"
    other = login(given["maker"]).get_organization("acme")
    assert refused(GithubException, lambda: other.create_repo("x")).status == 403


github = login(given["token"])
try:
    identity(github)
    repositories(github)
    content(github)
    changes(github)
    hooks(github)
    apps()
    plain()
    creation(github)
finally:
    description.verdict(42)

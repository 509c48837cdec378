"""Authorizations by a sign-in (§1.1): the address, the consent, the code and the state, once."""

import http.client
from urllib.parse import parse_qs, urlsplit

from huaweicloudsdkservicestage import v2

from report import Ended, step

INVALID = (400, "SVCSTG.REPO.0400")
NOT_SERVED = (400, "SVCSTG.REPO.0401")
SIGN_IN = (400, "SVCSTG.REPO.0402")
TAKEN = (400, "SVCSTG.REPO.0403")


def redirect(t, tag=None):
    """The address for the browser."""
    w = t.world
    request = v2.ShowRedirectUrlRequest(repo_type="github", tag=tag)
    url = w.call("§1.1 redirect", w.client.show_redirect_url, request).url
    t.equal("§1.1 all of it", sorted(w.body()), ["url"])
    asked = parse_qs(urlsplit(url).query)
    wanted = {"client_id", "redirect_uri", "state"}
    t.ok("§1.1 what the address has", wanted <= set(asked), sorted(asked))
    return url


def consent(t, url):
    """What a browser comes back with once its owner has said yes: the code and the state."""
    t.ok("§1.1 it is the provider's", url.startswith(t.world["GITHUB_CONSENT_URL"]), url)
    place = urlsplit(url)
    browser = http.client.HTTPConnection(place.netloc, timeout=10)
    browser.request("GET", f"{place.path}?{place.query}", headers={"User-Agent": "browser"})
    answer = browser.getresponse()
    back = parse_qs(urlsplit(answer.getheader("Location") or "").query)
    browser.close()
    if not t.ok("the provider sends the browser back", {"code", "state"} <= set(back), back):
        raise Ended
    return back["code"][0], back["state"][0]


def grant(name, code, state, repo_type="github", tag=None):
    body = v2.OAuth(name=name, code=code, state=state)
    return v2.CreateOAuthRequest(repo_type=repo_type, tag=tag, body=body)


@step("oauth.github", "GITHUB_CONSENT_URL")
def github(t):
    w = t.world
    name = w.name("granted")
    w.forget(name)
    call = w.client.create_o_auth
    code, state = consent(t, redirect(t, "intl"))
    w.call("§1.1 create", call, grant(name, code, state, tag="intl"))
    made = w.body()["authorization"]
    w.whole("created", made)
    got = [made["name"], made["repo_type"], made["token_type"], made["repo_user"], made["status"]]
    t.equal("§1.1 what it is", got, [name, "github", "oauth", "octocat", 0])
    found = w.listed().get(name)
    t.equal("§1.1 its tag", found and found.tag, "intl")
    request = v2.ListBranchesRequest(x_repo_auth=name, namespace="acme", project="app")
    branches = w.call("§1.2 it is used", w.client.list_branches, request).branches
    t.equal("§1.2 branches", sorted(branches), ["feature/one", "main"])
    w.refused("§1.1 once only", *SIGN_IN, call, grant(w.name("again"), code, state))
    w.delete(name)


@step("oauth.without-a-tag", "GITHUB_CONSENT_URL")
def without_a_tag(t):
    w = t.world
    name = w.name("granted")
    w.forget(name)
    code, state = consent(t, redirect(t))
    w.call("§1.1 create", w.client.create_o_auth, grant(name, code, state))
    found = w.listed().get(name)
    t.ok("§1.1 no tag", found and found.tag is None, found and found.tag)


@step("oauth.refused", "GITHUB_CONSENT_URL")
def refused(t):
    w = t.world
    name = w.name("refused")
    w.forget(name)
    call = w.client.create_o_auth
    w.refused("§1.4 made up", *SIGN_IN, call, grant(name, "code", "$2a$10$x/y"))
    code, state = consent(t, redirect(t))
    for what, request in {
        "no name": grant(None, code, state),
        "a short name": grant("abc", code, state),
        "no code": grant(name, None, state),
        "no state": grant(name, code, None),
    }.items():
        w.refused(f"§1.4 {what}", *INVALID, call, request)
    w.refused("§2 for another type", *SIGN_IN, call, grant(name, code, state, "gitlab"))
    w.refused("§1.4 another's code", *SIGN_IN, call, grant(name, "x" + code, state))
    w.refused("§1.4 the state is spent", *SIGN_IN, call, grant(name, code, state))
    for repo_type in ["devcloud", "nothing", "gitlab"]:
        request = v2.ShowRedirectUrlRequest(repo_type=repo_type)
        w.refused(f"§2 {repo_type}", *NOT_SERVED, w.client.show_redirect_url, request)
    t.ok("nothing was stored", name not in w.listed(), name)


@step("oauth.taken", "GITHUB_CONSENT_URL")
def taken(t):
    w = t.world
    name = w.stored("github", "taken")
    code, state = consent(t, redirect(t))
    call = w.client.create_o_auth
    w.refused("§1.4 the name is taken", *TAKEN, call, grant(name, code, state))
    t.equal("it is what it was", w.listed()[name].token_type, "personal")

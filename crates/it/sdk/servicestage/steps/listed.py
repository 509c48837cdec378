"""The list: complete, up to date, and true about what became of each (§1.1, §4, §5)."""

from huaweicloudsdkservicestage import v2

from report import step

DEAD = (400, "SVCSTG.REPO.0451")
# More than any page there may be inside.
MANY = 150


@step("listed.all-of-many")
def all_of_many(t):
    w = t.world
    names = [w.name("many") for _ in range(MANY)]
    call = w.client.create_personal_auth
    for name in names:
        call(w.personal("gitea", name, w["GITEA_TOKEN"], w["GITEA_URL"]))
    found = w.listed()
    missing = [it for it in names if it not in found]
    t.equal("§4 the list is complete", missing, [])
    for name in names:
        w.delete(name)
    found = w.listed()
    left = [it for it in names if it in found]
    t.equal("and empty again", left, [])


@step("listed.written-is-read")
def written_is_read(t):
    w = t.world
    other = w.build()
    for _ in range(5):
        name = w.stored("gitea", "seen")
        answer = other.list_authorizations(v2.ListAuthorizationsRequest())
        t.ok("§4 seen by another client", name in [it.name for it in answer.authorizations], name)
        w.delete(name)
        answer = other.list_authorizations(v2.ListAuthorizationsRequest())
        t.ok("§4 and not any more", name not in [it.name for it in answer.authorizations], name)


def became(t, name, status):
    """An authorization that has come to this status."""
    found = t.world.listed().get(name)
    if t.ok(f"{name} is listed", found is not None, name):
        t.equal(f"§5 the status of {name}", found.status, status)


def unusable(t, name):
    """It is refused, whatever is asked through it."""
    w = t.world
    request = v2.ListNamespacesRequest(x_repo_auth=name)
    w.refused(f"§5 {name}: namespaces", *DEAD, w.client.list_namespaces, request)
    request = v2.ListBranchesRequest(x_repo_auth=name, namespace="acme", project="app")
    w.refused(f"§5 {name}: branches", *DEAD, w.client.list_branches, request)


@step("listed.expired", "EXPIRED")
def expired(t):
    became(t, t.world["EXPIRED"], 1)
    unusable(t, t.world["EXPIRED"])


@step("listed.revoked", "REVOKED")
def revoked(t):
    became(t, t.world["REVOKED"], 2)
    unusable(t, t.world["REVOKED"])


@step("listed.unverified", "UNVERIFIED")
def unverified(t):
    # A private host that was never asked.
    became(t, t.world["UNVERIFIED"], 2)
    unusable(t, t.world["UNVERIFIED"])


@step("listed.replaced", "REPLACED")
def replaced(t):
    w = t.world
    found = w.listed()[w["REPLACED"]]
    later = (found.update_time or 0) > (found.create_time or 0)
    t.ok("§5 update_time tells of a new value", later, found.to_dict())
    t.equal("§5 the status", found.status, 0)
    request = v2.ListNamespacesRequest(x_repo_auth=w["REPLACED"])
    w.call("§5 it is used as before", w.client.list_namespaces, request)

"""Webhooks through an authorization (§1.2)."""

from huaweicloudsdkservicestage import v2

from report import step
from steps.repositories import At, each

INVALID = (400, "SVCSTG.REPO.0400")


class Hooks(At):
    """Requests for webhooks."""

    def all(self):
        w = self.w
        request = v2.ListHooksRequest(**self.given)
        found = w.call("§1.2 hooks", w.client.list_hooks, request)
        w.trial.equal("§1.2 all of it", sorted(w.body()), ["hooks"])
        return {it.id: it for it in found.hooks}

    def create(self, url, secret="a-secret-of-the-hook"):
        body = v2.HookCreate(url=url, secret=secret)
        return v2.CreateHookRequest(**self.given, body=body)

    def delete(self, hook_id):
        return v2.DeleteHookRequest(**self.given, hook_id=hook_id)


@each("hooks")
def hooks(t, provider, at):
    w = t.world
    at = Hooks(t, at.auth["x_repo_auth"])
    before = at.all()
    url = f"https://ci.example/{w.name('in')}?a=b&c=d"
    made = w.call("§1.2 create", w.client.create_hook, at.create(url))
    t.equal("§1.2 its fields", sorted(w.body()), ["callback_url", "id", "type"])
    t.equal("§1.2 callback_url", made.callback_url, url)
    t.equal("§1.2 type", made.type, provider)
    t.ok("§1.2 the id is a string", type(w.body()["id"]) is str, w.body())
    t.ok("never the secret", "a-secret-of-the-hook" not in w.last.text, w.last.text)
    listed = at.all()
    t.ok("never the secret", "a-secret-of-the-hook" not in w.last.text, w.last.text)
    new = {key: it.to_dict() for key, it in listed.items() if key not in before}
    t.equal("§4 written is read", new, {made.id: made.to_dict()})
    w.call("§1.2 delete", w.client.delete_hook, at.delete(made.id), 204)
    t.equal("§4 and gone", sorted(at.all()), sorted(before))


@step("hooks.refused")
def refused(t):
    w = t.world
    at = Hooks(t, w.stored("github"))
    before = sorted(at.all())
    call = w.client.create_hook
    for url in ["javascript:alert(1)", "", "no address", "ftp://ci.example", None]:
        w.refused(f"§1.4 {url!r}", *INVALID, call, at.create(url))
    w.refused("§1.4 no secret", *INVALID, call, at.create("https://ci.example/x", None))
    w.refused("§1.4 no such hook", *INVALID, w.client.delete_hook, at.delete("123456789"))
    w.refused("§1.4 no such id", *INVALID, w.client.delete_hook, at.delete("<script>"))
    t.equal("nothing was made", sorted(at.all()), before)

"""Files through an authorization: the tree, and one made, read, changed, deleted (§1.3)."""

import base64

from huaweicloudsdkservicestage import v2

from report import step
from steps.repositories import At, each

INVALID = "SVCSTG.REPO.0400"
TAKEN = "SVCSTG.REPO.0403"


def encoded(content):
    return base64.b64encode(content).decode()


class Files(At):
    """Requests for files; a slash of a path is written as a colon."""

    def file(self, path, ref):
        return {**self.given, "path": path.replace("/", ":"), "ref": ref}

    def show(self, path, ref="main"):
        return v2.ShowContentRequest(**self.file(path, ref))

    def create(self, path, content, ref="main", message="A file"):
        body = v2.FileCreate(message=message, content=content)
        return v2.CreateFileRequest(**self.file(path, ref), body=body)

    def update(self, path, content, sha, ref="main", message="Changed"):
        body = v2.FileUpdate(message=message, content=content, sha=sha)
        return v2.UpdateFileRequest(**self.file(path, ref), body=body)

    def delete(self, path, sha, ref="main", message="Away"):
        return v2.DeleteFileRequest(**self.file(path, ref), message=message, sha=sha)

    def read(self, path, ref="main"):
        """A file's content, and its sha."""
        w = self.w
        found = w.call(f"§1.3 show {path}", w.client.show_content, self.show(path, ref))
        w.trial.equal("§1.3 its fields", sorted(w.body()), ["content", "encoding", "path", "sha"])
        w.trial.equal("§1.3 path", found.path, path)
        w.trial.equal("§1.3 encoding", found.encoding, "base64")
        return base64.b64decode(found.content), found.sha

    def paths(self, ref="main"):
        w = self.w
        request = v2.ListTreesRequest(**self.given, ref=ref)
        paths = w.call("§1.3 trees", w.client.list_trees, request).paths
        w.trial.equal("§1.3 all of it", sorted(w.body()), ["paths"])
        return sorted(paths)


@each("files")
def files(t, provider, at):
    w = t.world
    at = Files(t, at.auth["x_repo_auth"])
    paths = at.paths()
    t.ok("§1.3 the tree", {"README.md", "Dockerfile"} <= set(paths), paths)
    t.ok("§1.3 a ref with a slash", at.paths("feature/one") != [], w.last.text)
    t.equal("§1.3 content", at.read("README.md")[0], b"# app\n")
    t.equal("§1.0 a path", at.read("src/app/start.sh")[0], b"#!/bin/sh\necho started\n")
    t.equal("§1.0 a branch", at.read("docs/idea.md", "feature/one")[0], b"An idea.\n")

    path = f"new folder/{w.name('ü')}.bin"
    content = bytes(range(256))
    made = w.call("§1.3 create", w.client.create_file, at.create(path, encoded(content)))
    t.equal("§1.3 its path", made.path, path)
    t.equal("§1.3 all of it", w.body(), {"path": path})
    got, sha = at.read(path)
    t.equal("§4 written is read, byte by byte", got, content)
    t.equal("§1.2 its commit", at.commits("main")[0].message.strip(), "A file")

    w.call("§1.3 update", w.client.update_file, at.update(path, encoded(b"two\n"), sha))
    got, changed = at.read(path)
    t.equal("§4 changed", got, b"two\n")
    t.ok("§1.3 another sha", changed != sha, changed)
    w.call("§1.3 delete", w.client.delete_file, at.delete(path, changed), 204)
    w.refused("§4 gone", 400, INVALID, w.client.show_content, at.show(path))
    t.equal("§1.2 its commit", at.commits("main")[0].message.strip(), "Away")


@each("files.by-the-last-commit")
def by_the_last_commit(t, provider, at):
    """The vendor's page asks for the last commit's sha where a file is deleted."""
    w = t.world
    at = Files(t, at.auth["x_repo_auth"])
    path = w.name("by-commit")
    w.call("§1.3 create", w.client.create_file, at.create(path, encoded(b"one\n")))
    sha = at.commits("main")[0].sha
    w.call("§1.3 delete", w.client.delete_file, at.delete(path, sha), 204)
    w.refused("§4 gone", 400, INVALID, w.client.show_content, at.show(path))


@step("files.many-commits", "GITEA_TOKEN", "GITEA_URL")
def many_commits(t):
    w = t.world
    at = Files(t, w.stored("gitea"))
    messages = [f"File {number}" for number in range(12)]
    for message in messages:
        request = at.create(w.name("many"), encoded(b"x"), message=message)
        w.call("§1.3 create", w.client.create_file, request)
    listed = [it.message.strip() for it in at.commits("main")]
    t.equal("§1.2 the latest ten, the newest first", listed, messages[:1:-1])


@step("files.refused")
def refused(t):
    w = t.world
    at = Files(t, w.stored("github"))
    before = [it.sha for it in at.commits("main")]
    sha = at.read("README.md")[1]
    text = encoded(b"x")
    client = w.client
    for what, code, call, request in [
        ("it is there", TAKEN, client.create_file, at.create("README.md", text)),
        ("no ref", INVALID, client.create_file, at.create("x", text, ref=None)),
        ("no message", INVALID, client.create_file, at.create("x", text, message=None)),
        ("an empty message", INVALID, client.create_file, at.create("x", text, message="")),
        ("no content", INVALID, client.create_file, at.create("x", None)),
        ("no base64", INVALID, client.create_file, at.create("x", "not base64!")),
        ("a way out", INVALID, client.create_file, at.create("../x", text)),
        ("no sha", INVALID, client.update_file, at.update("README.md", text, None)),
        ("another sha", None, client.update_file, at.update("README.md", text, "0" * 40)),
        ("no such file", None, client.update_file, at.update("nowhere", text, sha)),
        ("no sha", INVALID, client.delete_file, at.delete("README.md", None)),
        ("another sha", None, client.delete_file, at.delete("README.md", "0" * 40)),
        ("no message", INVALID, client.delete_file, at.delete("README.md", sha, message=None)),
        ("no such file", INVALID, client.show_content, at.show("nowhere")),
        ("no such ref", INVALID, client.show_content, at.show("README.md", "nowhere")),
        ("no ref", INVALID, client.show_content, at.show("README.md", None)),
        ("no ref", INVALID, client.list_trees, v2.ListTreesRequest(**at.given)),
    ]:
        sentence = f"§1.4 {what}: {type(request).__name__}"
        # What has changed meanwhile may be called wrong, or clashing.
        w.refused_like(sentence, 400, code or "SVCSTG.REPO.040[03]", call, request)
    t.equal("nothing was written", [it.sha for it in at.commits("main")], before)


@step("files.names")
def names(t):
    w = t.world
    name = w.stored("gitlab")
    at = Files(t, name, project="tools:app")
    branch = "feature/one"
    for path in ["日本/語 ü.txt", "a+b&c=d?#.txt", "per%2Fcent.txt", "..a/b..", "<b>bold</b>.html"]:
        content = path.encode()
        request = at.create(path, encoded(content), branch)
        made = w.call(f"§1.3 {path}", w.client.create_file, request)
        t.equal(f"§1.3 {path}, byte by byte", made.path, path)
        got, sha = at.read(path, branch)
        t.equal(f"§1.3 {path}", got, content)
        w.call(f"§1.3 {path}", w.client.delete_file, at.delete(path, sha, branch), 204)
    # Its signature could be another file's, too: it is read, but not written.
    at = Files(t, name, namespace="acme/tools")
    request = at.create("x", encoded(b"x"))
    w.refused("§5.4 two readings", 400, INVALID, w.client.create_file, request)
    w.refused("§5.4 nothing is written", 400, INVALID, w.client.show_content, at.show("x"))
    # §1.0: the SDK encodes the whole value, so a slash reaches us as one, too.
    request = v2.ShowContentRequest(**at.given, path="src/app/start.sh", ref=branch)
    found = w.call("§1.0 a raw slash", w.client.show_content, request)
    t.equal("§1.0 a raw slash", found.path, "src/app/start.sh")

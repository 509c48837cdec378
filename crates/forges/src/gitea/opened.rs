//! How Gitea and Forgejo write what is in a repository: branches, tags, commits, files.

use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::shapes;
use crate::call::Call;
use crate::call::Reply;
use crate::codes;
use crate::git::Bare;
use crate::git::Commit;
use crate::git::Entry;
use crate::git::Person;
use crate::git::Ref;
use crate::moments;
use crate::records::Repository;

/// A repository that may be read, open.
pub(super) struct Opened<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) repository: Repository,
    pub(super) bare: Bare,
    pub(super) base: String,
    html: String,
}

/// Opens what the call may do something with.
pub(super) fn opened<'a>(call: &'a Call<'a>, repository: Repository) -> Opened<'a> {
    Opened {
        call,
        bare: call.inner.bare(&repository),
        base: format!("{}/repos/{}", call.api_url(), repository.path),
        html: format!("{}/{}", call.url(), repository.path),
        repository,
    }
}

/// The branch or tag of a whole name.
pub(super) fn find_ref(bare: &Bare, name: &str) -> Result<Option<Ref>, Reply> {
    Ok(bare.refs(name)?.into_iter().find(|it| it.name == name))
}

fn person(it: &Person) -> Value {
    json!({"name": it.name, "email": it.email, "date": moments::seconds(it.at)})
}

fn verification() -> Value {
    json!({
        "verified": false, "reason": "gpg.error.not_signed_commit", "signature": "",
        "signer": null, "payload": "",
    })
}

impl Opened<'_> {
    /// The commit that a branch, a tag or a hash means; the first branch if nothing is said.
    pub(super) fn resolve(&self, revision: Option<&str>) -> Result<String, Reply> {
        let revision = revision.unwrap_or(&self.repository.default_branch);
        self.bare.resolve(revision).ok_or_else(|| errors::not_found(self.call))
    }

    /// A branch.
    pub(super) fn branch(&self, it: &Ref) -> Option<Value> {
        let commit = self.bare.commit(&it.commit)?;
        let rank = access::rank(&self.call.state(), &self.call.caller, &self.repository);
        let may_write = rank >= Some(access::WRITER);
        Some(json!({
            "name": it.short(),
            "commit": self.payload(&commit),
            "protected": false,
            "required_approvals": 0,
            "enable_status_check": false,
            "status_check_contexts": [],
            "user_can_push": may_write,
            "user_can_merge": may_write,
            "effective_branch_protection_name": "",
        }))
    }

    /// A commit as hooks and branches have it.
    fn payload(&self, it: &Commit) -> Value {
        let login = |it: &Person| {
            let state = self.call.state();
            let user = state.users.iter().find(|user| user.email == it.email);
            user.map(|user| user.login.clone()).unwrap_or_default()
        };
        let person =
            |it: &Person| json!({"name": it.name, "email": it.email, "username": login(it)});
        json!({
            "id": it.sha,
            "message": format!("{}\n", it.message),
            "url": format!("{}/commit/{}", self.html, it.sha),
            "author": person(&it.author),
            "committer": person(&it.committer),
            "verification": verification(),
            "timestamp": moments::seconds(it.committer.at),
            "added": null,
            "removed": null,
            "modified": null,
        })
    }

    fn meta(&self, sha: &str) -> Value {
        let moment = self.bare.commit(sha).map(|it| moments::seconds(it.committer.at));
        json!({
            "url": format!("{}/git/commits/{sha}", self.base),
            "sha": sha,
            "created": moment.unwrap_or_else(|| "0001-01-01T00:00:00Z".to_owned()),
        })
    }

    /// A tag.
    pub(super) fn tag(&self, it: &Ref) -> Option<Value> {
        let commit = self.bare.commit(&it.commit)?;
        let name = it.short();
        Some(json!({
            "name": name,
            "message": format!("{}\n", commit.message),
            "id": it.object,
            "commit": self.meta(&it.commit),
            "zipball_url": format!("{}/archive/{name}.zip", self.html),
            "tarball_url": format!("{}/archive/{name}.tar.gz", self.html),
        }))
    }

    /// A commit.
    pub(super) fn commit(&self, it: &Commit) -> Value {
        let account = |email: &str| {
            let state = self.call.state();
            let user = state.users.iter().find(|it| it.email == email).cloned();
            drop(state);
            user.map(|user| shapes::user(self.call, &user))
        };
        let tree = json!({
            "url": format!("{}/git/trees/{}", self.base, it.sha),
            "sha": it.tree,
            "created": moments::seconds(it.committer.at),
        });
        json!({
            "url": format!("{}/git/commits/{}", self.base, it.sha),
            "sha": it.sha,
            "created": moments::seconds(it.committer.at),
            "html_url": format!("{}/commit/{}", self.html, it.sha),
            "commit": {
                "url": format!("{}/git/commits/{}", self.base, it.sha),
                "author": person(&it.author),
                "committer": person(&it.committer),
                "message": format!("{}\n", it.message),
                "tree": tree,
                "verification": verification(),
            },
            "author": account(&it.author.email),
            "committer": account(&it.committer.email),
            "parents": it.parents.iter().map(|sha| self.meta(sha)).collect::<Vec<_>>(),
            "files": [],
            "stats": {"total": 0, "additions": 0, "deletions": 0},
        })
    }

    /// The commit of a change to a file.
    pub(super) fn file_commit(&self, sha: &str) -> Result<Value, Reply> {
        let found = self.bare.commit(sha).ok_or_else(|| errors::not_found(self.call))?;
        let tree = json!({
            "url": format!("{}/git/trees/{}", self.base, found.tree),
            "sha": found.tree,
            "created": moments::seconds(found.committer.at),
        });
        Ok(json!({
            "url": format!("{}/git/commits/{sha}", self.base),
            "sha": sha,
            "created": moments::seconds(found.committer.at),
            "html_url": format!("{}/commit/{sha}", self.html),
            "author": person(&found.author),
            "committer": person(&found.committer),
            "parents": found.parents.iter().map(|sha| self.meta(sha)).collect::<Vec<_>>(),
            "message": format!("{}\n", found.message),
            "tree": tree,
        }))
    }

    /// A file with what it holds.
    pub(super) fn file(&self, it: &Entry, shown: &str, commit: &str) -> Result<Value, Reply> {
        let body = self.entry(it, shown, commit);
        if it.kind != "blob" {
            return Ok(body);
        }
        let content = codes::to_base64(&self.bare.blob(&it.sha)?);
        Ok(codes::join(body, json!({"encoding": "base64", "content": content})))
    }

    /// A row of a folder.
    pub(super) fn entry(&self, it: &Entry, shown: &str, commit: &str) -> Value {
        let path = codes::encode_path(&it.path);
        let kind = match (it.kind.as_str(), it.mode.as_str()) {
            ("tree", _) => "dir",
            ("commit", _) => "submodule",
            (_, "120000") => "symlink",
            _ => "file",
        };
        let reference = codes::encode(shown);
        let address = format!("{}/contents/{path}?ref={reference}", self.base);
        let html = format!("{}/src/branch/{}/{path}", self.html, codes::encode_path(shown));
        let git = format!("{}/git/{}s/{}", self.base, it.kind, it.sha);
        let raw = format!("{}/raw/branch/{}/{path}", self.html, codes::encode_path(shown));
        let last =
            self.bare.log(commit, Some(&it.path)).ok().and_then(|all| all.into_iter().next());
        json!({
            "name": it.path.rsplit('/').next(),
            "path": it.path,
            "sha": it.sha,
            "last_commit_sha": last.as_ref().map(|it| it.sha.clone()),
            "last_commit_when": last.map(|it| moments::seconds(it.committer.at)),
            "type": kind,
            "size": it.size.unwrap_or(0),
            "encoding": null,
            "content": null,
            "target": null,
            "url": address,
            "html_url": html,
            "git_url": git,
            "download_url": Some(raw).filter(|_| kind == "file"),
            "submodule_git_url": null,
            "_links": {"self": address, "git": git, "html": html},
        })
    }
}

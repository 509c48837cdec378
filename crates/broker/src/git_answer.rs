//! What git's credential helper is told (design §7, Helper).

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::Secret;
use domain::Timestamp;
use domain::access::Access;
use domain::access::Purpose;
use domain::audit::Action;
use domain::policy::Permission;
use domain::text::printable;
use domain::url::Authority;
use domain::url::Scheme;
use domain::url::Segments;
use domain::url::WebUrl;
use providers::GitLogin;
use providers::LoginFacts;

use crate::Broker;
use crate::Caller;
use crate::WantedLease;
use crate::boxed;
use crate::guarded::About;
use crate::open_secret::Travelling;
use crate::resolve::Target;

/// The reason that goes into the log when the helper hands out a value.
const HELPER_REASON: &str = "git credential helper";

/// A question of git's credential protocol.
#[derive(Clone, Debug)]
pub struct GitQuestion {
    /// `https` or `http`.
    pub protocol: String,
    /// Host, with its port.
    pub host: String,
    /// Path, when git tells.
    pub path: Option<String>,
    /// Whether the git that asks understands `authtype`.
    pub can_authtype: bool,
}

/// What the helper tells git.
pub enum GitAnswer {
    /// User name and password.
    Basic {
        /// User name.
        username: String,
        /// Password.
        password: Secret,
        /// When it ends.
        expires_at: Option<Timestamp>,
    },
    /// A scheme of its own.
    Scheme {
        /// As in `Bearer`.
        authtype: &'static str,
        /// What follows it.
        credential: Secret,
        /// When it ends.
        expires_at: Option<Timestamp>,
    },
    /// Not ours: another helper may try.
    Unknown,
    /// Ours, but no.
    Quit {
        /// Why, and what to do.
        message: String,
    },
}

impl Broker {
    /// Answers a helper. `own_authority` is how the caller reached us, beside the public URL.
    #[boxed]
    pub async fn answer_git(
        &self,
        caller: &Caller,
        question: &GitQuestion,
        own_authority: Option<&str>,
    ) -> Result<GitAnswer> {
        let asked = format!("{}://{}", question.protocol, question.host);
        let url = WebUrl::parse(&asked)?;
        if !url.path.is_empty() {
            return Err(Error::invalid("The host has a path in it.".to_owned()));
        }
        let public = &self.settings.public_url;
        let is_public = url.authority == public.authority;
        let is_own = own_authority.and_then(|own| Authority::parse(own).ok()).as_ref()
            == Some(&url.authority);
        // A lease must not travel in plain text to a server that people reach over TLS.
        if (is_public || is_own) && url.scheme == Scheme::Http && public.scheme == Scheme::Https {
            return Ok(GitAnswer::Quit {
                message: format!(
                    "{url} is plain text; this server is {public}. Change the remote."
                ),
            });
        }
        let is_ours = is_public || is_own;
        let answer = match (is_ours, question.path.as_deref()) {
            (true, None) => {
                Err(Error::invalid("Git did not tell which repository it wants.".to_owned())
                    .hint("run `claviger git setup`, which sets credential.useHttpPath"))
            }
            (true, Some(path)) => self.answer_with_lease(caller, path).await,
            (false, path) => {
                let path = path.map(repository_path).transpose()?;
                self.answer_with_value(caller, &url, path, question.can_authtype).await
            }
        };
        match answer {
            Err(error) if is_no(error.kind()) => Ok(GitAnswer::Quit { message: error.to_string() }),
            other => other,
        }
    }

    /// Our own gateway: a fresh lease on the repository in its path.
    async fn answer_with_lease(&self, caller: &Caller, path: &str) -> Result<GitAnswer> {
        let about = About { repository: Some(printable(path, 300)), ..About::default() };
        let work = async {
            caller.require(Permission::Lend)?;
            let (authority, rest) = gateway_parts(path)?;
            let organization = caller.principal.organization_id;
            let target = self.target_at(organization, &authority.to_string(), &rest).await?;
            let target = target.ok_or_else(|| {
                Error::forbidden(format!(
                    "No credential of the organization serves {}.",
                    printable(path, 300)
                ))
            })?;
            // Git does not say whether it will fetch or push; policy allows both or neither.
            let wanted = WantedLease {
                repository: String::new(),
                access: Access::Write,
                refs: Vec::new(),
                ttl: None,
                credential: None,
            };
            let lent = self.lend_on(caller, &target, &wanted).await?;
            Ok(GitAnswer::Basic {
                username: "claviger".to_owned(),
                password: lent.token,
                expires_at: Some(lent.expires_at),
            })
        };
        self.guarded(caller, Action::LeaseCreate, about, work).await
    }

    /// A provider's own URL: the value itself where policy allows to see it, audited as a reveal.
    async fn answer_with_value(
        &self,
        caller: &Caller,
        url: &WebUrl,
        path: Option<Segments>,
        can_authtype: bool,
    ) -> Result<GitAnswer> {
        let organization = caller.principal.organization_id;
        // Without a path only a credential for the whole host can be meant.
        let repository = path.unwrap_or(Segments::parse("-")?);
        let whole = WebUrl { path: repository, ..url.clone() };
        let Some(target) = self.target(organization, &whole).await? else {
            return Ok(GitAnswer::Unknown);
        };
        let about = About { repository: Some(target.url().to_string()), ..About::default() };
        let work = self.reveal_to_git(caller, &target, can_authtype);
        self.guarded(caller, Action::CredentialReveal, about, work).await
    }

    async fn reveal_to_git(
        &self,
        caller: &Caller,
        target: &Target,
        can_authtype: bool,
    ) -> Result<GitAnswer> {
        caller.require(Permission::Reveal).map_err(|refusal| {
            Error::new(refusal.kind(), refusal.message().to_owned())
                .hint("run `claviger git setup`: the gateway needs no value on this machine")
        })?;
        if target.host.url.scheme == Scheme::Http && !self.settings.allows_plain_http {
            return Err(crate::hosts::plain_text_refused(&target.host.url));
        }
        let organization = caller.principal.organization_id;
        // Git does not tell what it will do; an App that may not push makes a token to fetch with.
        let of = |access| self.ready(caller, target, Access::Read, None, Purpose::Contents(access));
        let (resolved, travelling) = match of(Access::Write).await {
            Err(error) if error.kind() == ErrorKind::Forbidden => of(Access::Read).await?,
            outcome => outcome?,
        };
        let credential = &resolved.credential;
        let facts = LoginFacts { kind: credential.kind, username: credential.login_name() };
        let login = providers::adapter(target.host.provider).git_login(facts);
        if login == GitLogin::Bearer && !can_authtype {
            return Err(Error::forbidden(
                "This host takes the token as Bearer only, which needs git 2.46 or newer."
                    .to_owned(),
            )
            .hint("run `claviger git setup`: the gateway works with every git"));
        }
        let about = About {
            repository: Some(target.url().to_string()),
            ..About::credential(credential.id).detail(HELPER_REASON)
        };
        let record = self.done(caller, Action::CredentialReveal, about);
        let epoch = self.committer.record(organization, vec![record], None).await?;
        if !self.still_holds(caller, caller.known_at, epoch).await? {
            // The caller stands; what serves must, too.
            let again = self.resolve(caller, target, Access::Read, None).await?;
            if again.sealed != resolved.sealed || again.host != resolved.host {
                return Err(Error::new(
                    ErrorKind::Busy,
                    "What serves this repository just changed.",
                )
                .hint("try again"));
            }
        }
        let Travelling { secret, expires_at, .. } = travelling;
        Ok(match login {
            GitLogin::Basic { username } => {
                GitAnswer::Basic { username, password: secret, expires_at }
            }
            GitLogin::Bearer => {
                GitAnswer::Scheme { authtype: "Bearer", credential: secret, expires_at }
            }
        })
    }
}

/// The repository in a path as git tells it: without `.git`, and without what LFS adds.
fn repository_path(path: &str) -> Result<Segments> {
    let path = path.split_once("/info/lfs").map_or(path, |(repository, _)| repository);
    Ok(Segments::parse(path.trim_end_matches('/'))?.without_git_suffix())
}

/// `git/{authority}/{path}`, taken apart.
fn gateway_parts(path: &str) -> Result<(Authority, Segments)> {
    let elsewhere = || Error::invalid("This is not a repository of the gateway.".to_owned());
    let rest = path.strip_prefix("git/").ok_or_else(elsewhere)?;
    // The authority may have a port, which no path of a repository could hold.
    let (authority, repository) = rest.split_once('/').ok_or_else(elsewhere)?;
    Ok((Authority::parse(authority)?, repository_path(repository)?))
}

/// A no that git should stop at; anything else is an error of ours, and another helper may try.
fn is_no(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Forbidden
            | ErrorKind::Conflict
            | ErrorKind::Invalid
            | ErrorKind::Unauthenticated
    )
}

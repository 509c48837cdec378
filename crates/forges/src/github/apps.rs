//! GitHub Apps: their installations, the tokens they mint, and how one is made.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::encoding::Pkcs8V1Der;
use aws_lc_rs::encoding::PublicKeyX509Der;
use aws_lc_rs::rsa;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::KeyPair;
use domain::Timestamp;
use http::Method;
use serde_json::Value;
use serde_json::json;

use super::access;
use super::errors;
use super::identity;
use super::lists;
use super::shapes;
use super::tokens;
use crate::call::Answered;
use crate::call::Call;
use crate::call::Caller;
use crate::call::Reply;
use crate::codes;
use crate::moments;
use crate::oauth;
use crate::records::Application;
use crate::records::Installation;
use crate::records::Life;
use crate::records::Repository;
use crate::records::Token;
use crate::records::User;
use crate::route::Route;
use crate::route::route;
use crate::state::Link;
use crate::state::State;
use crate::state::has;

#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    route(Method::GET, "/app", "", "", app),
    route(Method::GET, "/app/installations", "", "", installations),
    route(Method::GET, "/app/installations/{id}", "", "", installation),
    route(Method::DELETE, "/app/installations/{id}", "", "", uninstall),
    route(Method::POST, "/app/installations/{id}/access_tokens", "", "", mint),
    route(Method::GET, "/repos/{owner}/{repo}/installation", "", "", of_repository),
    route(Method::GET, "/orgs/{account}/installation", "", "", of_account),
    route(Method::GET, "/users/{account}/installation", "", "", of_account),
    route(Method::DELETE, "/installation/token", "", "", end_token),
    route(Method::GET, "/user/installations", "", "", mine),
    route(Method::POST, "/app-manifests/{code}/conversions", "", "", convert),
];

pub(super) const WEB: &[Route] =
    &[route(Method::POST, "/settings/apps/new", "", "", from_manifest)];

/// A minted token lives an hour.
const TOKEN_SECONDS: i64 = 3600;
/// Repositories a token may be narrowed to.
const REPOSITORIES_MAX: usize = 500;
/// The length of a token of the newer form.
const STATELESS_LETTERS: usize = 520;
/// The code of a manifest is good for an hour.
const MANIFEST_SECONDS: i64 = 3600;

/// The App that signed the call.
fn signer(call: &Call<'_>) -> Result<Application, Reply> {
    let Caller::Application { client_id } = &call.caller else {
        return Err(errors::error(401, "A JSON web token could not be decoded"));
    };
    call.state().application(client_id).cloned().ok_or_else(errors::not_found)
}

fn written(call: &Call<'_>, state: &State, it: &Application) -> Value {
    let owner = state.user(&it.owner).cloned().unwrap_or_else(|| User::new(&it.owner));
    let count = state.installations.iter().filter(|made| made.client_id == it.client_id).count();
    json!({
        "id": it.id,
        "slug": it.slug,
        "node_id": shapes::node_id("A", it.id),
        "client_id": it.client_id,
        "owner": shapes::simple_user(call, &owner),
        "name": it.slug,
        "description": null,
        "external_url": call.url(),
        "html_url": format!("{}/apps/{}", call.url(), it.slug),
        "created_at": moments::seconds(call.now),
        "updated_at": moments::seconds(call.now),
        "permissions": it.permissions,
        "events": ["push", "pull_request"],
        "installations_count": count,
    })
}

fn app(call: &Call<'_>) -> Answered {
    let application = signer(call)?;
    Ok(Reply::json(200, &written(call, &call.state(), &application)))
}

fn written_installation(call: &Call<'_>, state: &State, it: &Installation) -> Value {
    let base = call.api_url();
    let account = state.user(&it.account).cloned().unwrap_or_else(|| User::new(&it.account));
    let application = state.application(&it.client_id).cloned().unwrap_or_default();
    let (kind, page) = match account.is_organization {
        true => ("Organization", format!("/organizations/{}/settings", account.login)),
        false => ("User", "/settings".to_owned()),
    };
    json!({
        "id": it.id,
        "client_id": it.client_id,
        "account": shapes::simple_user(call, &account),
        "access_tokens_url": format!("{base}/app/installations/{}/access_tokens", it.id),
        "repositories_url": format!("{base}/installation/repositories"),
        "html_url": format!("{}{page}/installations/{}", call.url(), it.id),
        "app_id": application.id,
        "app_slug": application.slug,
        "target_id": account.id,
        "target_type": kind,
        "permissions": it.permissions,
        "events": ["push", "pull_request"],
        "single_file_name": null,
        "has_multiple_single_files": false,
        "single_file_paths": [],
        "repository_selection": if it.repositories.is_some() { "selected" } else { "all" },
        "created_at": moments::seconds(call.now),
        "updated_at": moments::seconds(call.now),
        "suspended_by": null,
        "suspended_at": Some(moments::seconds(call.now)).filter(|_| it.is_suspended),
    })
}

fn installations(call: &Call<'_>) -> Answered {
    let application = signer(call)?;
    let rows = {
        let state = call.state();
        let its = state.installations.iter().filter(|it| it.client_id == application.client_id);
        its.map(|it| written_installation(call, &state, it)).collect()
    };
    lists::page(call, rows)
}

/// One of the signer's own installations.
fn own(call: &Call<'_>, is_it: impl Fn(&Installation) -> bool) -> Result<Installation, Reply> {
    let application = signer(call)?;
    let state = call.state();
    let mut its = state.installations.iter().filter(|it| it.client_id == application.client_id);
    its.find(|it| is_it(it)).cloned().ok_or_else(errors::not_found)
}

fn numbered(call: &Call<'_>) -> Result<Installation, Reply> {
    let id = call.param("id").parse::<u64>().ok();
    own(call, |it| Some(it.id) == id)
}

fn installation(call: &Call<'_>) -> Answered {
    let found = numbered(call)?;
    Ok(Reply::json(200, &written_installation(call, &call.state(), &found)))
}

fn uninstall(call: &Call<'_>) -> Answered {
    let found = numbered(call)?;
    let mut state = call.state();
    state.installations.retain(|it| it.id != found.id);
    state.tokens.retain(|it| it.installation != Some(found.id));
    Ok(Reply::empty(204))
}

fn of_repository(call: &Call<'_>) -> Answered {
    let path = format!("{}/{}", call.param("owner"), call.param("repo"));
    let repository = call.state().repository(&path).cloned().ok_or_else(errors::not_found)?;
    let found = own(call, |it| reaches(it, &repository))?;
    Ok(Reply::json(200, &written_installation(call, &call.state(), &found)))
}

fn of_account(call: &Call<'_>) -> Answered {
    let found = own(call, |it| it.account.eq_ignore_ascii_case(call.param("account")))?;
    Ok(Reply::json(200, &written_installation(call, &call.state(), &found)))
}

fn reaches(it: &Installation, repository: &Repository) -> bool {
    it.account.eq_ignore_ascii_case(repository.owner())
        && it.repositories.as_ref().is_none_or(|paths| has(paths, &repository.path))
}

/// The repositories a body names, by name or number; none if it names none.
fn narrowed(
    state: &State,
    installation: &Installation,
    body: &Value,
) -> Result<Option<Vec<String>>, Reply> {
    let names = body.get("repositories").and_then(Value::as_array);
    let ids = body.get("repository_ids").and_then(Value::as_array);
    if names.is_none() && ids.is_none() {
        return Ok(None);
    }
    let refuse = || {
        let message = "There is at least one repository that does not exist or is not accessible \
                       to the parent installation.";
        errors::error(422, message)
    };
    let wanted: Vec<&Value> = names.into_iter().chain(ids).flatten().collect();
    if wanted.is_empty() || wanted.len() > REPOSITORIES_MAX {
        return Err(refuse());
    }
    let find = |wanted: &&Value| {
        let is_it = |it: &&Repository| match wanted {
            Value::String(name) => it.name().eq_ignore_ascii_case(name),
            wanted => wanted.as_u64() == Some(it.id),
        };
        let reached = state.repositories.iter().filter(|it| reaches(installation, it));
        reached.into_iter().find(is_it).map(|it| it.path.clone()).ok_or_else(refuse)
    };
    wanted.iter().map(find).collect::<Result<Vec<_>, _>>().map(Some)
}

fn mint(call: &Call<'_>) -> Answered {
    let installation = numbered(call)?;
    if installation.is_suspended {
        return Err(errors::error(403, "This installation has been suspended"));
    }
    let body = call.json();
    let paths = narrowed(&call.state(), &installation, &body)?;
    let mut permissions = installation.permissions.clone();
    if let Some(wanted) = body.get("permissions").and_then(Value::as_object) {
        let rank = |level: &str| ["read", "write", "admin"].iter().position(|it| *it == level);
        permissions.clear();
        for (resource, level) in wanted {
            let level = level.as_str().unwrap_or_default();
            let given = installation.permissions.get(resource).and_then(|level| rank(level));
            let is_given = resource == "metadata" && level == "read" || given >= rank(level);
            if rank(level).is_none() || !is_given {
                let message = "The permissions requested are not granted to this installation.";
                return Err(errors::error(422, message));
            }
            permissions.insert(resource.clone(), level.to_owned());
        }
    }
    permissions.insert("metadata".to_owned(), "read".to_owned());
    let expires_at = Timestamp::from_millis(call.now.millis() + TOKEN_SECONDS * 1000);
    let application =
        call.state().application(&installation.client_id).cloned().unwrap_or_default();
    let token = Token {
        value: new_value(call, &application),
        kind: "installation".to_owned(),
        owner: format!("{}[bot]", application.slug),
        permissions,
        repositories: paths,
        expires_at: Some(expires_at),
        installation: Some(installation.id),
        ..Token::default()
    };
    let mut state = call.state();
    let token = state.keep_token(token, call.now);
    let is_selected = token.repositories.is_some() || installation.repositories.is_some();
    let mut body = json!({
        "token": token.value,
        "expires_at": moments::seconds(expires_at),
        "permissions": token.permissions,
        "repository_selection": if is_selected { "selected" } else { "all" },
    });
    if let (Some(paths), Some(fields)) = (&token.repositories, body.as_object_mut()) {
        let its = state.repositories.iter().filter(|it| has(paths, &it.path));
        let rows: Vec<Value> = its.map(|it| shapes::repository(call, &state, it)).collect();
        fields.insert("repositories".to_owned(), rows.into());
    }
    Ok(Reply::json(201, &body))
}

/// The newer form, which is long and has two dots, or the older where it is asked for and at
/// Enterprise Server.
fn new_value(call: &Call<'_>, application: &Application) -> String {
    let is_older = call.header("x-github-stateless-s2s-token") == Some("disabled");
    if is_older || !call.is_cloud {
        return tokens::fresh(&*call.inner.entropy, "installation");
    }
    let head = codes::to_base64_url(br#"{"alg":"RS256","typ":"JWT"}"#);
    let begin = format!("ghs_{}_{head}.", application.id);
    let rest = STATELESS_LETTERS.saturating_sub(begin.len() + 1);
    let claims = codes::letters(&*call.inner.entropy, rest.saturating_sub(342));
    let signature = codes::letters(&*call.inner.entropy, rest.min(342));
    format!("{begin}{claims}.{signature}")
}

fn end_token(call: &Call<'_>) -> Answered {
    let token = call.caller.token().filter(|token| token.kind == "installation");
    let token = token.ok_or_else(errors::requires_authentication)?;
    if let Some(token) = call.state().token_mut(&token.value) {
        token.life = Life::Revoked;
    }
    Ok(Reply::empty(204))
}

/// The installations that a person sees through the App whose user token this is.
fn mine(call: &Call<'_>) -> Answered {
    let login = identity::person(call)?.login.clone();
    let client_id = call.caller.token().and_then(|token| token.client_id.clone());
    let is_app = call.caller.token().is_some_and(|token| token.kind == "app-user");
    let Some(client_id) = client_id.filter(|_| is_app) else {
        let message = "You must authenticate with an access token authorized to a GitHub App in \
                       order to list installations";
        return Err(errors::error(403, message));
    };
    let rows: Vec<Value> = {
        let state = call.state();
        let is_seen = |it: &&Installation| {
            let sees = |repository: &Repository| {
                reaches(it, repository) && access::role_rank(&state, &login, repository).is_some()
            };
            it.client_id == client_id
                && (it.account.eq_ignore_ascii_case(&login)
                    || state.organization_role(&it.account, &login).is_some()
                    || state.repositories.iter().any(sees))
        };
        let seen = state.installations.iter().filter(is_seen);
        seen.map(|it| written_installation(call, &state, it)).collect()
    };
    lists::page_in(call, rows, |rows, total| json!({"total_count": total, "installations": rows}))
}

/// The page that a manifest is posted to: whoever sits there makes the App.
fn from_manifest(call: &Call<'_>) -> Answered {
    let form = call.form();
    let manifest: Value = oauth::field(&form, "manifest")
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let back = manifest.get("redirect_url").and_then(Value::as_str);
    let mut state = call.state();
    let (Some(back), Some(_)) = (back, &state.signed_in) else {
        return Err(Reply::of(422, "text/html; charset=utf-8", "The manifest is not complete.\n"));
    };
    let code = codes::hex_letters(&*call.inner.entropy, 20);
    let mut pairs = vec![("code", code.as_str())];
    pairs.extend(call.query("state").map(|it| ("state", it)));
    let address = oauth::with_query(back, &pairs);
    let end = call.now.millis() + MANIFEST_SECONDS * 1000;
    let expires_at = Timestamp::from_millis(end);
    state.links.push(Link { key: code, path: manifest.to_string(), expires_at });
    Ok(Reply::redirect(302, address))
}

/// Takes the code of a manifest and answers the App with its keys, once.
fn convert(call: &Call<'_>) -> Answered {
    let (manifest, owner) = {
        let mut state = call.state();
        let is_it = |it: &Link| it.key == call.param("code") && it.expires_at > call.now;
        let at = state.links.iter().position(is_it).ok_or_else(errors::not_found)?;
        (state.links.swap_remove(at).path, state.signed_in.clone().unwrap_or_default())
    };
    let manifest: Value = serde_json::from_str(&manifest).unwrap_or_default();
    let (private, public) =
        new_key().ok_or_else(|| Reply::of(500, "text/plain", "no key could be made\n"))?;
    let text = |name: &str| manifest.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let secret = codes::hex_letters(&*call.inner.entropy, 20);
    let client_id = format!("Iv23{}", codes::letters(&*call.inner.entropy, 16));
    let name = text("name").unwrap_or_else(|| "app".to_owned());
    let mut application = Application {
        slug: name.to_lowercase().replace(' ', "-"),
        owner,
        public_key: Some(public),
        has_expiring_tokens: true,
        ..Application::new(&client_id, &secret)
    };
    if let Some(permissions) = manifest.get("default_permissions").and_then(Value::as_object) {
        let level =
            |(name, level): (&String, &Value)| Some((name.clone(), level.as_str()?.to_owned()));
        application.permissions = permissions.iter().filter_map(level).collect();
    }
    if let Some(urls) = manifest.get("callback_urls").and_then(Value::as_array) {
        application.redirect_uris =
            urls.iter().filter_map(|it| it.as_str().map(ToOwned::to_owned)).collect();
    }
    let mut state = call.state();
    application.id = state.next_id();
    state.applications.push(application.clone());
    let more = json!({
        "client_secret": secret,
        "webhook_secret": codes::hex_letters(&*call.inner.entropy, 20),
        "pem": private,
    });
    Ok(Reply::json(201, &codes::join(written(call, &state, &application), more)))
}

/// A fresh key for an App as GitHub writes it, and its public half; both PEM.
pub fn new_key() -> Option<(String, String)> {
    let key = rsa::KeyPair::generate(KeySize::Rsa2048).ok()?;
    let public: PublicKeyX509Der<'_> = key.public_key().as_der().ok()?;
    let private: Pkcs8V1Der<'_> = AsDer::<Pkcs8V1Der<'_>>::as_der(&key).ok()?;
    // The inner key: what follows 26 bytes of wrapping, always so for 2048 bits.
    let inner = private.as_ref().get(26..)?;
    Some((pem("RSA PRIVATE KEY", inner), pem("PUBLIC KEY", public.as_ref())))
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = codes::to_base64(der);
    let mut lines = format!("-----BEGIN {label}-----\n");
    for (index, letter) in text.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            lines.push('\n');
        }
        lines.push(letter);
    }
    format!("{lines}\n-----END {label}-----\n")
}

//! The question of git's credential helper.

use axum::extract::State;
use web::AppState;
use web::AsksToLend;
use web::Json;
use wire::GitAnswer;
use wire::GitQuestion;

use crate::answer::Answer;
use crate::answer::shown;
use crate::input::OwnAuthority;
use crate::refusals::Always;
use crate::refusals::Deciding;
use crate::refusals::Told;
use crate::secrets;

/// Answers git's credential helper: with a lease, with the value where policy allows it, or with no.
#[utoipa::path(post, path = "/git-credential", tag = "git", request_body = GitQuestion, responses(
    (status = 200, description = "What to tell git; a refusal is an answer, too.", body = GitAnswer),
    Always, Told, Deciding,
))]
pub(crate) async fn git_credential(
    State(state): State<AppState>,
    AsksToLend(caller): AsksToLend,
    OwnAuthority(own): OwnAuthority,
    Json(question): Json<GitQuestion>,
) -> Answer<GitAnswer> {
    let GitQuestion { protocol, host, path, can_authtype } = question;
    let question = broker::GitQuestion { protocol, host, path, can_authtype };
    let answer = state.broker.answer_git(&caller, &question, own.as_deref()).await?;
    shown(secrets::git_answer(answer)?)
}

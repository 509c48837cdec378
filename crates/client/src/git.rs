//! The question of git's credential helper.

use domain::Result;
use http::Method;
use wire::GitAnswer;
use wire::GitQuestion;

use crate::Client;
use crate::exchange::Call;

impl Client {
    /// What to tell git about a URL.
    pub async fn git_credential(&self, question: &GitQuestion) -> Result<GitAnswer> {
        self.ask(Call::new(Method::POST, "/git-credential").json(question)?).await
    }
}

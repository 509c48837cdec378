//! What is good once: the signature of a request, a form of the console, the state of a sign-in. Each is
//! a text that nobody comes upon by chance.

use std::time::Duration;

use domain::Result;
use tokio::sync::OwnedMutexGuard;

use crate::Broker;
use crate::boxed;

/// Something that was taken, for as long as this is held.
#[derive(Debug)]
pub struct Taken {
    /// Whether it came for the first time.
    pub is_first: bool,
    _turn: OwnedMutexGuard<()>,
}

impl Broker {
    /// Takes what is good once; `good_for` is how long it could come again. Whoever comes with the same
    /// one meanwhile waits until the first is through with it.
    #[boxed]
    pub async fn take_once(&self, what: &str, good_for: Duration) -> Result<Taken> {
        let turn = self.once.of(what.to_owned()).lock_owned().await;
        let now = self.clock.now();
        let (what, until) = (what.to_owned(), now.plus(good_for));
        let is_first = self
            .committer
            .change(move |session| {
                Box::pin(async move {
                    let is_first = store::once::take(session, &what, now, until).await?;
                    Ok((is_first, Vec::new()))
                })
            })
            .await?;
        Ok(Taken { is_first, _turn: turn })
    }
}

//! How many streams of changes are open, in all and of each session: a browser's tabs, a loop of somebody's.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use domain::Error;
use domain::ErrorKind;
use domain::Result;
use domain::id::SessionId;

use crate::limits;

/// The streams that are open.
#[derive(Default)]
pub struct Streams(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    all: usize,
    of_session: HashMap<SessionId, usize>,
}

/// One that is open, for as long as this is held.
pub struct Open {
    streams: Arc<Streams>,
    session: SessionId,
}

impl Streams {
    /// Opens another one, if there is room.
    pub fn open(self: &Arc<Streams>, session: SessionId) -> Result<Open> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counts.of_session.get(&session).copied().unwrap_or_default();
        if counts.all >= limits::STREAMS_MAX || own >= limits::STREAMS_OF_SESSION_MAX {
            return Err(Error::new(ErrorKind::Busy, "Too many pages are open.")
                .hint("close some, or reload this page to see what is new"));
        }
        counts.all += 1;
        counts.of_session.insert(session, own + 1);
        Ok(Open { streams: Arc::clone(self), session })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut counts = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all = counts.all.saturating_sub(1);
        match counts.of_session.get_mut(&self.session) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                counts.of_session.remove(&self.session);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(number: u32) -> SessionId {
        format!("00000000-0000-7000-8000-{number:012x}").parse().unwrap()
    }

    #[test]
    fn a_session_and_everybody_together_have_their_share() {
        let streams = Arc::new(Streams::default());
        let open = |number| streams.open(session(number));
        let mut own: Vec<Open> =
            (0..limits::STREAMS_OF_SESSION_MAX).map(|_| open(0).unwrap()).collect();
        assert_eq!(open(0).err().unwrap().kind(), ErrorKind::Busy);
        let mut others = vec![open(1).unwrap()];
        own.pop();
        own.push(open(0).unwrap());
        assert!(open(0).is_err());
        let mut number = 2;
        while let Ok(opened) = open(number) {
            others.push(opened);
            number += 1;
        }
        assert_eq!(own.len() + others.len(), limits::STREAMS_MAX);
        drop((own, others));
        let counts = streams.0.lock().unwrap();
        assert_eq!((counts.all, counts.of_session.len()), (0, 0));
    }
}

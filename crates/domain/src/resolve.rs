//! Which credential serves a URL: a pure choice among candidates, and the reasons for it.
//!
//! Order: repository-scoped › the one the asking service uses › organization credentials whose
//! host and `covers` match and that may be lent, most specific prefix first, then `--default` › the
//! asking member's own connected account. One whose last check proved that it cannot do what is
//! wanted comes after all others.
//! An equal match is refused, naming the candidates: undecidable means refuse. An explicit choice
//! does not come here at all; it wins before and never falls through.

use crate::id::CredentialId;
use crate::status::Status;

/// One credential that could serve, with everything the choice needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: CredentialId,
    /// Its handle, for people.
    pub handle: String,
    /// Whether it is the asking member's own, and not the organization's.
    pub is_members_own: bool,
    /// Whether it is for exactly this repository.
    pub is_repository_scoped: bool,
    /// Whether the asking service is bound to it.
    pub is_services_choice: bool,
    /// How many segments of the path its matching prefix has.
    pub prefix_segments: usize,
    /// Whether it wins among equals.
    pub is_default: bool,
    /// Its status now.
    pub status: Status,
    /// Whether its last check proved that it cannot do here what is wanted.
    pub is_proven_unable: bool,
}

impl Candidate {
    /// Larger is better; equal means undecidable.
    /// What was proven once may have been mended since: one that is proven unable still serves where
    /// nobody else can.
    fn rank(&self) -> (bool, bool, bool, bool, usize, bool) {
        (
            !self.is_proven_unable,
            !self.is_members_own,
            self.is_repository_scoped,
            self.is_services_choice,
            self.prefix_segments,
            self.is_default,
        )
    }
}

/// What became of one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It serves.
    Chosen,
    /// It may not be lent as it stands.
    NotLendable(Status),
    /// Its last check proved that it cannot do this, and another one may.
    ProvenUnable,
    /// Another one fits better.
    Outranked,
    /// It is a member's own, and one of the organization's serves.
    BehindOrganization,
    /// Another one fits exactly as well.
    Tied,
}

impl Verdict {
    /// The reason, for people.
    pub fn sentence(&self) -> String {
        match self {
            Verdict::Chosen => "serves this repository".to_owned(),
            Verdict::NotLendable(status) => format!("is {} and may not be lent", status.word()),
            Verdict::ProvenUnable => "its last check proved that it may not do this".to_owned(),
            Verdict::Outranked => "another one is more specific, or the default".to_owned(),
            Verdict::BehindOrganization => {
                "is a member's own account, and one of the organization's serves first".to_owned()
            }
            Verdict::Tied => "another one fits exactly as well; make one of them the default, \
                              or narrow what it covers"
                .to_owned(),
        }
    }
}

/// The outcome of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This one serves.
    One(CredentialId),
    /// These fit equally well; refused.
    Tied(Vec<String>),
    /// None may serve.
    None,
}

/// Chooses, and says of every candidate what became of it, in the order given.
pub fn choose(candidates: &[Candidate]) -> (Choice, Vec<Verdict>) {
    let best = candidates.iter().filter(|c| c.status.may_be_lent()).map(Candidate::rank).max();
    let Some(best) = best else {
        let verdicts = candidates.iter().map(|c| Verdict::NotLendable(c.status)).collect();
        return (Choice::None, verdicts);
    };
    let winners: Vec<&Candidate> =
        candidates.iter().filter(|c| c.status.may_be_lent() && c.rank() == best).collect();
    let choice = match winners.as_slice() {
        [only] => Choice::One(only.id),
        several => Choice::Tied(several.iter().map(|c| c.handle.clone()).collect()),
    };
    let verdicts = candidates
        .iter()
        .map(|candidate| {
            if !candidate.status.may_be_lent() {
                Verdict::NotLendable(candidate.status)
            } else if candidate.is_proven_unable && best.0 {
                Verdict::ProvenUnable
            } else if candidate.is_members_own && best.1 {
                Verdict::BehindOrganization
            } else if candidate.rank() != best {
                Verdict::Outranked
            } else if winners.len() == 1 {
                Verdict::Chosen
            } else {
                Verdict::Tied
            }
        })
        .collect();
    (choice, verdicts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(handle: &str, segments: usize) -> Candidate {
        let mut bytes = [0u8; 16];
        for (to, from) in bytes.iter_mut().zip(handle.bytes()) {
            *to = from;
        }
        Candidate {
            id: CredentialId::from_uuid(uuid::Uuid::from_bytes(bytes)),
            handle: handle.to_owned(),
            is_members_own: false,
            is_repository_scoped: false,
            is_services_choice: false,
            prefix_segments: segments,
            is_default: false,
            status: Status::Valid,
            is_proven_unable: false,
        }
    }

    fn winner(candidates: &[Candidate]) -> Option<String> {
        match choose(candidates).0 {
            Choice::One(id) => candidates.iter().find(|c| c.id == id).map(|c| c.handle.clone()),
            Choice::Tied(names) => Some(format!("tied: {}", names.join(" "))),
            Choice::None => None,
        }
    }

    #[test]
    fn the_order() {
        let whole = candidate("whole", 0);
        let group = candidate("group", 1);
        let scoped = Candidate { is_repository_scoped: true, ..candidate("scoped", 2) };
        let service = Candidate { is_services_choice: true, ..candidate("service", 0) };
        let default = Candidate { is_default: true, ..candidate("default", 0) };
        let unable = Candidate { is_proven_unable: true, ..candidate("unable", 1) };
        let pick = |list: &[&Candidate]| {
            winner(&list.iter().map(|c| (*c).clone()).collect::<Vec<_>>()).unwrap_or_default()
        };
        assert_eq!(pick(&[&whole, &group]), "group");
        assert_eq!(pick(&[&whole, &group, &scoped, &service]), "scoped");
        assert_eq!(pick(&[&whole, &group, &service]), "service");
        assert_eq!(pick(&[&whole, &default]), "default");
        assert_eq!(pick(&[&default, &group]), "group");
        assert_eq!(pick(&[&whole, &candidate("other", 0)]), "tied: whole other");
        assert_eq!(pick(&[&whole, &unable]), "whole");
        assert_eq!(pick(&[&unable]), "unable");
        assert_eq!(pick(&[]), "");
    }

    #[test]
    fn a_members_own_account_comes_last() {
        let own = Candidate { is_members_own: true, ..candidate("own", 3) };
        let whole = candidate("whole", 0);
        let (choice, verdicts) = choose(&[own.clone(), whole.clone()]);
        assert_eq!(choice, Choice::One(whole.id));
        assert_eq!(verdicts, [Verdict::BehindOrganization, Verdict::Chosen]);
        let dead = Candidate { status: Status::Expired, ..whole };
        assert_eq!(choose(&[own.clone(), dead]).0, Choice::One(own.id));
    }

    #[test]
    fn what_may_not_be_lent_is_passed_over() {
        let dead = Candidate { status: Status::Rejected, ..candidate("dead", 1) };
        let alive = candidate("alive", 0);
        let (choice, verdicts) = choose(&[dead.clone(), alive.clone()]);
        assert_eq!(choice, Choice::One(alive.id));
        assert_eq!(verdicts, [Verdict::NotLendable(Status::Rejected), Verdict::Chosen]);
        assert_eq!(choose(&[dead]).0, Choice::None);
    }
}

//! How a credential gets a new value: it is given by hand, or granted anew.

use broker::CredentialView;
use domain::credential::CredentialKind;

use crate::session::Signed;
use crate::words;

/// How a credential gets a new value.
pub enum Renewal {
    /// People give it.
    ByHand,
    /// It is the caller's own account, who connects it again.
    Own,
    /// It is granted to others; why the caller cannot.
    Others(String),
}

impl Renewal {
    /// How this one does.
    pub fn of(view: &CredentialView, signed: &Signed) -> Renewal {
        let credential = &view.credential;
        match credential.member_id {
            _ if credential.kind != CredentialKind::OAuth => Renewal::ByHand,
            None => {
                Renewal::Others("The client that stored this grant asks for it anew.".to_owned())
            }
            own if own == signed.caller.principal.member_id => Renewal::Own,
            Some(_) => {
                let who = words::name(&credential.created_by);
                Renewal::Others(format!("Only its member, {who}, can connect it again."))
            }
        }
    }
}

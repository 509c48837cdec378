//! The refusals an operation can answer with, as its description lists them.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::ToSchema;
use utoipa::openapi::Content;
use utoipa::openapi::Ref;
use utoipa::openapi::RefOr;
use utoipa::openapi::Response;
use utoipa::openapi::ResponseBuilder;
use wire::Problem;

type Responses = BTreeMap<String, RefOr<Response>>;

fn problem(status: u16, sentence: &str) -> (String, RefOr<Response>) {
    let schema = Ref::from_schema_name(Problem::name());
    let response = ResponseBuilder::new()
        .description(sentence)
        .content("application/json", Content::new(Some(schema)))
        .build();
    (status.to_string(), response.into())
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident { $($status:literal => $sentence:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> Responses {
                [$(problem($status, $sentence)),*].into_iter().collect()
            }
        }
    )*};
}

refusals! {
    /// Of every operation that asks who is there.
    Always {
        401 => "The token is missing, unknown, expired or revoked.",
        500 => "A defect of Claviger; the log has the cause under the request id.",
        503 => "The database is out of reach; nothing was changed.",
    }
    /// Of operations that not every role may use.
    Ruled { 403 => "The role may not do this, or policy refuses it." }
    /// Of operations on one thing.
    Named { 404 => "There is no such thing in this organization." }
    /// Of operations with parameters.
    Asked { 400 => "A parameter is unknown, malformed or contradictory." }
    /// Of operations with a body.
    Told {
        400 => "The body is malformed, or what it says is contradictory.",
        413 => "The body, or a field of it, is larger than a named limit.",
    }
    /// Of operations that can clash with what is there.
    Clashing { 409 => "It clashes with what is already there." }
    /// Of operations that somebody else has to take part in.
    Upstream { 502 => "Another server answered badly or not at all." }
    /// Of operations that need a mail server.
    Mailing { 501 => "This server has no mail server to send by." }
    /// Of operations that ask a Git host.
    Asking {
        429 => "What serves this just changed, or the host is asked too often; try again.",
        501 => "The provider does not offer this.",
        502 => "The Git host answered badly or not at all, or refused the stored credential.",
    }
    /// Of operations that make the server dial, a few at once.
    Dialling { 429 => "A few of these run already; try again in a moment." }
    /// Of operations that take a decision again when settings change meanwhile.
    Deciding { 429 => "The organization's settings keep changing; try again in a moment." }
}

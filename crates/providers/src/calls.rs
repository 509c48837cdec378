//! How many calls were made, by host and result; the numbers behind `/metrics`.

use bytes::Bytes;
use domain::ErrorKind;
use domain::Result;
use domain::url::Authority;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

/// What a call is counted under.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CallLabels {
    /// The provider's word.
    pub provider: String,
    /// The host that was called.
    pub host: String,
    /// `ok`, the status where it is a refusal, `fault` or `unreachable`.
    pub result: String,
}

/// Calls by provider and result; by host, too, for those who may know the hosts. Hosts are
/// registered ones only, so there are not more labels than those.
#[derive(Debug, Default)]
pub struct Calls {
    /// Every host apart.
    pub by_host: Family<CallLabels, Counter>,
    /// All hosts as one.
    pub summed: Family<CallLabels, Counter>,
}

pub(crate) fn count(
    calls: &Calls,
    provider: &str,
    host: &Authority,
    outcome: &Result<http::Response<Bytes>>,
) {
    let result = match outcome {
        Ok(answer) if answer.status().is_client_error() => answer.status().as_u16().to_string(),
        Ok(answer) if answer.status().is_server_error() => "fault".to_owned(),
        Ok(_) => "ok".to_owned(),
        Err(error) if error.kind() == ErrorKind::Upstream => "unreachable".to_owned(),
        Err(_) => "refused_by_us".to_owned(),
    };
    let of =
        |host: String| CallLabels { provider: provider.to_owned(), host, result: result.clone() };
    calls.by_host.get_or_create(&of(host.to_string())).inc();
    calls.summed.get_or_create(&of("all".to_owned())).inc();
}

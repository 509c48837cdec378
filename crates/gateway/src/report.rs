//! A push that is refused for its refs, told in git's own protocol.
//!
//! Of a push that fails with a status git shows the number only. So a client that asked for a report
//! gets one, as from a server whose hook said no: every ref rejected, and the sentence as `remote:`.

use axum::response::IntoResponse;
use axum::response::Response;
use domain::Error;
use domain::text::printable;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use http_body_util::BodyExt;

use crate::command_list::CommandList;
use crate::limits;

/// What stands behind every ref; the sentence itself comes beside it.
const REASON: &str = "refused by Claviger";
/// Data of one packet beside its length and channel, in bytes.
const CHUNK_BYTES: usize = 65_515;
/// The channel of the report, and the one of messages for people.
const DATA: u8 = 1;
const MESSAGES: u8 = 2;

/// The report of a refusal; none if the client did not ask for one, or has too much left to send.
pub(crate) async fn refusal(
    list: &CommandList,
    error: &Error,
    rest: &mut axum::body::Body,
) -> Option<Response> {
    let asked = list.capabilities();
    let wants_report = asked.clone().any(|word| word.starts_with("report-status"));
    let has_channels = asked.clone().any(|word| word == "side-band-64k");
    // Git reads no answer before it has sent everything.
    if !wants_report || !has_channels || !discard(rest).await {
        return None;
    }
    let kind = HeaderValue::from_static("application/x-git-receive-pack-result");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Some((StatusCode::OK, headers, body(list, error)).into_response())
}

fn body(list: &CommandList, error: &Error) -> Vec<u8> {
    let mut words = printable(error.message(), limits::REFUSAL_CHARACTERS_MAX);
    words.push('\n');
    if let Some(hint) = error.hint_text() {
        words.push_str(&printable(&format!("Hint: {hint}"), limits::REFUSAL_CHARACTERS_MAX));
        words.push('\n');
    }
    let mut report = Vec::new();
    push_packet(&mut report, &[b"unpack ok\n"]);
    for name in list.refs() {
        push_packet(&mut report, &[format!("ng {name} {REASON}\n").as_bytes()]);
    }
    report.extend_from_slice(b"0000");
    let mut body = Vec::with_capacity(report.len() + words.len() + 64);
    push_packet(&mut body, &[&[MESSAGES], words.as_bytes()]);
    for chunk in report.chunks(CHUNK_BYTES) {
        push_packet(&mut body, &[&[DATA], chunk]);
    }
    body.extend_from_slice(b"0000");
    body
}

fn push_packet(to: &mut Vec<u8>, pieces: &[&[u8]]) {
    let length: usize = pieces.iter().map(|piece| piece.len()).sum();
    to.extend_from_slice(format!("{:04x}", length + 4).as_bytes());
    to.extend(pieces.iter().copied().flatten());
}

/// Reads what git still sends and forgets it; false if that is too much or too slow.
async fn discard(body: &mut axum::body::Body) -> bool {
    let mut bytes = 0usize;
    while let Ok(next) = tokio::time::timeout(limits::FRAME_TIME_MAX, body.frame()).await {
        let Some(frame) = next else { return true };
        let Ok(frame) = frame else { return false };
        bytes += frame.data_ref().map_or(0, |data| data.len());
        if bytes > limits::REFUSED_BYTES_MAX {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pkt_line::Packet;
    use crate::pkt_line::Read;
    use crate::pkt_line::read;

    fn list(capabilities: &str, count: usize) -> CommandList {
        let mut bytes = Vec::new();
        let (old, new) = ("0".repeat(40), "1".repeat(40));
        for number in 0..count {
            let tail = if number == 0 { format!("\0{capabilities}") } else { String::new() };
            let line = format!("{old} {new} refs/heads/{number}{tail}\n");
            push_packet(&mut bytes, &[line.as_bytes()]);
        }
        bytes.extend_from_slice(b"0000");
        let mut list = CommandList::default();
        list.advance(&bytes).unwrap();
        list
    }

    fn packets(mut bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut packets = Vec::new();
        loop {
            match read(bytes) {
                Read::Packet(Packet::Line(line), length) => {
                    packets.push(line.to_vec());
                    bytes = &bytes[length..];
                }
                Read::Packet(Packet::Flush, 4) if bytes.len() == 4 => return packets,
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn every_ref_is_rejected_with_the_sentence() {
        let error = Error::forbidden("No.\u{1b}\nunpack ok".to_owned()).hint("ask");
        let outer = packets(&body(&list("report-status side-band-64k", 3000), &error));
        assert_eq!(outer[0][0], MESSAGES);
        let words = String::from_utf8(outer[0][1..].to_vec()).unwrap();
        assert_eq!(words.lines().count(), 2, "{words}");
        assert!(words.starts_with("No.") && !words.contains('\u{1b}'), "{words}");
        assert!(outer.len() > 2, "the report needs several packets");
        let data = outer[1..].iter().flat_map(|packet| {
            assert!(packet[0] == DATA && packet.len() <= CHUNK_BYTES + 1);
            packet[1..].to_vec()
        });
        let inner = packets(&data.collect::<Vec<u8>>());
        assert_eq!(inner[0], b"unpack ok\n");
        assert_eq!(inner.len(), 3001);
        assert_eq!(inner[3000], format!("ng refs/heads/2999 {REASON}\n").into_bytes());
    }

    #[test]
    fn only_who_asked_for_a_report_gets_one() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let told = |capabilities: &str| {
            let list = list(capabilities, 1);
            let mut rest = axum::body::Body::from("PACK");
            let error = Error::forbidden("No.".to_owned());
            runtime.block_on(refusal(&list, &error, &mut rest)).is_some()
        };
        assert!(told(" report-status side-band-64k agent=git/2.47"));
        assert!(told("report-status-v2 side-band-64k object-format=sha1"));
        assert!(!told("report-status"));
        assert!(!told("side-band-64k"));
        assert!(!told(""));
    }
}

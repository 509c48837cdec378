//! What a verification found, as sentences.

use wire::AuditFinding;
use wire::LaneHead;

/// One finding, before it is put into words.
pub(crate) struct Found {
    /// The lane.
    pub lane: i64,
    /// The first record concerned.
    pub sequence: i64,
    /// The last record concerned.
    pub last_sequence: i64,
    /// The first one's id, as far as it can still be read.
    pub record_id: Option<String>,
    /// `edited`, `deleted`, `reordered`, `cut`, `index`.
    pub what: String,
}

impl Found {
    /// A lane of which only a head kept outside is left.
    pub fn lost(head: &LaneHead) -> Found {
        Found {
            lane: head.lane,
            sequence: 1,
            last_sequence: head.sequence,
            record_id: None,
            what: "cut".to_owned(),
        }
    }

    /// In the words of the API.
    pub fn shape(self) -> AuditFinding {
        AuditFinding {
            sentence: self.sentence(),
            lane: self.lane,
            sequence: self.sequence,
            record_id: self.record_id,
            what: self.what,
        }
    }

    fn sentence(&self) -> String {
        let (lane, first, last) = (self.lane, self.sequence, self.last_sequence);
        let is_run = last > first;
        let records = match &self.record_id {
            _ if is_run => format!("Records {first} to {last} of lane {lane}"),
            Some(id) => format!("Record {first} of lane {lane} ({id})"),
            None => format!("Record {first} of lane {lane}"),
        };
        let (was, is) = if is_run { ("were", "are") } else { ("was", "is") };
        match self.what.as_str() {
            "deleted" => format!("{records} {was} deleted."),
            "reordered" => format!("{records} {is} not where it was written."),
            "cut" => format!("Lane {lane} was cut: its records from {first} on are gone."),
            "index" => format!("{records} {is} not shown by the index as it was written."),
            _ => format!("{records} {was} edited."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(what: &str, last_sequence: i64, record_id: Option<&str>) -> String {
        let record_id = record_id.map(str::to_owned);
        Found { lane: 1, sequence: 7, last_sequence, record_id, what: what.to_owned() }.sentence()
    }

    #[test]
    fn findings_name_lane_number_and_id() {
        assert_eq!(sentence("edited", 7, None), "Record 7 of lane 1 was edited.");
        assert_eq!(sentence("edited", 7, Some("a-b")), "Record 7 of lane 1 (a-b) was edited.");
        assert_eq!(sentence("deleted", 7, None), "Record 7 of lane 1 was deleted.");
        assert_eq!(sentence("deleted", 9, None), "Records 7 to 9 of lane 1 were deleted.");
        let moved = sentence("reordered", 7, None);
        assert_eq!(moved, "Record 7 of lane 1 is not where it was written.");
        let cut = sentence("cut", 9, None);
        assert_eq!(cut, "Lane 1 was cut: its records from 7 on are gone.");
        let index = sentence("index", 7, None);
        assert_eq!(index, "Record 7 of lane 1 is not shown by the index as it was written.");
    }

    #[test]
    fn a_lane_that_is_gone_is_a_finding() {
        let finding = Found::lost(&LaneHead { lane: 2, sequence: 5, mac: String::new() }).shape();
        assert_eq!((finding.what.as_str(), finding.sequence), ("cut", 1));
        assert_eq!(finding.sentence, "Lane 2 was cut: its records from 1 on are gone.");
    }

    #[test]
    fn the_words_are_those_of_the_store() {
        use store::verify::Damage;
        let word = |damage: Damage| format!("{damage:?}").to_ascii_lowercase();
        let all = [Damage::Edited, Damage::Deleted, Damage::Reordered, Damage::Cut, Damage::Index];
        assert_eq!(all.map(word), ["edited", "deleted", "reordered", "cut", "index"]);
    }
}

//! What a verification of the audit log found, as sentences.

use store::verify::Damage;
use store::verify::Finding;

/// A finding as a sentence.
pub fn audit_sentence(finding: &Finding) -> String {
    let (lane, first, last) = (finding.lane, finding.sequence, finding.last_sequence);
    let is_run = last > first;
    let records = match &finding.record {
        _ if is_run => format!("Records {first} to {last} of lane {lane}"),
        Some((id, _)) => format!("Record {first} of lane {lane} ({id})"),
        None => format!("Record {first} of lane {lane}"),
    };
    let (was, is) = if is_run { ("were", "are") } else { ("was", "is") };
    match finding.damage {
        Damage::Deleted => format!("{records} {was} deleted."),
        Damage::Reordered => format!("{records} {is} not where it was written."),
        Damage::Cut => format!("Lane {lane} was cut: its records from {first} on are gone."),
        Damage::Index => format!("{records} {is} not shown by the index as it was written."),
        Damage::Edited => format!("{records} {was} edited."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(damage: Damage, last_sequence: i64, id: Option<&str>) -> String {
        let record = id.map(|id| (id.to_owned(), None));
        audit_sentence(&Finding { lane: 1, sequence: 7, last_sequence, record, damage })
    }

    #[test]
    fn findings_name_lane_number_and_id() {
        assert_eq!(sentence(Damage::Edited, 7, None), "Record 7 of lane 1 was edited.");
        assert_eq!(
            sentence(Damage::Edited, 7, Some("a-b")),
            "Record 7 of lane 1 (a-b) was edited."
        );
        assert_eq!(sentence(Damage::Deleted, 7, None), "Record 7 of lane 1 was deleted.");
        assert_eq!(sentence(Damage::Deleted, 9, None), "Records 7 to 9 of lane 1 were deleted.");
        let moved = sentence(Damage::Reordered, 7, None);
        assert_eq!(moved, "Record 7 of lane 1 is not where it was written.");
        let cut = sentence(Damage::Cut, 9, None);
        assert_eq!(cut, "Lane 1 was cut: its records from 7 on are gone.");
        let index = sentence(Damage::Index, 7, None);
        assert_eq!(index, "Record 7 of lane 1 is not shown by the index as it was written.");
    }
}

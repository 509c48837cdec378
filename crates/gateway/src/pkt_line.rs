//! Git's pkt-line framing: four hexadecimal digits of length, then the rest.

/// One packet at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packet<'a> {
    /// `0000`.
    Flush,
    /// `0001` and `0002`: delimiters of protocol v2, never in a command list.
    Delimiter,
    /// A line, without its length.
    Line(&'a [u8]),
}

/// What reading one packet gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read<'a> {
    /// A packet, and how many bytes it took.
    Packet(Packet<'a>, usize),
    /// More bytes are needed.
    Incomplete,
    /// These bytes are no pkt-line.
    Broken,
}

/// Reads the packet at the beginning of `bytes`.
pub(crate) fn read(bytes: &[u8]) -> Read<'_> {
    let Some((digits, _)) = bytes.split_first_chunk::<4>() else { return Read::Incomplete };
    let mut length = 0usize;
    for digit in digits {
        let Some(value) = char::from(*digit).to_digit(16) else { return Read::Broken };
        length = length * 16 + usize::try_from(value).unwrap_or(0);
    }
    match length {
        0 => Read::Packet(Packet::Flush, 4),
        1 | 2 => Read::Packet(Packet::Delimiter, 4),
        3 => Read::Broken,
        _ => match bytes.get(4..length) {
            Some(line) => Read::Packet(Packet::Line(line), length),
            None => Read::Incomplete,
        },
    }
}

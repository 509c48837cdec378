//! The form of Bitbucket Cloud's tokens. None can be made, changed or ended through the API.

use domain::Entropy;

use crate::codes;

/// A new value. The eight letters at the end look like a sum; what of is not published.
pub(super) fn fresh(entropy: &dyn Entropy, kind: &str) -> String {
    let end = codes::hex_letters(entropy, 4).to_uppercase();
    match kind {
        "api" => {
            format!("{}{}={end}", "ATATT3x", format_args!("FfGF0{}", codes::letters(entropy, 160)))
        }
        "oauth" => codes::letters(entropy, 83) + "=",
        "refresh" => codes::letters(entropy, 18),
        "app-password" => format!("{}{}", "ATBB", codes::letters(entropy, 32)),
        _ => {
            format!("{}{}={end}", "ATCTT3x", format_args!("FfGN0{}", codes::letters(entropy, 150)))
        }
    }
}

//! The description is complete, and its committed copy is current.

use std::path::PathBuf;

fn committed() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

#[test]
fn the_committed_openapi_is_current() {
    let text = crate::openapi_text().unwrap();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(committed().parent().unwrap()).unwrap();
        std::fs::write(committed(), &text).unwrap();
    }
    let kept = std::fs::read_to_string(committed()).unwrap_or_default();
    assert!(
        kept == text,
        "docs/openapi.json is not what the handlers say; \
         write it anew with: UPDATE=1 cargo test -p api-native openapi"
    );
}

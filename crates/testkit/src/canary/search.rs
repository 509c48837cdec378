//! Looks for many needles in one pass, and holds no file whole.

use std::fs;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Finding;
use super::Needle;

/// Read at once of a file, in bytes.
const PIECE_BYTES: usize = 1024 * 1024;
/// How deep a tree may be; deeper is a mistake of the test.
const DEPTH_MAX: usize = 64;

pub(super) struct Searcher<'a> {
    needles: &'a [Needle],
    /// For every pair of bytes, whether a needle begins so.
    begins: Vec<bool>,
    overlap: usize,
}

impl<'a> Searcher<'a> {
    pub(super) fn new(needles: &'a [Needle]) -> Searcher<'a> {
        let mut begins = vec![false; 1 << 16];
        for needle in needles {
            assert!(needle.bytes.len() >= 8, "a secret this short would be found everywhere");
            if let [first, second, ..] = needle.bytes.as_slice()
                && let Some(begins) = begins.get_mut(pair(*first, *second))
            {
                *begins = true;
            }
        }
        let longest = needles.iter().map(|needle| needle.bytes.len()).max().unwrap_or(1);
        Searcher { needles, begins, overlap: longest - 1 }
    }

    pub(super) fn bytes(&self, bytes: &[u8]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (offset, window) in bytes.windows(2).enumerate() {
            let [first, second] = window else { continue };
            if !self.begins.get(pair(*first, *second)).is_some_and(|begins| *begins) {
                continue;
            }
            let rest = bytes.get(offset..).unwrap_or_default();
            for needle in self.needles.iter().filter(|needle| rest.starts_with(&needle.bytes)) {
                let offset = offset as u64;
                findings.push(Finding { encoding: needle.encoding, offset, file: None });
            }
        }
        findings
    }

    pub(super) fn tree(&self, root: &Path) -> Vec<Finding> {
        assert!(root.symlink_metadata().is_ok(), "{} is not there to search", root.display());
        let mut findings = Vec::new();
        self.visit(root, 0, &mut findings);
        findings
    }

    fn visit(&self, path: &Path, depth: usize, findings: &mut Vec<Finding>) {
        assert!(depth < DEPTH_MAX, "{} is too deep to search", path.display());
        let Ok(metadata) = path.symlink_metadata() else { return };
        let mut found = path.file_name().map_or_else(Vec::new, |it| self.bytes(it.as_bytes()));
        if metadata.is_symlink() {
            let target = fs::read_link(path).unwrap_or_default();
            found.extend(self.bytes(target.as_os_str().as_bytes()));
        } else if metadata.is_file() {
            found.extend(self.file(path));
        }
        let file = Some(path.to_owned());
        findings.extend(found.into_iter().map(|it| Finding { file: file.clone(), ..it }));
        if metadata.is_dir() {
            let entries = fs::read_dir(path).into_iter().flatten().flatten();
            for entry in entries {
                self.visit(&entry.path(), depth + 1, findings);
            }
        }
    }

    fn file(&self, path: &Path) -> Vec<Finding> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => panic!("{} could not be searched: {error}", path.display()),
        };
        let mut findings: Vec<Finding> = Vec::new();
        let mut kept: Vec<u8> = Vec::new();
        let mut kept_offset: u64 = 0;
        loop {
            let before = kept.len();
            let read = (&mut file).take(PIECE_BYTES as u64).read_to_end(&mut kept);
            if let Err(error) = read {
                panic!("{} could not be searched: {error}", path.display());
            }
            if kept.len() == before {
                return findings;
            }
            for mut finding in self.bytes(&kept) {
                finding.offset += kept_offset;
                // What lies in the overlap was found with the piece before.
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
            let cut = kept.len().saturating_sub(self.overlap);
            kept_offset += cut as u64;
            kept.drain(..cut);
        }
    }
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

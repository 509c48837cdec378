//! The limits of looking into repositories, named, with their unit last.

/// A Dockerfile, in bytes.
pub(super) const DOCKERFILE_BYTES_MAX: usize = 256 * 1024;
/// A chart's description, in bytes.
pub(super) const CHART_BYTES_MAX: usize = 256 * 1024;
/// One file of Terraform, in bytes. For an object with many keys its parser takes time by their square.
pub(super) const TERRAFORM_FILE_BYTES_MAX: usize = 128 * 1024;
/// All files of Terraform that one question reads, in bytes.
pub(super) const TERRAFORM_BYTES_MAX: usize = 1024 * 1024;
/// Files that one question reads or names.
pub(super) const FILES_MAX: usize = 100;
/// Folders that are listed to find files.
pub(super) const FOLDERS_MAX: usize = 100;
/// How far below its root path files are looked for, in folders.
pub(super) const DEPTH_FOLDERS_MAX: usize = 5;
/// The stack of Terraform's parser, in bytes: it nests 64 levels, which is more than a task has room for.
pub(super) const PARSER_STACK_BYTES: usize = 16 * 1024 * 1024;
/// A path as a sentence repeats it, in characters.
pub(super) const PATH_CHARACTERS_MAX: usize = 120;
/// Missing files that a sentence names.
pub(super) const MISSING_NAMED_MAX: usize = 10;

//! The gateway, with real git in front of it and a real Git host behind it.

mod clone;
mod headers;
mod hostile;
mod refusals;
mod replicas;
mod upstream;

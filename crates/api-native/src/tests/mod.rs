//! The router over a real broker on a database of its own, and its description.

mod audit;
mod channels;
mod first_day;
mod foreign;
mod git;
mod lists;
mod openapi;
mod refusals;
mod roles;
mod sessions;
mod world;

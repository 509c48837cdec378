//! The router over a real broker, and its description.

mod openapi;

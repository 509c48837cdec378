//! The integration tests, one module a topic.

mod first_day;

//! Real git against a real host.

//! What screens are made of.

pub(crate) mod digits;
pub(crate) mod editor;
pub(crate) mod list;
pub(crate) mod look;
pub(crate) mod steps;
pub(crate) mod wrap;

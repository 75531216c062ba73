//! Who the text speaks of.

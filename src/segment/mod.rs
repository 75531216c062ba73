//! Articles into paragraphs.

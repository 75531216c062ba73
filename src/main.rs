//! Arguments into settings, a run, an exit code. Nothing else.

fn main() {}

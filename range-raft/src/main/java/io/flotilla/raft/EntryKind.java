package io.flotilla.raft;

/// What an entry's payload is. Declared in the order of their codes on disk and wire: append only.
public enum EntryKind {
  /// The empty entry by which a new leader commits its predecessors' entries (paper, section 8).
  NOOP,
  /// A command for the replicated state; opaque to the core.
  COMMAND,
  /// A command that changes the membership; at most one may be in the log and not yet applied.
  MEMBERSHIP
}

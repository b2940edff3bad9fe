package io.flotilla.raft;

import java.util.Arrays;

/// One log record. The payload is encoded once, by the leader; the same array goes to its log and
/// to every follower, so nobody may write to it.
public record Entry(long term, long index, EntryKind kind, byte[] payload) {
  /// What an entry costs in limits beside its payload, in bytes.
  public static final int OVERHEAD_BYTES = 24;

  public Entry {
    if (term < 1 || index < 1) {
      throw new IllegalArgumentException("an entry has term and index of 1 or more");
    }
  }

  public EntryId id() {
    return new EntryId(term, index);
  }

  /// Size for limits and windows, in bytes.
  public int bytes() {
    return OVERHEAD_BYTES + payload.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Entry entry
        && entry.term == term
        && entry.index == index
        && entry.kind == kind
        && Arrays.equals(entry.payload, payload);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(term * 31 + index);
  }

  @Override
  public String toString() {
    return kind + " t" + term + "/i" + index + " (" + payload.length + " bytes)";
  }
}

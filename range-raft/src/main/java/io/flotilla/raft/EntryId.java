package io.flotilla.raft;

/// The (term, index) of a log entry, ordered by term and then by index, which is the order of "more
/// up-to-date" (Raft paper, section 5.4.1). Index 0 with term 0 stands before the first entry.
public record EntryId(long term, long index) implements Comparable<EntryId> {
  public static final EntryId ZERO = new EntryId(0, 0);

  public EntryId {
    if (term < 0 || index < 0) {
      throw new IllegalArgumentException("negative entry id t" + term + " i" + index);
    }
  }

  @Override
  public int compareTo(EntryId other) {
    int byTerm = Long.compare(term, other.term);
    return byTerm != 0 ? byTerm : Long.compare(index, other.index);
  }

  @Override
  public String toString() {
    return "t" + term + "/i" + index;
  }
}

package io.flotilla.raft;

import java.util.ArrayList;
import java.util.List;

/// The terms this peer has led in this life and whose entries are not all decided: who else could
/// have made a proposal in them?
final class LedTerms {
  private List<Long> terms = List.of();

  /// A new term of ours. Entries of terms before `decidedTerm` are all committed or gone.
  void add(long term, long decidedTerm) {
    List<Long> kept = new ArrayList<>(2);
    for (Long led : terms) {
      if (led >= decidedTerm) {
        kept.add(led);
      }
    }
    kept.add(term);
    terms = kept;
  }

  boolean isOwnProposal(Entry entry) {
    return entry.kind() != EntryKind.NOOP && terms.contains(entry.term());
  }
}

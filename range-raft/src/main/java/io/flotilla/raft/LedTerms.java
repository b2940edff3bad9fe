package io.flotilla.raft;

import java.util.Arrays;

/// The terms this peer has led in this life and whose entries are not all decided: who else could
/// have made a proposal in them?
final class LedTerms {
  private static final long[] NONE = new long[0];

  private long[] terms = NONE;

  LedTerms() {}

  /// As they were when the group rested.
  LedTerms(RestReader in) {
    terms = new long[in.count()];
    Arrays.setAll(terms, _ -> in.number());
  }

  void rest(RestWriter out) {
    out.number(terms.length);
    for (long term : terms) {
      out.number(term);
    }
  }

  /// A new term of ours. Entries of terms before `decidedTerm` are all committed or gone.
  void add(long term, long decidedTerm) {
    int kept = 0;
    while (kept < terms.length && terms[terms.length - 1 - kept] >= decidedTerm) {
      kept++;
    }
    long[] updated = Arrays.copyOfRange(terms, terms.length - kept, terms.length + 1);
    updated[kept] = term;
    terms = updated;
  }

  boolean isOwnProposal(Entry entry) {
    return entry.kind() != EntryKind.NOOP && Arrays.binarySearch(terms, entry.term()) >= 0;
  }
}

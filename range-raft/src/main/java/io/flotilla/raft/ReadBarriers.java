package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.PeerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// A leader's reads that wait for proof that it still is the leader (thesis, section 6.4).
///
/// Reads gather until a round of beats is started and are current as of the commit index at that
/// moment: a quorum that answers the round proves that nobody else could have committed anything
/// before it. Many reads share one round.
final class ReadBarriers {
  /// A read of `from`, under its own number.
  record Waiting(PeerId from, long context) {}

  /// Reads that became current at `index` once `round` is answered.
  record Batch(long round, long index, List<Waiting> reads) {}

  private List<Waiting> gathering = List.of();
  private final ArrayDeque<Batch> started = new ArrayDeque<>(2);

  void add(PeerId from, long context) {
    if (gathering.isEmpty()) {
      gathering = new ArrayList<>();
    }
    gathering.add(new Waiting(from, context));
  }

  boolean hasGathered() {
    return !gathering.isEmpty();
  }

  /// A round was started: everything gathered so far rides on it.
  void start(long round, long committed) {
    if (gathering.isEmpty()) {
      return;
    }
    Invariant.check(started.isEmpty() || started.getLast().round() <= round, "rounds go up", round);
    started.add(new Batch(round, committed, gathering));
    gathering = List.of();
  }

  /// The next batch whose round is proved, removed; null: none.
  ArrayDeque<Batch> proved(long confirmedRound) {
    ArrayDeque<Batch> proved = new ArrayDeque<>(2);
    while (!started.isEmpty() && started.getFirst().round() <= confirmedRound) {
      proved.add(started.removeFirst());
    }
    return proved;
  }

  boolean isEmpty() {
    return gathering.isEmpty() && started.isEmpty();
  }

  /// Everything that waits, removed.
  List<Waiting> abandon() {
    List<Waiting> all = new ArrayList<>();
    started.forEach(batch -> all.addAll(batch.reads()));
    all.addAll(gathering);
    started.clear();
    gathering = List.of();
    return all;
  }
}

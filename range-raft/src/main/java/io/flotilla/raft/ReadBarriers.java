package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.PeerId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  private List<Batch> started = List.of();

  void add(PeerId from, long context) {
    if (gathering.isEmpty()) {
      gathering = new ArrayList<>();
    }
    gathering.add(new Waiting(from, context));
  }

  /// True if nobody waits.
  boolean isIdle() {
    return gathering.isEmpty() && started.isEmpty();
  }

  boolean hasGathered() {
    return !gathering.isEmpty();
  }

  /// A round was started: everything gathered so far rides on it.
  void start(long round, long committed) {
    if (gathering.isEmpty()) {
      return;
    }
    if (started.isEmpty()) {
      started = new ArrayList<>(2);
    } else {
      Invariant.check(started.getLast().round() <= round, "rounds go up", round);
    }
    started.add(new Batch(round, committed, gathering));
    gathering = List.of();
  }

  /// Takes the oldest batch if its round is proved; null: it is not, or there is none.
  @Nullable Batch takeProved(long confirmedRound) {
    if (started.isEmpty() || started.getFirst().round() > confirmedRound) {
      return null;
    }
    Batch oldest = started.removeFirst();
    if (started.isEmpty()) {
      started = List.of();
    }
    return oldest;
  }

  /// Takes everything that waits.
  List<Waiting> abandon() {
    List<Waiting> all = new ArrayList<>();
    started.forEach(batch -> all.addAll(batch.reads()));
    all.addAll(gathering);
    started = List.of();
    gathering = List.of();
    return all;
  }
}

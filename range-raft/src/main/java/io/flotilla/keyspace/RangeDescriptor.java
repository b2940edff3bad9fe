package io.flotilla.keyspace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What a range is at one moment: its span, its replicas and its generation.
///
/// The generation is raised by every split, merge and membership change, so of two descriptors of
/// one range the one with the higher generation is the newer. `replicas` is sorted by peer; a store
/// holds at most one replica of a range.
///
/// The placement group is the range [#PLACEMENT]. It is no part of the ordered map: its span is not
/// looked at, and it never splits.
public record RangeDescriptor(
    RangeId id, KeySpan span, long generation, List<ReplicaDescriptor> replicas) {
  /// The placement group's id.
  public static final RangeId PLACEMENT = new RangeId(1);

  /// The first range of the ordered map: the one that a new fleet starts with.
  public static final RangeId FIRST = new RangeId(2);

  public RangeDescriptor {
    replicas = sortedByPeer(replicas);
    if (generation < 1) {
      throw new IllegalArgumentException("generation starts at 1, got " + generation);
    }
    for (int i = 0; i < replicas.size(); i++) {
      for (int j = i + 1; j < replicas.size(); j++) {
        requireDistinct(id, replicas.get(i), replicas.get(j));
      }
    }
  }

  private static List<ReplicaDescriptor> sortedByPeer(List<ReplicaDescriptor> replicas) {
    List<ReplicaDescriptor> sorted = new ArrayList<>(replicas);
    sorted.sort(Comparator.comparing(ReplicaDescriptor::peer));
    return List.copyOf(sorted);
  }

  private static void requireDistinct(RangeId id, ReplicaDescriptor a, ReplicaDescriptor b) {
    if (a.isPeer(b.peer()) || a.store().equals(b.store())) {
      throw new IllegalArgumentException("range " + id + " has two replicas " + a + " and " + b);
    }
  }

  public boolean isPlacement() {
    return id.equals(PLACEMENT);
  }

  /// True while two configurations are in force at once (joint consensus).
  public boolean isJoint() {
    // Asked once a turn and range: a stream costs more than the answer.
    for (int i = 0; i < replicas.size(); i++) {
      if (replicas.get(i).kind().isJoint()) {
        return true;
      }
    }
    return false;
  }

  public Optional<ReplicaDescriptor> replicaOn(StoreId store) {
    return replicas.stream().filter(replica -> replica.store().equals(store)).findFirst();
  }

  public Optional<ReplicaDescriptor> replica(PeerId peer) {
    return replicas.stream().filter(replica -> replica.isPeer(peer)).findFirst();
  }

  /// This range with other replicas, one generation later.
  public RangeDescriptor withReplicas(List<ReplicaDescriptor> newReplicas) {
    return new RangeDescriptor(id, span, generation + 1, newReplicas);
  }

  /// This range with another span, one generation later.
  public RangeDescriptor withSpan(KeySpan newSpan) {
    return new RangeDescriptor(id, newSpan, generation + 1, replicas);
  }

  /// This range, equal in all, with these objects for the keys of its span where they are equal:
  /// where one range ends the next one starts, and neither needs a key of its own for that.
  public RangeDescriptor sharing(Key start, Key end) {
    Key from = span.start().equals(start) ? start : span.start();
    Key to = span.end().equals(end) ? end : span.end();
    return new RangeDescriptor(id, new KeySpan(from, to), generation, replicas);
  }

  @Override
  public String toString() {
    return "range " + id + " " + span + " g" + generation + " " + replicas;
  }
}

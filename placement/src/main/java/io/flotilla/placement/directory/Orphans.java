package io.flotilla.placement.directory;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import java.util.TreeMap;

/// Replicas without a descriptor that ask whether they are wanted: learners whose first snapshot
/// never came.
///
/// Such a replica cannot say as of when it is a member; it may be about to become one of the newest
/// descriptor that is known here. But it exists, so its range's leader knew it when it asked first.
/// Once that leader's store has made reports since then, of which none names the peer, it was
/// removed; and peers do not come back. A wrong answer would cost a learner, never a vote.
final class Orphans {
  /// Reports under way when it asked, and the next, may have been made before.
  private static final int REPORTS_SINCE = 3;

  /// A report is made from what its store looked at a moment before.
  private static final long WAIT_MILLIS = 5_000;

  private static final int ASKED_MAX = 1_000;

  private record Key(RangeId range, PeerId peer) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = range.compareTo(other.range);
      return order != 0 ? order : peer.compareTo(other.peer);
    }
  }

  /// @param receipt of the leader's store
  private record Asked(StoreId leader, long receipt, long atMillis) {}

  private final TreeMap<Key, Asked> asked = new TreeMap<>();

  /// It asks, and no report names it. True if none ever will.
  ///
  /// @param receipt the newest that the leader's store was given
  boolean isGone(RangeId range, PeerId peer, StoreId leader, long receipt, long nowMillis) {
    Key key = new Key(range, peer);
    Asked first = asked.get(key);
    if (first == null || !first.leader().equals(leader)) {
      if (asked.size() >= ASKED_MAX) {
        asked.clear(); // they ask again
      }
      asked.put(key, new Asked(leader, receipt, nowMillis));
      return false;
    }
    boolean gone =
        receipt - first.receipt() >= REPORTS_SINCE && nowMillis - first.atMillis() >= WAIT_MILLIS;
    if (gone) {
      asked.remove(key);
    }
    return gone;
  }

  /// It is named after all.
  void forget(RangeId range, PeerId peer) {
    asked.remove(new Key(range, peer));
  }
}

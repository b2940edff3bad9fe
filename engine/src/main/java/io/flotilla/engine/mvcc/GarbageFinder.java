package io.flotilla.engine.mvcc;

import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StateStorage.StateCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the versions that no read at or above a safe point can see.
///
/// Of each key that is the versions below the *keeper*, the newest one at or below the safe point;
/// and the keeper itself if it is a tombstone and nothing is left below it that it would uncover.
final class GarbageFinder {
  /// The most deletions of one slice: they go into one entry.
  private static final int DELETIONS_MAX = 500;

  private final StateStorage state;

  /// A part of a walk.
  ///
  /// @param deletions state keys, for each user key the oldest first
  /// @param next where the walk goes on; null: at the end
  record Slice(List<byte[]> deletions, byte @Nullable [] next, long walked) {}

  GarbageFinder(StateStorage state) {
    this.state = state;
  }

  /// Walks from a state key, and no further than `versionsMax` versions or a slice full of
  /// deletions. May block.
  Slice find(byte[] from, byte[] to, long safePoint, int versionsMax) {
    List<byte[]> deletions = new ArrayList<>();
    long walked = 0;
    try (StateCursor cursor = state.scan(from, to, false, false)) {
      while (cursor.isValid()) {
        byte[] head = cursor.key();
        if (walked >= versionsMax || deletions.size() >= DELETIONS_MAX) {
          return new Slice(deletions, head, walked);
        }
        KeyGarbage garbage = ofOneKey(cursor, head, safePoint, DELETIONS_MAX - deletions.size());
        deletions.addAll(garbage.oldestFirst());
        walked += garbage.walked();
        if (!garbage.complete()) {
          return new Slice(deletions, head, walked);
        }
      }
    }
    return new Slice(deletions, null, walked);
  }

  /// @param complete false: there is more of this key, to be looked at again once these are deleted
  private record KeyGarbage(List<byte[]> oldestFirst, long walked, boolean complete) {}

  /// Leaves the cursor on the next user key, if complete.
  private static KeyGarbage ofOneKey(
      StateCursor cursor, byte[] head, long safePoint, int deletionsMax) {
    byte[] keeper = null;
    boolean keeperIsTombstone = false;
    List<byte[]> newestFirst = new ArrayList<>(1);
    long walked = 0;
    for (; cursor.isValid(); cursor.next()) {
      byte[] version = cursor.key();
      if (!StateLayout.sameUserKey(version, head)) {
        break;
      }
      walked++;
      if (keeper != null) {
        if (newestFirst.size() >= deletionsMax) {
          return new KeyGarbage(newestFirst.reversed(), walked, false);
        }
        newestFirst.add(version);
      } else if (StateLayout.timestampOf(version) <= safePoint) {
        keeper = version;
        keeperIsTombstone = Version.isTombstone(cursor.value());
      }
    }
    List<byte[]> oldestFirst = new ArrayList<>(newestFirst.reversed());
    if (keeper != null && keeperIsTombstone) {
      oldestFirst.add(keeper);
    }
    return new KeyGarbage(oldestFirst, walked, true);
  }
}

package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.KvReply.Page;
import io.flotilla.engine.mvcc.KvRequest.Scan;
import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.spi.StateStorage;
import io.flotilla.spi.StateStorage.Seek;
import io.flotilla.spi.StateStorage.StateCursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds versions in the applied state. Has no state of its own: any thread may read.
///
/// What is asked for "in memory only" comes back null when a disk would be needed, or more work
/// than a loop should do in one go.
final class VersionReader {
  /// How often the walk steps over versions of one key before it jumps to the next key.
  private static final int STEPS_BEFORE_SEEK = 4;

  private final StateStorage state;

  VersionReader(StateStorage state) {
    this.state = state;
  }

  /// The newest version of `key` at or below `at`; null only with `memoryOnly`.
  @Nullable Version newest(Key key, Timestamp at, boolean memoryOnly) {
    byte[] from = StateLayout.versionKey(key.bytes(), at.value());
    int prefixBytes = from.length - StateLayout.TIMESTAMP_BYTES;
    return switch (state.seek(from, prefixBytes, memoryOnly)) {
      case Seek.Found(var found, var value) ->
          new Version(StateLayout.timestampOf(found), Version.decode(value));
      case Seek.Absent _ -> Version.NONE;
      case Seek.NeedsDisk _ -> null;
    };
  }

  /// The newest value of each key at or below `at`, as one consistent view, of as many of the first
  /// keys as `bytesMax` bytes have room for (one value may exceed it); null only with `memoryOnly`.
  @Nullable List<byte @Nullable []> newest(
      List<Key> keys, Timestamp at, int bytesMax, boolean memoryOnly) {
    List<byte @Nullable []> values = new ArrayList<>(keys.size());
    if (keys.isEmpty()) {
      return values;
    }
    Key first = keys.stream().min(Key::compareTo).orElseThrow();
    Key last = keys.stream().max(Key::compareTo).orElseThrow();
    byte[] from = StateLayout.versionPrefix(first.bytes());
    long bytes = 0;
    try (StateCursor cursor = state.scan(from, afterAll(last), false, memoryOnly)) {
      for (Key key : keys) {
        byte[] wanted = StateLayout.versionKey(key.bytes(), at.value());
        cursor.seek(wanted);
        if (cursor.isValid() && !StateLayout.sameUserKey(cursor.key(), wanted)) {
          values.add(null);
          continue;
        }
        Version version = current(cursor);
        if (version == null) {
          return null;
        }
        values.add(version.value());
        bytes += version.value() == null ? 0 : version.value().length;
        if (bytes >= bytesMax) {
          break;
        }
      }
    }
    return values;
  }

  private static @Nullable Version current(StateCursor cursor) {
    if (cursor.isValid()) {
      return new Version(StateLayout.timestampOf(cursor.key()), Version.decode(cursor.value()));
    }
    return cursor.needsDisk() ? null : Version.NONE;
  }

  /// One page of a scan. May block.
  Page page(Scan scan) {
    KeySpan interval = StateLayout.versionsOf(scan.span());
    byte[] from = interval.start().bytes();
    byte[] to = interval.end().bytes();
    PageBuilder page = new PageBuilder(scan);
    try (StateCursor cursor = state.scan(from, to, scan.reverse(), false)) {
      if (scan.reverse()) {
        walkBackward(cursor, scan.at().value(), page);
      } else {
        walkForward(cursor, scan.at().value(), page);
      }
    }
    return page.build();
  }

  /// Versions come newest first: the first one at or below `at` is the key's.
  private static void walkForward(StateCursor cursor, long at, PageBuilder page) {
    while (cursor.isValid()) {
      byte[] head = cursor.key();
      if (page.isFull()) {
        page.resumeAt(Key.of(StateLayout.userKeyOf(head)));
        return;
      }
      page.stepped();
      if (StateLayout.timestampOf(head) > at) {
        cursor.seek(StateLayout.versionKey(StateLayout.userKeyOf(head), at));
        if (!cursor.isValid() || !StateLayout.sameUserKey(cursor.key(), head)) {
          continue;
        }
      }
      page.add(StateLayout.userKeyOf(head), cursor.value());
      leaveForward(cursor, head, page);
    }
  }

  private static void leaveForward(StateCursor cursor, byte[] head, PageBuilder page) {
    for (int steps = 0; steps < STEPS_BEFORE_SEEK; steps++) {
      cursor.next();
      page.stepped();
      if (!cursor.isValid() || !StateLayout.sameUserKey(cursor.key(), head)) {
        return;
      }
    }
    cursor.seek(afterAll(StateLayout.versionPrefix(StateLayout.userKeyOf(head))));
  }

  /// Versions come oldest first: the last one at or below `at` is the key's.
  private void walkBackward(StateCursor cursor, long at, PageBuilder page) {
    byte[] passed = null;
    while (cursor.isValid()) {
      if (page.isFull() && passed != null) {
        page.resumeAt(Key.of(passed));
        return;
      }
      byte[] tail = cursor.key();
      passed = StateLayout.userKeyOf(tail);
      byte[] stored = oldestFirst(cursor, tail, at, page);
      if (stored != null) {
        page.add(passed, stored);
      }
      if (cursor.isValid() && StateLayout.sameUserKey(cursor.key(), tail)) {
        cursor.seek(StateLayout.versionPrefix(passed));
      }
    }
  }

  /// Steps over the versions of one key up to `at`. The many of a hot key are not all walked: a
  /// look from the other side finds the same one, for what was at or below a real timestamp stays
  /// as it is.
  private byte @Nullable [] oldestFirst(
      StateCursor cursor, byte[] tail, long at, PageBuilder page) {
    byte[] stored = null;
    int steps = 0;
    while (cursor.isValid()
        && StateLayout.sameUserKey(cursor.key(), tail)
        && StateLayout.timestampOf(cursor.key()) <= at) {
      page.stepped();
      if (++steps > 4 * STEPS_BEFORE_SEEK && at != Timestamp.MAX.value()) {
        return storedAt(Key.of(StateLayout.userKeyOf(tail)), at);
      }
      stored = cursor.value();
      cursor.next();
    }
    return stored;
  }

  private byte @Nullable [] storedAt(Key key, long at) {
    byte[] from = StateLayout.versionKey(key.bytes(), at);
    int prefixBytes = from.length - StateLayout.TIMESTAMP_BYTES;
    Seek found = state.seek(from, prefixBytes, false);
    return found instanceof Seek.Found(_, var value) ? value : null;
  }

  private static byte[] afterAll(Key key) {
    return afterAll(StateLayout.versionPrefix(key.bytes()));
  }

  /// The least state key above all versions that begin with `prefix`, which ends with a terminator.
  private static byte[] afterAll(byte[] prefix) {
    prefix[prefix.length - 1]++;
    return prefix;
  }
}

package io.flotilla.engine.mvcc;

import io.flotilla.engine.KeyValue;
import io.flotilla.engine.mvcc.KvReply.Page;
import io.flotilla.engine.mvcc.KvRequest.Scan;
import io.flotilla.keyspace.Key;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collects one page of a scan and knows when it has enough.
final class PageBuilder {
  /// The most versions looked at for one page: a page with no entries at all may end here.
  private static final int STEPS_MAX = 20_000;

  private final List<KeyValue> entries = new ArrayList<>();
  private final int limit;
  private final int bytesMax;
  private long bytes;
  private int steps;
  private @Nullable Key resume;

  PageBuilder(Scan scan) {
    this.limit = scan.limit();
    this.bytesMax = scan.bytes();
  }

  boolean isFull() {
    return entries.size() >= limit || bytes >= bytesMax || steps >= STEPS_MAX;
  }

  void stepped() {
    steps++;
  }

  /// A tombstone is no entry.
  void add(byte[] userKey, byte[] stored) {
    byte[] value = Version.decode(stored);
    if (value != null) {
      entries.add(new KeyValue(userKey, value));
      bytes += userKey.length + value.length;
    }
  }

  void resumeAt(Key key) {
    resume = key;
  }

  Page build() {
    return new Page(entries, resume);
  }
}

package io.flotilla.raft;

import io.flotilla.keyspace.Invariant;
import io.flotilla.raft.Ready.LogFetch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gives committed entries out to be applied: each once, in order, only what is durable here, and
/// never more bytes than may be under way at once.
final class ApplyCursor {
  private final RaftOptions options;
  private final RaftLog log;
  private final Inflight underWay = new Inflight();
  private long given;
  private @Nullable LogFetch fetch;
  private List<Entry> fetched = List.of();

  ApplyCursor(RaftOptions options, RaftLog log) {
    this.options = options;
    this.log = log;
    this.given = log.applied();
  }

  /// Bytes of entries that were given out and are not applied yet.
  long underWayBytes() {
    return underWay.bytes();
  }

  /// True if nothing was given out that is not applied, and nothing is fetched: then a new one does
  /// as well.
  boolean mayRest() {
    return given == log.applied() && underWay.count() == 0 && fetch == null && fetched.isEmpty();
  }

  /// True if [#next] or [#wantedFetch] has something to give.
  boolean isReady() {
    return given < applicable()
        && fetch == null
        && underWay.bytes() < options.applyBytesMax()
        && !log.persists().isInstalling();
  }

  /// The next entries to apply; empty if there are none, or if they must be fetched first.
  List<Entry> next() {
    if (!isReady()) {
      return List.of();
    }
    long from = given + 1;
    long room = options.applyBytesMax() - underWay.bytes();
    List<Entry> entries =
        log.isInMemory(from) ? log.slice(from, applicable(), room) : takeFetched(from);
    if (!entries.isEmpty()) {
      give(entries);
    }
    return entries;
  }

  /// What must be read from disk before more can be applied; null: nothing. Asked once.
  @Nullable LogFetch wantedFetch() {
    if (!isReady() || log.isInMemory(given + 1) || !fetched.isEmpty()) {
      return null;
    }
    long to = Math.min(applicable(), log.firstInMemory() - 1);
    fetch = new LogFetch(null, given + 1, to, options.applyBytesMax());
    return fetch;
  }

  void onFetched(LogFetch answered, List<Entry> entries) {
    if (!answered.equals(fetch)) {
      return;
    }
    fetch = null;
    if (answered.fromIndex() == given + 1 && log.matches(given + 1, entries)) {
      fetched = entries;
    }
  }

  void onApplied(long index) {
    Invariant.check(index <= given, "only what was given out is applied", index, given);
    underWay.acknowledge(index);
  }

  void trim() {
    underWay.trim();
  }

  /// A snapshot took the place of everything up to `index`.
  void restart(long index) {
    given = index;
    fetch = null;
    fetched = List.of();
    underWay.clear();
  }

  private long applicable() {
    return Math.min(log.committed(), log.durable());
  }

  private List<Entry> takeFetched(long from) {
    List<Entry> entries = fetched;
    fetched = List.of();
    if (!log.matches(from, entries)) {
      return List.of();
    }
    int count = (int) Math.min(entries.size(), applicable() - from + 1);
    return entries.subList(0, count);
  }

  private void give(List<Entry> entries) {
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      Invariant.check(entry.index() == given + 1, "entries are given once, in order", given);
      bytes += entry.bytes();
      given++;
    }
    Invariant.check(given <= applicable(), "only durable committed entries are applied", given);
    underWay.add(given, bytes);
  }
}

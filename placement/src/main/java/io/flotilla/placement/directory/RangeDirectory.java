package io.flotilla.placement.directory;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.RangeNews.Stretch;
import io.flotilla.placement.RangeReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which range holds a key, and who leads it: an ordered map built from leaders' reports.
final class RangeDirectory {
  /*
   * Invariant: the spans of the known data ranges do not overlap. The placement group is kept
   * by id alone, for its span means nothing.
   *
   * Of one range the higher generation wins, then the higher term. Of two ranges that overlap
   * the higher generation wins too: they are relatives by split or merge, and either gives its
   * results a generation above that of its sources. What is evicted leaves a gap until its own
   * leader reports again; a gap is said, never papered over with the older range.
   */

  /// The newest report of a range. `leader` null: it has said since that it does not lead any more.
  record Known(RangeReport report, @Nullable StoreId leader) {}

  /// What became of a report.
  enum Verdict {
    ACCEPTED,
    /// Something newer of the same range is known.
    STALE,
    /// Ranges that are not older hold some of its keys.
    OVERLAPS
  }

  private final TreeMap<RangeId, Known> byId = new TreeMap<>();
  private final TreeMap<Key, RangeId> byStart = new TreeMap<>();
  private final StoreTally tally = new StoreTally();

  Verdict accept(StoreId reporter, RangeReport report) {
    Known old = byId.get(report.range());
    if (old != null && isOlder(report, old.report())) {
      return Verdict.STALE;
    }
    if (!report.descriptor().isPlacement()) {
      List<Known> others = overlapping(report.descriptor().span());
      others.removeIf(other -> other.report().range().equals(report.range()));
      if (others.stream().anyMatch(other -> other.report().generation() >= report.generation())) {
        return Verdict.OVERLAPS;
      }
      others.forEach(other -> forget(other.report()));
    }
    Known known = merge(reporter, report, old);
    if (old != null) {
      forget(old.report());
    }
    put(known);
    if (!report.descriptor().isPlacement()) {
      byStart.put(report.descriptor().span().start(), report.range());
    }
    return Verdict.ACCEPTED;
  }

  private static boolean isOlder(RangeReport report, RangeReport known) {
    return report.generation() < known.generation()
        || report.generation() == known.generation() && report.term() < known.term();
  }

  /// A deposed leader may be the first to tell of a generation that was its work; who leads now is
  /// not its to say.
  private static Known merge(StoreId reporter, RangeReport report, @Nullable Known old) {
    if (old == null || report.term() >= old.report().term()) {
      return new Known(report, reporter);
    }
    RangeReport newest = old.report();
    return new Known(
        new RangeReport(
            report.descriptor(),
            newest.term(),
            newest.leader(),
            newest.committed(),
            report.size(),
            newest.followers()),
        old.leader());
  }

  private void put(Known known) {
    Known old = byId.put(known.report().range(), known);
    if (old != null) {
      tally.remove(old);
    }
    tally.add(known);
  }

  private void forget(RangeReport report) {
    Known old = byId.remove(report.range());
    if (old != null) {
      tally.remove(old);
    }
    if (!report.descriptor().isPlacement()) {
      byStart.remove(report.descriptor().span().start(), report.range());
    }
  }

  /// The store says that it does not lead this range any more.
  void release(StoreId reporter, RangeId range) {
    Known known = byId.get(range);
    if (known != null && reporter.equals(known.leader())) {
      put(new Known(known.report(), null));
    }
  }

  /// The store leads these ranges, and in this stretch no others.
  void releaseOthers(StoreId reporter, Stretch stretch, Set<RangeId> led) {
    RangeId end = stretch.end();
    NavigableMap<RangeId, Known> behind = byId.tailMap(stretch.from(), true);
    for (Map.Entry<RangeId, Known> entry :
        (end == null ? behind : behind.headMap(end, false)).entrySet()) {
      Known known = entry.getValue();
      if (reporter.equals(known.leader()) && !led.contains(entry.getKey())) {
        Known leaderless = new Known(known.report(), null);
        entry.setValue(leaderless);
        tally.remove(known);
        tally.add(leaderless);
      }
    }
  }

  /// What is on each store.
  StoreTally tally() {
    return tally;
  }

  /// The first range after this one in the order of ids, or the very first one behind the last;
  /// empty: there is none.
  Optional<Known> next(@Nullable RangeId after) {
    Map.Entry<RangeId, Known> next = after == null ? null : byId.higherEntry(after);
    return Optional.ofNullable(next == null ? byId.firstEntry() : next).map(Map.Entry::getValue);
  }

  Optional<Known> find(RangeId range) {
    return Optional.ofNullable(byId.get(range));
  }

  /// The data range that holds a key.
  Optional<Known> find(Key key) {
    Map.Entry<Key, RangeId> floor = byStart.floorEntry(key);
    return floor == null
        ? Optional.empty()
        : find(floor.getValue()).filter(known -> known.report().descriptor().span().contains(key));
  }

  /// Every known range, sorted by id.
  Collection<Known> all() {
    return byId.values();
  }

  /// The data ranges that overlap a span, in the order of their keys. The list is the caller's.
  List<Known> overlapping(KeySpan span) {
    List<Known> found = new ArrayList<>();
    Key before = byStart.floorKey(span.start());
    for (RangeId range : byStart.tailMap(before == null ? Key.EMPTY : before, true).values()) {
      Known known = find(range).orElseThrow();
      KeySpan knownSpan = known.report().descriptor().span();
      if (knownSpan.overlaps(span)) {
        found.add(known);
      } else if (knownSpan.start().compareTo(span.start()) > 0) {
        break;
      }
    }
    return found;
  }

  /// What of a span lies in none of `ranges`, which are those that overlap it, in order.
  static List<KeySpan> gaps(KeySpan span, List<Known> ranges) {
    List<KeySpan> gaps = new ArrayList<>();
    Key from = span.start();
    for (Known known : ranges) {
      KeySpan covered = known.report().descriptor().span();
      if (from.compareTo(covered.start()) < 0) {
        gaps.add(new KeySpan(from, covered.start()));
      }
      if (covered.isUnbounded()) {
        return gaps;
      }
      from = covered.end();
    }
    if (span.isUnbounded() || from.compareTo(span.end()) < 0) {
      gaps.add(new KeySpan(from, span.end()));
    }
    return gaps;
  }
}

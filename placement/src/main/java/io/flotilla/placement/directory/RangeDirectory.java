package io.flotilla.placement.directory;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.SortedTable;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PackedReport;
import io.flotilla.placement.RangeNews.Stretch;
import io.flotilla.placement.RangeReport;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  /// The newest report of a range.
  static final class Known {
    private final RangeDescriptor descriptor;
    private final RangeSize size;
    private final byte[] numbers;
    private final @Nullable StoreId leader;

    /// @param leader null: it has said since that it does not lead any more
    Known(RangeReport report, @Nullable StoreId leader) {
      this(report.descriptor(), report.size(), PackedReport.pack(report), leader);
    }

    private Known(
        RangeDescriptor descriptor, RangeSize size, byte[] numbers, @Nullable StoreId leader) {
      this.descriptor = descriptor;
      this.size = size;
      this.numbers = numbers;
      this.leader = leader;
    }

    /// Made anew with each call.
    RangeReport report() {
      return PackedReport.unpack(numbers, descriptor, size);
    }

    RangeDescriptor descriptor() {
      return descriptor;
    }

    RangeId range() {
      return descriptor.id();
    }

    long bytes() {
      return size.bytes();
    }

    @Nullable StoreId leader() {
      return leader;
    }

    private Known withoutLeader() {
      return new Known(descriptor, size, numbers, null);
    }
  }

  /// What became of a report.
  enum Verdict {
    ACCEPTED,
    /// Something newer of the same range is known.
    STALE,
    /// Ranges that are not older hold some of its keys.
    OVERLAPS
  }

  private final SortedTable<RangeId, Known> byId = new SortedTable<>(Known::range);
  private final SortedTable<Key, RangeDescriptor> byStart =
      new SortedTable<>(each -> each.span().start());
  private final StoreTally tally = new StoreTally();

  Verdict accept(StoreId reporter, RangeReport report) {
    Known old = byId.get(report.range());
    RangeReport newest = old == null ? null : old.report();
    if (newest != null && isOlder(report, newest)) {
      return Verdict.STALE;
    }
    if (old != null && old.descriptor().equals(report.descriptor())) {
      put(merge(reporter, report, old, newest)); // in its place: it cannot overlap anything new
      return Verdict.ACCEPTED;
    }
    if (!report.descriptor().isPlacement()) {
      List<Known> others = overlapping(report.descriptor().span());
      others.removeIf(other -> other.range().equals(report.range()));
      if (others.stream()
          .anyMatch(other -> other.descriptor().generation() >= report.generation())) {
        return Verdict.OVERLAPS;
      }
      others.forEach(other -> forget(other.descriptor()));
    }
    Known known = merge(reporter, report, old, newest);
    if (old != null) {
      forget(old.descriptor());
    }
    put(known);
    if (!report.descriptor().isPlacement()) {
      byStart.put(report.descriptor());
    }
    return Verdict.ACCEPTED;
  }

  private static boolean isOlder(RangeReport report, RangeReport known) {
    return report.generation() < known.generation()
        || report.generation() == known.generation() && report.term() < known.term();
  }

  /// A deposed leader may be the first to tell of a generation that was its work; who leads now is
  /// not its to say.
  ///
  /// @param newest what `old` says
  private static Known merge(
      StoreId reporter, RangeReport report, @Nullable Known old, @Nullable RangeReport newest) {
    if (old == null || newest == null || report.term() >= newest.term()) {
      return new Known(report, reporter);
    }
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
    Known old = byId.put(known);
    if (old != null) {
      tally.remove(old);
    }
    tally.add(known);
  }

  private void forget(RangeDescriptor descriptor) {
    Known old = byId.remove(descriptor.id());
    if (old != null) {
      tally.remove(old);
    }
    Key start = descriptor.span().start();
    RangeDescriptor there = byStart.get(start);
    if (there != null && there.id().equals(descriptor.id())) {
      byStart.remove(start);
    }
  }

  /// The store says that it does not lead this range any more.
  void release(StoreId reporter, RangeId range) {
    Known known = byId.get(range);
    if (known != null && reporter.equals(known.leader())) {
      put(known.withoutLeader());
    }
  }

  /// The store leads these ranges, and in this stretch no others.
  void releaseOthers(StoreId reporter, Stretch stretch, Set<RangeId> led) {
    RangeId end = stretch.end();
    for (Known known : byId.from(stretch.from())) {
      RangeId range = known.range();
      if (end != null && range.compareTo(end) >= 0) {
        return;
      }
      if (reporter.equals(known.leader()) && !led.contains(range)) {
        put(known.withoutLeader()); // in its place, so that the walk goes on
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
    if (after != null) {
      for (Known known : byId.from(after)) {
        if (known.range().compareTo(after) > 0) {
          return Optional.of(known);
        }
      }
    }
    Iterator<Known> all = byId.all().iterator();
    return all.hasNext() ? Optional.of(all.next()) : Optional.empty();
  }

  Optional<Known> find(RangeId range) {
    return Optional.ofNullable(byId.get(range));
  }

  /// The data range that holds a key.
  Optional<Known> find(Key key) {
    RangeDescriptor floor = byStart.floor(key);
    return floor != null && floor.span().contains(key) ? find(floor.id()) : Optional.empty();
  }

  /// Every known range, sorted by id.
  Iterable<Known> all() {
    return byId.all();
  }

  /// How many ranges are known.
  int size() {
    return byId.size();
  }

  /// The data ranges that overlap a span, in the order of their keys. The list is the caller's.
  List<Known> overlapping(KeySpan span) {
    return overlapping(span, Integer.MAX_VALUE);
  }

  /// The same, at most the first so many.
  List<Known> overlapping(KeySpan span, int most) {
    List<Known> found = new ArrayList<>();
    RangeDescriptor before = byStart.floor(span.start());
    for (RangeDescriptor each : byStart.from(before == null ? Key.EMPTY : before.span().start())) {
      KeySpan knownSpan = each.span();
      if (found.size() == most) {
        break;
      }
      if (knownSpan.overlaps(span)) {
        found.add(find(each.id()).orElseThrow());
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
      KeySpan covered = known.descriptor().span();
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

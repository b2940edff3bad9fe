package io.flotilla.placement;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeId;
import io.flotilla.placement.PlacementReply.Reported;
import io.flotilla.placement.RangeNews.Stretch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A store's side of its chain of reports: what the placement leader has yet to hear, cut into
/// reports of bounded size, one under way at a time. Confined to whoever reports.
///
/// What a report said is news until a reply says that it was taken in. The placement leader says
/// from where on it wants to hear of everything, so a lost report, a lost reply and another
/// placement leader all lead to the same: the next report begins where that one's knowledge ends.
public final class ReportChain {
  private static final RangeNews NOTHING = new RangeNews(null, List.of(), List.of(), List.of());

  /// About what a report of a range takes beside its keys and replicas, and each replica in it.
  private static final int RANGE_BYTES = 48;

  private static final int REPLICA_BYTES = 32;

  /// The ranges that are led here.
  public interface Led {
    boolean contains(RangeId range);

    /// Those from this id on, in order.
    Iterable<RangeId> from(RangeId range);

    /// What there is to say of one that is led.
    RangeReport report(RangeId range);
  }

  private final int rangesMax;
  private final int bytesMax;
  private final TreeSet<RangeId> changed = new TreeSet<>();
  private final TreeSet<RangeId> released = new TreeSet<>();
  private final Set<FailedStep> failed = new LinkedHashSet<>();
  private @Nullable RangeId fullFrom = Stretch.ALL.from();
  private RangeNews underWay = NOTHING;
  private int notTaken;
  private long receipt;

  public ReportChain() {
    this(RangeNews.RANGES_MAX, RangeNews.BYTES_MAX);
  }

  /// @param rangesMax the most ranges of one report
  /// @param bytesMax about how many bytes they may take; one range always goes
  public ReportChain(int rangesMax, int bytesMax) {
    if (rangesMax < 1 || bytesMax < 1) {
      throw new IllegalArgumentException("a report holds a range at least");
    }
    this.rangesMax = rangesMax;
    this.bytesMax = bytesMax;
  }

  /// There is something new about a range that is led here.
  public void changed(RangeId range) {
    changed.add(range);
  }

  /// A range is not led here any more.
  public void released(RangeId range) {
    released.add(range);
  }

  /// A step was turned down for good.
  public void failed(FailedStep step) {
    if (failed.size() < rangesMax) {
      failed.add(step);
    }
  }

  /// True if there is news.
  public boolean hasNews() {
    return !changed.isEmpty() || !released.isEmpty() || !failed.isEmpty();
  }

  /// What the next report must name.
  public long receipt() {
    return receipt;
  }

  /// What the next report says; to be followed by [#answered] or [#lost].
  public RangeNews next(Led led) {
    changed.removeIf(range -> !led.contains(range));
    released.removeIf(led::contains);
    Cut cut = new Cut(led);
    // While everything is asked for, changes leave room for that.
    int share = fullFrom == null ? 1 : 2;
    for (Iterator<RangeId> each = changed.iterator(); each.hasNext() && cut.hasRoom(share); ) {
      cut.add(each.next());
      each.remove();
    }
    Stretch stretch = fullFrom == null ? null : cut.everything(fullFrom);
    List<RangeId> gone = new ArrayList<>();
    for (Iterator<RangeId> each = released.iterator();
        each.hasNext() && gone.size() < rangesMax; ) {
      gone.add(each.next());
      each.remove();
    }
    underWay = new RangeNews(stretch, cut.reports(), gone, List.copyOf(failed));
    failed.clear();
    return underWay;
  }

  /// The reply to the report under way came. True if the next report should go at once.
  public boolean answered(Reported reply) {
    receipt = reply.receipt();
    fullFrom = reply.fullFrom();
    if (!reply.taken()) {
      putBack();
      notTaken++;
      return notTaken == 1;
    }
    Stretch said = underWay.full();
    boolean goesOn = said != null && fullFrom != null && fullFrom.compareTo(said.from()) > 0;
    underWay = NOTHING;
    notTaken = 0;
    return goesOn || hasNews();
  }

  /// Nobody answered the report under way.
  public void lost() {
    putBack();
  }

  private void putBack() {
    underWay.led().forEach(report -> changed.add(report.range()));
    released.addAll(underWay.released());
    failed.addAll(underWay.failed());
    underWay = NOTHING;
  }

  /// A report being filled.
  private final class Cut {
    private final Led led;
    private final TreeMap<RangeId, RangeReport> reports = new TreeMap<>();
    private long bytes;

    Cut(Led led) {
      this.led = led;
    }

    boolean hasRoom(int share) {
      return reports.isEmpty() || reports.size() < rangesMax / share && bytes < bytesMax / share;
    }

    void add(RangeId range) {
      RangeReport report = led.report(range);
      if (reports.put(range, report) == null) {
        bytes += bytesOf(report);
      }
    }

    /// Everything from an id on, as far as there is room; one range at least.
    Stretch everything(RangeId from) {
      boolean first = true;
      for (RangeId range : led.from(from)) {
        if (!first && !hasRoom(1)) {
          return new Stretch(from, range);
        }
        first = false;
        add(range);
        changed.remove(range);
      }
      return new Stretch(from, null);
    }

    List<RangeReport> reports() {
      return List.copyOf(reports.values());
    }
  }

  private static long bytesOf(RangeReport report) {
    KeySpan span = report.descriptor().span();
    int peers = report.descriptor().replicas().size() + report.followers().size();
    return RANGE_BYTES + span.start().length() + span.end().length() + (long) REPLICA_BYTES * peers;
  }
}

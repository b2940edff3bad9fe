package io.flotilla.engine.node;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeMap;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.SortedTable;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.placement.FailedStep;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.ReportChain;
import io.flotilla.placement.StoreStats;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.replica.ReplicaStatus;
import io.flotilla.spi.Clock;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.EventLoop;
import io.flotilla.spi.EventLoop.RejectedByLoopException;
import io.flotilla.store.StatusReport;
import io.flotilla.store.Store;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Tells the placement driver about the ranges led here, as deltas, once a second and at once when
/// something changes; brings its instructions and its safe point back. Confined to its loop.
final class StoreReporter {
  private static final int BURST_LOOKS = 4;
  private static final long BURST_NANOS = 15_000_000;
  private static final long ANSWER_NANOS_MAX = 5_000_000_000L;

  /// Who this store is.
  record Self(StoreId store, String address) {}

  /// What it works with.
  ///
  /// @param loop on which everything here happens
  /// @param disk told in every report, and told what the answers say of others
  record Ports(
      Store store,
      PlacementClient placement,
      AddressBook book,
      EventLoop loop,
      Clock clock,
      StoreDisk disk) {}

  /// What it asks of its node and tells it.
  interface Owner {
    /// The placement driver's safe point, again and again; never moves back.
    void onSafePoint(Timestamp safePoint);

    /// How an instruction ended, unless it ended like that the last time, too.
    void onInstructed(Instruction instruction, AdminOutcome outcome);
  }

  private final Self self;
  private final Ports ports;
  private final Owner owner;
  private final StoreDisk disk;
  private final Instructions instructions;
  private final ReportChain chain = new ReportChain();
  private final RangeMap<RangeSize> sizes = new RangeMap<>();
  private final SortedTable<RangeId, LedRange> led =
      new SortedTable<>(each -> each.descriptor().id());
  private final TreeSet<RangeId> watched = new TreeSet<>();
  private StatusReport.Cursor cursor = StatusReport.Cursor.START;
  private long usedBytes;
  private boolean underWay;
  private boolean looking;
  private boolean lookAgain;
  private boolean stopped;

  /// There is something to report; set by the store's loops.
  private volatile boolean news = true;

  private final ReportPace pace;
  private EventLoop.@Nullable Cancellable timer;
  private long storesVersion;
  private DiskStage reportedStage = DiskStage.ROOMY;

  StoreReporter(Self self, Ports ports, Owner owner) {
    this.self = self;
    this.ports = ports;
    this.owner = owner;
    this.disk = ports.disk();
    this.instructions = new Instructions(ports.store(), ports.loop(), this::ended);
    this.pace = new ReportPace(ports.clock().nanos());
  }

  /// What came of it (a right half that elects its leader, say) is news within milliseconds.
  private void ended(Instruction instruction, AdminOutcome outcome, boolean news) {
    if (outcome instanceof AdminOutcome.Done) {
      pace.done(ports.clock().nanos());
    }
    if (news) {
      owner.onInstructed(instruction, outcome);
    }
    if (outcome instanceof AdminOutcome.Rejected(String reason)) {
      chain.failed(new FailedStep(instruction, reason));
    }
    for (int i = 0; i < BURST_LOOKS; i++) {
      ports.loop().schedule(i * BURST_NANOS, this::look);
    }
  }

  /// Begins; on the loop.
  void start() {
    ports.store().onNews(this::onNews);
    disk.onStage(this::onNews);
    look();
  }

  /// Callable from any thread.
  private void onNews() {
    news = true;
    try {
      ports.loop().execute(this::setTimer);
    } catch (RejectedByLoopException closed) {
      // Nobody reports any more.
    }
  }

  /// Reports at once, changed or not: an operator waits for this store. Callable from any thread.
  void reportNow() {
    ports
        .loop()
        .execute(() -> {
          pace.reportNow(ports.clock().nanos());
          look();
        });
  }

  /// Ends; on the loop.
  void stop() {
    stopped = true;
  }

  /// Sets the timer to when the next look is due, which whatever happens may change; what a look
  /// that is under way finds as well.
  private void setTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (!stopped && !looking) {
      long nanos = pace.nanosToLook(isWaiting(), ports.clock().nanos());
      timer = ports.loop().schedule(nanos, this::onTime);
    }
  }

  /// There is something to look at or to send, or something that tells no news of itself.
  private boolean isWaiting() {
    return news || !watched.isEmpty() || chain.hasNews() || isNewStage();
  }

  /// Without news a look would find nothing, so that the loops of the store are left alone.
  private void onTime() {
    timer = null;
    if (stopped) {
      return;
    }
    if (isWaiting() || underWay || pace.isLookOverdue(ports.clock().nanos())) {
      look();
    } else {
      send();
      setTimer();
    }
  }

  private void look() {
    if (stopped) {
      return;
    }
    // A loop that is late would find the same again for each who looks.
    lookAgain = looking;
    if (looking) {
      return;
    }
    looking = true;
    news = false;
    pace.looked(ports.clock().nanos());
    // A follower's progress is no change of the range: what the driver waits for is asked for anew.
    List<RangeId> also = List.copyOf(watched);
    ports.store().report(cursor, also, report -> ports.loop().execute(() -> take(report)));
  }

  private void take(StatusReport report) {
    cursor = report.next();
    looking = false;
    for (ReplicaStatus replica : report.changed()) {
      RangeSize before = sizes.put(replica.range(), replica.size());
      usedBytes += replica.size().bytes() - (before == null ? 0 : before.bytes());
      note(replica);
    }
    for (RangeId gone : report.gone()) {
      RangeSize before = sizes.remove(gone);
      usedBytes -= before == null ? 0 : before.bytes();
      instructions.forget(gone);
      notLed(gone);
    }
    if (!underWay && (isDue() || chain.hasNews())) {
      send();
    }
    if (lookAgain || report.more()) {
      look();
    }
    setTimer();
  }

  private boolean isDue() {
    return pace.isReportDue(ports.clock().nanos()) || isNewStage();
  }

  private boolean isNewStage() {
    return disk.stage() != reportedStage;
  }

  private void note(ReplicaStatus replica) {
    RangeId range = replica.range();
    RangeDescriptor descriptor = replica.descriptor();
    if (!replica.serving() || descriptor == null) {
      notLed(range);
      return;
    }
    LedRange now = new LedRange(descriptor, replica);
    LedRange before = led.put(now);
    if (before != null && !now.isNewsAfter(before, watched.contains(range))) {
      return;
    }
    chain.changed(range);
    if (isWorthWatching(descriptor)) {
      watched.add(range);
    } else {
      watched.remove(range);
    }
  }

  private void notLed(RangeId range) {
    watched.remove(range);
    if (led.remove(range) != null) {
      chain.released(range);
    }
  }

  private static boolean isWorthWatching(RangeDescriptor descriptor) {
    return descriptor.replicas().stream().anyMatch(each -> each.kind() != ReplicaKind.VOTER);
  }

  private void send() {
    underWay = true;
    long now = ports.clock().nanos();
    pace.reported(now);
    reportedStage = disk.stage();
    PlacementRequest.StoreReport report =
        new PlacementRequest.StoreReport(
            self.store(),
            self.address(),
            stats(),
            storesVersion,
            chain.receipt(),
            chain.next(new Led()));
    ports
        .placement()
        .call(
            report,
            now + ANSWER_NANOS_MAX,
            outcome -> ports.loop().execute(() -> answered(outcome)));
  }

  private final class Led implements ReportChain.Led {
    @Override
    public boolean contains(RangeId range) {
      return led.get(range) != null;
    }

    @Override
    public Iterable<RangeId> from(RangeId range) {
      Iterator<LedRange> ranges = led.from(range).iterator();
      return () ->
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return ranges.hasNext();
            }

            @Override
            public RangeId next() {
              return ranges.next().descriptor().id();
            }
          };
    }

    @Override
    public RangeReport report(RangeId range) {
      LedRange told = led.get(range);
      if (told == null) {
        throw new IllegalStateException("range " + range + " is not led here");
      }
      return told.report();
    }
  }

  private StoreStats stats() {
    return new StoreStats(disk.freeBytes(), usedBytes, sizes.size(), disk.stage());
  }

  private void answered(PlacementClient.Outcome outcome) {
    underWay = false;
    if (!(outcome instanceof PlacementClient.Outcome.Replied(PlacementReply.Reported reply))) {
      chain.lost();
      setTimer();
      return;
    }
    boolean more = chain.answered(reply);
    storesVersion = reply.storesVersion();
    disk.setFull(reply.withoutRoom());
    ports.book().learn(PlacementLookup.byStore(reply.stores()));
    owner.onSafePoint(reply.safePoint());
    for (Instruction instruction : reply.instructions()) {
      LedRange range = led.get(instruction.range());
      if (range != null) {
        instructions.begin(instruction, range.descriptor());
      }
    }
    if (more && !stopped) {
      send();
    }
    setTimer();
  }
}

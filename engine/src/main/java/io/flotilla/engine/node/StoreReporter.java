package io.flotilla.engine.node;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.Instruction;
import io.flotilla.placement.PeerProgress;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.placement.RangeReport;
import io.flotilla.placement.StoreStats;
import io.flotilla.raft.RaftGroup.FollowerStatus;
import io.flotilla.replica.ReplicaStatus;
import io.flotilla.spi.Clock;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.EventLoop;
import io.flotilla.store.StatusReport;
import io.flotilla.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Tells the placement driver about the ranges led here, as deltas, once a second and at once when
/// something changes; brings its instructions back. Confined to its loop.
final class StoreReporter {
  private static final long POLL_NANOS = 100_000_000;
  private static final int BURST_POLLS = 4;
  private static final long BURST_NANOS = 15_000_000;
  private static final long REPORT_NANOS = 1_000_000_000;
  private static final long ANSWER_NANOS_MAX = 5_000_000_000L;

  /// Who this store is.
  record Self(StoreId store, String address) {}

  private final Self self;
  private final Store store;
  private final PlacementClient placement;
  private final AddressBook book;
  private final EventLoop loop;
  private final Clock clock;
  private final StoreDisk disk;
  private final Instructions instructions;
  private final Map<RangeId, ReplicaStatus> replicas = new TreeMap<>();
  private final TreeSet<RangeId> changed = new TreeSet<>();
  private final TreeSet<RangeId> released = new TreeSet<>();
  private final TreeSet<RangeId> watched = new TreeSet<>();
  private StatusReport.Cursor cursor = StatusReport.Cursor.START;
  private boolean full = true;
  private boolean underWay;
  private boolean stopped;
  private long storesVersion;
  private long reportedAt;
  private DiskStage reportedStage = DiskStage.ROOMY;

  /// @param disk told in every report, and told what the answers say of others
  /// @param onOutcome hears how each instruction ended
  StoreReporter(
      Self self,
      Store store,
      PlacementClient placement,
      AddressBook book,
      EventLoop loop,
      Clock clock,
      StoreDisk disk,
      BiConsumer<Instruction, io.flotilla.replica.AdminOutcome> onOutcome) {
    this.self = self;
    this.store = store;
    this.placement = placement;
    this.book = book;
    this.loop = loop;
    this.clock = clock;
    this.disk = disk;
    this.instructions =
        new Instructions(
            store,
            (instruction, outcome) -> {
              onOutcome.accept(instruction, outcome);
              loop.execute(() -> ended(instruction.range()));
            });
    this.reportedAt = clock.nanos() - REPORT_NANOS;
  }

  /// What came of it (a right half that elects its leader, say) is news within milliseconds.
  private void ended(RangeId range) {
    instructions.ended(range);
    for (int i = 0; i < BURST_POLLS; i++) {
      loop.schedule(i * BURST_NANOS, this::look);
    }
  }

  /// Begins; on the loop.
  void start() {
    poll();
  }

  /// Reports at once, changed or not: an operator waits for this store. Callable from any thread.
  void reportNow() {
    loop.execute(() -> {
      reportedAt = clock.nanos() - REPORT_NANOS;
      look();
    });
  }

  /// Ends; on the loop.
  void stop() {
    stopped = true;
  }

  private void poll() {
    if (stopped) {
      return;
    }
    loop.schedule(POLL_NANOS, this::poll);
    look();
  }

  private void look() {
    if (stopped) {
      return;
    }
    // A follower's progress is no change of the range: what the driver waits for is asked for anew.
    StatusReport.Cursor since = watched.isEmpty() ? cursor : StatusReport.Cursor.START;
    store.report(since, report -> loop.execute(() -> take(report)));
  }

  private void take(StatusReport report) {
    cursor = report.next();
    for (ReplicaStatus replica : report.changed()) {
      ReplicaStatus before = replicas.put(replica.range(), replica);
      if (before == null || isNews(replica, before)) {
        note(replica, before);
      }
    }
    for (RangeId gone : report.gone()) {
      ReplicaStatus before = replicas.remove(gone);
      if (before != null && before.serving()) {
        released.add(gone);
      }
      changed.remove(gone);
      watched.remove(gone);
    }
    boolean due = clock.nanos() - reportedAt >= REPORT_NANOS || disk.stage() != reportedStage;
    if (!underWay && (due || !changed.isEmpty() || !released.isEmpty())) {
      send();
    }
  }

  /// Of a range that is watched every step counts; of any other, what the driver decides by.
  private boolean isNews(ReplicaStatus replica, ReplicaStatus before) {
    if (watched.contains(replica.range())) {
      return !replica.equals(before);
    }
    return replica.serving() != before.serving()
        || replica.term() != before.term()
        || !Objects.equals(replica.descriptor(), before.descriptor())
        || Math.abs(replica.bytes() - before.bytes()) > before.bytes() / 8
        || !activity(replica).equals(activity(before));
  }

  private static List<Boolean> activity(ReplicaStatus replica) {
    List<Boolean> active = new ArrayList<>();
    replica.followers().forEach(follower -> active.add(follower.recentlyActive()));
    return active;
  }

  private void note(ReplicaStatus replica, @Nullable ReplicaStatus before) {
    RangeId range = replica.range();
    if (replica.serving() && replica.descriptor() != null) {
      released.remove(range);
      changed.add(range);
      if (isWorthWatching(replica)) {
        watched.add(range);
      } else {
        watched.remove(range);
      }
    } else {
      changed.remove(range);
      watched.remove(range);
      if (before != null && before.serving()) {
        released.add(range);
      }
    }
  }

  private static boolean isWorthWatching(ReplicaStatus replica) {
    return replica.descriptor() != null
        && replica.descriptor().replicas().stream()
            .anyMatch(each -> each.kind() != ReplicaKind.VOTER);
  }

  private void send() {
    boolean sendFull = full;
    List<RangeReport> led = new ArrayList<>();
    List<RangeId> sent = new ArrayList<>();
    for (ReplicaStatus replica : replicas.values()) {
      if (replica.serving() && (sendFull || changed.contains(replica.range()))) {
        led.add(reportOf(replica));
        sent.add(replica.range());
      }
    }
    List<RangeId> sentReleased = List.copyOf(released);
    changed.clear();
    underWay = true;
    reportedAt = clock.nanos();
    reportedStage = disk.stage();
    placement.call(
        new PlacementRequest.StoreReport(
            self.store(), self.address(), stats(), sendFull, led, sentReleased, storesVersion),
        clock.nanos() + ANSWER_NANOS_MAX,
        outcome -> loop.execute(() -> answered(outcome, sendFull, sent, sentReleased)));
  }

  private static RangeReport reportOf(ReplicaStatus replica) {
    List<PeerProgress> followers = new ArrayList<>();
    for (FollowerStatus follower : replica.followers()) {
      followers.add(new PeerProgress(follower.peer(), follower.match(), follower.recentlyActive()));
    }
    if (replica.descriptor() == null) {
      throw new IllegalStateException("range " + replica.range() + " serves without a descriptor");
    }
    return new RangeReport(
        replica.descriptor(),
        replica.term(),
        replica.peer(),
        replica.committed(),
        replica.bytes(),
        followers);
  }

  private StoreStats stats() {
    long used = 0;
    for (ReplicaStatus replica : replicas.values()) {
      used += replica.bytes();
    }
    return new StoreStats(disk.freeBytes(), used, replicas.size(), disk.stage());
  }

  private void answered(
      PlacementClient.Outcome outcome,
      boolean sentFull,
      List<RangeId> sent,
      List<RangeId> sentReleased) {
    underWay = false;
    if (outcome instanceof PlacementClient.Outcome.Replied(PlacementReply.Reported reply)) {
      full = reply.sendFull();
      sentReleased.forEach(this::forgetReleased);
      storesVersion = reply.storesVersion();
      disk.setFull(reply.withoutRoom());
      book.learn(PlacementLookup.byStore(reply.stores()));
      for (Instruction instruction : reply.instructions()) {
        instructions.begin(instruction, replicas.get(instruction.range()));
      }
    } else {
      full = full || sentFull;
      for (RangeId range : sent) {
        ReplicaStatus replica = replicas.get(range);
        if (replica != null && replica.serving()) {
          changed.add(range);
        }
      }
    }
  }

  private void forgetReleased(RangeId range) {
    ReplicaStatus replica = replicas.get(range);
    if (replica == null || !replica.serving()) {
      released.remove(range);
    }
  }
}

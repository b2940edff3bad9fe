package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.snapshot.ByteBudget;
import io.flotilla.replica.snapshot.OutgoingSnapshot;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Credit;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Offer;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Piece;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Refused;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Want;
import io.flotilla.spi.SnapshotStorage.SnapshotId;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import io.flotilla.spi.StorageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The snapshots that this store sends: a few at a time, the others wait in line. On the bulk loop.
final class SnapshotSends {
  private static final long QUEUED_BYTES_MAX = 8L << 20;
  private static final long PACE_NANOS = 5_000_000L;
  private static final int RETRY_TICKS = 5;

  private final StoreCore core;
  private final ByteBudget budget;
  private final RangeLine<SnapshotOrder> waiting = new RangeLine<>();
  private final Map<SnapshotId, Sending> active = new LinkedHashMap<>();
  private RangeLine<Failed> failed = new RangeLine<>();
  private boolean paced;

  private record Sending(SnapshotOrder order, OutgoingSnapshot snapshot) {}

  /// The core hears of a failure a little later, so that it does not ask again at once.
  private record Failed(SnapshotOrder order, int ticksLeft) {}

  SnapshotSends(StoreCore core) {
    this.core = core;
    this.budget =
        new ByteBudget(core.env().options().snapshotBytesPerSecond(), core.env().clock().nanos());
  }

  long underWay() {
    return active.size();
  }

  void add(SnapshotOrder order) {
    waiting.add(order.range(), order);
    startWaiting();
  }

  private void startWaiting() {
    while (active.size() < core.env().options().snapshotsAtOnce()
        && waiting.poll() instanceof SnapshotOrder order) {
      if (core.env().room().isFull(order.to())) {
        failLater(order); // it would be cut for nothing, again and again
        continue;
      }
      SnapshotManifest manifest;
      try {
        manifest = core.env().snapshots().cut(order.range());
      } catch (StorageException e) {
        failLater(order);
        report(order, "cannot be cut: " + e.getMessage());
        continue;
      }
      if (manifest.applied().index() < order.wanted().minIndex()) {
        core.env().snapshots().release(manifest.id());
        failLater(order);
        continue;
      }
      order.onCut(manifest.applied().index(), manifest.bytes());
      Sending sending = new Sending(order, new OutgoingSnapshot(manifest));
      active.put(manifest.id(), sending);
      offer(sending);
    }
  }

  private void offer(Sending sending) {
    SnapshotOrder order = sending.order;
    core.env()
        .network()
        .sendSnapshot(
            order.to(),
            new Offer(
                sending.snapshot.manifest(),
                order.term(),
                order.replica().peer(),
                order.follower()));
  }

  void onWant(StoreId from, Want want) {
    Sending sending = of(from, want.id());
    if (sending != null) {
      sending.snapshot.onWant(want.missing(), want.creditBytes());
      pump();
    }
  }

  void onCredit(StoreId from, Credit credit) {
    Sending sending = of(from, credit.id());
    if (sending != null) {
      sending.snapshot.onCredit(credit.bytes());
      pump();
    }
  }

  void onDone(StoreId from, SnapshotId id) {
    Sending sending = of(from, id);
    if (sending != null) {
      SnapshotManifest manifest = sending.snapshot.manifest();
      end(sending);
      sending.order.finish(manifest.applied().index());
      core.env()
          .events()
          .emit(
              new StoreEvent.SnapshotSent(
                  core.env().store(),
                  sending.order.range(),
                  from,
                  manifest.applied(),
                  manifest.bytes()));
      startWaiting();
    }
  }

  void onRefused(StoreId from, Refused refused) {
    Sending sending = of(from, refused.id());
    if (sending != null) {
      fail(sending, refused.reason());
    }
  }

  private void fail(Sending sending, String reason) {
    end(sending);
    failLater(sending.order);
    report(sending.order, reason);
    startWaiting();
  }

  private void report(SnapshotOrder order, String reason) {
    core.env()
        .events()
        .emit(new StoreEvent.SnapshotFailed(core.env().store(), order.range(), reason));
  }

  private void failLater(SnapshotOrder order) {
    failed.add(order.range(), new Failed(order, RETRY_TICKS));
  }

  /// This store leads the range no more, or has it no more.
  void cancel(RangeId range) {
    waiting.removeAll(range);
    failed.removeAll(range);
    for (Sending sending : new ArrayList<>(active.values())) {
      if (sending.order.range().equals(range)) {
        end(sending);
      }
    }
    startWaiting();
  }

  void stop() {
    new ArrayList<>(active.values()).forEach(this::end);
    waiting.clear();
    failed.clear();
  }

  private void end(Sending sending) {
    SnapshotId id = sending.snapshot.manifest().id();
    active.remove(id);
    core.env().snapshots().release(id);
  }

  private @Nullable Sending of(StoreId from, SnapshotId id) {
    Sending sending = active.get(id);
    return sending != null && sending.order.to().equals(from) ? sending : null;
  }

  /// Sends what may be sent, a piece of each transfer in turn.
  private void pump() {
    boolean sentSome = true;
    while (sentSome) {
      sentSome = false;
      for (Sending sending : new ArrayList<>(active.values())) {
        int chunk = sending.snapshot.nextChunk();
        if (chunk >= 0) {
          if (!maySend(sending, chunk)) {
            pace();
            return;
          }
          send(sending, chunk);
          sentSome = true;
        }
      }
    }
  }

  private boolean maySend(Sending sending, int chunk) {
    long bytes = sending.snapshot.manifest().chunks().get(chunk).bytes();
    return core.env().network().snapshotBytesQueued(sending.order.to()) < QUEUED_BYTES_MAX
        && budget.take(bytes, core.env().clock().nanos());
  }

  private void send(Sending sending, int chunk) {
    SnapshotId id = sending.snapshot.manifest().id();
    byte[] data;
    try {
      data = core.env().snapshots().readChunk(id, chunk);
    } catch (StorageException e) {
      fail(sending, "chunk " + chunk + " cannot be read: " + e.getMessage());
      return;
    }
    sending.snapshot.onSent(chunk);
    core.env().network().sendSnapshot(sending.order.to(), new Piece(id, chunk, data));
  }

  private void pace() {
    if (!paced) {
      paced = true;
      core.env()
          .bulkLoop()
          .schedule(
              PACE_NANOS,
              () -> {
                paced = false;
                core.runOrFail(this::pump);
              });
    }
  }

  /// True if time matters: something is sent, or has failed and is to be told.
  boolean isWaiting() {
    return !active.isEmpty() || !failed.isEmpty();
  }

  void onTick() {
    for (Sending sending : new ArrayList<>(active.values())) {
      switch (sending.snapshot.onTick()) {
        case NOTHING -> {}
        case OFFER_AGAIN -> offer(sending);
        case GIVE_UP -> fail(sending, "store " + sending.order.to() + " does not answer");
      }
    }
    if (!failed.isEmpty()) {
      tellFailures();
    }
  }

  private void tellFailures() {
    RangeLine<Failed> open = new RangeLine<>();
    for (Failed each : failed.all()) {
      if (each.ticksLeft > 1) {
        open.add(each.order.range(), new Failed(each.order, each.ticksLeft - 1));
      } else {
        each.order.finish(0);
      }
    }
    failed = open;
  }
}

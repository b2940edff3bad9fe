package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.replica.snapshot.ByteBudget;
import io.flotilla.replica.snapshot.IncomingSnapshot;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Credit;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Done;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Offer;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Piece;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Refused;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Want;
import io.flotilla.spi.SnapshotStorage.SnapshotId;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import io.flotilla.spi.StorageException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/// The snapshots that this store receives. On the bulk loop.
///
/// Staged files outlive a transfer that breaks off: the same snapshot offered again goes on where
/// it stopped. They are dropped when a newer one for the range is complete, when the replica goes,
/// or at the next start if the replica is not here.
final class SnapshotReceives {
  private static final int IDLE_TICKS = 100;

  private final StoreCore core;
  private final ByteBudget budget;
  private final Map<SnapshotId, Receiving> active = new LinkedHashMap<>();

  private record Receiving(StoreId from, Offer offer, IncomingSnapshot snapshot) {
    RangeId range() {
      return offer.manifest().descriptor().id();
    }
  }

  SnapshotReceives(StoreCore core) {
    this.core = core;
    this.budget =
        new ByteBudget(core.env().options().snapshotBytesPerSecond(), core.env().clock().nanos());
  }

  long underWay() {
    return busy();
  }

  void onOffer(StoreId from, Offer offer) {
    Receiving receiving = active.get(offer.id());
    if (receiving != null && receiving.from.equals(from)) {
      if (receiving.snapshot.isComplete()) {
        hand(receiving);
      } else {
        receiving.snapshot.onOfferedAgain();
        want(receiving);
      }
      return;
    }
    StoreLoop loop = core.loopOf(offer.manifest().descriptor().id());
    loop.post(() -> loop.installs().admit(from, offer));
  }

  /// The loop wants it: makes room and asks for what is missing.
  void accept(StoreId from, Offer offer) {
    if (active.containsKey(offer.id())) {
      return;
    }
    dropOthers(offer);
    if (busy() >= core.env().options().snapshotsAtOnce()) {
      refuse(from, offer.id(), "too many snapshots are being received", true);
      return;
    }
    SnapshotManifest manifest = offer.manifest();
    if (!core.env().room().takesSnapshot(manifest.bytes() + bytesUnderWay())) {
      refuse(from, offer.id(), "the disk has no room for it", true);
      return;
    }
    BitSet missing;
    try {
      missing = core.env().snapshots().stage(manifest);
    } catch (StorageException e) {
      refuse(from, offer.id(), "no room: " + e.getMessage(), true);
      return;
    }
    long window = core.env().options().snapshotWindowBytes();
    Receiving receiving =
        new Receiving(from, offer, new IncomingSnapshot(manifest, missing, window));
    active.put(offer.id(), receiving);
    if (missing.isEmpty()) {
      hand(receiving);
    } else {
      want(receiving);
    }
  }

  /// Transfers that count against the limit.
  private long busy() {
    return active.values().stream().filter(each -> !each.snapshot.isComplete()).count();
  }

  private long bytesUnderWay() {
    return active.values().stream().mapToLong(each -> each.offer.manifest().bytes()).sum();
  }

  /// A replica waits for one snapshot at a time.
  private void dropOthers(Offer offer) {
    RangeId range = offer.manifest().descriptor().id();
    for (SnapshotManifest manifest : core.env().snapshots().staged()) {
      Receiving receiving = active.get(manifest.id());
      boolean isInHand = receiving != null && receiving.snapshot.isComplete();
      if (manifest.descriptor().id().equals(range)
          && !manifest.id().equals(offer.id())
          && !isInHand) {
        discard(manifest.id());
      }
    }
  }

  private void want(Receiving receiving) {
    IncomingSnapshot snapshot = receiving.snapshot;
    send(
        receiving.from, new Want(receiving.offer.id(), snapshot.missing(), snapshot.windowBytes()));
  }

  void onPiece(StoreId from, Piece piece) {
    Receiving receiving = active.get(piece.id());
    if (receiving == null
        || !receiving.from.equals(from)
        || !receiving.snapshot.needs(piece.chunk())) {
      return;
    }
    try {
      core.env().snapshots().writeChunk(piece.id(), piece.chunk(), piece.data());
    } catch (StorageException e) {
      discard(piece.id());
      refuse(from, piece.id(), "chunk " + piece.chunk() + ": " + e.getMessage(), true);
      return;
    }
    receiving.snapshot.onStored(piece.chunk());
    if (receiving.snapshot.isComplete()) {
      hand(receiving);
    } else {
      grant(receiving);
    }
  }

  private void grant(Receiving receiving) {
    long due = receiving.snapshot.creditDue();
    if (due > 0 && budget.take(due, core.env().clock().nanos())) {
      receiving.snapshot.onGranted(due);
      send(receiving.from, new Credit(receiving.offer.id(), due));
    }
  }

  private void hand(Receiving receiving) {
    StoreLoop loop = core.loopOf(receiving.range());
    loop.post(() -> loop.installs().onStaged(receiving.from, receiving.offer));
  }

  /// Installed or not needed: its files can go.
  void finish(StoreId from, SnapshotId id) {
    discard(id);
    send(from, new Done(id));
  }

  /// The transfer ends for good: a sender that tries again cuts a new snapshot.
  void refuse(StoreId from, SnapshotId id, String reason, boolean retryLater) {
    if (active.containsKey(id)) {
      discard(id);
    }
    send(from, new Refused(id, reason, retryLater));
  }

  void discard(SnapshotId id) {
    active.remove(id);
    core.env().snapshots().discard(id);
  }

  void forget(RangeId range) {
    for (Receiving each : new ArrayList<>(active.values())) {
      if (each.range().equals(range)) {
        discard(each.offer.id());
      }
    }
    for (SnapshotManifest manifest : core.env().snapshots().staged()) {
      if (manifest.descriptor().id().equals(range)) {
        core.env().snapshots().discard(manifest.id());
      }
    }
  }

  private void send(StoreId to, SnapshotMessage message) {
    core.env().network().sendSnapshot(to, message);
  }

  /// True if time matters: something is received.
  boolean isWaiting() {
    return !active.isEmpty();
  }

  void onTick() {
    for (Receiving each : new ArrayList<>(active.values())) {
      if (each.snapshot.isComplete()) {
        continue;
      }
      grant(each);
      int silent = each.snapshot.onTick();
      if (silent > IDLE_TICKS) {
        active.remove(each.offer.id());
      }
    }
  }
}

package io.flotilla.store;

import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Credit;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Done;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Offer;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Piece;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Refused;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Want;
import io.flotilla.spi.SnapshotStorage.SnapshotId;

/// All snapshot transfers of a store, both ways. Lives on the bulk loop, where it may block on the
/// disk; its methods may be called from anywhere and take effect there.
final class SnapshotDesk {
  private final StoreCore core;
  private final SnapshotSends sends;
  private final SnapshotReceives receives;
  private boolean running;
  private boolean ticking;

  SnapshotDesk(StoreCore core) {
    this.core = core;
    this.sends = new SnapshotSends(core);
    this.receives = new SnapshotReceives(core);
  }

  void start() {
    core.env().bulkLoop().execute(() -> running = true);
  }

  /// The larger of what is sent and what is received at the moment.
  long underWay() {
    return Math.max(sends.underWay(), receives.underWay());
  }

  void stop() {
    core.env()
        .bulkLoop()
        .execute(() -> {
          running = false;
          sends.stop();
        });
  }

  /// Ticks as long as there is anything that waits for time to pass.
  private void tickOn() {
    if (running && !ticking && (sends.isWaiting() || receives.isWaiting())) {
      ticking = true;
      core.env()
          .bulkLoop()
          .schedule(core.env().options().replica().tickNanos(), () -> core.runOrFail(this::tick));
    }
  }

  private void tick() {
    ticking = false;
    if (running) {
      sends.onTick();
      receives.onTick();
      tickOn();
    }
  }

  private void run(Runnable work) {
    core.bulk(() -> {
      if (running) {
        work.run();
        tickOn();
      }
    });
  }

  /// From the network.
  void onMessage(StoreId from, SnapshotMessage message) {
    run(() -> {
      switch (message) {
        case Offer offer -> receives.onOffer(from, offer);
        case Piece piece -> receives.onPiece(from, piece);
        case Want want -> sends.onWant(from, want);
        case Credit credit -> sends.onCredit(from, credit);
        case Done done -> sends.onDone(from, done.id());
        case Refused refused -> sends.onRefused(from, refused);
      }
    });
  }

  // Asked by loops ------------------------------------------------------------------------------

  void send(SnapshotOrder order) {
    run(() -> sends.add(order));
  }

  void cancelSends(RangeId range) {
    run(() -> sends.cancel(range));
  }

  /// The loop wants what was offered.
  void accept(StoreId from, Offer offer) {
    run(() -> receives.accept(from, offer));
  }

  void refuse(StoreId from, SnapshotId id, String reason, boolean retryLater) {
    run(() -> receives.refuse(from, id, reason, retryLater));
  }

  /// Installed, or no longer needed.
  void done(StoreId from, SnapshotId id) {
    run(() -> receives.finish(from, id));
  }

  /// Not to be installed any more.
  void discard(StoreId from, SnapshotId id, String reason) {
    run(() -> {
      receives.refuse(from, id, reason, false);
      receives.discard(id);
    });
  }

  /// The range's replica is gone from here.
  void forget(RangeId range) {
    run(() -> {
      sends.cancel(range);
      receives.forget(range);
    });
  }
}

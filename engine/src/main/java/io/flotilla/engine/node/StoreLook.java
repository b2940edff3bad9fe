package io.flotilla.engine.node;

import io.flotilla.codec.ByteReader;
import io.flotilla.codec.CodecException;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.ByteSink;
import io.flotilla.placement.ValueLayout;
import io.flotilla.store.SleepReport;
import io.flotilla.store.liveness.StoreLiveness.PeerSupport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a node answers to [Services#LOOK]: how its store stands with the others, and what sleeps.
///
/// On the wire: a format byte, 1; the number of replicas and of those asleep as varints; the
/// stores, each a varint id, a byte of flags and varint milliseconds; the ids of the ranges that
/// are led there and asleep, in order, each as a varint above the one before.
///
/// @param asleepLed sorted
record StoreLook(long replicas, long asleep, List<Peer> peers, List<RangeId> asleepLed) {
  private static final int FORMAT = 1;
  private static final int UP = 1;
  private static final int STALLED = 2;
  private static final int SUPPORTS = 4;
  private static final int SUPPORTED = 8;

  /// Another store as this one sees it.
  ///
  /// @param isUp it was heard of late
  /// @param isStalled it said that its disk takes nothing
  /// @param supports it promises to leave this store's leaders alone
  /// @param supported this store promises it the same
  /// @param supportsMillis for how long it has promised that
  record Peer(
      StoreId store,
      boolean isUp,
      boolean isStalled,
      boolean supports,
      boolean supported,
      long supportsMillis) {}

  StoreLook {
    peers = List.copyOf(peers);
    asleepLed = List.copyOf(asleepLed);
  }

  static StoreLook of(List<PeerSupport> peers, SleepReport sleepers) {
    List<RangeId> led = sleepers.led().stream().sorted().toList();
    List<Peer> seen = new ArrayList<>();
    for (PeerSupport peer : peers) {
      seen.add(
          new Peer(
              peer.store(),
              peer.isUp(),
              peer.isStalled(),
              peer.heldEpoch() != 0,
              peer.givenEpoch() != 0,
              Duration.ofNanos(Math.max(0, peer.heldNanos())).toMillis()));
    }
    return new StoreLook(sleepers.replicas(), sleepers.asleep(), seen, led);
  }

  byte[] encode() {
    ByteSink out = new ByteSink().u8(FORMAT).varint(replicas).varint(asleep);
    out.list(peers, StoreLook::peer);
    out.varint(asleepLed.size());
    long before = 0;
    for (RangeId range : asleepLed) {
      out.varint(range.value() - before);
      before = range.value();
    }
    return out.toBytes();
  }

  private static void peer(ByteSink out, Peer peer) {
    int flags = (peer.isUp ? UP : 0) | (peer.isStalled ? STALLED : 0);
    flags |= (peer.supports ? SUPPORTS : 0) | (peer.supported ? SUPPORTED : 0);
    out.varint(peer.store.value()).u8(flags).varint(peer.supportsMillis);
  }

  /// @throws CodecException if the bytes are no look
  static StoreLook decode(ByteBuffer bytes) {
    ByteReader in = new ByteReader(bytes, "look at a store");
    int format = in.u8();
    if (format != FORMAT) {
      throw in.bad("format " + format + " is not known to this release");
    }
    try {
      long replicas = in.varint();
      long asleep = in.varint();
      List<Peer> peers = ValueLayout.list(in, 3, StoreLook::peer);
      int count = in.count(1);
      List<RangeId> led = new ArrayList<>(count);
      long before = 0;
      for (int i = 0; i < count; i++) {
        before += in.varint();
        led.add(new RangeId(before));
      }
      in.end();
      return new StoreLook(replicas, asleep, peers, led);
    } catch (IllegalArgumentException e) {
      throw new CodecException("look at a store: " + e.getMessage(), e);
    }
  }

  private static Peer peer(ByteReader in) {
    StoreId store = new StoreId(in.varint());
    int flags = in.u8();
    return new Peer(
        store,
        (flags & UP) != 0,
        (flags & STALLED) != 0,
        (flags & SUPPORTS) != 0,
        (flags & SUPPORTED) != 0,
        in.varint());
  }
}

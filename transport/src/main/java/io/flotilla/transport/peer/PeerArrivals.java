package io.flotilla.transport.peer;

import io.flotilla.codec.CodecException;
import io.flotilla.codec.RangeMessageCodec;
import io.flotilla.codec.SnapshotMessageCodec;
import io.flotilla.codec.StoreBeatCodec;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork.Receiver;
import io.flotilla.transport.frame.FrameSink;
import io.flotilla.transport.frame.FrameType;
import java.nio.ByteBuffer;

/// What comes from a peer store on one of its lanes, handed to the receiver on the connection's
/// loop.
public final class PeerArrivals implements FrameSink {
  private final StoreId from;
  private final Receiver receiver;

  public PeerArrivals(StoreId from, Receiver receiver) {
    this.from = from;
    this.receiver = receiver;
  }

  @Override
  public void onFrame(int type, ByteBuffer body) {
    switch (type) {
      case FrameType.RANGE_MESSAGES -> receiver.onMessages(from, RangeMessageCodec.decode(body));
      case FrameType.SNAPSHOT_MESSAGE ->
          receiver.onSnapshot(from, SnapshotMessageCodec.decode(body));
      case FrameType.STORE_BEAT -> receiver.onBeat(from, StoreBeatCodec.decode(body));
      default -> throw new CodecException("frame of type " + type + " on a lane of store " + from);
    }
  }

  @Override
  public void onClosed(String reason) {}
}

package io.flotilla.bench;

import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.PeerNetwork;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import java.util.List;

/// Counts what comes. Confined to the thread that brings it.
final class CountingReceiver implements PeerNetwork.Receiver {
  private long received;

  long received() {
    return received;
  }

  @Override
  public void onMessages(StoreId from, List<RangeMessage> messages) {
    received += messages.size();
  }

  @Override
  public void onSnapshot(StoreId from, SnapshotMessage message) {
    throw new IllegalStateException("nobody sends snapshots here");
  }
}

package io.flotilla.spi;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Message;
import io.flotilla.spi.SnapshotStorage.SnapshotId;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What carries Raft messages and snapshots between stores. Best effort: a message may be lost,
/// duplicated, delayed or overtaken; it is never altered, and comes only from the store it says.
public interface PeerNetwork {
  /// Hands over what one turn of a loop produced for a peer store: one call for each store and
  /// turn. The network merges what all loops hand it until its next flush into one frame for each
  /// lane. Never blocks; drops when the peer's queue is full. Callable from any store loop. The
  /// list stays the caller's.
  void send(StoreId to, List<RangeMessage> messages);

  /// Sends a store's own beat, on the lane of beats. Only the newest that has not left yet matters.
  /// Callable from any loop of the store.
  void sendBeat(StoreId to, StoreBeat beat);

  /// Sends one step of a snapshot transfer. Callable from any loop of the store.
  void sendSnapshot(StoreId to, SnapshotMessage message);

  /// Bytes queued for that store's snapshot lane and not yet written: what a sender paces itself
  /// by.
  long snapshotBytesQueued(StoreId to);

  /// Who receives; its methods are called on the loop that the wiring chose, in order for each
  /// lane.
  interface Receiver {
    void onMessages(StoreId from, List<RangeMessage> messages);

    void onSnapshot(StoreId from, SnapshotMessage message);

    /// Who does not care which stores vouch for it leaves this as it is.
    default void onBeat(StoreId from, StoreBeat beat) {}
  }

  /// A group's message with what the receiving store needs to find or to make its replica.
  ///
  /// @param span what the sender believes the range's span to be; given only in messages of a
  ///   leader to a peer that has not answered yet and in requests for a pre-vote, so that a store
  ///   can tell a new replica from a split that has not reached it; null otherwise
  record RangeMessage(RangeId range, PeerId to, @Nullable KeySpan span, Message message) {}

  /// The steps of a snapshot transfer. The receiver asks for what it misses and grants credit in
  /// bytes; the sender sends no more than it was granted.
  sealed interface SnapshotMessage {
    SnapshotId id();

    /// "I have this for your replica `to`"; repeated until answered.
    record Offer(SnapshotManifest manifest, long term, PeerId from, PeerId to)
        implements SnapshotMessage {
      @Override
      public SnapshotId id() {
        return manifest.id();
      }
    }

    /// "Send me these chunks, `creditBytes` for a start."
    record Want(SnapshotId id, BitSet missing, long creditBytes) implements SnapshotMessage {}

    record Piece(SnapshotId id, int chunk, byte[] data) implements SnapshotMessage {}

    record Credit(SnapshotId id, long bytes) implements SnapshotMessage {}

    /// Installed (or no longer needed: the replica is already at or past it).
    record Done(SnapshotId id) implements SnapshotMessage {}

    /// Ends the transfer from either side; `retryLater`: the same offer may succeed in a while.
    record Refused(SnapshotId id, String reason, boolean retryLater) implements SnapshotMessage {}
  }
}

package io.flotilla.engine.rocks;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.EntryId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A range's descriptor and applied entry as they are kept in the state database and in manifests.
///
/// ```
/// descriptor   version, id (8), generation (8), start and end (each: length (4), bytes),
///              replica count (4), then for each: peer (8), store (8), kind (1)
/// applied      version, term (8), index (8)
/// ```
final class DescriptorFormat {
  static final byte VERSION = 1;
  static final int APPLIED_BYTES = 17;

  private static final List<ReplicaKind> KINDS = List.of(ReplicaKind.values());
  private static final int FIXED_BYTES = 1 + 8 + 8 + 4 + 4 + 4;
  private static final int REPLICA_BYTES = 17;

  private DescriptorFormat() {}

  static byte[] encode(RangeDescriptor descriptor) {
    Key start = descriptor.span().start();
    Key end = descriptor.span().end();
    List<ReplicaDescriptor> replicas = descriptor.replicas();
    int bytes = FIXED_BYTES + start.length() + end.length() + REPLICA_BYTES * replicas.size();
    ByteBuffer target = ByteBuffer.allocate(bytes);
    target.put(VERSION).putLong(descriptor.id().value()).putLong(descriptor.generation());
    target.putInt(start.length()).put(start.bytes());
    target.putInt(end.length()).put(end.bytes());
    target.putInt(replicas.size());
    for (ReplicaDescriptor replica : replicas) {
      target.putLong(replica.peer().value()).putLong(replica.store().value());
      target.put((byte) replica.kind().ordinal());
    }
    return target.array();
  }

  /// Null if the bytes are not a descriptor that this release can read.
  static @Nullable RangeDescriptor decode(byte[] bytes) {
    try {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      if (from.get() != VERSION) {
        return null;
      }
      RangeId id = new RangeId(from.getLong());
      long generation = from.getLong();
      KeySpan span = new KeySpan(key(from), key(from));
      List<ReplicaDescriptor> replicas = new ArrayList<>();
      for (int left = from.getInt(); left > 0; left--) {
        PeerId peer = new PeerId(from.getLong());
        StoreId store = StoreId.of(from.getLong());
        replicas.add(new ReplicaDescriptor(peer, store, KINDS.get(from.get())));
      }
      return from.hasRemaining() ? null : new RangeDescriptor(id, span, generation, replicas);
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return null;
    }
  }

  private static Key key(ByteBuffer from) {
    int length = from.getInt();
    if (length < 0 || length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return Key.of(bytes);
  }

  static byte[] encode(EntryId applied) {
    return ByteBuffer.allocate(APPLIED_BYTES)
        .put(VERSION)
        .putLong(applied.term())
        .putLong(applied.index())
        .array();
  }

  /// Null if the bytes are not an applied entry that this release can read.
  static @Nullable EntryId decodeApplied(byte[] bytes) {
    if (bytes.length != APPLIED_BYTES || bytes[0] != VERSION) {
      return null;
    }
    ByteBuffer from = ByteBuffer.wrap(bytes, 1, APPLIED_BYTES - 1);
    return new EntryId(from.getLong(), from.getLong());
  }
}

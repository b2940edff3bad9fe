package io.flotilla.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.flotilla.codec.proto.EntryIdPb;
import io.flotilla.codec.proto.KeySpanPb;
import io.flotilla.codec.proto.RangeDescriptorPb;
import io.flotilla.codec.proto.ReplicaDescriptorPb;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.EntryId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Range descriptors as Protocol Buffers (`descriptors.proto`).
public final class DescriptorCodec {
  /// More replicas than this are no descriptor: checking one takes time quadratic in them.
  static final int REPLICAS_MAX = 256;

  private static final ReplicaKind[] KINDS = ReplicaKind.values();

  private DescriptorCodec() {}

  public static byte[] encode(RangeDescriptor descriptor) {
    return toPb(descriptor).toByteArray();
  }

  public static RangeDescriptor decode(byte[] bytes) {
    return decode(ByteBuffer.wrap(bytes));
  }

  public static RangeDescriptor decode(ByteBuffer bytes) {
    return Pb.decode("range descriptor", bytes, RangeDescriptorPb.parser(), DescriptorCodec::of);
  }

  @SuppressWarnings("EnumOrdinal") // A kind's code is its ordinal, by its own contract.
  static RangeDescriptorPb toPb(RangeDescriptor descriptor) {
    RangeDescriptorPb.Builder pb =
        RangeDescriptorPb.newBuilder()
            .setId(descriptor.id().value())
            .setSpan(toPb(descriptor.span()))
            .setGeneration(descriptor.generation());
    for (ReplicaDescriptor replica : descriptor.replicas()) {
      pb.addReplicas(
          ReplicaDescriptorPb.newBuilder()
              .setPeer(replica.peer().value())
              .setStore(replica.store().value())
              .setKind(replica.kind().ordinal()));
    }
    return pb.build();
  }

  static RangeDescriptor of(RangeDescriptorPb pb) {
    if (pb.getReplicasCount() > REPLICAS_MAX) {
      throw new CodecException("range descriptor: " + pb.getReplicasCount() + " replicas");
    }
    List<ReplicaDescriptor> replicas = new ArrayList<>(pb.getReplicasCount());
    for (ReplicaDescriptorPb replica : pb.getReplicasList()) {
      replicas.add(
          new ReplicaDescriptor(
              new PeerId(replica.getPeer()),
              StoreId.of(replica.getStore()),
              kind(replica.getKind())));
    }
    return new RangeDescriptor(
        new RangeId(pb.getId()), of(pb.getSpan()), pb.getGeneration(), replicas);
  }

  static EntryIdPb toPb(EntryId id) {
    return EntryIdPb.newBuilder().setTerm(id.term()).setIndex(id.index()).build();
  }

  static EntryId of(EntryIdPb pb) {
    return new EntryId(pb.getTerm(), pb.getIndex());
  }

  private static ReplicaKind kind(int code) {
    if (code < 0 || code >= KINDS.length) {
      throw new CodecException("range descriptor: unknown replica kind " + code);
    }
    return KINDS[code];
  }

  private static KeySpanPb toPb(KeySpan span) {
    return KeySpanPb.newBuilder().setStart(toPb(span.start())).setEnd(toPb(span.end())).build();
  }

  private static ByteString toPb(Key key) {
    return UnsafeByteOperations.unsafeWrap(key.bytes());
  }

  private static KeySpan of(KeySpanPb pb) {
    return new KeySpan(Key.of(pb.getStart().toByteArray()), Key.of(pb.getEnd().toByteArray()));
  }
}

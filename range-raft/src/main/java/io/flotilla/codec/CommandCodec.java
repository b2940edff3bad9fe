package io.flotilla.codec;

import io.flotilla.codec.Command.MembershipCommand;
import io.flotilla.codec.Command.SplitCommand;
import io.flotilla.codec.Command.WriteCommand;
import io.flotilla.codec.proto.MembershipCommandPb;
import io.flotilla.codec.proto.SplitCommandPb;
import io.flotilla.spi.StateStorage.StateWrite;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Commands as entry payloads: a version byte, a kind byte, and the kind's own layout
/// (docs/formats.md). Writes are laid out by hand, for every put and delete passes here on every
/// replica.
public final class CommandCodec {
  private static final int VERSION = 1;
  private static final int WRITE = 1;
  private static final int SPLIT = 2;
  private static final int MEMBERSHIP = 3;

  private CommandCodec() {}

  public static byte[] encode(Command command) {
    return switch (command) {
      case WriteCommand write -> encodeWrites(write.writes());
      case SplitCommand split -> tagged(SPLIT, toPb(split).toByteArray());
      case MembershipCommand membership -> tagged(MEMBERSHIP, toPb(membership).toByteArray());
    };
  }

  public static Command decode(byte[] payload) {
    ByteBuffer buffer = ByteBuffer.wrap(payload);
    ByteReader reader = new ByteReader(buffer, "command");
    int version = reader.u8();
    if (version != VERSION) {
      throw reader.bad("unknown version " + version);
    }
    int kind = reader.u8();
    return switch (kind) {
      case WRITE -> decodeWrites(reader);
      case SPLIT -> Pb.decode("split", buffer, SplitCommandPb.parser(), CommandCodec::of);
      case MEMBERSHIP ->
          Pb.decode("membership", buffer, MembershipCommandPb.parser(), CommandCodec::of);
      default -> throw reader.bad("unknown command kind " + kind);
    };
  }

  /// How many bytes `writes` take as one command.
  public static int encodedSize(List<StateWrite> writes) {
    int size = 2 + ByteWriter.varintBytes(writes.size());
    for (StateWrite write : writes) {
      int key = write.key().length;
      size = Math.addExact(size, ByteWriter.varintBytes(key) + key);
      byte[] value = write.value();
      int coded = value == null ? 0 : Math.addExact(value.length, 1);
      size = Math.addExact(size, ByteWriter.varintBytes(coded));
      size = Math.addExact(size, Math.max(0, coded - 1));
    }
    return size;
  }

  private static byte[] encodeWrites(List<StateWrite> writes) {
    byte[] payload = new byte[encodedSize(writes)];
    ByteWriter writer = new ByteWriter(ByteBuffer.wrap(payload));
    writer.u8(VERSION).u8(WRITE).varint(writes.size());
    for (StateWrite write : writes) {
      byte[] value = write.value();
      writer.sized(write.key());
      if (value == null) {
        writer.varint(0);
      } else {
        writer.varint(value.length + 1L).bytes(value);
      }
    }
    return payload;
  }

  private static WriteCommand decodeWrites(ByteReader reader) {
    int count = reader.count(2);
    List<StateWrite> writes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] key = reader.sized();
      long coded = reader.varint();
      if (coded > reader.remaining() + 1L) {
        throw reader.bad("value of " + (coded - 1) + " bytes exceeds what is there");
      }
      writes.add(new StateWrite(key, coded == 0 ? null : reader.bytes((int) (coded - 1))));
    }
    reader.end();
    return new WriteCommand(writes);
  }

  private static byte[] tagged(int kind, byte[] body) {
    byte[] payload = new byte[body.length + 2];
    new ByteWriter(ByteBuffer.wrap(payload)).u8(VERSION).u8(kind).bytes(body);
    return payload;
  }

  private static SplitCommandPb toPb(SplitCommand split) {
    return SplitCommandPb.newBuilder()
        .setLeft(DescriptorCodec.toPb(split.left()))
        .setRight(DescriptorCodec.toPb(split.right()))
        .setRightStart(DescriptorCodec.toPb(split.rightStart()))
        .build();
  }

  private static SplitCommand of(SplitCommandPb pb) {
    return new SplitCommand(
        DescriptorCodec.of(pb.getLeft()),
        DescriptorCodec.of(pb.getRight()),
        DescriptorCodec.of(pb.getRightStart()));
  }

  private static MembershipCommandPb toPb(MembershipCommand membership) {
    return MembershipCommandPb.newBuilder()
        .setRange(DescriptorCodec.toPb(membership.descriptor()))
        .build();
  }

  private static MembershipCommand of(MembershipCommandPb pb) {
    return new MembershipCommand(DescriptorCodec.of(pb.getRange()));
  }
}

package io.flotilla.engine.mvcc;

import static io.flotilla.codec.ByteWriter.VARINT_BYTES_MAX;
import static io.flotilla.engine.mvcc.KvRequestCodec.optionalBytes;
import static io.flotilla.engine.mvcc.KvRequestCodec.readOptional;
import static io.flotilla.engine.mvcc.KvRequestCodec.sizedBytes;
import static io.flotilla.engine.mvcc.KvRequestCodec.writeOptional;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.codec.ByteReader;
import io.flotilla.codec.ByteWriter;
import io.flotilla.codec.CodecException;
import io.flotilla.codec.DescriptorCodec;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.mvcc.KvReply.Done;
import io.flotilla.engine.mvcc.KvReply.MultiRange;
import io.flotilla.engine.mvcc.KvReply.Page;
import io.flotilla.engine.mvcc.KvReply.Refused;
import io.flotilla.engine.mvcc.KvReply.Rejected;
import io.flotilla.engine.mvcc.KvReply.Swapped;
import io.flotilla.engine.mvcc.KvReply.TooOld;
import io.flotilla.engine.mvcc.KvReply.Unknown;
import io.flotilla.engine.mvcc.KvReply.Value;
import io.flotilla.engine.mvcc.KvReply.Values;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import io.flotilla.replica.Refusal.Busy;
import io.flotilla.replica.Refusal.DiskFull;
import io.flotilla.replica.Refusal.NoReplica;
import io.flotilla.replica.Refusal.NotLeader;
import io.flotilla.replica.Refusal.StaleRange;
import io.flotilla.replica.Refusal.TooLate;
import io.flotilla.replica.Refusal.Unavailable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Replies as bytes: kind, then the kind's own fields, in the notation of [KvRequestCodec].
public final class KvReplyCodec {
  private static final int VALUE = 1;
  private static final int VALUES = 2;
  private static final int PAGE = 3;
  private static final int DONE = 4;
  private static final int SWAPPED = 5;
  private static final int TOO_OLD = 6;
  private static final int MULTI_RANGE = 7;
  private static final int REJECTED = 8;
  private static final int UNKNOWN = 9;
  private static final int NOT_LEADER = 16;
  private static final int STALE_RANGE = 17;
  private static final int NO_REPLICA = 18;
  private static final int BUSY = 19;
  private static final int UNAVAILABLE = 20;
  private static final int TOO_LATE = 21;
  private static final int DISK_FULL = 22;

  private KvReplyCodec() {}

  public static byte[] encode(KvReply reply) {
    return switch (reply) {
      case Value(var value) -> {
        ByteBuffer out = ByteBuffer.allocate(1 + optionalBytes(value));
        writeOptional(new ByteWriter(out).u8(VALUE), value);
        yield out.array();
      }
      case Done(var at) -> number(DONE, at.value());
      case Swapped(var swapped) -> number(SWAPPED, swapped ? 1 : 0);
      case Values(var values) -> encodeValues(values);
      case Page page -> encodePage(page);
      case TooOld(var threshold) -> number(TOO_OLD, threshold.value());
      case MultiRange(var current) -> descriptors(MULTI_RANGE, current);
      case Rejected(var reason) -> text(REJECTED, reason);
      case Unknown(var reason) -> text(UNKNOWN, reason);
      case Refused(var refusal) -> encodeRefusal(refusal);
    };
  }

  public static KvReply decode(ByteBuffer bytes) {
    try {
      ByteReader in = new ByteReader(bytes, "reply");
      KvReply reply = decodeBody(in.u8(), in);
      in.end();
      return reply;
    } catch (IllegalArgumentException e) {
      throw new CodecException("reply: " + e.getMessage(), e);
    }
  }

  private static KvReply decodeBody(int kind, ByteReader in) {
    return switch (kind) {
      case VALUE -> new Value(readOptional(in));
      case VALUES -> decodeValues(in);
      case PAGE -> decodePage(in);
      case DONE -> new Done(new Timestamp(in.varint()));
      case SWAPPED -> new Swapped(in.bool());
      case TOO_OLD -> new TooOld(new Timestamp(in.varint()));
      case MULTI_RANGE -> new MultiRange(readDescriptors(in));
      case REJECTED -> new Rejected(readText(in));
      case UNKNOWN -> new Unknown(readText(in));
      default -> new Refused(decodeRefusal(kind, in));
    };
  }

  private static byte[] encodeRefusal(Refusal refusal) {
    return switch (refusal) {
      case NotLeader(var descriptor, var leader) -> {
        byte[] encoded = DescriptorCodec.encode(descriptor);
        ByteBuffer out = ByteBuffer.allocate(1 + sizedBytes(encoded) + VARINT_BYTES_MAX);
        new ByteWriter(out)
            .u8(NOT_LEADER)
            .sized(encoded)
            .varint(leader == null ? 0 : leader.value());
        yield written(out);
      }
      case StaleRange(var current) -> descriptors(STALE_RANGE, current);
      case NoReplica(var range) -> number(NO_REPLICA, range.value());
      case Busy(var limit, long retryAfterMillis) -> {
        byte[] name = limit.getBytes(UTF_8);
        ByteBuffer out = ByteBuffer.allocate(1 + VARINT_BYTES_MAX + sizedBytes(name));
        new ByteWriter(out).u8(BUSY).varint(Math.max(0, retryAfterMillis)).sized(name);
        yield written(out);
      }
      case DiskFull full -> encodeDiskFull(full);
      case Unavailable(var reason) -> text(UNAVAILABLE, reason);
      case TooLate _ -> new byte[] {TOO_LATE};
    };
  }

  private static byte[] encodeDiskFull(DiskFull full) {
    ByteBuffer out = ByteBuffer.allocate(1 + 4 * VARINT_BYTES_MAX);
    new ByteWriter(out)
        .u8(DISK_FULL)
        .varint(full.store().value())
        .varint(full.freeBytes() + 1)
        .varint(full.limitBytes() + 1)
        .varint(full.retryAfterMillis());
    return written(out);
  }

  private static Refusal decodeRefusal(int kind, ByteReader in) {
    return switch (kind) {
      case NOT_LEADER -> {
        RangeDescriptor descriptor = DescriptorCodec.decode(in.sized());
        long leader = in.varint();
        yield new NotLeader(descriptor, leader == 0 ? null : new StoreId(leader));
      }
      case STALE_RANGE -> new StaleRange(readDescriptors(in));
      case NO_REPLICA -> new NoReplica(new RangeId(in.varint()));
      case BUSY -> {
        long retryAfterMillis = in.varint();
        yield new Busy(readText(in), retryAfterMillis);
      }
      case UNAVAILABLE -> new Unavailable(readText(in));
      case DISK_FULL ->
          new DiskFull(new StoreId(in.varint()), in.varint() - 1, in.varint() - 1, in.varint());
      case TOO_LATE -> new TooLate();
      default -> throw in.bad("unknown kind " + kind);
    };
  }

  private static byte[] encodeValues(List<byte @Nullable []> values) {
    int bytes = 1 + VARINT_BYTES_MAX;
    for (byte[] value : values) {
      bytes += optionalBytes(value);
    }
    ByteBuffer out = ByteBuffer.allocate(bytes);
    ByteWriter writer = new ByteWriter(out).u8(VALUES).varint(values.size());
    for (byte[] value : values) {
      writeOptional(writer, value);
    }
    return written(out);
  }

  private static Values decodeValues(ByteReader in) {
    int count = in.count(1);
    List<byte @Nullable []> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(readOptional(in));
    }
    return new Values(values);
  }

  private static byte[] encodePage(Page page) {
    byte[] resume = page.resume() == null ? null : page.resume().bytes();
    int bytes = 1 + optionalBytes(resume) + VARINT_BYTES_MAX;
    for (KeyValue entry : page.entries()) {
      bytes += sizedBytes(entry.key()) + sizedBytes(entry.value());
    }
    ByteBuffer out = ByteBuffer.allocate(bytes);
    ByteWriter writer = new ByteWriter(out).u8(PAGE);
    writeOptional(writer, resume);
    writer.varint(page.entries().size());
    for (KeyValue entry : page.entries()) {
      writer.sized(entry.key()).sized(entry.value());
    }
    return written(out);
  }

  private static Page decodePage(ByteReader in) {
    byte[] resume = readOptional(in);
    int count = in.count(2);
    List<KeyValue> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(new KeyValue(in.sized(), in.sized()));
    }
    return new Page(entries, resume == null ? null : Key.of(resume));
  }

  private static byte[] number(int kind, long value) {
    ByteBuffer out = ByteBuffer.allocate(1 + ByteWriter.varintBytes(value));
    new ByteWriter(out).u8(kind).varint(value);
    return out.array();
  }

  private static byte[] text(int kind, String text) {
    byte[] encoded = text.getBytes(UTF_8);
    ByteBuffer out = ByteBuffer.allocate(1 + sizedBytes(encoded));
    new ByteWriter(out).u8(kind).sized(encoded);
    return out.array();
  }

  private static String readText(ByteReader in) {
    return new String(in.sized(), UTF_8);
  }

  private static byte[] descriptors(int kind, List<RangeDescriptor> descriptors) {
    List<byte[]> encoded = descriptors.stream().map(DescriptorCodec::encode).toList();
    int bytes = 1 + VARINT_BYTES_MAX;
    for (byte[] one : encoded) {
      bytes += sizedBytes(one);
    }
    ByteBuffer out = ByteBuffer.allocate(bytes);
    ByteWriter writer = new ByteWriter(out).u8(kind).varint(encoded.size());
    encoded.forEach(writer::sized);
    return written(out);
  }

  private static List<RangeDescriptor> readDescriptors(ByteReader in) {
    int count = in.count(1);
    List<RangeDescriptor> descriptors = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      descriptors.add(DescriptorCodec.decode(in.sized()));
    }
    return descriptors;
  }

  private static byte[] written(ByteBuffer out) {
    byte[] bytes = new byte[out.position()];
    out.get(0, bytes);
    return bytes;
  }
}

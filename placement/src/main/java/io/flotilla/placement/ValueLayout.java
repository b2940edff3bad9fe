package io.flotilla.placement;

import io.flotilla.codec.ByteReader;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.spi.DiskStage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The layouts of the values that requests, replies and the durable state share. Each pair of
/// methods writes and reads the same fields in the same order.
public final class ValueLayout {
  private static final ReplicaKind[] KINDS = ReplicaKind.values();
  private static final Standing[] STANDINGS = Standing.values();
  private static final DiskStage[] DISK_STAGES = DiskStage.values();

  private ValueLayout() {}

  public static <T> List<T> list(ByteReader in, int bytesEach, Function<ByteReader, T> each) {
    int count = in.count(bytesEach);
    List<T> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(each.apply(in));
    }
    return values;
  }

  public static int integer(ByteReader in) {
    long value = in.varint();
    if (value > Integer.MAX_VALUE) {
      throw in.bad("number " + value + " is too large");
    }
    return (int) value;
  }

  public static String text(ByteReader in) {
    return new String(in.sized(), StandardCharsets.UTF_8);
  }

  static <T> void optional(ByteSink out, @Nullable T value, BiConsumer<ByteSink, T> layout) {
    out.bool(value != null);
    if (value != null) {
      layout.accept(out, value);
    }
  }

  static <T> @Nullable T optional(ByteReader in, Function<ByteReader, T> layout) {
    return in.bool() ? layout.apply(in) : null;
  }

  static <E extends Enum<E>> E constant(ByteReader in, E[] constants) {
    int code = in.u8();
    if (code >= constants.length) {
      throw in.bad("unknown code " + code);
    }
    return constants[code];
  }

  static void key(ByteSink out, Key key) {
    out.sized(key.bytes());
  }

  static Key key(ByteReader in) {
    return Key.of(in.sized());
  }

  static void span(ByteSink out, KeySpan span) {
    key(out, span.start());
    key(out, span.end());
  }

  static KeySpan span(ByteReader in) {
    return new KeySpan(key(in), key(in));
  }

  static void store(ByteSink out, StoreId id) {
    out.varint(id.value());
  }

  static StoreId store(ByteReader in) {
    return StoreId.of(in.varint());
  }

  static void range(ByteSink out, RangeId id) {
    out.varint(id.value());
  }

  static RangeId range(ByteReader in) {
    return new RangeId(in.varint());
  }

  static void peer(ByteSink out, PeerId id) {
    out.varint(id.value());
  }

  static PeerId peer(ByteReader in) {
    return new PeerId(in.varint());
  }

  static void timestamp(ByteSink out, Timestamp at) {
    out.varint(at.value());
  }

  static Timestamp timestamp(ByteReader in) {
    return new Timestamp(in.varint());
  }

  static void replica(ByteSink out, ReplicaDescriptor replica) {
    peer(out, replica.peer());
    store(out, replica.store());
    out.u8(replica.kind().ordinal());
  }

  static ReplicaDescriptor replica(ByteReader in) {
    return new ReplicaDescriptor(peer(in), store(in), constant(in, KINDS));
  }

  /// More replicas than 256 are no descriptor: checking one takes time quadratic in them.
  static List<ReplicaDescriptor> replicas(ByteReader in) {
    List<ReplicaDescriptor> replicas = list(in, 3, ValueLayout::replica);
    if (replicas.size() > 256) {
      throw in.bad(replicas.size() + " replicas");
    }
    return replicas;
  }

  static void descriptor(ByteSink out, RangeDescriptor descriptor) {
    range(out, descriptor.id());
    span(out, descriptor.span());
    out.varint(descriptor.generation()).list(descriptor.replicas(), ValueLayout::replica);
  }

  static RangeDescriptor descriptor(ByteReader in) {
    return new RangeDescriptor(range(in), span(in), in.varint(), replicas(in));
  }

  static void report(ByteSink out, RangeReport report) {
    descriptor(out, report.descriptor());
    out.varint(report.term());
    peer(out, report.leader());
    out.varint(report.committed());
    out.varint(report.size().bytes()).varint(report.size().generation());
    out.list(report.followers(), ValueLayout::progress);
  }

  static RangeReport report(ByteReader in) {
    return new RangeReport(
        descriptor(in),
        in.varint(),
        peer(in),
        in.varint(),
        new RangeSize(in.varint(), in.varint()),
        list(in, 3, ValueLayout::progress));
  }

  private static void progress(ByteSink out, PeerProgress progress) {
    peer(out, progress.peer());
    out.varint(progress.match()).bool(progress.active());
  }

  private static PeerProgress progress(ByteReader in) {
    return new PeerProgress(peer(in), in.varint(), in.bool());
  }

  static void record(ByteSink out, RangeRecord record) {
    descriptor(out, record.descriptor());
    optional(out, record.leader(), ValueLayout::store);
    out.varint(record.term()).varint(record.committed()).varint(record.bytes());
    optional(out, record.operator(), ByteSink::text);
    optional(out, record.problem(), ValueLayout::problem);
  }

  static RangeRecord record(ByteReader in) {
    return new RangeRecord(
        descriptor(in),
        optional(in, ValueLayout::store),
        in.varint(),
        in.varint(),
        in.varint(),
        optional(in, ValueLayout::text),
        optional(in, ValueLayout::problem));
  }

  private static void problem(ByteSink out, RangeProblem problem) {
    out.text(problem.step()).text(problem.reason());
  }

  private static RangeProblem problem(ByteReader in) {
    return new RangeProblem(text(in), text(in));
  }

  public static void label(ByteSink out, Label label) {
    out.text(label.name()).text(label.value());
  }

  public static Label label(ByteReader in) {
    return new Label(text(in), text(in));
  }

  public static void info(ByteSink out, StoreInfo info) {
    store(out, info.id());
    out.text(info.instance()).text(info.address());
    out.list(info.labels(), ValueLayout::label);
    out.text(info.version()).text(info.durability());
  }

  public static StoreInfo info(ByteReader in) {
    return new StoreInfo(
        store(in), text(in), text(in), list(in, 2, ValueLayout::label), text(in), text(in));
  }

  static void stats(ByteSink out, StoreStats stats) {
    out.varint(stats.freeBytes()).varint(stats.usedBytes()).varint(stats.replicas());
    out.u8(stats.disk().ordinal());
  }

  static StoreStats stats(ByteReader in) {
    return new StoreStats(in.varint(), in.varint(), integer(in), constant(in, DISK_STAGES));
  }

  static void status(ByteSink out, StoreStatus status) {
    info(out, status.info());
    out.bool(status.up()).u8(status.standing().ordinal()).varint(status.silentMillis());
    stats(out, status.stats());
    out.varint(status.ranges()).varint(status.leaders());
  }

  static StoreStatus status(ByteReader in) {
    return new StoreStatus(
        info(in), in.bool(), standing(in), in.varint(), stats(in), in.varint(), in.varint());
  }

  public static Standing standing(ByteReader in) {
    return constant(in, STANDINGS);
  }

  static void address(ByteSink out, StoreAddress address) {
    store(out, address.store());
    out.text(address.address());
  }

  static StoreAddress address(ByteReader in) {
    return new StoreAddress(store(in), text(in));
  }

  public static void policy(ByteSink out, Policy policy) {
    out.varint(policy.replicas()).varint(policy.rangeBytesMax()).varint(policy.retentionMillis());
  }

  public static Policy policy(ByteReader in) {
    return new Policy(integer(in), in.varint(), in.varint());
  }
}

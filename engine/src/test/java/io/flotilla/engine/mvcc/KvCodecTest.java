package io.flotilla.engine.mvcc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.codec.CodecException;
import io.flotilla.engine.KeyValue;
import io.flotilla.engine.mvcc.KvRequest.Batch;
import io.flotilla.engine.mvcc.KvRequest.CompareAndSet;
import io.flotilla.engine.mvcc.KvRequest.Delete;
import io.flotilla.engine.mvcc.KvRequest.Get;
import io.flotilla.engine.mvcc.KvRequest.MultiGet;
import io.flotilla.engine.mvcc.KvRequest.Mutation;
import io.flotilla.engine.mvcc.KvRequest.Put;
import io.flotilla.engine.mvcc.KvRequest.Scan;
import io.flotilla.engine.mvcc.KvRequest.Target;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.RandomSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Requests and replies to bytes and back; and bytes that are neither.
class KvCodecTest {
  private final RandomSource random = new RandomSource(42);

  @Test
  void requestsComeBack() {
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = KvRequestCodec.encode(request());
      KvRequest back = KvRequestCodec.decode(ByteBuffer.wrap(bytes));
      assertArrayEquals(bytes, KvRequestCodec.encode(back));
    }
  }

  @Test
  void repliesComeBack() {
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = KvReplyCodec.encode(reply());
      KvReply back = KvReplyCodec.decode(ByteBuffer.wrap(bytes));
      assertArrayEquals(bytes, KvReplyCodec.encode(back));
    }
  }

  @Test
  void aGetIsSmall() {
    Key key = Key.of(new byte[16]);
    Get get = new Get(new Target(new RangeId(2), 1), key, Timestamp.MAX);
    assertEquals(21, KvRequestCodec.encode(get).length);
  }

  @Test
  void fieldsAreKept() {
    Scan scan =
        new Scan(
            new Target(new RangeId(7), 9),
            new KeySpan(Bench.key("a"), Key.EMPTY),
            5,
            6,
            true,
            new Timestamp(77));
    assertEquals(scan, KvRequestCodec.decode(ByteBuffer.wrap(KvRequestCodec.encode(scan))));
    KvReply busy = new KvReply.Refused(new Refusal.Busy("mailbox", 12));
    assertEquals(busy, KvReplyCodec.decode(ByteBuffer.wrap(KvReplyCodec.encode(busy))));
  }

  @Test
  void hostileBytesAreRefusedAndNothingElse() {
    for (int i = 0; i < 20_000; i++) {
      byte[] request = hostile(KvRequestCodec.encode(request()));
      attempt(request, KvRequestCodec::decode);
      byte[] reply = hostile(KvReplyCodec.encode(reply()));
      attempt(reply, KvReplyCodec::decode);
    }
  }

  private static void attempt(byte[] bytes, Consumer<ByteBuffer> decode) {
    try {
      decode.accept(ByteBuffer.wrap(bytes));
    } catch (CodecException e) {
      assertTrue(e.getMessage() != null && !e.getMessage().isEmpty());
    }
  }

  /// Cut, changed, lengthened, or random from the start.
  private byte[] hostile(byte[] good) {
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(good, random.nextInt(good.length));
      case 1 -> {
        byte[] changed = good.clone();
        for (int i = 0; i <= random.nextInt(3); i++) {
          changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        yield changed;
      }
      case 2 -> Arrays.copyOf(good, good.length + 1 + random.nextInt(9));
      default -> bytes(40);
    };
  }

  private KvRequest request() {
    Target target = new Target(new RangeId(1 + random.nextInt(300)), random.nextInt(300));
    return switch (random.nextInt(8)) {
      case 0 -> new Get(target, key(), moment());
      case 1 -> new MultiGet(target, List.of(key(), key()), moment());
      case 2 -> new Put(target, key(), bytes(300));
      case 3 -> new Delete(target, key());
      case 4 -> new CompareAndSet(target, key(), value(), value());
      case 5 -> new Batch(target, mutations());
      case 6 -> new KvRequest.IndexGet(target, key(), random.oneIn(2));
      default -> {
        Key start = Key.of(bytes(5));
        Key end = Key.of(new byte[] {-1, -1, -1, -1, -1, -1});
        KeySpan span = new KeySpan(start, random.oneIn(2) ? end : Key.EMPTY);
        yield new Scan(target, span, 1 + random.nextInt(9), 1000, random.oneIn(2), moment());
      }
    };
  }

  private List<Mutation> mutations() {
    List<Mutation> mutations = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      mutations.add(new Mutation(key(), value()));
    }
    return mutations;
  }

  private KvReply reply() {
    return switch (random.nextInt(12)) {
      case 0 -> new KvReply.Value(value());
      case 1 -> new KvReply.Values(Arrays.asList(value(), value(), value()));
      case 2 ->
          new KvReply.Page(
              List.of(new KeyValue(bytes(9), bytes(9)), new KeyValue(bytes(9), bytes(9))),
              random.oneIn(2) ? null : key());
      case 3 -> new KvReply.Done(new Timestamp(random.nextLong() >>> 1));
      case 4 -> new KvReply.Swapped(random.oneIn(2));
      case 5 -> new KvReply.TooOld(new Timestamp(5));
      case 6 -> new KvReply.MultiRange(List.of(FakeRange.descriptor(2, "a", "b", 3)));
      case 7 -> new KvReply.Rejected("no");
      case 8 -> new KvReply.Unknown("who knows");
      case 9 ->
          new KvReply.Refused(
              new Refusal.NotLeader(
                  FakeRange.descriptor(2, "a", "b", 3),
                  random.oneIn(2) ? null : new StoreId(1 + random.nextInt(9))));
      case 10 ->
          new KvReply.Refused(
              new Refusal.StaleRange(
                  List.of(
                      FakeRange.descriptor(2, "a", "b", 3), FakeRange.descriptor(9, "b", "", 3))));
      default ->
          new KvReply.Refused(
              switch (random.nextInt(4)) {
                case 0 -> new Refusal.NoReplica(new RangeId(4));
                case 1 ->
                    new Refusal.DiskFull(
                        new StoreId(3), random.nextInt(9) - 1, random.nextInt(9) - 1, 300);
                case 2 -> new Refusal.TooLate();
                default -> new Refusal.Unavailable("stopping");
              });
    };
  }

  private Timestamp moment() {
    return random.oneIn(2) ? Timestamp.MAX : new Timestamp(random.nextInt(1 << 20));
  }

  private Key key() {
    return Key.of(bytes(20));
  }

  private byte @Nullable [] value() {
    return random.oneIn(4) ? null : bytes(20);
  }

  private byte[] bytes(int max) {
    byte[] bytes = new byte[random.nextInt(max)];
    random.nextBytes(bytes);
    return bytes;
  }
}

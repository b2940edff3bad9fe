package io.flotilla.engine.mvcc;

import static io.flotilla.codec.ByteWriter.varintBytes;

import io.flotilla.codec.ByteReader;
import io.flotilla.codec.ByteWriter;
import io.flotilla.codec.CodecException;
import io.flotilla.engine.mvcc.KvRequest.Batch;
import io.flotilla.engine.mvcc.KvRequest.CompareAndSet;
import io.flotilla.engine.mvcc.KvRequest.Delete;
import io.flotilla.engine.mvcc.KvRequest.Get;
import io.flotilla.engine.mvcc.KvRequest.IndexGet;
import io.flotilla.engine.mvcc.KvRequest.MultiGet;
import io.flotilla.engine.mvcc.KvRequest.Mutation;
import io.flotilla.engine.mvcc.KvRequest.Put;
import io.flotilla.engine.mvcc.KvRequest.Scan;
import io.flotilla.engine.mvcc.KvRequest.Target;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.Timestamp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Requests as bytes: kind, range, generation, then the kind's own fields.
///
/// Numbers are varints; keys are length and bytes; a value that may be missing is its length plus
/// one, or zero; a timestamp is its value plus one, or zero for "the newest". Bytes that are no
/// request end in [CodecException], whatever they are.
public final class KvRequestCodec {
  private static final int GET = 1;
  private static final int MULTI_GET = 2;
  private static final int SCAN = 3;
  private static final int PUT = 4;
  private static final int DELETE = 5;
  private static final int COMPARE_AND_SET = 6;
  private static final int BATCH = 7;
  private static final int INDEX_GET = 8;

  private KvRequestCodec() {}

  public static byte[] encode(KvRequest request) {
    byte[] bytes = new byte[headBytes(request.target()) + bodyBytes(request)];
    ByteWriter out = new ByteWriter(ByteBuffer.wrap(bytes));
    out.u8(kindOf(request));
    out.varint(request.target().range().value()).varint(request.target().generation());
    switch (request) {
      case Get(_, var key, var at) -> out.varint(moment(at)).sized(key.bytes());
      case IndexGet(_, var key, boolean anyReplica) ->
          out.u8(anyReplica ? 1 : 0).sized(key.bytes());
      case MultiGet get -> {
        out.varint(moment(get.at())).varint(get.keys().size());
        get.keys().forEach(key -> out.sized(key.bytes()));
      }
      case Scan scan -> writeScan(out, scan);
      case Put(_, var key, var value) -> out.sized(key.bytes()).sized(value);
      case Delete(_, var key) -> out.sized(key.bytes());
      case CompareAndSet(_, var key, var expected, var update) -> {
        out.sized(key.bytes());
        writeOptional(out, expected);
        writeOptional(out, update);
      }
      case Batch(_, var mutations) -> {
        out.varint(mutations.size());
        for (Mutation mutation : mutations) {
          out.sized(mutation.key().bytes());
          writeOptional(out, mutation.value());
        }
      }
    }
    return bytes;
  }

  public static KvRequest decode(ByteBuffer bytes) {
    try {
      ByteReader in = new ByteReader(bytes, "request");
      int kind = in.u8();
      Target target = new Target(new RangeId(in.varint()), in.varint());
      KvRequest request = decodeBody(kind, target, in);
      in.end();
      return request;
    } catch (IllegalArgumentException e) {
      throw new CodecException("request: " + e.getMessage(), e);
    }
  }

  private static KvRequest decodeBody(int kind, Target target, ByteReader in) {
    return switch (kind) {
      case GET -> {
        Timestamp at = readMoment(in);
        yield new Get(target, Key.of(in.sized()), at);
      }
      case MULTI_GET -> {
        Timestamp at = readMoment(in);
        int count = in.count(1);
        List<Key> keys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          keys.add(Key.of(in.sized()));
        }
        yield new MultiGet(target, keys, at);
      }
      case INDEX_GET -> {
        boolean anyReplica = in.bool();
        yield new IndexGet(target, Key.of(in.sized()), anyReplica);
      }
      case SCAN -> readScan(target, in);
      case PUT -> new Put(target, Key.of(in.sized()), in.sized());
      case DELETE -> new Delete(target, Key.of(in.sized()));
      case COMPARE_AND_SET ->
          new CompareAndSet(target, Key.of(in.sized()), readOptional(in), readOptional(in));
      case BATCH -> {
        int count = in.count(2);
        List<Mutation> mutations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          mutations.add(new Mutation(Key.of(in.sized()), readOptional(in)));
        }
        yield new Batch(target, mutations);
      }
      default -> throw in.bad("unknown kind " + kind);
    };
  }

  private static void writeScan(ByteWriter out, Scan scan) {
    out.varint(moment(scan.at())).sized(scan.span().start().bytes());
    out.sized(scan.span().end().bytes());
    out.varint(scan.limit()).varint(scan.bytes()).u8(scan.reverse() ? 1 : 0);
  }

  private static Scan readScan(Target target, ByteReader in) {
    Timestamp at = readMoment(in);
    KeySpan span = new KeySpan(Key.of(in.sized()), Key.of(in.sized()));
    int limit = atLeastOne(in);
    int bytes = atLeastOne(in);
    return new Scan(target, span, limit, bytes, in.bool(), at);
  }

  private static int atLeastOne(ByteReader in) {
    long value = in.varint();
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw in.bad("limit " + value + " is out of bounds");
    }
    return (int) value;
  }

  private static int kindOf(KvRequest request) {
    return switch (request) {
      case Get _ -> GET;
      case IndexGet _ -> INDEX_GET;
      case MultiGet _ -> MULTI_GET;
      case Scan _ -> SCAN;
      case Put _ -> PUT;
      case Delete _ -> DELETE;
      case CompareAndSet _ -> COMPARE_AND_SET;
      case Batch _ -> BATCH;
    };
  }

  private static int headBytes(Target target) {
    return 1 + varintBytes(target.range().value()) + varintBytes(target.generation());
  }

  private static int bodyBytes(KvRequest request) {
    return switch (request) {
      case Get(_, var key, var at) -> varintBytes(moment(at)) + sizedBytes(key.bytes());
      case IndexGet(_, var key, _) -> 1 + sizedBytes(key.bytes());
      case MultiGet(_, var keys, var at) -> {
        int bytes = varintBytes(moment(at)) + varintBytes(keys.size());
        for (Key key : keys) {
          bytes += sizedBytes(key.bytes());
        }
        yield bytes;
      }
      case Scan(_, var span, int limit, int bytes, _, var at) ->
          varintBytes(moment(at))
              + sizedBytes(span.start().bytes())
              + sizedBytes(span.end().bytes())
              + varintBytes(limit)
              + varintBytes(bytes)
              + 1;
      case Put(_, var key, var value) -> sizedBytes(key.bytes()) + sizedBytes(value);
      case Delete(_, var key) -> sizedBytes(key.bytes());
      case CompareAndSet(_, var key, var expected, var update) ->
          sizedBytes(key.bytes()) + optionalBytes(expected) + optionalBytes(update);
      case Batch(_, var mutations) -> {
        int bytes = varintBytes(mutations.size());
        for (Mutation mutation : mutations) {
          bytes += sizedBytes(mutation.key().bytes()) + optionalBytes(mutation.value());
        }
        yield bytes;
      }
    };
  }

  private static long moment(Timestamp at) {
    return at.equals(Timestamp.MAX) ? 0 : at.value() + 1;
  }

  private static Timestamp readMoment(ByteReader in) {
    long value = in.varint();
    return value == 0 ? Timestamp.MAX : new Timestamp(value - 1);
  }

  static int sizedBytes(byte[] value) {
    return varintBytes(value.length) + value.length;
  }

  static int optionalBytes(byte @Nullable [] value) {
    return value == null ? 1 : varintBytes(value.length + 1L) + value.length;
  }

  static void writeOptional(ByteWriter out, byte @Nullable [] value) {
    if (value == null) {
      out.varint(0);
    } else {
      out.varint(value.length + 1L).bytes(value);
    }
  }

  static byte @Nullable [] readOptional(ByteReader in) {
    long length = in.varint();
    if (length > in.remaining() + 1L) {
      throw in.bad("length " + length + " exceeds what is there");
    }
    return length == 0 ? null : in.bytes((int) length - 1);
  }
}

package io.flotilla.engine.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flotilla.codec.CodecException;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvReplyCodec;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementCodec;
import io.flotilla.placement.PlacementReply;
import io.flotilla.replica.Refusal;
import io.flotilla.transport.frame.HostPort;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/// What a store says to a placement request: the leader's reply, or why it is not the one to ask.
///
/// On the wire: one byte, 0 for a reply, 1 for a refusal, 2 for a refusal behind a length of 4
/// bytes and as many bytes of text with a line "store address" for each store that is known; then
/// the reply or the refusal in its own format.
sealed interface PlacementAnswer {
  record Replied(PlacementReply reply) implements PlacementAnswer {}

  /// @param known where stores listen, as far as the refusing one knows: whoever was sent elsewhere
  ///   may have no other way to learn it
  record Refused(Refusal refusal, Map<StoreId, String> known) implements PlacementAnswer {
    Refused(Refusal refusal) {
      this(refusal, Map.of());
    }
  }

  static byte[] encode(PlacementAnswer answer) {
    return switch (answer) {
      case Replied(var reply) -> tagged(0, PlacementCodec.encode(reply));
      case Refused(var refusal, var known) when known.isEmpty() -> tagged(1, encode(refusal));
      case Refused(var refusal, var known) -> {
        StringBuilder lines = new StringBuilder();
        known.forEach((store, address) -> lines.append(store + " " + address + "\n"));
        byte[] text = lines.toString().getBytes(UTF_8);
        byte[] body = encode(refusal);
        ByteBuffer out = ByteBuffer.allocate(Integer.BYTES + text.length + body.length);
        yield tagged(2, out.putInt(text.length).put(text).put(body).array());
      }
    };
  }

  /// @throws CodecException if the bytes are no answer
  static PlacementAnswer decode(ByteBuffer bytes) {
    if (!bytes.hasRemaining()) {
      throw new CodecException("placement answer: empty");
    }
    byte tag = bytes.get();
    if (tag == 0) {
      return new Replied(PlacementCodec.decodeReply(bytes));
    }
    Map<StoreId, String> known = tag == 2 ? decodeKnown(bytes) : Map.of();
    if ((tag == 1 || tag == 2)
        && KvReplyCodec.decode(bytes) instanceof KvReply.Refused(var refusal)) {
      return new Refused(refusal, known);
    }
    throw new CodecException("placement answer: kind " + tag + " is not known to this release");
  }

  private static byte[] encode(Refusal refusal) {
    return KvReplyCodec.encode(new KvReply.Refused(refusal));
  }

  private static Map<StoreId, String> decodeKnown(ByteBuffer bytes) {
    try {
      byte[] text = new byte[Math.min(bytes.getInt(), bytes.remaining())];
      bytes.get(text);
      Map<StoreId, String> known = new TreeMap<>();
      for (String line : new String(text, UTF_8).lines().toList()) {
        String[] words = line.split(" ", 2);
        String address = HostPort.parse(words[words.length - 1]).toString();
        known.put(new StoreId(Long.parseLong(words[0])), address);
      }
      return known;
    } catch (IllegalArgumentException | BufferUnderflowException | NegativeArraySizeException e) {
      throw new CodecException("placement answer: addresses do not parse", e);
    }
  }

  private static byte[] tagged(int tag, byte[] body) {
    byte[] all = new byte[body.length + 1];
    all[0] = (byte) tag;
    System.arraycopy(body, 0, all, 1, body.length);
    return all;
  }
}

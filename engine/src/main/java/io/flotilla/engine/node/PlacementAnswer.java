package io.flotilla.engine.node;

import io.flotilla.codec.CodecException;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvReplyCodec;
import io.flotilla.placement.PlacementCodec;
import io.flotilla.placement.PlacementReply;
import io.flotilla.replica.Refusal;
import java.nio.ByteBuffer;

/// What a store says to a placement request: the leader's reply, or why it is not the one to ask.
///
/// On the wire: one byte, 0 for a reply and 1 for a refusal, then the reply or the refusal in its
/// own format.
sealed interface PlacementAnswer {
  record Replied(PlacementReply reply) implements PlacementAnswer {}

  record Refused(Refusal refusal) implements PlacementAnswer {}

  static byte[] encode(PlacementAnswer answer) {
    return switch (answer) {
      case Replied(var reply) -> tagged(0, PlacementCodec.encode(reply));
      case Refused(var refusal) -> tagged(1, KvReplyCodec.encode(new KvReply.Refused(refusal)));
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
    if (tag == 1 && KvReplyCodec.decode(bytes) instanceof KvReply.Refused(var refusal)) {
      return new Refused(refusal);
    }
    throw new CodecException("placement answer: kind " + tag + " is not known to this release");
  }

  private static byte[] tagged(int tag, byte[] body) {
    byte[] all = new byte[body.length + 1];
    all[0] = (byte) tag;
    System.arraycopy(body, 0, all, 1, body.length);
    return all;
  }
}

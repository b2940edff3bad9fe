package io.flotilla.codec;

import io.flotilla.keyspace.KeySpan;
import io.flotilla.raft.Entry;
import io.flotilla.raft.Message;
import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.Snapshot;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What many groups say to one peer store, as the body of one frame: a version byte, then blocks in
/// the order of the messages. A run of beats or of replies to them is one block of columns; any
/// other message is a record of its own (docs/formats.md).
public final class RangeMessageCodec {
  private static final int VERSION = 1;

  /// Longer runs are cut, so that a decoder's columns stay small.
  private static final int RUN_MAX = 4096;

  /* A record's tag, range, two peers, term, and the numbers of the message that has most of them; a
  row of columns takes less. */
  private static final int RECORD_BYTES_MAX = 12 + 8 * ByteWriter.VARINT_BYTES_MAX;
  private static final int ENTRY_BYTES_MAX = 2 + 2 * ByteWriter.VARINT_BYTES_MAX;

  private RangeMessageCodec() {}

  /// An upper bound of what the messages take, version byte included. Bounds of parts add up.
  public static int sizeMax(List<RangeMessage> messages) {
    long size = 1;
    for (RangeMessage message : messages) {
      size += sizeMax(message);
    }
    return Math.toIntExact(size);
  }

  /// An upper bound of what one message adds to a batch.
  public static long sizeMax(RangeMessage message) {
    long size = RECORD_BYTES_MAX;
    KeySpan span = message.span();
    if (span != null) {
      size += span.start().length() + span.end().length() + 2L * ByteWriter.VARINT_BYTES_MAX;
    }
    switch (message.message()) {
      case Append append -> {
        for (Entry entry : append.entries()) {
          size += ENTRY_BYTES_MAX + entry.payload().length;
        }
      }
      case Snapshot snapshot ->
          size += (3L + snapshot.membership().peers().size() * 2L) * ByteWriter.VARINT_BYTES_MAX;
      default -> {}
    }
    return size;
  }

  public static byte[] encode(List<RangeMessage> messages) {
    ByteBuffer buffer = ByteBuffer.allocate(sizeMax(messages));
    encode(messages, buffer);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /// Writes the batch from the buffer's position on; [#sizeMax(List)] bytes must have room.
  public static void encode(List<RangeMessage> messages, ByteBuffer target) {
    ByteWriter writer = new ByteWriter(target);
    writer.u8(VERSION);
    int at = 0;
    while (at < messages.size()) {
      int end = runEnd(messages, at);
      if (end - at > 1) {
        BeatColumns.write(writer, messages.subList(at, end));
      } else {
        RangeMessageRecord.write(writer, messages.get(at));
      }
      at = end;
    }
  }

  public static List<RangeMessage> decode(byte[] bytes) {
    return decode(ByteBuffer.wrap(bytes));
  }

  /// Takes everything up to the buffer's limit. Entry payloads are copied out of it.
  public static List<RangeMessage> decode(ByteBuffer bytes) {
    ByteReader reader = new ByteReader(bytes, "range messages");
    int version = reader.u8();
    if (version != VERSION) {
      throw reader.bad("unknown version " + version);
    }
    List<RangeMessage> messages = new ArrayList<>();
    try {
      while (reader.remaining() > 0) {
        int tag = reader.u8();
        if (BeatColumns.isTag(tag)) {
          BeatColumns.read(reader, tag, messages);
        } else {
          messages.add(RangeMessageRecord.read(reader, tag));
        }
      }
    } catch (IllegalArgumentException e) {
      throw new CodecException("range messages: " + e.getMessage(), e);
    }
    return messages;
  }

  /// The end of the run of messages of one kind that can share a block of columns, or `from + 1`.
  private static int runEnd(List<RangeMessage> messages, int from) {
    Message first = messages.get(from).message();
    if (!BeatColumns.isColumnar(first)) {
      return from + 1;
    }
    int at = from;
    int limit = Math.min(messages.size(), from + RUN_MAX);
    while (at < limit && messages.get(at).span() == null) {
      if (messages.get(at).message().getClass() != first.getClass()) {
        break;
      }
      at++;
    }
    return Math.max(at, from + 1);
  }
}

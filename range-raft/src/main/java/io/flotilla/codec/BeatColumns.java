package io.flotilla.codec;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Message;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.BeatReply;
import io.flotilla.raft.Message.QuiesceOffer;
import io.flotilla.raft.Message.QuiesceReply;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.List;
import java.util.function.ToLongFunction;

/// Runs of beats, of replies to beats, of offers to quiesce or of answers to those, as columns:
/// each number as its difference from the row above, zigzag and varint coded. The messages of
/// neighbouring groups differ little, so most take one byte a column.
final class BeatColumns {
  private static final int BEATS = 1;
  private static final int REPLIES = 2;
  private static final int OFFERS = 3;
  private static final int ANSWERS = 4;

  /// What all have: range, receiver, sender, term.
  private static final int COMMON = 4;

  private BeatColumns() {}

  static boolean isTag(int tag) {
    return tag >= BEATS && tag <= ANSWERS;
  }

  /// True for messages of which a run is written as columns.
  static boolean isColumnar(Message message) {
    return tag(message) > 0;
  }

  private static int tag(Message message) {
    return switch (message) {
      case Beat _ -> BEATS;
      case BeatReply _ -> REPLIES;
      case QuiesceOffer _ -> OFFERS;
      case QuiesceReply _ -> ANSWERS;
      default -> 0;
    };
  }

  /// How many numbers a kind has beside the common ones.
  private static int own(int tag) {
    return switch (tag) {
      case BEATS -> 2;
      case REPLIES -> 1;
      default -> 3;
    };
  }

  /// @param run messages of one kind, without spans
  static void write(ByteWriter writer, List<RangeMessage> run) {
    int tag = tag(run.getFirst().message());
    writer.u8(tag).varint(run.size());
    column(writer, run, row -> row.range().value());
    column(writer, run, row -> row.to().value());
    column(writer, run, row -> row.message().from().value());
    column(writer, run, row -> row.message().term());
    for (int i = 0; i < own(tag); i++) {
      int which = i;
      column(writer, run, row -> number(row.message(), which));
    }
  }

  private static long number(Message message, int which) {
    return switch (message) {
      case Beat beat -> which == 0 ? beat.round() : beat.committed();
      case BeatReply reply -> reply.round();
      case QuiesceOffer offer ->
          which == 0 ? offer.round() : which == 1 ? offer.epoch() : offer.last();
      case QuiesceReply reply ->
          which == 0 ? reply.round() : which == 1 ? reply.epoch() : reply.agreed() ? 1 : 0;
      default -> throw new IllegalArgumentException("no columns for " + message);
    };
  }

  static void read(ByteReader reader, int tag, List<RangeMessage> out) {
    int own = own(tag);
    int count = reader.count(COMMON + own);
    long[] ranges = column(reader, count);
    long[] to = column(reader, count);
    long[] from = column(reader, count);
    long[] terms = column(reader, count);
    long[][] numbers = new long[own][];
    for (int i = 0; i < own; i++) {
      numbers[i] = column(reader, count);
    }
    for (int i = 0; i < count; i++) {
      Message message = message(reader, tag, new PeerId(from[i]), terms[i], numbers, i);
      out.add(new RangeMessage(new RangeId(ranges[i]), new PeerId(to[i]), null, message));
    }
  }

  private static Message message(
      ByteReader reader, int tag, PeerId from, long term, long[][] numbers, int row) {
    long round = numbers[0][row];
    return switch (tag) {
      case BEATS -> new Beat(from, term, numbers[1][row], round);
      case REPLIES -> new BeatReply(from, term, round);
      case OFFERS -> new QuiesceOffer(from, term, numbers[2][row], numbers[1][row], round);
      default -> {
        if (numbers[2][row] > 1) {
          throw reader.bad("an answer is yes or no");
        }
        yield new QuiesceReply(from, term, numbers[1][row], round, numbers[2][row] == 1);
      }
    };
  }

  private static void column(
      ByteWriter writer, List<RangeMessage> run, ToLongFunction<RangeMessage> number) {
    long above = 0;
    for (int i = 0; i < run.size(); i++) {
      long value = number.applyAsLong(run.get(i));
      writer.signed(value - above);
      above = value;
    }
  }

  private static long[] column(ByteReader reader, int count) {
    long[] values = new long[count];
    long above = 0;
    for (int i = 0; i < count; i++) {
      above += reader.signed();
      if (above < 0) {
        throw reader.bad("negative number in a column");
      }
      values[i] = above;
    }
    return values;
  }
}

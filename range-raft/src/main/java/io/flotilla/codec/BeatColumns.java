package io.flotilla.codec;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.BeatReply;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.List;
import java.util.function.ToLongFunction;

/// Runs of beats, or of replies to beats, as columns: each number as its difference from the row
/// above, zigzag and varint coded. The beats of neighbouring groups differ little, so most take one
/// byte a column.
final class BeatColumns {
  private static final int BEATS = 1;
  private static final int REPLIES = 2;

  private BeatColumns() {}

  static boolean isTag(int tag) {
    return tag == BEATS || tag == REPLIES;
  }

  /// @param run beats only or replies only, without spans
  static void write(ByteWriter writer, List<RangeMessage> run) {
    boolean beats = run.getFirst().message() instanceof Beat;
    writer.u8(beats ? BEATS : REPLIES).varint(run.size());
    column(writer, run, row -> row.range().value());
    column(writer, run, row -> row.to().value());
    column(writer, run, row -> row.message().from().value());
    column(writer, run, row -> row.message().term());
    column(writer, run, BeatColumns::round);
    if (beats) {
      column(writer, run, row -> ((Beat) row.message()).committed());
    }
  }

  static void read(ByteReader reader, int tag, List<RangeMessage> out) {
    boolean beats = tag == BEATS;
    int count = reader.count(beats ? 6 : 5);
    long[] ranges = column(reader, count);
    long[] to = column(reader, count);
    long[] from = column(reader, count);
    long[] terms = column(reader, count);
    long[] rounds = column(reader, count);
    long[] committed = beats ? column(reader, count) : rounds;
    for (int i = 0; i < count; i++) {
      PeerId sender = new PeerId(from[i]);
      out.add(
          new RangeMessage(
              new RangeId(ranges[i]),
              new PeerId(to[i]),
              null,
              beats
                  ? new Beat(sender, terms[i], committed[i], rounds[i])
                  : new BeatReply(sender, terms[i], rounds[i])));
    }
  }

  private static long round(RangeMessage row) {
    return row.message() instanceof Beat beat ? beat.round() : ((BeatReply) row.message()).round();
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

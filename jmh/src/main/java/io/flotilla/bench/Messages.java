package io.flotilla.bench;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.raft.Entry;
import io.flotilla.raft.EntryId;
import io.flotilla.raft.EntryKind;
import io.flotilla.raft.Message;
import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.Beat;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import io.flotilla.spi.RandomSource;
import java.util.ArrayList;
import java.util.List;

/// What many groups have to say to one peer store.
final class Messages {
  private static final PeerId FROM = new PeerId(1);
  private static final PeerId TO = new PeerId(2);

  private Messages() {}

  /// One append with one entry from each of so many groups.
  static List<RangeMessage> appends(int groups, RandomSource random) {
    List<RangeMessage> messages = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      long index = 1000L + random.nextInt(100_000);
      byte[] payload = Samples.bytes(random, Samples.PAYLOAD_BYTES);
      Entry entry = new Entry(7, index + 1, EntryKind.COMMAND, payload);
      messages.add(message(i, new Append(FROM, 7, new EntryId(7, index), List.of(entry), index)));
    }
    return messages;
  }

  /// One beat from each of so many groups.
  static List<RangeMessage> beats(int groups, RandomSource random) {
    List<RangeMessage> messages = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      messages.add(message(i, new Beat(FROM, 7, 1000L + random.nextInt(1000), 5000)));
    }
    return messages;
  }

  private static RangeMessage message(int group, Message message) {
    return new RangeMessage(new RangeId(2L + group), TO, null, message);
  }
}

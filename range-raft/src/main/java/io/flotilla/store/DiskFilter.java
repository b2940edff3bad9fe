package io.flotilla.store;

import io.flotilla.raft.Entry;
import io.flotilla.raft.Message;
import io.flotilla.spi.DiskRoom;
import io.flotilla.spi.DiskStage;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.ArrayList;
import java.util.List;

/// What a store with a full disk hears of other leaders: everything but the entries that it has no
/// room for. Leaving them is no different from a network that lost them: the leader goes on with
/// whoever answers, and sends them again.
final class DiskFilter {
  private DiskFilter() {}

  static List<RangeMessage> admitted(DiskRoom room, List<RangeMessage> messages) {
    if (!room.stage().isAtLeast(DiskStage.FULL)) {
      return messages;
    }
    List<RangeMessage> admitted = new ArrayList<>(messages.size());
    for (RangeMessage message : messages) {
      if (!(message.message() instanceof Message.Append append) || append.entries().isEmpty()) {
        admitted.add(message);
      } else {
        int count = taken(room, message, append);
        if (count > 0) {
          admitted.add(firstOf(message, append, count));
        }
      }
    }
    return admitted;
  }

  private static int taken(DiskRoom room, RangeMessage message, Message.Append append) {
    int count = 0;
    for (Entry entry : append.entries()) {
      if (!room.takes(message.range(), entry)) {
        break;
      }
      count++;
    }
    return count;
  }

  private static RangeMessage firstOf(RangeMessage message, Message.Append append, int count) {
    if (count == append.entries().size()) {
      return message;
    }
    Message.Append shorter =
        new Message.Append(
            append.from(),
            append.term(),
            append.previous(),
            List.copyOf(append.entries().subList(0, count)),
            append.committed());
    return new RangeMessage(message.range(), message.to(), message.span(), shorter);
  }
}

package io.flotilla.replica;

import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Message;

/// Tells the messages about whether a group ticks from those that are the core's.
final class SlumberMessages {
  private SlumberMessages() {}

  /// True if the message is about whether the group ticks; then that is done with it.
  static boolean take(Slumber slumber, StoreId from, Message message) {
    switch (message) {
      case Message.QuiesceOffer offer -> slumber.onOffer(from, offer);
      case Message.QuiesceReply reply -> slumber.onAnswer(reply);
      case Message.Nudge nudge -> slumber.onNudge(from, nudge);
      case Message.NotLeading notLeading -> slumber.onNotLeading(notLeading);
      default -> {
        return false;
      }
    }
    return true;
  }
}

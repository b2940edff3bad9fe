package io.flotilla.replica;

import io.flotilla.keyspace.Invariant;
import io.flotilla.raft.Envelope;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/// Messages that promise something about this replica's log or vote, until that is durable.
///
/// Readys are made durable in the order in which they were taken. A Ready that has nothing to
/// persist may still promise what an earlier one persists: its messages wait for the newest one
/// under way.
final class HeldMessages {
  private final ArrayDeque<Held> held = new ArrayDeque<>(1);
  private long newestUnderWay;
  private long durable;

  private record Held(long number, List<Envelope> messages) {}

  /// True if all that was handed to the log is durable.
  boolean isIdle() {
    return newestUnderWay <= durable;
  }

  /// Ready `number` goes to the log now.
  void onPersisting(long number) {
    Invariant.check(number > newestUnderWay, "Readys persist in order", number, newestUnderWay);
    newestUnderWay = number;
  }

  /// Keeps `messages` back until all that went to the log so far is durable.
  void hold(List<Envelope> messages) {
    if (!messages.isEmpty()) {
      held.add(new Held(newestUnderWay, messages));
    }
  }

  /// Everything up to and with Ready `number` is durable.
  void onDurable(long number, Consumer<List<Envelope>> send) {
    durable = Math.max(durable, number);
    while (!held.isEmpty() && held.peekFirst().number <= durable) {
      send.accept(held.pollFirst().messages);
    }
  }
}

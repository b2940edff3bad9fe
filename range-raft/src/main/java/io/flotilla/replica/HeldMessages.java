package io.flotilla.replica;

import io.flotilla.keyspace.Invariant;
import io.flotilla.raft.Envelope;
import io.flotilla.raft.RestReader;
import io.flotilla.raft.RestWriter;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Messages that promise something about this replica's log or vote, until that is durable.
///
/// Readys are made durable in the order in which they were taken. A Ready that has nothing to
/// persist may still promise what an earlier one persists: its messages wait for the newest one
/// under way.
final class HeldMessages {
  private @Nullable ArrayDeque<Held> held;
  private long newestUnderWay;
  private long durable;

  private record Held(long number, List<Envelope> messages) {}

  HeldMessages() {}

  /// As they were when the replica rested.
  HeldMessages(RestReader in) {
    this.newestUnderWay = in.number();
    this.durable = in.number();
  }

  boolean mayRest() {
    return isIdle() && (held == null || held.isEmpty());
  }

  void rest(RestWriter out) {
    out.number(newestUnderWay);
    out.number(durable);
  }

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
      if (held == null) {
        held = new ArrayDeque<>(2);
      }
      held.add(new Held(newestUnderWay, messages));
    }
  }

  /// Gives back memory that nothing is in.
  void trim() {
    if (held != null && held.isEmpty()) {
      held = null;
    }
  }

  /// Everything up to and with Ready `number` is durable.
  void onDurable(long number, Consumer<List<Envelope>> send) {
    durable = Math.max(durable, number);
    ArrayDeque<Held> waiting = held;
    while (waiting != null && !waiting.isEmpty() && waiting.peekFirst().number <= durable) {
      send.accept(waiting.pollFirst().messages);
    }
  }
}

package io.flotilla.transport.peer;

import java.util.concurrent.atomic.LongAdder;

/// Counts what all outboxes do.
final class PeerCounters {
  final LongAdder framesSent = new LongAdder();
  final LongAdder bytesSent = new LongAdder();
  final LongAdder messagesSent = new LongAdder();
  final LongAdder messagesDropped = new LongAdder();

  void sent(long messages, long bytes) {
    framesSent.increment();
    messagesSent.add(messages);
    bytesSent.add(bytes);
  }

  PeerStats stats() {
    return new PeerStats(
        framesSent.sum(), bytesSent.sum(), messagesSent.sum(), messagesDropped.sum());
  }
}

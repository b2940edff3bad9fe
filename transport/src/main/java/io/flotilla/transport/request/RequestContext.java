package io.flotilla.transport.request;

import java.nio.ByteBuffer;

/// One request that waits for its answer. The first answer counts; callable from any thread.
public interface RequestContext {
  /// The asking store's id, 0 for a client.
  long peerStore();

  /// When the asker stops waiting, on the clock of `System.nanoTime()`.
  long deadlineNanos();

  /// Nanoseconds until the asker stops waiting; not above 0: it has.
  default long remainingNanos() {
    return deadlineNanos() - System.nanoTime();
  }

  void respond(byte[] body);

  /// Answers with a body of exactly `bytes` bytes, written straight into the outgoing frame.
  void respond(int bytes, BodyWriter writer);

  /// The request was not executed and will not be.
  void refuse(String reason);

  /// Whether the request was, or will be, executed cannot be told.
  void fail(String reason);

  /// Writes an answer's body.
  interface BodyWriter {
    void write(ByteBuffer target);
  }
}

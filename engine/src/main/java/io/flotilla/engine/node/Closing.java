package io.flotilla.engine.node;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has come up so far: closed in the reverse order, once, whatever fails on the way.
final class Closing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private boolean closed;

  /// Takes a part that is up; one that comes too late is closed at once.
  synchronized <T extends AutoCloseable> T add(T part) {
    if (closed) {
      close(part);
    } else {
      parts.push(part);
    }
    return part;
  }

  /// Idempotent; whoever comes second waits for the first.
  @Override
  public synchronized void close() {
    closed = true;
    for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
      close(part);
    }
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception failed) {
      LOG.warn("closing {} failed", part.getClass().getSimpleName(), failed);
    }
  }
}

package io.flotilla.engine.node;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Why a node cannot go on, once there is a reason; tells whoever has to stop it. Thread-safe.
final class NodeFailure {
  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");

  private String reason = "";
  private Runnable listener = () -> {};

  /// The first reason counts.
  void fail(String why) {
    Runnable told;
    synchronized (this) {
      if (!reason.isEmpty()) {
        return;
      }
      reason = why;
      told = listener;
    }
    LOG.error("{}; the node stops", why);
    told.run();
  }

  /// What a task of the node threw. An error leaves half-done work behind that nobody knows of.
  void onTaskFailure(Throwable thrown) {
    LOG.error("a task of the node failed", thrown);
    if (thrown instanceof VirtualMachineError || thrown instanceof LinkageError) {
      fail("a task of the node failed: " + thrown);
    }
  }

  /// Who is told; must not block. Told at once if it is too late already.
  void listen(Runnable newListener) {
    synchronized (this) {
      listener = newListener;
      if (reason.isEmpty()) {
        return;
      }
    }
    newListener.run();
  }

  /// Empty: there is none.
  synchronized String reason() {
    return reason;
  }
}

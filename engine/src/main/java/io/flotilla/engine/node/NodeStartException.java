package io.flotilla.engine.node;

/// The node could not start for a reason outside of its folder (port, fleet, configuration). The
/// message says what, where and what to try.
public final class NodeStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NodeStartException(String message) {
    super(message);
  }

  public NodeStartException(String message, Throwable cause) {
    super(message, cause);
  }
}

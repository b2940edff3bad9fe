package io.flotilla.transport.frame;

import java.time.Duration;

/// What bounds a node's connections. Everything is bounded: what goes over a limit is dropped,
/// refused with a reason, or closes that one connection.
///
/// @param frameBytesMax the largest frame's body
/// @param outboxBytesMax what may wait for one peer's lane, in bytes
/// @param inFlightBytesMax what one connection's requests without answer may take, in bytes
/// @param bufferBytesMax the ceiling for all network buffers of a node
/// @param connectionsMax how many clients may be connected
/// @param handshakeTimeout how long a new connection may take to say who it is
/// @param silenceMax how long the other side may owe an answer and say nothing at all, not even to
///   a ping, before the connection is given up
public record TransportLimits(
    int frameBytesMax,
    long outboxBytesMax,
    long inFlightBytesMax,
    long bufferBytesMax,
    int connectionsMax,
    Duration handshakeTimeout,
    Duration silenceMax) {
  public static final TransportLimits DEFAULTS =
      new TransportLimits(
          8 << 20,
          32L << 20,
          64L << 20,
          256L << 20,
          10_000,
          Duration.ofSeconds(5),
          Duration.ofMillis(700));

  public TransportLimits {
    if (frameBytesMax < 4096 || frameBytesMax > 1 << 30) {
      throw new IllegalArgumentException("frameBytesMax must be from 4 KiB to 1 GiB");
    }
    if (outboxBytesMax < 1 || inFlightBytesMax < 1 || bufferBytesMax < 1 || connectionsMax < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
    if (silenceMax.toMillis() < 1) {
      throw new IllegalArgumentException("silenceMax must be a millisecond at least");
    }
  }

  public TransportLimits withFrameBytesMax(int bytes) {
    return new TransportLimits(
        bytes,
        outboxBytesMax,
        inFlightBytesMax,
        bufferBytesMax,
        connectionsMax,
        handshakeTimeout,
        silenceMax);
  }

  public TransportLimits withOutboxBytesMax(long bytes) {
    return new TransportLimits(
        frameBytesMax,
        bytes,
        inFlightBytesMax,
        bufferBytesMax,
        connectionsMax,
        handshakeTimeout,
        silenceMax);
  }

  public TransportLimits withInFlightBytesMax(long bytes) {
    return new TransportLimits(
        frameBytesMax,
        outboxBytesMax,
        bytes,
        bufferBytesMax,
        connectionsMax,
        handshakeTimeout,
        silenceMax);
  }

  public TransportLimits withBufferBytesMax(long bytes) {
    return new TransportLimits(
        frameBytesMax,
        outboxBytesMax,
        inFlightBytesMax,
        bytes,
        connectionsMax,
        handshakeTimeout,
        silenceMax);
  }

  public TransportLimits withConnectionsMax(int connections) {
    return new TransportLimits(
        frameBytesMax,
        outboxBytesMax,
        inFlightBytesMax,
        bufferBytesMax,
        connections,
        handshakeTimeout,
        silenceMax);
  }

  public TransportLimits withHandshakeTimeout(Duration timeout) {
    return new TransportLimits(
        frameBytesMax,
        outboxBytesMax,
        inFlightBytesMax,
        bufferBytesMax,
        connectionsMax,
        timeout,
        silenceMax);
  }

  public TransportLimits withSilenceMax(Duration silence) {
    return new TransportLimits(
        frameBytesMax,
        outboxBytesMax,
        inFlightBytesMax,
        bufferBytesMax,
        connectionsMax,
        handshakeTimeout,
        silence);
  }
}

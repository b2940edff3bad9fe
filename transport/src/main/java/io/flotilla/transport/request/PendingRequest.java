package io.flotilla.transport.request;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A request from its submission to its end, which it has exactly once.
final class PendingRequest {
  private static final Logger log = LoggerFactory.getLogger(PendingRequest.class);

  /// What a request costs in limits beside its body.
  private static final int OVERHEAD_BYTES = 64;

  final byte service;
  final byte[] body;
  final long deadlineNanos;
  private final ResponseHandler handler;
  private final AtomicLong bytesInFlight;

  /// @param bytesInFlight gets this request's cost back at its end
  PendingRequest(
      byte service,
      byte[] body,
      long deadlineNanos,
      ResponseHandler handler,
      AtomicLong bytesInFlight) {
    this.service = service;
    this.body = body;
    this.deadlineNanos = deadlineNanos;
    this.handler = handler;
    this.bytesInFlight = bytesInFlight;
  }

  int cost() {
    return OVERHEAD_BYTES + body.length;
  }

  boolean isExpired(long now) {
    return deadlineNanos - now <= 0;
  }

  void complete(ByteBuffer response) {
    bytesInFlight.addAndGet(-cost());
    try {
      handler.onResponse(response);
    } catch (RuntimeException e) {
      log.error("response handler failed", e);
    }
  }

  void fail(RequestFailure failure) {
    bytesInFlight.addAndGet(-cost());
    try {
      handler.onFailure(failure);
    } catch (RuntimeException e) {
      log.error("response handler failed over {}", failure, e);
    }
  }
}

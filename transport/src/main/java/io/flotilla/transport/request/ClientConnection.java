package io.flotilla.transport.request;

import io.flotilla.spi.EventLoop.RejectedByLoopException;
import io.flotilla.spi.Lane;
import io.flotilla.transport.frame.Buffers;
import io.flotilla.transport.frame.Connector;
import io.flotilla.transport.frame.FrameSink;
import io.flotilla.transport.frame.Handshake.Welcome;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoop;
import io.flotilla.transport.request.RequestFailure.Busy;
import io.flotilla.transport.request.RequestFailure.NotSent;
import io.flotilla.transport.request.RequestFailure.TimedOut;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The way to one address: takes requests from any thread, connects when there is one, and again
/// after a loss.
final class ClientConnection implements Connector.Opening {
  /* Submitters on other threads put requests into `submitted` and wake the loop once for all that
  come until it looks. On the loop a request goes straight to the open channel, or waits in
  `unsent` while one is being made. After a failed attempt, and when one takes long, requests are
  refused at once until the back-off or the attempt is over: whoever asks has other stores to
  try. */
  private static final long BACKOFF_NANOS_MIN = 20_000_000L;
  private static final long BACKOFF_NANOS_MAX = 1_000_000_000L;
  private static final long UNSENT_SWEEP_NANOS = 10_000_000L;

  private final NettyEventLoop loop;
  private final Connector connector;
  private final Connector.Target target;
  private final Buffers buffers;
  private final TransportLimits limits;

  private final Queue<PendingRequest> submitted = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean drainScheduled = new AtomicBoolean();
  private final AtomicLong bytesInFlight = new AtomicLong();

  private final Queue<PendingRequest> unsent = new ArrayDeque<>();
  private final List<IdentityHandler> identityHandlers = new ArrayList<>();
  private @Nullable ClientChannel open;
  private Identity peer = Identity.ANYBODY;
  private boolean connecting;
  private boolean closed;
  private RequestFailure lastFailure = new NotSent("");
  private long connectingSince;
  private long backoffNanos;
  private long retryAt = System.nanoTime();

  ClientConnection(
      NettyEventLoop loop,
      Connector connector,
      HostPort address,
      Buffers buffers,
      TransportLimits limits) {
    this.loop = loop;
    this.connector = connector;
    this.target = new Connector.Target(address, Lane.REQUESTS, 0);
    this.buffers = buffers;
    this.limits = limits;
  }

  /// Callable from any thread.
  void submit(byte service, byte[] body, long deadlineNanos, ResponseHandler handler) {
    PendingRequest request =
        new PendingRequest(service, body, deadlineNanos, handler, bytesInFlight);
    if (bytesInFlight.addAndGet(request.cost()) > limits.inFlightBytesMax()) {
      request.fail(new Busy("too much in flight to " + target.address()));
      return;
    }
    if (loop.inLoop()) {
      accept(request);
      return;
    }
    submitted.add(request);
    if (!drainScheduled.get() && drainScheduled.compareAndSet(false, true)) {
      onLoop(this::drain);
    }
  }

  /// Asks who listens there. Callable from any thread.
  void identify(IdentityHandler handler) {
    onLoop(() -> {
      if (open != null) {
        handler.onIdentity(peer);
      } else if (maybeConnect()) {
        identityHandlers.add(handler);
      } else {
        handler.onFailure(lastFailure);
      }
    });
  }

  /// Fails what is in flight and everything that still comes.
  void close() {
    onLoop(() -> {
      closed = true;
      lastFailure = new NotSent("the client is closed");
      if (open != null) {
        open.close();
      }
      failUnsent(lastFailure);
    });
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedByLoopException e) {
      PendingRequest request = submitted.poll();
      while (request != null) {
        request.fail(new NotSent("the client is closed"));
        request = submitted.poll();
      }
    }
  }

  private void drain() {
    drainScheduled.set(false);
    PendingRequest request = submitted.poll();
    while (request != null) {
      accept(request);
      request = submitted.poll();
    }
  }

  private void accept(PendingRequest request) {
    ClientChannel current = open;
    if (current != null) {
      current.write(request);
    } else if (!maybeConnect()) {
      request.fail(lastFailure);
    } else if (isOutOfPatience(System.nanoTime())) {
      request.fail(noConnection());
    } else {
      unsent.add(request);
    }
  }

  private boolean isOutOfPatience(long now) {
    return now - connectingSince > limits.silenceMax().toNanos();
  }

  private NotSent noConnection() {
    return new NotSent("no connection to " + target.address() + " came about so far");
  }

  /// True if a connection is being made.
  private boolean maybeConnect() {
    if (connecting) {
      return true;
    }
    if (closed || System.nanoTime() - retryAt < 0) {
      return false;
    }
    connecting = true;
    connectingSince = System.nanoTime();
    loop.schedule(UNSENT_SWEEP_NANOS, this::sweepUnsent);
    connector.connect(loop, target, this);
    return true;
  }

  @Override
  public FrameSink opened(Channel channel, Welcome welcome) {
    connecting = false;
    backoffNanos = 0;
    peer = welcome.from();
    ClientChannel opened =
        new ClientChannel(
            channel, buffers, welcome.frameBytesMax(), limits.silenceMax(), this::onLost);
    if (closed) {
      channel.close();
      return opened;
    }
    open = opened;
    List<IdentityHandler> curious = new ArrayList<>(identityHandlers);
    identityHandlers.clear();
    curious.forEach(handler -> handler.onIdentity(peer));
    PendingRequest request = unsent.poll();
    while (request != null) {
      opened.write(request);
      request = unsent.poll();
    }
    return opened;
  }

  @Override
  public void failed(String reason, boolean limit) {
    connecting = false;
    backoffNanos = Math.clamp(backoffNanos * 2, BACKOFF_NANOS_MIN, BACKOFF_NANOS_MAX);
    retryAt = System.nanoTime() + backoffNanos;
    failUnsent(closed ? lastFailure : limit ? new Busy(reason) : new NotSent(reason));
  }

  private void onLost(String reason) {
    open = null;
    if (!closed) {
      lastFailure = new NotSent(target.address() + ": " + reason);
    }
  }

  private void failUnsent(RequestFailure failure) {
    lastFailure = failure;
    List<PendingRequest> failed = new ArrayList<>(unsent);
    unsent.clear();
    failed.forEach(request -> request.fail(failure));
    List<IdentityHandler> curious = new ArrayList<>(identityHandlers);
    identityHandlers.clear();
    curious.forEach(handler -> handler.onFailure(failure));
  }

  private void sweepUnsent() {
    if (!connecting) {
      return;
    }
    long now = System.nanoTime();
    if (isOutOfPatience(now)) {
      List<PendingRequest> waiting = new ArrayList<>(unsent);
      unsent.clear();
      waiting.forEach(request -> request.fail(noConnection()));
      return;
    }
    List<PendingRequest> expired = new ArrayList<>();
    unsent.removeIf(request -> {
      boolean late = request.isExpired(now);
      if (late) {
        expired.add(request);
      }
      return late;
    });
    String reason = "no connection to " + target.address() + " within the deadline";
    expired.forEach(request -> request.fail(new TimedOut(false, reason)));
    loop.schedule(UNSENT_SWEEP_NANOS, this::sweepUnsent);
  }
}

package io.flotilla.engine.node;

import io.flotilla.engine.node.SimulatedNetwork.Endpoint;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.request.RequestContext;
import io.flotilla.transport.request.RequestFailure;
import io.flotilla.transport.request.RequestService;
import io.flotilla.transport.request.ResponseHandler;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One request on the simulated wire, from its leaving to its one answer.
final class SimulatedRequest implements RequestContext {
  /// After so long without a sign of life a connection is given up.
  private static final long SILENCE_NANOS = 3_000_000_000L;

  private final SimulatedNetwork network;
  private final Endpoint from;
  private final byte service;
  private final byte[] body;
  private final long deadlineNanos;
  private final ResponseHandler handler;
  private final long number;
  private @Nullable Endpoint server;
  private boolean sent;
  private boolean answered;
  private boolean over;

  SimulatedRequest(
      SimulatedNetwork network,
      Endpoint from,
      byte service,
      byte[] body,
      long deadlineNanos,
      ResponseHandler handler) {
    this.network = network;
    this.from = from;
    this.service = service;
    this.body = body;
    this.deadlineNanos = deadlineNanos;
    this.handler = handler;
    this.number = network.nextNumber();
  }

  void send(HostPort address) {
    long left = Math.max(1, deadlineNanos - from.clock().nanos());
    network.after(
        left, () -> fail(new RequestFailure.TimedOut(sent, "no answer before the deadline")));
    Endpoint there = network.at(address);
    if (there == null) {
      network.after(
          network.inOrder(from.process(), 0, address.toString()),
          () -> fail(new RequestFailure.NotSent(address + ": connection refused")));
      return;
    }
    if (network.isCut(from.process(), there.process())) {
      // It sits in the socket's buffer, or the connection cannot be made: nobody can tell.
      sent = network.chance(2);
      giveUpLater();
      return;
    }
    sent = true;
    server = there;
    if (network.breaksNow()) {
      boolean arrives = network.chance(2);
      network.after(
          network.inOrder(from.process(), there.process(), "requests"),
          () -> fail(new RequestFailure.Unknown("the connection broke")));
      if (!arrives) {
        return;
      }
    }
    network.after(
        network.inOrder(from.process(), there.process(), "requests"), () -> arrive(there));
  }

  private void giveUpLater() {
    network.after(
        SILENCE_NANOS,
        () ->
            fail(
                sent
                    ? new RequestFailure.Unknown("nothing was heard for too long")
                    : new RequestFailure.NotSent("cannot connect")));
  }

  private void arrive(Endpoint there) {
    if (network.isCut(from.process(), there.process())) {
      giveUpLater();
      return;
    }
    RequestService served = there.service();
    if (there.isDead() || served == null) {
      reset("connection reset");
      return;
    }
    there.open().put(number, this);
    there
        .loop()
        .execute(() -> {
          if (!there.isDead()) {
            serve(served);
          }
        });
  }

  private void serve(RequestService served) {
    try {
      served.onRequest(this, service, ByteBuffer.wrap(body));
    } catch (io.flotilla.codec.CodecException garbled) {
      refuse(String.valueOf(garbled.getMessage()));
    }
  }

  void serverDied() {
    if (!answered) {
      answered = true;
      reset("the connection was reset");
    }
  }

  private void reset(String reason) {
    network.after(
        network.inOrder(0, from.process(), "reset"),
        () -> fail(new RequestFailure.Unknown(reason)));
  }

  // What the server says ------------------------------------------------------------------------

  @Override
  public long peerStore() {
    return from.self().store();
  }

  @Override
  public long deadlineNanos() {
    return deadlineNanos;
  }

  @Override
  public long remainingNanos() {
    return deadlineNanos - from.clock().nanos();
  }

  @Override
  public void respond(byte[] answer) {
    back(() -> handler.onResponse(ByteBuffer.wrap(answer)));
  }

  @Override
  public void respond(int bytes, BodyWriter writer) {
    byte[] answer = new byte[bytes];
    writer.write(ByteBuffer.wrap(answer));
    respond(answer);
  }

  @Override
  public void refuse(String reason) {
    back(() -> handler.onFailure(new RequestFailure.Refused(reason)));
  }

  @Override
  public void fail(String reason) {
    back(() -> handler.onFailure(new RequestFailure.Unknown(reason)));
  }

  private void back(Runnable told) {
    Endpoint there = server;
    if (answered || there == null || there.isDead()) {
      return;
    }
    answered = true;
    there.open().remove(number);
    if (network.isCut(there.process(), from.process())) {
      giveUpLater();
      return;
    }
    network.after(
        network.inOrder(there.process(), from.process(), "answers"),
        () -> {
          if (network.isCut(there.process(), from.process())) {
            giveUpLater();
          } else {
            end(told);
          }
        });
  }

  private void fail(RequestFailure failure) {
    end(() -> handler.onFailure(failure));
  }

  private void end(Runnable told) {
    if (!over) {
      over = true;
      if (!from.isDead()) {
        from.loop().execute(told);
      }
    }
  }
}

package io.flotilla.transport.request;

import io.flotilla.codec.ByteReader;
import io.flotilla.codec.CodecException;
import io.flotilla.transport.frame.Buffers;
import io.flotilla.transport.frame.FrameBuilder;
import io.flotilla.transport.frame.FrameReader;
import io.flotilla.transport.frame.FrameSink;
import io.flotilla.transport.frame.FrameType;
import io.flotilla.transport.frame.Varints;
import io.flotilla.transport.request.RequestFailure.NotSent;
import io.flotilla.transport.request.RequestFailure.Refused;
import io.flotilla.transport.request.RequestFailure.TimedOut;
import io.flotilla.transport.request.RequestFailure.Unknown;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The asking end of an open connection: writes requests, matches answers to them. Confined to its
/// loop.
final class ClientChannel implements FrameSink {
  /* A request counts as sent once the first frame of its flush has gone out to the last byte: all
  ids below `sentBefore`. Until then nothing of that flush can be executed, for the other side
  takes only whole frames; what follows in the same flush may have gone out too. */

  /// Service byte, and id, deadline and length as varints.
  private static final int HEAD_BYTES_MAX = 1 + 10 + 10 + 5;

  private final Channel channel;
  private final Buffers buffers;
  private final FrameBuilder out;
  private final Consumer<String> onLost;
  private final InFlight inFlight = new InFlight();
  private final Silence silence;
  private long sentBefore;
  private boolean listening;
  private long backlog;
  private boolean lost;
  private boolean flushScheduled;
  private boolean sweepScheduled;
  private long sweepAt;

  /// @param onLost is told once when the connection is gone, before its requests are failed
  ClientChannel(
      Channel channel, Buffers buffers, int bodyMax, Duration silenceMax, Consumer<String> onLost) {
    this.channel = channel;
    this.buffers = buffers;
    this.silence = new Silence(silenceMax.toNanos());
    this.onLost = onLost;
    long began = System.nanoTime();
    this.out =
        new FrameBuilder(
            buffers,
            FrameType.REQUESTS,
            bodyMax,
            frame -> Varints.write(frame, (System.nanoTime() - began) / 1_000_000));
  }

  /// Takes a request into the next flush.
  void write(PendingRequest request) {
    long now = System.nanoTime();
    long nanos = request.deadlineNanos - now;
    if (nanos <= 0) {
      request.fail(new TimedOut(false, "the deadline passed before the request was sent"));
      return;
    }
    byte[] body = request.body;
    if (!out.fits(body.length + (long) HEAD_BYTES_MAX)) {
      request.fail(new NotSent("request of " + body.length + " bytes is over the frame limit"));
      return;
    }
    ByteBuf frame = out.record(body.length + HEAD_BYTES_MAX);
    Varints.write(frame, inFlight.add(request));
    frame.writeByte(request.service);
    Varints.write(frame, (nanos + 999_999) / 1_000_000);
    Varints.write(frame, body.length);
    frame.writeBytes(body);
    scheduleFlush();
    if (!listening) {
      listening = true;
      silence.begin(now);
      scheduleListening();
    }
    if (!sweepScheduled || request.deadlineNanos - sweepAt < -InFlight.SWEEP_NANOS_MIN) {
      scheduleSweep(request.deadlineNanos, nanos);
    }
  }

  /// Sends what was written since the last flush.
  void flush() {
    flushScheduled = false;
    if (lost) {
      return;
    }
    long before = inFlight.nextId();
    ChannelPromise gone = channel.newPromise();
    gone.addListener(sent -> {
      if (sent.isSuccess()) {
        sentBefore = before;
      }
    });
    out.flush(channel, gone);
  }

  void close() {
    channel.close();
  }

  @Override
  public void onBytes() {
    silence.heard();
  }

  @Override
  public void onFrame(int type, ByteBuffer body) {
    if (type == FrameType.PONG || lost) {
      return;
    }
    if (type != FrameType.RESPONSES) {
      throw new CodecException("frame of type " + type + " instead of responses");
    }
    ByteReader reader = new ByteReader(body, "responses");
    int end = body.limit();
    while (body.hasRemaining()) {
      long id = reader.varint();
      int status = reader.u8();
      int length = reader.length();
      int next = body.position() + length;
      PendingRequest request = inFlight.remove(id);
      if (request != null) {
        body.limit(next);
        complete(request, status, body);
        body.limit(end);
      }
      body.position(next);
    }
  }

  private static void complete(PendingRequest request, int status, ByteBuffer body) {
    switch (status) {
      case ResponseStatus.OK -> request.complete(body);
      case ResponseStatus.REFUSED -> request.fail(new Refused(text(body)));
      case ResponseStatus.EXPIRED ->
          request.fail(new TimedOut(false, "the deadline passed before the node came to it"));
      default -> request.fail(new Unknown(text(body)));
    }
  }

  private static String text(ByteBuffer body) {
    return StandardCharsets.UTF_8.decode(body).toString();
  }

  @Override
  public void onClosed(String reason) {
    if (lost) {
      return;
    }
    lost = true;
    onLost.accept(reason);
    out.discard();
    long sent = sentBefore;
    long end = inFlight.nextId();
    for (PendingRequest request : inFlight.drain(0, sent)) {
      request.fail(new Unknown(reason));
    }
    for (PendingRequest request : inFlight.drain(sent, end)) {
      request.fail(new NotSent(reason));
    }
  }

  private void scheduleListening() {
    channel.eventLoop().schedule(this::listen, silence.periodNanos(), TimeUnit.NANOSECONDS);
  }

  private void listen() {
    if (lost || inFlight.isEmpty()) {
      listening = false;
      return;
    }
    long backlogNow = backlog();
    if (backlogNow > 0 && backlogNow < backlog) {
      silence.heard(); // It takes what we send, as fast as the line can.
    }
    backlog = backlogNow;
    switch (silence.check(System.nanoTime())) {
      case FINE -> {}
      case PING ->
          channel.writeAndFlush(
              FrameBuilder.finish(
                  FrameBuilder.start(buffers, FrameType.PING, FrameReader.HEAD_BYTES)),
              channel.voidPromise());
      case GIVE_UP -> {
        onClosed("the other side fell silent: no answer, not even to a ping");
        channel.close();
        return;
      }
    }
    scheduleListening();
  }

  /// Bytes that were handed to the channel and have not gone out.
  private long backlog() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes() - waiting.currentProgress();
  }

  private void scheduleFlush() {
    if (!flushScheduled) {
      flushScheduled = true;
      channel.eventLoop().execute(this::flush);
    }
  }

  private void scheduleSweep(long at, long nanos) {
    sweepScheduled = true;
    sweepAt = at;
    channel.eventLoop().schedule(this::sweep, nanos, TimeUnit.NANOSECONDS);
  }

  private void sweep() {
    long now = System.nanoTime();
    if (sweepScheduled && now - sweepAt < 0) {
      return; // An earlier sweep was put in after this one, and has set the time of the next.
    }
    sweepScheduled = false;
    for (PendingRequest request : inFlight.expire(now)) {
      request.fail(new TimedOut(true, "no answer within the deadline"));
    }
    if (!inFlight.isEmpty() && !sweepScheduled) {
      long nanos = inFlight.nanosToNextSweep(now);
      scheduleSweep(now + nanos, nanos);
    }
  }
}

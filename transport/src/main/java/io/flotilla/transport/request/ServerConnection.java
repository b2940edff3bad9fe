package io.flotilla.transport.request;

import io.flotilla.codec.ByteReader;
import io.flotilla.codec.CodecException;
import io.flotilla.transport.frame.Buffers;
import io.flotilla.transport.frame.FrameBuilder;
import io.flotilla.transport.frame.FrameReader;
import io.flotilla.transport.frame.FrameSink;
import io.flotilla.transport.frame.FrameType;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.frame.Varints;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The serving end of a connection: hands each request of a frame to the service, and sends the
/// answers of one turn of its loop in one flush. A request whose asker has given up by the time it
/// is read is not served any more. While the other side does not take answers, no more requests are
/// read from it.
public final class ServerConnection implements FrameSink {
  private static final Logger log = LoggerFactory.getLogger(ServerConnection.class);

  /// Status byte, and id and length as varints.
  private static final int HEAD_BYTES_MAX = 1 + 10 + 5;

  /// About 300 years: whoever waits longer waits for ever.
  private static final long DEADLINE_MILLIS_MAX = Long.MAX_VALUE / 1_000_000 / 2;

  private final Channel channel;
  private final Identity peer;
  private final RequestService service;
  private final Buffers buffers;
  private final FrameBuilder out;
  private final Lateness lateness = new Lateness();
  private boolean flushScheduled;
  private boolean closed;

  /// @param bodyMax the largest frame body
  public ServerConnection(
      Channel channel, Identity peer, RequestService service, Buffers buffers, int bodyMax) {
    this.channel = channel;
    this.peer = peer;
    this.service = service;
    this.buffers = buffers;
    this.out = new FrameBuilder(buffers, FrameType.RESPONSES, bodyMax);
  }

  @Override
  public void onFrame(int type, ByteBuffer body) {
    if (type == FrameType.PING) {
      channel.writeAndFlush(
          FrameBuilder.finish(FrameBuilder.start(buffers, FrameType.PONG, FrameReader.HEAD_BYTES)),
          channel.voidPromise());
      return;
    }
    if (type != FrameType.REQUESTS) {
      throw new CodecException("frame of type " + type + " on the requests lane");
    }
    ByteReader reader = new ByteReader(body, "requests");
    long now = System.nanoTime();
    long sent = now - lateness.nanos(now, reader.varint());
    int end = body.limit();
    while (body.hasRemaining()) {
      long id = reader.varint();
      int number = reader.u8();
      long millis = Math.min(reader.varint(), DEADLINE_MILLIS_MAX);
      int length = reader.length();
      int next = body.position() + length;
      body.limit(next);
      Pending request = new Pending(id, sent + millis * 1_000_000);
      if (request.deadlineNanos - now > 0) {
        serve(request, (byte) number, body);
      } else {
        request.expire();
      }
      body.limit(end).position(next);
    }
  }

  private void serve(Pending request, byte number, ByteBuffer body) {
    try {
      service.onRequest(request, number, body);
    } catch (CodecException e) {
      log.debug("{}: malformed request for service {}", channel.remoteAddress(), number, e);
      request.refuse("malformed request: " + e.getMessage());
    } catch (RuntimeException e) {
      log.error("service {} failed over a request of {}", number, peer.role(), e);
      request.fail("internal error: " + e);
    }
  }

  @Override
  public void onWritable(boolean writable) {
    channel.config().setAutoRead(writable);
  }

  @Override
  public void onClosed(String reason) {
    closed = true;
    out.discard();
  }

  private void answer(long id, int status, int bytes, RequestContext.BodyWriter writer) {
    if (closed) {
      return;
    }
    if (!out.fits(bytes + (long) HEAD_BYTES_MAX)) {
      byte[] text =
          ("answer of " + bytes + " bytes is over the limit").getBytes(StandardCharsets.UTF_8);
      answer(id, ResponseStatus.FAILED, text.length, target -> target.put(text));
      return;
    }
    ByteBuf frame = out.record(bytes + HEAD_BYTES_MAX);
    int start = frame.writerIndex();
    Varints.write(frame, id);
    frame.writeByte(status);
    Varints.write(frame, bytes);
    ByteBuffer target = frame.internalNioBuffer(frame.writerIndex(), bytes);
    try {
      writer.write(target);
    } catch (RuntimeException e) {
      frame.writerIndex(start);
      throw e;
    }
    if (target.hasRemaining()) {
      frame.writerIndex(start);
      throw new IllegalStateException(target.remaining() + " bytes of an answer missing");
    }
    frame.writerIndex(frame.writerIndex() + bytes);
    scheduleFlush();
  }

  private void scheduleFlush() {
    if (!flushScheduled) {
      flushScheduled = true;
      channel.eventLoop().execute(this::flush);
    }
  }

  private void flush() {
    flushScheduled = false;
    if (!closed) {
      out.flush(channel);
    }
  }

  private final class Pending implements RequestContext {
    private final long id;
    private final long deadlineNanos;
    private boolean answered;

    Pending(long id, long deadlineNanos) {
      this.id = id;
      this.deadlineNanos = deadlineNanos;
    }

    @Override
    public long peerStore() {
      return peer.store();
    }

    @Override
    public long deadlineNanos() {
      return deadlineNanos;
    }

    @Override
    public void respond(byte[] body) {
      send(ResponseStatus.OK, body.length, target -> target.put(body));
    }

    @Override
    public void respond(int bytes, BodyWriter writer) {
      send(ResponseStatus.OK, bytes, writer);
    }

    @Override
    public void refuse(String reason) {
      byte[] text = reason.getBytes(StandardCharsets.UTF_8);
      send(ResponseStatus.REFUSED, text.length, target -> target.put(text));
    }

    @Override
    public void fail(String reason) {
      byte[] text = reason.getBytes(StandardCharsets.UTF_8);
      send(ResponseStatus.FAILED, text.length, target -> target.put(text));
    }

    private void expire() {
      send(ResponseStatus.EXPIRED, 0, _ -> {});
    }

    private void send(int status, int bytes, BodyWriter writer) {
      if (channel.eventLoop().inEventLoop()) {
        sendOnLoop(status, bytes, writer);
        return;
      }
      try {
        channel.eventLoop().execute(() -> sendOnLoop(status, bytes, writer));
      } catch (RejectedExecutionException e) {
        log.debug("{}: answer dropped, the node is shutting down", channel, e);
      }
    }

    private void sendOnLoop(int status, int bytes, BodyWriter writer) {
      if (!answered) {
        answered = true;
        answer(id, status, bytes, writer);
      }
    }
  }
}

package io.flotilla.transport.frame;

import io.flotilla.codec.CodecException;
import io.flotilla.transport.tls.TlsFailures;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Cuts a connection's bytes into frames: a length of four bytes, a type byte, the body. Bytes are
/// taken as they come, never allocated for ahead of them; a frame over the limit, or one that its
/// sink cannot read, ends this connection and nothing else.
public final class FrameReader extends ChannelInboundHandlerAdapter {
  /// Length and type.
  public static final int HEAD_BYTES = 5;

  private static final int LENGTH_BYTES = 4;
  private static final Logger log = LoggerFactory.getLogger(FrameReader.class);

  private final Buffers buffers;
  private FrameSink sink;
  private int bodyMax;
  private @Nullable ByteBuf kept;
  private @Nullable String endReason;
  private boolean ended;

  public FrameReader(Buffers buffers, FrameSink sink, int bodyMax) {
    this.buffers = buffers;
    this.sink = sink;
    this.bodyMax = bodyMax;
  }

  /// The next phase of the connection; to be called on its loop, also from within the old sink.
  public void become(FrameSink next, int nextBodyMax) {
    sink = next;
    bodyMax = nextBodyMax;
  }

  /// Ends the connection, and tells its log and sink why.
  public void end(ChannelHandlerContext context, String reason) {
    if (endReason == null) {
      endReason = reason;
    }
    context.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = append((ByteBuf) message);
    try {
      sink.onBytes();
      readFrames(context, in);
    } catch (CodecException e) {
      refuse(context, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("{}: closed, for its frame could not be handled", context.channel(), e);
      end(context, "internal error: " + e);
    } finally {
      keep(in);
    }
  }

  private ByteBuf append(ByteBuf in) {
    ByteBuf before = kept;
    if (before == null) {
      return in;
    }
    kept = null;
    try {
      before.discardSomeReadBytes();
      return before.writeBytes(in);
    } finally {
      in.release();
    }
  }

  private void keep(ByteBuf in) {
    if (in.isReadable() && endReason == null && !ended) {
      kept = in;
    } else {
      in.release();
    }
  }

  private void readFrames(ChannelHandlerContext context, ByteBuf in) {
    while (endReason == null && !ended && in.readableBytes() >= LENGTH_BYTES) {
      long length = in.getUnsignedInt(in.readerIndex());
      if (length < 1 || length > bodyMax + 1L) {
        refuse(context, "frame of " + length + " bytes, expected 1 to " + (bodyMax + 1L));
        return;
      }
      if (in.readableBytes() < LENGTH_BYTES + length) {
        if (in.readableBytes() > LENGTH_BYTES + 65_536 && buffers.full()) {
          refuse(context, "network buffers are full");
        }
        return;
      }
      int type = in.getUnsignedByte(in.readerIndex() + LENGTH_BYTES);
      int body = in.readerIndex() + HEAD_BYTES;
      in.skipBytes(LENGTH_BYTES + (int) length);
      sink.onFrame(type, in.nioBuffer(body, (int) length - 1));
    }
  }

  private void refuse(ChannelHandlerContext context, String reason) {
    log.warn("{}: closed: {}", context.channel().remoteAddress(), reason);
    end(context, reason);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    sink.onWritable(context.channel().isWritable());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      end(context, TlsFailures.reason(handshake.cause()));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (TlsFailures.isTls(cause)) {
      end(context, TlsFailures.reason(cause));
    } else if (cause instanceof IOException) {
      end(context, "connection lost: " + cause.getMessage());
    } else {
      log.error("{}: closed after a failure", context.channel(), cause);
      end(context, "internal error: " + cause);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (ended) {
      return;
    }
    ended = true;
    if (kept != null) {
      kept.release();
      kept = null;
    }
    sink.onClosed(endReason == null ? "connection closed by the other side" : endReason);
  }
}

package io.flotilla.transport.frame;

import io.flotilla.transport.tls.Tls;
import io.flotilla.transport.tls.TlsFailures;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees by the first byte of an arriving connection whether it speaks TLS. If it speaks what this
/// node does it goes in; else it is told what is wrong, where silence or a closed connection would
/// leave people guessing.
final class Door extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Door.class);

  /// The first byte of a TLS connection; Flotilla's own begin with the length of a small frame.
  private static final int TLS_HANDSHAKE = 22;

  private final @Nullable Tls tls;
  private final Duration handshakeMax;
  private final Consumer<String> refuse;
  private boolean refused;

  /// @param tls null: this node speaks none
  /// @param refuse tells the other side, in plain, and closes the connection
  Door(@Nullable Tls tls, Duration handshakeMax, Consumer<String> refuse) {
    this.tls = tls;
    this.handshakeMax = handshakeMax;
    this.refuse = refuse;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (refused || !bytes.isReadable()) {
      ReferenceCountUtil.release(bytes);
      return;
    }
    boolean speaksTls = bytes.getUnsignedByte(bytes.readerIndex()) == TLS_HANDSHAKE;
    if (speaksTls != (tls != null)) {
      ReferenceCountUtil.release(bytes);
      refused = true;
      refuse.accept(
          speaksTls
              ? "this node speaks no TLS; leave out --tls-dir, or start the nodes with it"
              : "this node speaks TLS alone; give whoever connects the fleet's certificates"
                  + " (--tls-dir)");
      return;
    }
    if (tls != null) {
      SslHandler handler = tls.accepting(context.alloc(), handshakeMax);
      context.pipeline().addAfter(context.name(), null, handler);
      handler
          .handshakeFuture()
          .addListener(done -> {
            if (!done.isSuccess()) {
              log.warn(
                  "{}: turned away: {}",
                  context.channel().remoteAddress(),
                  TlsFailures.reason(done.cause()));
            }
          });
    }
    context.fireChannelRead(bytes);
    context.pipeline().remove(this);
  }
}

package io.flotilla.transport.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;

/// What one end shows and whom it trusts, for connections in both directions. Immutable, and so
/// thread-safe; the files are read once, when it is made.
public final class Tls {
  /*
   * TLS 1.3 alone: there is no older release to talk to. Host names are not verified: nodes are
   * called by whatever address they listen on, and what is trusted is the authority. Certificates
   * are computed with on threads of their own, for a loop that had to do that for a crowd of
   * arriving clients would miss its beats.
   */
  private static final String VERSION = "TLSv1.3";
  private static final long CLOSE_FLUSH_MILLIS = 500;
  private static final Executor HANDSHAKES = task -> Thread.ofVirtual().start(task);

  private final SslContext server;
  private final SslContext client;

  private Tls(Credentials own) throws SSLException {
    X509Certificate[] chain = own.chain().toArray(X509Certificate[]::new);
    X509Certificate[] authorities = own.authorities().toArray(X509Certificate[]::new);
    this.server =
        SslContextBuilder.forServer(own.key(), chain)
            .trustManager(authorities)
            .clientAuth(ClientAuth.REQUIRE)
            .sslProvider(SslProvider.JDK)
            .protocols(List.of(VERSION))
            .build();
    this.client =
        SslContextBuilder.forClient()
            .keyManager(own.key(), chain)
            .trustManager(authorities)
            .endpointIdentificationAlgorithm(null)
            .sslProvider(SslProvider.JDK)
            .protocols(List.of(VERSION))
            .build();
  }

  /// Reads and checks the files.
  ///
  /// @param now when the certificate has to be valid
  /// @throws TlsException if they cannot be used
  public static Tls load(PemFiles files, Instant now) {
    Credentials own = Credentials.read(files).check(files, now);
    try {
      return new Tls(own);
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsException(files.certificate() + ": cannot be used for TLS: " + e, e);
    }
  }

  /// The handler of a connection that came in: asks for a certificate and takes those of the
  /// authority.
  public SslHandler accepting(ByteBufAllocator buffers, Duration handshakeMax) {
    return bounded(server.newHandler(buffers, HANDSHAKES), handshakeMax);
  }

  /// The handler of a connection that was made from here.
  public SslHandler connecting(ByteBufAllocator buffers, Duration handshakeMax) {
    return bounded(client.newHandler(buffers, HANDSHAKES), handshakeMax);
  }

  private static SslHandler bounded(SslHandler handler, Duration handshakeMax) {
    handler.setHandshakeTimeoutMillis(handshakeMax.toMillis());
    handler.setCloseNotifyFlushTimeoutMillis(CLOSE_FLUSH_MILLIS);
    return handler;
  }
}

package io.flotilla.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.spi.RandomSource;
import io.flotilla.transport.frame.FrameType;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoops;
import io.flotilla.transport.request.RequestClient;
import io.flotilla.transport.request.RequestFailure;
import io.flotilla.transport.request.ResponseHandler;
import io.flotilla.transport.tls.PemFiles;
import io.flotilla.transport.tls.TestAuthority;
import io.flotilla.transport.tls.Tls;
import io.netty.pkitesting.CertificateBuilder;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Who may talk over TLS, and what everybody else is told.
@ExtendWith(LeakCheck.class)
class TlsTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path folder;
  private final NettyEventLoops loops =
      new NettyEventLoops(1, "client", Throwable::printStackTrace);
  private final List<AutoCloseable> open = new ArrayList<>();
  private TestAuthority authority;

  @BeforeEach
  void found() {
    authority = new TestAuthority(folder, "fleet");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    loops.close();
  }

  private TestNode node(@Nullable Tls tls) {
    TestNode node = TestNode.echo(7, tls);
    open.add(node);
    return node;
  }

  /// What a client hears that asks the node to say "ok".
  private Object ask(TestNode node, @Nullable Tls tls) throws Exception {
    CompletableFuture<Object> answer = new CompletableFuture<>();
    TransportLimits limits = TransportLimits.DEFAULTS.withSilenceMax(Duration.ofSeconds(20));
    try (RequestClient client = RequestClient.alone(loops, Identity.ANYBODY, limits, tls)) {
      client.request(
          node.address(),
          (byte) 1,
          new byte[] {'o', 'k'},
          System.nanoTime() + TimeUnit.SECONDS.toNanos(20),
          new ResponseHandler() {
            @Override
            public void onResponse(ByteBuffer body) {
              answer.complete(TestNode.bytes(body));
            }

            @Override
            public void onFailure(RequestFailure failure) {
              answer.complete(failure);
            }
          });
      return answer.get(30, TimeUnit.SECONDS);
    }
  }

  private void assertServes(TestNode node) throws Exception {
    assertArrayEquals(
        new byte[] {'o', 'k'}, assertInstanceOf(byte[].class, ask(node, authority.member())));
  }

  private void assertTurnedAway(TestNode node, @Nullable Tls tls, String... parts)
      throws Exception {
    RequestFailure.NotSent failure = assertInstanceOf(RequestFailure.NotSent.class, ask(node, tls));
    for (String part : parts) {
      assertTrue(failure.reason().contains(part), failure.reason());
    }
    assertTrue(failure.reason().contains(node.address().toString()), failure.reason());
  }

  @Test
  void membersOfOneAuthorityTalk() throws Exception {
    TestNode node = node(authority.member());
    assertServes(node);
    assertServes(node);
  }

  @Test
  void aChainWithAnAuthorityInBetweenIsTaken() throws Exception {
    var top =
        new CertificateBuilder()
            .subject("CN=top")
            .ecp256()
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    var between =
        new CertificateBuilder()
            .subject("CN=between")
            .ecp256()
            .setIsCertificateAuthority(true)
            .buildIssuedBy(top);
    var leaf = new CertificateBuilder().subject("CN=leaf").rsa2048().buildIssuedBy(between);
    PemFiles files =
        authority.write(
            top.getCertificatePEM(), leaf.getCertificatePathPEM(), leaf.getPrivateKeyPEM());
    Tls tls = Tls.load(files, Instant.now());
    assertInstanceOf(byte[].class, ask(node(tls), tls));
  }

  /// How an authority is changed without a moment at which somebody is locked out.
  @Test
  void aFileOfTwoAuthoritiesTrustsBoth() throws Exception {
    TestAuthority next = new TestAuthority(folder, "next");
    PemFiles old = authority.issue();
    PemFiles fresh = next.issue();
    String both = Files.readString(old.ca()) + Files.readString(fresh.ca());
    Files.writeString(old.ca(), both);
    Files.writeString(fresh.ca(), both);
    Tls before = Tls.load(old, Instant.now());
    Tls after = Tls.load(fresh, Instant.now());
    assertInstanceOf(byte[].class, ask(node(before), after));
    assertInstanceOf(byte[].class, ask(node(after), before));
    assertServes(node(before));
  }

  @Test
  void aPlainClientIsToldToSpeakTls() throws Exception {
    TestNode node = node(authority.member());
    assertTurnedAway(node, null, "this node speaks TLS alone", "--tls-dir");
    assertServes(node);
  }

  @Test
  void aTlsClientIsToldThatTheNodeSpeaksNone() throws Exception {
    TestNode node = node(null);
    assertTurnedAway(node, authority.member(), "does not speak TLS", "leave out --tls-dir");
    assertInstanceOf(byte[].class, ask(node, null));
  }

  @Test
  void aMemberOfAnotherFleetIsTurnedAway() throws Exception {
    TestNode node = node(authority.member());
    Tls stranger = new TestAuthority(folder, "others").member();
    assertTurnedAway(node, stranger, "certificate is not of our authority", "ca.pem");
    assertServes(node);
  }

  /// Trusts us, but we do not trust it.
  @Test
  void whoeverHasACertificateOfAnotherAuthorityIsTurnedAway() throws Exception {
    TestNode node = node(authority.member());
    assertTrue(handshakeFails(node, null));
    PemFiles ours = authority.issue();
    PemFiles theirs = new TestAuthority(folder, "others").issue();
    assertThrows(
        RuntimeException.class,
        () -> Tls.load(new PemFiles(ours.ca(), theirs.certificate(), theirs.key()), Instant.now()));
    assertServes(node);
  }

  @Test
  void anExpiredCertificateIsTurnedAwayOnBothSides() throws Exception {
    Instant now = Instant.now();
    PemFiles files = authority.issue(now.minus(DAY.multipliedBy(3)), now.minus(DAY), b -> b);
    Tls expired = Tls.load(files, now.minus(DAY.multipliedBy(2)));
    TestNode node = node(authority.member());
    assertTurnedAway(node, expired, "does not take our certificate", "expired");
    assertServes(node);
    assertTurnedAway(node(expired), authority.member(), "certificate has expired", "there");
  }

  @Test
  void aCertificateForServersOnlyIsNotAClients() throws Exception {
    Instant now = Instant.now();
    PemFiles files =
        authority.issue(
            now.minus(DAY), now.plus(DAY), CertificateBuilder::addExtendedKeyUsageServerAuth);
    Tls oneWay = Tls.load(files, now);
    TestNode node = node(authority.member());
    assertTurnedAway(node, oneWay, "does not take our certificate");
    assertInstanceOf(byte[].class, ask(node(oneWay), authority.member()));
  }

  @Test
  void whoeverShowsNoCertificateIsTurnedAway() throws Exception {
    TestNode node = node(authority.member());
    assertTrue(handshakeFails(node, "hello"));
    assertServes(node);
  }

  /// A stranger that trusts everybody and has no certificate; TLS 1.3 tells it when it reads, or
  /// the connection is gone before it has written.
  private static boolean handshakeFails(TestNode node, @Nullable String words) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(node.address().host(), node.address().port())) {
      socket.setSoTimeout(20_000);
      socket.startHandshake();
      if (words != null) {
        socket.getOutputStream().write(RawConnection.hello(0x464C4F54, 1, 3, 0, 0, ""));
      }
      return socket.getInputStream().read() < 0;
    } catch (SSLException | SocketException refused) {
      return true;
    }
  }

  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Test
  void whoeverBeginsTlsAndFallsSilentIsCutOff() throws Exception {
    TransportLimits limits = TransportLimits.DEFAULTS.withHandshakeTimeout(Duration.ofMillis(200));
    TestNode node = new TestNode(TestNode.ANY_PORT, limits, authority.member());
    open.add(node);
    RawConnection silent = new RawConnection(node.address());
    open.add(silent);
    assertTrue(silent.send(new byte[] {22, 3, 1, 0, 100, 1}).isEnded());
    RawConnection mute = new RawConnection(node.address());
    open.add(mute);
    assertEquals(FrameType.REFUSED, mute.read().type());
    assertTrue(mute.isEnded());
  }

  @Test
  void randomBytesHarmNobody() throws Exception {
    TestNode node = node(authority.member());
    RandomSource random = new RandomSource(7);
    for (int i = 0; i < 100; i++) {
      byte[] bytes = new byte[1 + random.nextInt(600)];
      random.nextBytes(bytes);
      if (random.oneIn(2)) {
        bytes[0] = 22;
      }
      if (bytes.length > 2 && random.oneIn(2)) {
        bytes[1] = 3;
        bytes[2] = 3;
      }
      try (RawConnection connection = new RawConnection(node.address())) {
        connection.send(bytes);
      }
    }
    assertServes(node);
  }
}

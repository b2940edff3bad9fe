package io.flotilla.transport.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;

/// A certificate authority of tests, and the files of those to whom it gave certificates.
public final class TestAuthority {
  private static final Duration YEAR = Duration.ofDays(365);

  private final X509Bundle root;
  private final Path folder;
  private int issued;

  /// @param folder where the files go
  public TestAuthority(Path folder, String name) {
    this.folder = folder.resolve(name);
    try {
      root =
          new CertificateBuilder()
              .subject("CN=" + name)
              .ecp256()
              .setIsCertificateAuthority(true)
              .notBefore(Instant.now().minus(YEAR.multipliedBy(3)))
              .notAfter(Instant.now().plus(YEAR))
              .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// A certificate for now.
  public PemFiles issue() {
    Instant now = Instant.now();
    return issue(now.minus(Duration.ofHours(1)), now.plus(YEAR), builder -> builder);
  }

  public PemFiles issue(Instant notBefore, Instant notAfter, UnaryOperator<CertificateBuilder> as) {
    CertificateBuilder builder =
        new CertificateBuilder()
            .subject("CN=member-" + issued)
            .ecp256()
            .notBefore(notBefore)
            .notAfter(notAfter);
    try {
      X509Bundle bundle = as.apply(builder).buildIssuedBy(root);
      return write(
          root.getCertificatePEM(), bundle.getCertificatePathPEM(), bundle.getPrivateKeyPEM());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// Writes files of the given texts.
  public PemFiles write(String ca, String certificate, String key) throws IOException {
    Path mine = Files.createDirectories(folder.resolve("member-" + issued++));
    return new PemFiles(
        Files.writeString(mine.resolve("ca.pem"), ca),
        Files.writeString(mine.resolve("cert.pem"), certificate),
        Files.writeString(mine.resolve("key.pem"), key));
  }

  /// Somebody with a certificate for now.
  public Tls member() {
    return Tls.load(issue(), Instant.now());
  }
}

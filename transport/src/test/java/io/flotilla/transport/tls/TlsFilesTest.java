package io.flotilla.transport.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that cannot do are told apart before anything is opened with them, each in one line.
class TlsFilesTest {
  private static final Instant NOW = Instant.now();

  @TempDir private Path folder;
  private TestAuthority authority;
  private PemFiles good;

  @BeforeEach
  void issue() {
    authority = new TestAuthority(folder, "fleet");
    good = authority.issue();
  }

  private static void assertRefused(PemFiles files, Instant now, String... parts) {
    String message = assertThrows(TlsException.class, () -> Tls.load(files, now)).getMessage();
    assertEquals(1, message.lines().count(), message);
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void aMissingFileIsNamed() {
    Path nowhere = folder.resolve("nowhere.pem");
    assertRefused(new PemFiles(nowhere, good.certificate(), good.key()), NOW, "nowhere.pem");
    assertRefused(new PemFiles(good.ca(), nowhere, good.key()), NOW, "nowhere.pem");
    assertRefused(new PemFiles(good.ca(), good.certificate(), nowhere), NOW, "nowhere.pem");
  }

  @Test
  void whatIsNoCertificateOrNoKeyIsSaidSo() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "nothing of that kind");
    Path empty = Files.writeString(folder.resolve("empty"), "");
    assertRefused(new PemFiles(text, good.certificate(), good.key()), NOW, "no certificate");
    assertRefused(new PemFiles(good.ca(), empty, good.key()), NOW, "empty", "no certificate");
    assertRefused(new PemFiles(good.ca(), good.certificate(), text), NOW, "no private key");
    String key = Files.readString(good.key());
    Path old = folder.resolve("old");
    Files.writeString(old, key.replace("PRIVATE KEY", "RSA PRIVATE KEY"));
    assertRefused(new PemFiles(good.ca(), good.certificate(), old), NOW, "openssl pkcs8");
    Files.writeString(old, key.replace("BEGIN PRIVATE KEY-----", "BEGIN PRIVATE KEY-----\nAAAA"));
    assertRefused(new PemFiles(good.ca(), good.certificate(), old), NOW, "damaged");
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() {
    PemFiles other = authority.issue();
    assertRefused(
        new PemFiles(good.ca(), good.certificate(), other.key()), NOW, "is not the private key");
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() {
    PemFiles other = new TestAuthority(folder, "others").issue();
    assertRefused(
        new PemFiles(good.ca(), other.certificate(), other.key()), NOW, "does not lead to");
  }

  @Test
  void aCertificateOfAnotherTimeIsRefused() {
    assertRefused(good, NOW.plus(Duration.ofDays(400)), "expired at");
    assertRefused(good, NOW.minus(Duration.ofDays(1)), "valid from");
  }
}

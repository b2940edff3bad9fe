package io.flotilla.transport.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Reads certificates and keys out of PEM files.
final class Pem {
  /// No file of certificates or keys that anybody uses is larger.
  private static final long BYTES_MAX = 1 << 20;

  private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String KEY_END = "-----END PRIVATE KEY-----";
  private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "EdDSA");

  private Pem() {}

  /// All certificates of a file, at least one.
  static List<X509Certificate> certificates(Path file) {
    List<X509Certificate> found = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      byte[] bytes = read(file);
      for (Certificate one : factory.generateCertificates(new ByteArrayInputStream(bytes))) {
        found.add((X509Certificate) one);
      }
    } catch (CertificateException damaged) {
      throw noCertificate(file, damaged);
    }
    if (found.isEmpty()) {
      throw noCertificate(file, new CertificateException("empty"));
    }
    return found;
  }

  private static TlsException noCertificate(Path file, Exception cause) {
    return new TlsException(
        file + ": no certificate in PEM (-----BEGIN CERTIFICATE-----) could be read from it",
        cause);
  }

  static PrivateKey key(Path file) {
    String text = new String(read(file), US_ASCII);
    int begin = text.indexOf(KEY_BEGIN);
    int end = text.indexOf(KEY_END);
    if (begin < 0 || end < begin) {
      throw new TlsException(
          file
              + ": no private key in unencrypted PKCS#8 (-----BEGIN PRIVATE KEY-----); try: openssl"
              + " pkcs8 -topk8 -nocrypt -in OLD -out "
              + file.getFileName());
    }
    try {
      String base64 = text.substring(begin + KEY_BEGIN.length(), end);
      return key(file, new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    } catch (IllegalArgumentException damaged) {
      throw new TlsException(file + ": the private key in it is damaged", damaged);
    }
  }

  private static PrivateKey key(Path file, PKCS8EncodedKeySpec encoded) {
    InvalidKeySpecException last = null;
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException anotherAlgorithm) {
        last = anotherAlgorithm;
      } catch (GeneralSecurityException e) {
        throw new TlsException(file + ": the private key cannot be used: " + e.getMessage(), e);
      }
    }
    throw new TlsException(
        file + ": the private key is damaged, or for none of " + String.join(", ", KEY_ALGORITHMS),
        last);
  }

  private static byte[] read(Path file) {
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new TlsException(file + ": too large for a file of certificates or keys");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException missing) {
      throw new TlsException(
          file + ": there is no such file; TLS needs ca.pem, cert.pem and key.pem", missing);
    } catch (IOException unreadable) {
      throw new TlsException(file + ": cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }
}

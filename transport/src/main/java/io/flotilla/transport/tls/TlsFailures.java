package io.flotilla.transport.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What went wrong in a TLS connection, and what to try, in a line for people.
public final class TlsFailures {
  private static final int CAUSES_MAX = 16;

  private TlsFailures() {}

  /// True if `thrown` is of TLS's making.
  public static boolean isTls(Throwable thrown) {
    return find(thrown, SSLException.class) != null;
  }

  /// The reason in words, seen from this end.
  public static String reason(Throwable thrown) {
    if (find(thrown, NotSslRecordException.class) != null) {
      return "the other side does not speak TLS; leave out --tls-dir here, or start it with TLS"
          + " too";
    }
    if (find(thrown, SslHandshakeTimeoutException.class) != null) {
      return "the other side began TLS and fell silent";
    }
    String text = deepest(thrown);
    String alert = alert(text);
    if (alert != null) {
      return ofAlert(alert);
    }
    if (find(thrown, ClosedChannelException.class) != null || text.contains("closed while")) {
      return "the other side hung up during the TLS handshake; does it speak TLS 1.3, with"
          + " certificates of the same authority?";
    }
    return ofCertificate(thrown, text);
  }

  /// The other side complains of us.
  private static String ofAlert(String alert) {
    return switch (alert) {
      case "certificate_expired" ->
          "the other side says that our certificate (cert.pem) has expired; issue a new one, or"
              + " compare the clocks";
      case "bad_certificate", "certificate_unknown", "certificate_required", "unknown_ca" ->
          "the other side does not take our certificate ("
              + alert
              + "): it has expired, or is not of the authority there; use one (cert.pem, key.pem)"
              + " that the fleet's own authority issued";
      case "protocol_version", "handshake_failure" ->
          "the other side has no TLS version or cipher in common with us ("
              + alert
              + "); both need TLS 1.3";
      default -> "the other side ended TLS: " + alert;
    };
  }

  /// We complain of the other side.
  private static String ofCertificate(Throwable thrown, String text) {
    if (find(thrown, CertificateExpiredException.class) != null) {
      return "the other side's certificate has expired; issue a new one there, or compare the"
          + " clocks";
    }
    if (find(thrown, CertificateNotYetValidException.class) != null) {
      return "the other side's certificate is not valid yet; compare the clocks";
    }
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("empty client certificate chain")
        || lower.contains("empty server certificate chain")) {
      return "it showed no certificate of our authority (ca.pem); give it one with --tls-dir";
    }
    if (lower.contains("extended key usage")) {
      return "the other side's certificate may not be used so; it needs both serverAuth and"
          + " clientAuth, or no extended key usage at all";
    }
    if (lower.contains("path") && lower.contains("valid")
        || lower.contains("unable to find valid certification path")) {
      return "the other side's certificate is not of our authority (ca.pem); is it of this fleet?"
          + " then use the fleet's ca.pem here or its certificates there";
    }
    return "TLS failed: " + text;
  }

  private static @Nullable String alert(String text) {
    String mark = "Received fatal alert: ";
    int at = text.indexOf(mark);
    return at < 0 ? null : text.substring(at + mark.length()).strip();
  }

  private static String deepest(Throwable thrown) {
    Throwable at = thrown;
    for (int i = 0; i < CAUSES_MAX && at.getCause() != null; i++) {
      at = at.getCause();
    }
    return String.valueOf(at.getMessage());
  }

  private static <T> @Nullable T find(Throwable thrown, Class<T> kind) {
    Throwable at = thrown;
    for (int i = 0; i < CAUSES_MAX && at != null; i++) {
      if (kind.isInstance(at)) {
        return kind.cast(at);
      }
      at = at.getCause();
    }
    return null;
  }
}

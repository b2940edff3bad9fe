package io.flotilla.engine;

import java.nio.file.Path;

/// Where a node or a client has what it needs for TLS, all in PEM. Every node and client of a fleet
/// shows a certificate, and takes whoever shows one of the same authority; host names are not
/// looked at, so the authority should issue for this fleet alone. The files are read once, when the
/// node or client starts.
///
/// @param ca the authority's certificate
/// @param certificate the own certificate, and behind it those between it and the authority's
/// @param key its private key: PKCS#8, not encrypted
public record TlsFiles(Path ca, Path certificate, Path key) {
  /// The files `ca.pem`, `cert.pem` and `key.pem` of a folder.
  public static TlsFiles in(Path folder) {
    return new TlsFiles(
        folder.resolve("ca.pem"), folder.resolve("cert.pem"), folder.resolve("key.pem"));
  }
}

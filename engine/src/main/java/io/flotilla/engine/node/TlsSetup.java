package io.flotilla.engine.node;

import io.flotilla.engine.TlsFiles;
import io.flotilla.transport.tls.PemFiles;
import io.flotilla.transport.tls.Tls;
import io.flotilla.transport.tls.TlsException;
import java.time.Instant;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// From the files that people name to what the transport speaks.
final class TlsSetup {
  private TlsSetup() {}

  /// Null for null: no TLS.
  ///
  /// @param failure makes what is thrown for files that cannot be used
  static @Nullable Tls load(
      @Nullable TlsFiles files, BiFunction<String, Throwable, RuntimeException> failure) {
    if (files == null) {
      return null;
    }
    try {
      return Tls.load(new PemFiles(files.ca(), files.certificate(), files.key()), Instant.now());
    } catch (TlsException unusable) {
      throw failure.apply(String.valueOf(unusable.getMessage()), unusable);
    }
  }
}

package io.flotilla.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How an engine behaves for its caller. Options of a node are in its configuration file.
///
/// @param deadline of calls that name none
/// @param tls for all connections; null: they are not encrypted
public record EngineOptions(Duration deadline, @Nullable TlsFiles tls) {
  public static final EngineOptions DEFAULT = new EngineOptions(Duration.ofSeconds(10));

  public EngineOptions {
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("the deadline must be positive, got " + deadline);
    }
  }

  public EngineOptions(Duration deadline) {
    this(deadline, null);
  }

  public EngineOptions withTls(TlsFiles files) {
    return new EngineOptions(deadline, files);
  }
}

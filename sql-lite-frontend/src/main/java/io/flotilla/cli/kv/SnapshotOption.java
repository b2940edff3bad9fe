package io.flotilla.cli.kv;

import io.flotilla.engine.Snapshot;
import io.flotilla.keyspace.Timestamp;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--at TIMESTAMP`: read the past.
final class SnapshotOption {
  @Option(
      names = "--at",
      paramLabel = "TIMESTAMP",
      description = "Read as of this moment, which 'flotilla kv snapshot' printed.")
  private @Nullable Long at;

  Optional<Snapshot> snapshot() {
    return Optional.ofNullable(at).map(Timestamp::new).map(Snapshot::new);
  }
}

package io.flotilla.engine.node;

import io.flotilla.engine.Limits;
import io.flotilla.engine.TlsFiles;
import io.flotilla.placement.check.LeaderLimits;
import io.flotilla.placement.directory.PlacementOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The options of a node's configuration file, with their defaults.
///
/// @param loops store loops (and network threads); 0: half the processors, at least 1
/// @param memoryBytes block cache and memtables together
/// @param tickMillis length of a Raft tick
/// @param electionTicks ticks without a leader before a replica campaigns
/// @param readsByQuorum true: leases are off, every read asks a quorum
/// @param unsafeNoFsync for measuring only: an acknowledged write may be lost with the power
/// @param rangeBytesMax size at which a range is split
/// @param logBytesMax log kept for one range before a flush is asked for
/// @param connectionsMax connections accepted at a time
/// @param frameBytesMax largest frame on the wire
/// @param retentionMillis how long a snapshot stays readable by itself
/// @param snapshotAgeMaxMillis how long one stays readable that is in use; that of the node which
///   leads the placement group counts
/// @param storeDeadMillis a store silent for longer is replaced; that of the node which leads the
///   placement group counts
/// @param leaderGap so many more ranges may a store lead than another before leaderships move; 0:
///   they stay where they are; that of the node which leads the placement group counts
/// @param leaderSettleMillis a store is given leaderships once it has been well for so long; as
///   above
/// @param replicas voters wanted for each range
/// @param disk when the disk counts as full
/// @param tls for all connections; null: they are not encrypted
public record NodeOptions(
    int loops,
    long memoryBytes,
    int tickMillis,
    int electionTicks,
    boolean readsByQuorum,
    boolean unsafeNoFsync,
    long rangeBytesMax,
    long logBytesMax,
    int connectionsMax,
    int frameBytesMax,
    long retentionMillis,
    long snapshotAgeMaxMillis,
    long storeDeadMillis,
    int leaderGap,
    long leaderSettleMillis,
    int replicas,
    DiskOptions disk,
    @Nullable TlsFiles tls) {
  /// The largest batch as a log entry, in which a key may take twice its bytes, and some more.
  private static final long FRAME_BYTES_LEAST = 3L * Limits.BATCH_BYTES_MAX;

  private static final long DAYS_30 = 30L * 86_400_000;

  /// Reads options by their names in the file.
  ///
  /// @throws NodeStartException for an unknown name or a value out of its range
  public static NodeOptions parse(Map<String, String> named) {
    Reader in = new Reader(named);
    NodeOptions options =
        new NodeOptions(
            (int) in.number("loops", 0, 0, 64),
            in.number("memory-bytes", 256L << 20, 16L << 20, 1L << 40),
            (int) in.number("tick-millis", 50, 10, 10_000),
            (int) in.number("election-ticks", 8, 3, 1000),
            in.choice("reads", "lease", "quorum").equals("quorum"),
            in.choice("unsafe-no-fsync", "false", "true").equals("true"),
            in.number("range-bytes-max", 256L << 20, 64L << 10, 1L << 40),
            in.number("log-bytes-max", 64L << 20, 64L << 10, 1L << 34),
            (int) in.number("connections-max", 1024, 4, 65_536),
            (int) in.number("frame-bytes-max", 16L << 20, FRAME_BYTES_LEAST, 256L << 20),
            in.number("retention-millis", 600_000, 1000, DAYS_30),
            in.number("snapshot-age-max-millis", 3_600_000, 1000, DAYS_30),
            in.number("store-dead-millis", PlacementOptions.DEAD_MILLIS, 1000, DAYS_30),
            (int) in.number("leader-gap", LeaderLimits.DEFAULT.gap(), 0, 1_000_000),
            in.number("leader-settle-millis", LeaderLimits.DEFAULT.settleMillis(), 0, DAYS_30),
            (int) in.number("replicas", 3, 1, 7),
            disk(in),
            in.tls("tls-dir"));
    in.requireNothingLeft();
    return options;
  }

  private static DiskOptions disk(Reader in) {
    return new DiskOptions(
        in.number("disk-low-bytes", DiskOptions.BY_VOLUME, 0, 1L << 60),
        in.number("disk-full-bytes", DiskOptions.BY_VOLUME, 0, 1L << 60),
        in.number("disk-ballast-bytes", DiskOptions.BY_VOLUME, 0, 1L << 40));
  }

  /// For people: what an acknowledged write survives, and how reads are proved current.
  public String durability() {
    return (unsafeNoFsync ? "UNSAFE: no fsync" : "fsync")
        + (readsByQuorum ? ", quorum reads" : ", lease reads");
  }

  private static final class Reader {
    private final TreeMap<String, String> left;
    private final List<String> known = new ArrayList<>();

    Reader(Map<String, String> named) {
      this.left = new TreeMap<>(named);
    }

    long number(String name, long otherwise, long least, long most) {
      known.add(name);
      String text = left.remove(name);
      if (text == null) {
        return otherwise;
      }
      long value;
      try {
        value = Long.parseLong(text.trim());
      } catch (NumberFormatException notANumber) {
        throw new NodeStartException(
            "option " + name + ": '" + text + "' is not a whole number", notANumber);
      }
      if (value < least || value > most) {
        throw new NodeStartException(
            "option " + name + ": " + value + " is not between " + least + " and " + most);
      }
      return value;
    }

    String choice(String name, String otherwise, String other) {
      known.add(name);
      String text = left.remove(name);
      if (text == null) {
        return otherwise;
      }
      if (!text.trim().equals(otherwise) && !text.trim().equals(other)) {
        throw new NodeStartException(
            "option " + name + ": '" + text + "' is neither " + otherwise + " nor " + other);
      }
      return text.trim();
    }

    @Nullable TlsFiles tls(String name) {
      known.add(name);
      String folder = left.remove(name);
      return folder == null ? null : TlsFiles.in(Path.of(folder.trim()));
    }

    void requireNothingLeft() {
      if (!left.isEmpty()) {
        throw new NodeStartException(
            "unknown option '" + left.firstKey() + "'; known are " + String.join(", ", known));
      }
    }
  }
}
